"""Sends the mail that waits in the database: each until a server takes it, or it is of no use any more."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from csms.notify.smtp import CannotSend, Smtp
from csms.store import mails
from csms.store.database import Database
from csms.store.mails import Mail
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)
_PAGE = 20
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)
_LOOK_AT_LEAST_EVERY_S = 60.0


def wait_after(tries: int) -> timedelta:
    """Ten seconds after the first failure, twice as long after each other, an hour at the most."""
    return min(_FIRST_WAIT * (1 << min(tries, 20)), _LONGEST_WAIT)


class Mailer:
    def __init__(
        self,
        smtp: Smtp,
        database: Database,
        writer: Writer,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._smtp = smtp
        self._database = database
        self._writer = writer
        self._clock = clock
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="mailer")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def poke(self) -> None:
        """There is new mail, committed."""
        self._news.set()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            wait_s = _LOOK_AT_LEAST_EVERY_S
            try:
                while await self._send_page() == _PAGE:
                    pass
                async with self._database.read() as db:
                    next_at = await mails.next_try_at(db)
                if next_at is not None:
                    wait_s = min(wait_s, max(0.1, (next_at - self._clock()).total_seconds()))
            except Exception as error:  # a database that is busy now will be read at the next turn
                _log.error("mailer.failed", error=repr(error))
            try:
                async with asyncio.timeout(wait_s):
                    await self._news.wait()
            except TimeoutError:
                pass

    async def _send_page(self) -> int:
        given_up = await self._writer.write(lambda db: mails.give_up(db, self._clock()))
        if given_up:
            _log.warning("mail.given_up", mails=given_up)
        async with self._database.read() as db:
            due = await mails.due(db, self._clock(), _PAGE)
        for mail in due:
            await self._send(mail)
        return len(due)

    async def _send(self, mail: Mail) -> None:
        # The same id each time: a server that took it before the answer was lost can tell.
        message_id = f"<{mail.id}@bollard.invalid>"
        try:
            await self._smtp.send(mail.recipient, mail.subject, mail.body, message_id)
        except CannotSend as error:
            _log.warning("mail.not_sent", mail=mail.id, tries=mail.tries + 1, error=str(error))
            if not error.for_ever:
                next_try = self._clock() + wait_after(mail.tries)
                await self._writer.write(lambda db: mails.failed(db, mail.id, next_try))
                return
        else:
            _log.info("mail.sent", mail=mail.id)
        await self._writer.write(lambda db: mails.sent(db, mail.id))
