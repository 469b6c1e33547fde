"""HTTP for the people on site: the page, its API and its stream of events, and adoption for charge points.

All but adoption, login, health and figures needs a session: a viewer's to look, the operator's to change something and
for what holds secrets. Writes by cookie need X-Requested-With, which no foreign page can send.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local_controller.errors import AdoptionRefused, NoAnswer, SiteError, TooManyTries
from local_controller.keeping import Refused, Unknown
from local_controller.login import Logins, PasswordSet, TooShort, WrongPassword, check_tries
from local_controller.site import Site
from local_controller.site_state import charge_point_json
from ocppj import log
from ocppj.backoff import FailureBackoff

PAGE = Path(__file__).parent / "web" / "dist"
COOKIE = "bollard_site_session"
MAX_BODY = 4096
KEEP_ALIVE_S = 15.0  # a comment now and then, so that both ends notice a dead stream
FREE_CODES, FREE_CODES_IN_ALL = 5, 50  # wrong codes before waiting: of one address, of all together

_CONNECTOR = "/api/charge-points/{identity}/connectors/{connector_id}"
_log = log.get(__name__)
Endpoint = Callable[[Request], Awaitable[Response]]
T = TypeVar("T")


class Json(Response):
    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        return msgspec.json.encode(content)


class AdoptRequest(msgspec.Struct):
    code: str
    serial: str
    kind: str


class LoginRequest(msgspec.Struct):
    password: str


class NameRequest(msgspec.Struct):
    name: str


class StopRequest(msgspec.Struct):
    transaction_id: int | None = None  # as the page shows it; none: whichever runs


class Api:
    def __init__(self, site: Site, logins: Logins, clock: Callable[[], datetime]) -> None:
        self._site, self._logins, self._clock = site, logins, clock
        self._metrics: Any = None
        self._codes_of_one, self._codes_of_all = FailureBackoff(FREE_CODES), FailureBackoff(FREE_CODES_IN_ALL)

    def app(self) -> Starlette:
        routes: list[BaseRoute] = [
            Route("/healthz", self.health),
            Route("/metrics", self.metrics),
            Route("/api/adopt", self.adopt, methods=["POST"]),
            Route("/api/login", self.login, methods=["POST"]),
            Route("/api/setup", self.setup_state),
            Route("/api/setup", self.setup, methods=["POST"]),
            Route("/api/logout", self._viewer(self.logout), methods=["POST"]),
            Route("/api/status", self._viewer(self.status)),
            Route("/api/charge-points", self._viewer(self.charge_points)),
            Route("/api/charge-points/{identity}", self._operator(self.rename), methods=["PATCH"]),
            Route("/api/charge-points/{identity}/key", self._operator(self.new_key), methods=["POST"]),
            Route("/api/charge-points/{identity}/retire", self._operator(self.retire), methods=["POST"]),
            Route(_CONNECTOR + "/start", self._operator(self.start), methods=["POST"]),
            Route(_CONNECTOR + "/stop", self._operator(self.stop), methods=["POST"]),
            Route("/api/viewer-password", self._operator(self.viewer_password), methods=["PUT", "DELETE"]),
            Route("/api/adoption-codes", self._operator(self.adoption_codes), methods=["POST"]),
            Route("/api/audits", self._operator(self.audits), methods=["POST"]),
            Route("/api/backup", self._operator(self.backup)),
            Route("/api/events", self._viewer(self.events)),
        ]
        if PAGE.is_dir():
            routes.append(Mount("/", StaticFiles(directory=PAGE, html=True)))
        else:
            routes.append(Route("/", self.no_page))
        errors: dict[Any, Any] = {HTTPException: _http_error, SiteError: _site_error}
        return Starlette(routes=routes, exception_handlers=errors, middleware=[Middleware(_SafeHeaders)])

    async def health(self, request: Request) -> Response:
        return Json({"status": "ok"})

    async def metrics(self, request: Request) -> Response:
        from local_controller.metrics import CONTENT_TYPE, Metrics, figures  # only where somebody asks for them

        if self._metrics is None:
            self._metrics = Metrics()
        status, views = await self._site.status(), self._site.state.shown
        made = figures(status, views, self._site.commits, self._clock())
        return Response(self._metrics.text(made), media_type=CONTENT_TYPE)

    async def no_page(self, request: Request) -> Response:
        return PlainTextResponse("The page is not built: run `make pages`.\n", 503)

    async def adopt(self, request: Request) -> Response:
        remote, now_s = _remote(request), time.monotonic()
        check_tries(self._codes_of_one, remote, now_s)
        check_tries(self._codes_of_all, "all", now_s)
        body = await _body(request, AdoptRequest)
        if body.kind != "charge_point":
            raise HTTPException(422, "this controller adopts charge points; kind must be charge_point")
        try:
            adopted = await self._site.adopt(body.code, body.serial)
        except AdoptionRefused:
            self._codes_of_one.failed(remote, now_s)
            self._codes_of_all.failed("all", now_s)
            raise
        self._codes_of_one.succeeded(remote)
        return Json(
            {
                "identity": adopted.identity,
                "authorization_key": adopted.authorization_key,
                "ocpp_url": self._site.ocpp_url(request.url.hostname or "localhost"),
                "ca": self._site.ca,
            }
        )

    async def login(self, request: Request) -> Response:
        body = await _body(request, LoginRequest)
        token = await self._logins.log_in(body.password, _remote(request))
        response = Response(status_code=204)
        response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https")
        return response

    async def setup_state(self, request: Request) -> Response:
        """Whether somebody has set the first password."""
        return Json({"password_set": bool(await self._site.roles())})

    async def setup(self, request: Request) -> Response:
        """The first password, from whoever comes first: what nobody has set up has nothing to guard yet."""
        _ours(request)
        body = await _body(request, LoginRequest)
        await self._site.set_password(body.password, "operator", first=True)
        _log.warning("password.first_set", remote=_remote(request))
        return Response(status_code=204)

    async def viewer_password(self, request: Request) -> Response:
        """For people who may look and change nothing."""
        if request.method == "DELETE":
            await self._site.forget_viewer()
        else:
            await self._site.set_password((await _body(request, LoginRequest)).password, "viewer")
        return Response(status_code=204)

    async def rename(self, request: Request) -> Response:
        await self._site.rename(_identity(request), (await _body(request, NameRequest)).name)
        return Response(status_code=204)

    async def new_key(self, request: Request) -> Response:
        """Told to the charge point itself; nobody else sees it."""
        await self._site.new_key(_identity(request))
        return Response(status_code=204)

    async def retire(self, request: Request) -> Response:
        await self._site.retire(_identity(request))
        return Response(status_code=204)

    async def start(self, request: Request) -> Response:
        """Start a charge, for the account that pays for those started at this page."""
        outcome = await self._site.on_site.start(_identity(request), _connector(request), _who(request))
        return Json(outcome, 202)

    async def stop(self, request: Request) -> Response:
        """End the charge that runs there, whoever's it is."""
        asked = await _body(request, StopRequest)
        where = _identity(request), _connector(request)
        return Json(await self._site.on_site.stop(*where, asked.transaction_id, _who(request)), 202)

    async def logout(self, request: Request) -> Response:
        self._logins.log_out(request.cookies.get(COOKIE))
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    async def status(self, request: Request) -> Response:
        return Json({**await self._site.status(), "role": request.state.role})

    async def charge_points(self, request: Request) -> Response:
        return Json([charge_point_json(view) for view in self._site.state.shown])

    async def adoption_codes(self, request: Request) -> Response:
        code, expires_at = await self._site.new_code()
        return Json({"code": code, "expires_at": expires_at}, 201)

    async def audits(self, request: Request) -> Response:
        """Begin one; the event Audited says when it is done."""
        self._site.audit.make()
        return Response(status_code=202)

    async def backup(self, request: Request) -> Response:
        """A backup as a file; it holds the site's secrets."""
        made = await self._site.back_up()
        headers = {"Cache-Control": "no-store"}
        gone = BackgroundTask(made.unlink, missing_ok=True)
        return FileResponse(made, filename="bollard-site-backup.tar", headers=headers, background=gone)

    async def events(self, request: Request) -> Response:
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers=headers)

    async def _stream(self) -> AsyncIterator[bytes]:
        async with self._site.state.subscribe() as subscriber:
            yield b": here\n\n"
            while (events := await subscriber.get(KEEP_ALIVE_S)) is not None:
                frames = [f"event: {name}\ndata: ".encode() + msgspec.json.encode(data) for name, data in events]
                yield b"\n\n".join(frames or [b": still here"]) + b"\n\n"

    def _operator(self, endpoint: Endpoint) -> Endpoint:
        return self._for(("operator",), endpoint)

    def _viewer(self, endpoint: Endpoint) -> Endpoint:
        return self._for(("operator", "viewer"), endpoint)

    def _for(self, roles: tuple[str, ...], endpoint: Endpoint) -> Endpoint:
        async def guarded(request: Request) -> Response:
            role = await self._logins.role(request.cookies.get(COOKIE))
            if role is None:
                raise HTTPException(401, "log in first")
            if role not in roles:
                raise HTTPException(403, "only the operator may do that")
            if request.method != "GET":
                _ours(request)
            request.state.role = role
            return await endpoint(request)

        return guarded


class _SafeHeaders:
    """What a browser shall not do with our pages."""

    HEADERS = (
        (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'; base-uri 'none'"),
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"no-referrer"),
    )

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self.HEADERS]
            await send(message)

        await self._app(scope, receive, with_headers)


async def _body(request: Request, form: type[T]) -> T:
    """The JSON body as `form`; small, whatever its header says."""
    data = b""
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_BODY:
            raise HTTPException(413, "the body is too large")
    try:
        return msgspec.json.decode(data, type=form)
    except (msgspec.MsgspecError, UnicodeError, RecursionError) as problem:
        raise HTTPException(422, f"bad body: {problem}") from None


def _ours(request: Request) -> None:
    if request.headers.get("X-Requested-With") != "bollard":
        raise HTTPException(403, "the header X-Requested-With: bollard is missing")


def _identity(request: Request) -> str:
    return str(request.path_params["identity"])


def _connector(request: Request) -> int:
    number = str(request.path_params["connector_id"])
    if not number.isascii() or not number.isdecimal() or len(number) > 3:
        raise HTTPException(404, "there is no such connector")
    return int(number)


def _who(request: Request) -> str:
    """For the log: the page knows roles, not people."""
    return f"{request.state.role} at {_remote(request)}"


def _remote(request: Request) -> str:
    return request.client.host if request.client else "local"


async def _http_error(request: Request, error: HTTPException) -> Response:
    return _problem(error.status_code, error.detail)


async def _site_error(request: Request, error: SiteError) -> Response:
    if isinstance(error, TooManyTries):
        return _problem(429, str(error), {"Retry-After": str(error.retry_after_s)})
    refusals = {AdoptionRefused: 403, Refused: 409, PasswordSet: 409, Unknown: 404, TooShort: 422}
    codes = {WrongPassword: 401, NoAnswer: 504, **refusals}
    status = codes.get(type(error), 500)
    return _problem(status, str(error))


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """RFC 9457."""
    body = {"type": "about:blank", "status": status, "detail": detail}
    return Json(body, status, headers=headers, media_type="application/problem+json")
