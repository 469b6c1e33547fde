"""When the controller cannot start: why, in one line, where people look for its page. Charge points are not served."""

import asyncio
import contextlib
import html
import signal
import socket
import tomllib
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from local_controller.config import Web
from local_controller.watchdog import Watchdog

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="10"><title>The controller cannot start</title>
<style>:root{{color-scheme:light dark}}body{{font:1.1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:15vh auto;
padding:1rem}}p{{overflow-wrap:anywhere}}</style><h1>The controller cannot start</h1><p role="alert">{why}</p>
<p>Charge points are not served meanwhile. It tries again by itself.</p></html>"""
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Retry-After": "10"}


def address(config: Path) -> Web:
    """Where the page would be, as far as the settings can be read."""
    try:
        return Web(**tomllib.loads(config.read_text()).get("web", {}))
    except (OSError, ValueError, TypeError):
        return Web()


async def show(web: Web, why: str, for_s: float) -> bool:
    """For so long; False if it was told to stop. A port that is taken leaves the line to the log."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)

    async def tell(request: Request) -> Response:
        if request.url.path.startswith("/api"):
            body = {"type": "about:blank", "status": 503, "detail": why}
            return JSONResponse(body, 503, _HEADERS, media_type="application/problem+json")
        return HTMLResponse(_PAGE.format(why=html.escape(why)), 503, _HEADERS)

    methods = ["GET", "POST", "PUT", "DELETE"]
    app = Starlette(routes=[Route("/{path:path}", tell, methods=methods)])
    async def here() -> None:
        """Nothing else can hang here than the loop."""

    watchdog = Watchdog()
    watchdog.tell("READY=1", f"STATUS={why}")  # the service stands, though it serves nobody: systemd shall not end it
    pet = asyncio.create_task(watchdog.run(here))
    with contextlib.ExitStack() as closing:
        closing.callback(pet.cancel)
        serving = None
        try:
            listener = closing.enter_context(socket.create_server((web.host, web.port)))
        except OSError:
            pass
        else:
            server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
            server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment]
            serving = asyncio.create_task(server.serve(sockets=[listener]))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), for_s)
        if serving is not None:
            server.should_exit = True
            await serving
    return not stop.is_set()
