"""The bench's HTTP interface, for tests, the page and people. Errors are problem+json."""
import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec
from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from hardware.bench import board
from hardware.bench.charge_point import ChargePoint
from hardware.bench.errors import BadRequest, BenchError, Conflict, UnknownPart
from hardware.bench.orders import Clear, Fault, Link, Options, Plug, Power, SetCar, Tap
from hardware.bench.relay import Cut
from hardware.bench.world import World

PAGE = Path(__file__).parent / "web" / "dist"
NO_PAGE = "The bench runs; its page is not built. Build it with: make pages. The API is at /api/charge-points.\n"
KEEP_ALIVE_S = 15
_STATUS: dict[type[Exception], int] = {UnknownPart: 404, BadRequest: 400, Conflict: 409}
T = TypeVar("T")


async def _body(request: Request, shape: type[T]) -> T:
    raw = await request.body()
    try:
        return msgspec.json.decode(raw or b"{}", type=shape)
    except msgspec.MsgspecError as error:
        raise BadRequest(str(error)) from None


def _charge_point(request: Request) -> ChargePoint:
    world: World = request.app.state.world
    return world.find(request.path_params["identity"])


async def list_charge_points(request: Request) -> Response:
    return JSONResponse(request.app.state.world.as_json())


async def add_charge_point(request: Request) -> Response:
    options = await _body(request, Options)
    charge_point = await request.app.state.world.add(options)
    return JSONResponse(charge_point.as_json(), 201)


async def get_charge_point(request: Request) -> Response:
    return JSONResponse(_charge_point(request).as_json())


async def remove_charge_point(request: Request) -> Response:
    await request.app.state.world.remove(request.path_params["identity"])
    return Response(status_code=204)


async def power(request: Request) -> Response:
    charge_point, order = _charge_point(request), await _body(request, Power)
    await charge_point.power(order.on)
    return JSONResponse(charge_point.as_json())


async def link(request: Request) -> Response:
    charge_point, order = _charge_point(request), await _body(request, Link)
    charge_point.set_link(order.up, Cut(order.mode))
    return JSONResponse(charge_point.as_json())


async def heap(request: Request) -> Response:
    charge_point = _charge_point(request)
    live = await charge_point.live_heap_bytes()
    shims = charge_point.shim_heap_bytes or 0
    return JSONResponse({"live_bytes": live, "shim_bytes": shims, "without_shims_bytes": live - shims})


async def console(request: Request) -> Response:
    return PlainTextResponse("".join(f"{line}\n" for line in _charge_point(request).console))


async def act(request: Request) -> Response:
    charge_point, number = _charge_point(request), request.path_params["connector_id"]
    charge_point.board.connector(number)
    action = request.path_params["action"]
    if action == "plug":
        charge_point.plug(number, await _body(request, Plug))
    elif action == "unplug":
        charge_point.unplug(number)
    elif action == "tap":
        charge_point.tap((await _body(request, Tap)).uid)
    elif action == "stop-button":
        charge_point.press_stop(number)
    elif action == "car":
        charge_point.set_car(number, await _body(request, SetCar))
    elif action == "fault":
        fault = await _body(request, Fault)
        charge_point.set_fault(number, fault.kind, True, fault.mode)
    elif action == "clear":
        kind = (await _body(request, Clear)).kind
        if kind == "all":
            charge_point.clear_all(number)
        else:
            charge_point.set_fault(number, kind, False)
    else:
        raise UnknownPart(f"there is no action {action}; there are plug, unplug, tap, stop-button, car, fault, clear")
    return JSONResponse(charge_point.as_json())


async def meter_log(request: Request) -> Response:
    text = request.path_params.get("connector_id") or request.query_params.get("connector", "1")
    try:
        number = int(text)
    except ValueError:
        raise BadRequest("connector must be a number") from None
    return JSONResponse([asdict(entry) for entry in _charge_point(request).meter_log(number)])


async def choices(request: Request) -> Response:
    """What a page can offer: boards and faults, each with its meaning."""
    return JSONResponse({
        "boards": board.names(),
        "faults": board.BOARD_FAULTS | board.CONNECTOR_FAULTS,
        "modes": {kind: list(modes) for kind, modes in board.MODES.items()},
    })


async def events(request: Request) -> Response:
    """The live stream: each event one JSON object with `type` and `identity`; first the present states."""
    world: World = request.app.state.world

    async def stream() -> AsyncIterator[str]:
        with world.events.listening() as queue:
            for state in world.as_json():
                yield _sse({"type": "charge_point", "identity": state["identity"], "state": state})
            while True:
                try:
                    event = await asyncio.wait_for(queue.get(), KEEP_ALIVE_S)
                except TimeoutError:
                    yield ": still here\n\n"   # a comment; a listener that has gone is noticed by it
                    continue
                if event is None:
                    return
                yield _sse(event)

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def _sse(event: dict[str, Any]) -> str:
    return f"data: {json.dumps(event)}\n\n"


async def no_page(request: Request) -> Response:
    return PlainTextResponse(NO_PAGE)


async def _refused(request: Request, error: Exception) -> Response:
    status = _STATUS.get(type(error), 500)
    return JSONResponse({"title": type(error).__name__, "status": status, "detail": str(error)}, status,
                        media_type="application/problem+json")


class OwnPagesOnly:
    """Browsers send what any page tells them to: a page from elsewhere may not drive this machine's bench."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else Headers()
        origin = urlsplit(headers.get("origin", ""))
        if origin.netloc and origin.netloc != headers.get("host") and origin.hostname not in ("localhost", "127.0.0.1"):
            refusal = PlainTextResponse("requests from other sites are refused\n", 403)
            return await refusal(scope, receive, send)
        return await self._app(scope, receive, send)


def application(world: World) -> Starlette:
    one = "/api/charge-points/{identity}"
    routes: list[BaseRoute] = [
        _route("/api/charge-points", list_charge_points),
        _route("/api/charge-points", add_charge_point, "POST"),
        _route("/api/choices", choices),
        _route("/api/events", events),
        _route(one, get_charge_point),
        _route(one, remove_charge_point, "DELETE"),
        _route(f"{one}/power", power, "POST"),
        _route(f"{one}/link", link, "POST"),
        _route(f"{one}/heap", heap, "POST"),
        _route(f"{one}/console", console),
        _route(f"{one}/meter-log", meter_log),
        _route(one + "/connectors/{connector_id:int}/meter-log", meter_log),
        _route(one + "/connectors/{connector_id:int}/{action}", act, "POST"),
    ]
    if (PAGE / "index.html").exists():
        routes.append(Mount("/", StaticFiles(directory=PAGE, html=True)))
    else:
        routes.append(_route("/", no_page))
    app = Starlette(routes=routes, exception_handlers={BenchError: _refused},
                    middleware=[Middleware(OwnPagesOnly)])
    app.state.world = world
    return app


def _route(path: str, handler: Callable[[Request], Awaitable[Response]], method: str = "GET") -> Route:
    return Route(path, handler, methods=[method])
