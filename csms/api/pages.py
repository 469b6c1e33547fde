"""The pages, built by `make pages`: the drivers' app at /app/, the operators' at /. Unknown paths get index.html: the
page finds its own way. Only an unknown asset is not found."""

import mimetypes
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Scope

from ocppj import log

_log = log.get(__name__)
WEB = Path(__file__).parent.parent / "web"
DIST = WEB / "operator" / "dist"
DRIVER_DIST = WEB / "driver" / "dist"
APP = "/app"
mimetypes.add_type("application/manifest+json", ".webmanifest")
NOT_BUILT = "The pages are not built. Run: make pages\n"


class Pages(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.split("/", 1)[0] == "api":
            raise HTTPException(404, "there is no such path")
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            # A missing asset is one of an older page: index.html in its place would be kept as that script for a year.
            if error.status_code != 404 or path.startswith("assets/"):
                raise
            response = await super().get_response("index.html", scope)
        # Names of assets change with their content; index.html's does not.
        lasting = path.startswith("assets/") and response.status_code == 200
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response


def mount(app: Starlette, dist: Path = DIST, driver_dist: Path = DRIVER_DIST) -> None:
    if app_is_built(driver_dist):

        async def with_slash(request: Request) -> Response:  # addresses in the page are relative to it
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(f"{APP[1:]}/{query}", 307)

        app.add_route(APP, with_slash, include_in_schema=False)
        app.mount(APP, _served(driver_dist))
    if (dist / "index.html").is_file():
        app.mount("/", _served(dist))
        return
    _log.warning("pages.missing", text=NOT_BUILT.strip())

    async def not_built(scope: Scope, receive: object, send: object) -> None:
        if scope["path"].startswith("/api/"):
            raise HTTPException(404, "there is no such path")
        await PlainTextResponse(NOT_BUILT, 503)(scope, receive, send)  # type: ignore[arg-type]

    app.mount("/", not_built)


def _served(dist: Path) -> ASGIApp:
    """Compressed: a phone at a charge point has little of a network."""
    return GZipMiddleware(Pages(directory=dist, html=True), minimum_size=1000)


def app_is_built(driver_dist: Path = DRIVER_DIST) -> bool:
    return (driver_dist / "index.html").is_file()
