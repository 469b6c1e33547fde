"""Around every request: how long it took, whether this address asks too often, and who changed what."""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from csms.api.errors import problem
from csms.metrics import Metrics
from csms.store import audit
from csms.store.users import User
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)
_LOOPBACK = ("127.0.0.1", "::1")
_CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_CHANGES_NOTHING = frozenset({"/api/tariffs/preview"})  # though it is asked with a body
_STAFF = ("operator", "admin")
_MOST_ADDRESSES = 10_000
_ENDLESS = ("/api/events", "/api/user/charging/events")  # how long a stream lasts says nothing of us


class Bucket:
    """So many requests a minute of one address, and as many at once."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # address: what is left, and when it was so

    def wait_s(self, address: str, now_s: float) -> float:
        """0: go on, and it is counted. Otherwise how long to wait."""
        left, since_s = self._left.get(address, (float(self._a_minute), now_s))
        left = min(float(self._a_minute), left + (now_s - since_s) * self._a_minute / 60)
        if left < 1:
            return (1 - left) * 60 / self._a_minute
        self._left[address] = (left - 1, now_s)
        self._left.move_to_end(address)
        if len(self._left) > _MOST_ADDRESSES:
            self._left.popitem(last=False)
        return 0


class Watch:
    """`a_minute` 0: no limit. This machine itself has none: who asks through a proxy here is known by its header."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, writer: Writer, clock: Callable[[], datetime], a_minute: int
    ) -> None:
        self._app, self._metrics, self._writer, self._clock = app, metrics, writer, clock
        self._bucket = Bucket(a_minute) if a_minute else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began_s, status = time.monotonic(), 500
        remote = scope["client"][0] if scope.get("client") else "unknown"

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        wait_s = 0.0
        if self._bucket is not None and remote not in _LOOPBACK and scope["path"].startswith("/api/"):
            wait_s = self._bucket.wait_s(remote, began_s)
        try:
            if wait_s:
                later = {"Retry-After": str(int(wait_s) + 1)}
                await problem(429, "too many requests, please wait", later)(scope, receive, noted)
            else:
                await self._app(scope, receive, noted)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            if route not in _ENDLESS:
                self._metrics.request(scope["method"], route, status, time.monotonic() - began_s)
        by: User | None = scope.get("state", {}).get("user")
        changed = scope["method"] in _CHANGES and status < 400 and route not in _CHANGES_NOTHING
        if changed and by is not None and by.role in _STAFF:
            detail = scope["state"].get("audit_detail", "")  # a route's own word on what it changed
            await self._keep(by, scope["method"], route, scope["path"], status, remote, detail)

    async def _keep(
        self, by: User, method: str, route: str, path: str, status: int, remote: str, detail: str
    ) -> None:
        async def work(db: AsyncConnection) -> None:
            await audit.add(db, by.id, method, route, path, status, remote, self._clock(), detail)

        try:
            await self._writer.write(work)
        except Exception as error:  # it has happened: the log says it then
            _log.error("audit.not_written", user=by.id, method=method, route=route, status=status, error=repr(error))
