"""Around every request: a bound on what may be sent, and the headers that keep pages to themselves."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from csms.api.errors import problem

MAX_BODY_BYTES = 1_000_000
MAX_UPLOAD_BYTES = 20_000_000
UPLOADS_PATH = "/api/uploads/"  # where charge points send logs: the one place that takes more
_POLICY = "default-src 'self'; img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'"


class Shield:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        most = MAX_UPLOAD_BYTES if scope["path"].startswith(UPLOADS_PATH) else MAX_BODY_BYTES
        too_large = f"at most {most} bytes"
        got = 0

        async def bounded() -> Message:
            nonlocal got
            message = await receive()
            got += len(message.get("body", b""))
            if got > most:  # no length was declared, or a wrong one
                raise HTTPException(413, too_large)
            return message

        async def shielded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["Content-Security-Policy"] = _POLICY
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "same-origin"
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Cache-Control", "no-store")
            await send(message)

        if not declared.isdecimal() or int(declared) > most:
            await _drain(receive)
            await problem(413, too_large, {"Connection": "close"})(scope, receive, shielded)
            return
        await self._app(scope, bounded, shielded)


async def _drain(receive: Receive) -> None:
    """Read a little more than we take: a connection closed over unread data loses the answer on its way."""
    left, more = MAX_UPLOAD_BYTES + 16 * MAX_BODY_BYTES, True
    while more and left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        more = message.get("more_body", False)
