"""Sends the push messages that wait in the database to the browsers' push services (RFC 8030)."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import httpx

from csms.notify import push_hosts, web_push
from csms.notify.retries import PAGE, Emptied, wait_after
from csms.notify.web_push import Vapid
from csms.store import pushes
from csms.store.database import Database
from csms.store.pushes import Message
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)
_TIMEOUT_S = 10.0
_GONE = (404, 410)  # RFC 8030 §7.3: this browser takes no more
_LATER = (408, 429)


class Pusher(Emptied):
    name = "pusher"

    def __init__(
        self,
        vapid: Vapid,
        database: Database,
        writer: Writer,
        hosts: Sequence[str] = push_hosts.KNOWN,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        super().__init__(clock)
        self.vapid = vapid
        self._database = database
        self._writer = writer
        self._hosts = hosts
        # A push service never sends us elsewhere; a redirect could lead into our own network.
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_S, follow_redirects=False)

    async def close(self) -> None:
        await super().close()
        await self._http.aclose()

    def takes(self, endpoint: str) -> bool:
        return push_hosts.allowed(endpoint, self._hosts)

    async def _next_try_at(self) -> datetime | None:
        async with self._database.read() as db:
            return await pushes.next_try_at(db)

    async def _send_page(self) -> int:
        given_up = await self._writer.write(lambda db: pushes.give_up(db, self._clock()))
        if given_up:
            _log.warning("push.given_up", messages=given_up)
        async with self._database.read() as db:
            due = await pushes.due(db, self._clock(), PAGE)
        for message in due:
            await self._send(message)
        return len(due)

    async def _send(self, message: Message) -> None:
        if not self.takes(message.endpoint):  # the settings have changed since
            await self._writer.write(lambda db: pushes.remove(db, message.subscription_id))
            return
        try:
            body = web_push.encrypt(message.payload.encode(), message.p256dh, message.auth)
            answer = await self._http.post(message.endpoint, content=body, headers=self._headers(message))
            status, error = answer.status_code, f"answered {answer.status_code}"
        except httpx.HTTPError as problem:
            status, error = 0, type(problem).__name__
        except ValueError as problem:  # keys that are none, a payload too long: never to be sent
            status, error = 400, str(problem)
        if status in _GONE:
            _log.info("push.browser_gone", subscription=message.subscription_id)
            await self._writer.write(lambda db: pushes.remove(db, message.subscription_id))
        elif status == 0 or status in _LATER or status >= 500:
            _log.warning("push.not_sent", message=message.id, tries=message.tries + 1, error=error)
            next_try = self._clock() + wait_after(message.tries)
            await self._writer.write(lambda db: pushes.failed(db, message.id, next_try))
        else:
            (_log.info if status < 300 else _log.warning)("push.sent", message=message.id, status=status)
            await self._writer.write(lambda db: pushes.sent(db, message.id))

    def _headers(self, message: Message) -> dict[str, str]:
        left_s = max(0, int((message.useless_at - self._clock()).total_seconds()))
        return {
            "Authorization": self.vapid.authorization(message.endpoint, self._clock()),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(left_s),
            "Urgency": "normal",
        }
