"""Around every request: a bound on what may be sent, and the headers that keep pages to themselves."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from csms.api.errors import problem

MAX_BODY_BYTES = 1_000_000
MAX_UPLOAD_BYTES = 20_000_000
UPLOADS_PATH = "/api/uploads/"  # where charge points send logs: this takes more, and
IMAGES_PATH = "/api/firmware-images"  # where operators send firmware
_A_YEAR_S = 31_536_000


def policy(map_tiles_url: str = "") -> str:
    """Content-Security-Policy of every page: scripts and styles are files of our own, nothing stands in the page.

    Pictures may come from where the map's come from, and from what a page has made itself.
    """
    pictures = "'self' data: blob:"
    if map_tiles_url:
        parts = urlsplit(map_tiles_url.replace("{s}.", "*."))
        pictures += f" {parts.scheme}://{parts.netloc}"
    return (
        f"default-src 'self'; script-src 'self'; style-src 'self'; img-src {pictures}; connect-src 'self'; "
        "object-src 'none'; frame-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


class Shield:
    """`map_tiles_url`: whose pictures pages may show; `https_only`: nothing else on this host is asked without TLS."""

    def __init__(self, app: ASGIApp, map_tiles_url: str = "", *, https_only: bool = False) -> None:
        self._app = app
        self._policy, self._https_only = policy(map_tiles_url), https_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        most = MAX_UPLOAD_BYTES if scope["path"].startswith((UPLOADS_PATH, IMAGES_PATH)) else MAX_BODY_BYTES
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
                headers["Content-Security-Policy"] = self._policy
                headers["X-Content-Type-Options"] = "nosniff"
                headers["X-Frame-Options"] = "DENY"
                headers["Referrer-Policy"] = "strict-origin-when-cross-origin"  # a map's server asks who shows it
                headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=(), payment=()"
                if self._https_only:
                    headers["Strict-Transport-Security"] = f"max-age={_A_YEAR_S}"
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
