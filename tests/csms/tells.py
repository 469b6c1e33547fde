"""Which test tells the story of which route: `@tells("POST /api/stop")` on a test that shows what the route does.

The test itself proves that it asked: a route that it tells of and that answered nothing with success (2xx) while it ran
makes it red. api/test_stories_of_routes.py compares all that is told with the OpenAPI document, and
docs/benchmarks/csms_hollow_routes.py shows that the stories notice a route that says yes and does nothing.
"""

import functools
import re
from collections.abc import Awaitable, Callable
from typing import ParamSpec

import httpx

from csms.api import document

_P = ParamSpec("_P")
_Test = Callable[_P, Awaitable[None]]
_asked: list[tuple[str, str]] = []  # method and path of what was answered with success since the test began


def tells(*told: str) -> Callable[[_Test[_P]], _Test[_P]]:
    """Of a test: it asks these routes, and it shows their effect (at a charge point, in the ledger, to who asks next).

    Each is written as in the document: "PATCH /api/station".
    """

    def decorate(test: _Test[_P]) -> _Test[_P]:
        @functools.wraps(test)
        async def watched(*args: _P.args, **kwargs: _P.kwargs) -> None:
            _asked.clear()
            await test(*args, **kwargs)
            asked = {route_of(method, path) for method, path in _asked}
            never = [route for route in told if route not in asked]
            assert not never, f"tells of {never}, but had no 2xx from there; it had from {sorted(asked - {''})}"

        watched.__dict__["told"] = told
        return watched

    return decorate


class Listening(httpx.AsyncHTTPTransport):
    """Hears what is asked through it and answered with success."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = await super().handle_async_request(request)
        if answer.is_success:
            _asked.append((request.method, request.url.path))
        return answer


@functools.cache
def routes() -> dict[str, re.Pattern[str]]:
    """Of the document: what each is called, and its paths. The fewer places to fill in, the earlier it stands."""
    of_document = [
        (f"{method.upper()} {path}", re.compile(re.sub(r"\{\w+\}", "[^/]+", path)))
        for path, methods in document.document()["paths"].items()
        for method in methods
    ]
    return dict(sorted(of_document, key=lambda each: each[0].count("{")))


@functools.cache
def route_of(method: str, path: str) -> str:
    """Its name in the document; empty for what is not there."""
    found = (name for name, fits in routes().items() if name.startswith(f"{method} ") and fits.fullmatch(path))
    return next(found, "")
