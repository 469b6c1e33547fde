"""The operator's pages, built by `make pages`. Unknown paths get index.html: the page finds its own way."""

from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from ocppj import log

_log = log.get(__name__)
DIST = Path(__file__).parent.parent / "web" / "operator" / "dist"
NOT_BUILT = "The pages are not built. Run: make pages\n"


class Pages(StaticFiles):
    async def get_response(self, path: str, scope: Scope) -> Response:
        if path.split("/", 1)[0] == "api":
            raise HTTPException(404, "there is no such path")
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404:
                raise
            response = await super().get_response("index.html", scope)
        # Names of assets change with their content; index.html's does not.
        lasting = path.startswith("assets/") and response.status_code == 200
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response


def mount(app: Starlette, dist: Path = DIST) -> None:
    if (dist / "index.html").is_file():
        app.mount("/", Pages(directory=dist, html=True))
        return
    _log.warning("pages.missing", text=NOT_BUILT.strip())

    async def not_built(scope: Scope, receive: object, send: object) -> None:
        if scope["path"].startswith("/api/"):
            raise HTTPException(404, "there is no such path")
        await PlainTextResponse(NOT_BUILT, 503)(scope, receive, send)  # type: ignore[arg-type]

    app.mount("/", not_built)
