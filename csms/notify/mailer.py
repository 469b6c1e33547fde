"""Sends the mail that waits in the database: each until a server takes it, or it is of no use any more."""

from collections.abc import Callable
from datetime import UTC, datetime

from csms.notify.retries import PAGE, Emptied, wait_after
from csms.notify.smtp import CannotSend, Smtp
from csms.store import mails
from csms.store.database import Database
from csms.store.mails import Mail
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)


class Mailer(Emptied):
    name = "mailer"

    def __init__(
        self,
        smtp: Smtp,
        database: Database,
        writer: Writer,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(clock)
        self._smtp = smtp
        self._database = database
        self._writer = writer

    async def _next_try_at(self) -> datetime | None:
        async with self._database.read() as db:
            return await mails.next_try_at(db)

    async def _send_page(self) -> int:
        given_up = await self._writer.write(lambda db: mails.give_up(db, self._clock()))
        if given_up:
            _log.warning("mail.given_up", mails=given_up)
        async with self._database.read() as db:
            due = await mails.due(db, self._clock(), PAGE)
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
