"""Soak: each route in turn says yes and does nothing; does the story that tells of it (tests/csms/tells.py) notice?

    python docs/benchmarks/csms_hollow_routes.py                                all stories
    python docs/benchmarks/csms_hollow_routes.py tests/csms/api/test_cards.py   some of them (pytest's own arguments)

A story is run once as it is, and once more for each route that it tells of. Then a route that changes something is not
asked at all: the test gets the answer that the same request had in the first run. What a route that only tells gives is
emptied. Requests that were refused in the first run reach the route as ever. Ends with status 1 if a story passes all
the same. Not part of `make test`: it takes some minutes.
"""
import copy
import json
import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

import httpx
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPOSITORY))

from tests.csms import tells  # noqa: E402 (found by the line above)

_TELLING = ("POST /api/tariffs/preview",)   # changes nothing, like a GET
_KEPT = ("content-type", "etag", "set-cookie", "content-disposition")
_MODE = pytest.StashKey[str]()   # the hollow route; empty: none
_ask = tells.Listening.handle_async_request


class Hollow:
    """A pytest plugin."""

    def __init__(self) -> None:
        self.route, self.test = "", ""
        self.first: dict[tuple[str, str], list[tuple[int, dict[str, str], bytes] | None]] = defaultdict(list)
        self.asked = 0
        self.verdicts: dict[str, list[str]] = defaultdict(list)

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        found = []
        for item in items:
            told = getattr(getattr(item, "obj", None), "told", ())
            for route in ("", *told) if told else ():
                again: Any = copy.copy(item)
                again._initrequest()
                again.stash = pytest.Stash()
                again.stash[_MODE] = route
                found.append(again)
        items[:] = found

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Any:
        self.route, self.test, self.asked = item.stash[_MODE], item.nodeid, 0
        try:
            return (yield)
        finally:
            self.route = self.test = ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Any:
        report = yield
        if report.when == "call":
            right = report.passed if not item.stash[_MODE] else report.failed
            what = item.stash[_MODE] or "as it is"
            self.verdicts["right" if right else "wrong"].append(f"{what}: {item.nodeid} {report.outcome}")
            report.outcome = "passed" if right else "failed"
        elif report.failed:
            self.verdicts["wrong"].append(f"{item.nodeid}: {report.when} failed")
        return report

    async def ask(self, client: tells.Listening, request: httpx.Request) -> httpx.Response:
        route = tells.route_of(request.method, request.url.path)
        if not self.route:
            return await self._note(route, await _ask(client, request))
        if route != self.route:
            return await _ask(client, request)
        self.asked += 1
        before = self.first[self.test, route]
        answered = before[min(self.asked, len(before)) - 1]
        if answered is None:
            return await _ask(client, request)
        if request.method == "GET" or route in _TELLING:
            return await _emptied(await _ask(client, request))
        tells._asked.append((request.method, request.url.path))
        status, headers, content = answered
        return httpx.Response(status, headers=headers, content=content, request=request)

    async def _note(self, route: str, answer: httpx.Response) -> httpx.Response:
        noted = None
        if answer.is_success:
            endless = answer.headers.get("content-type", "").startswith("text/event-stream")
            headers = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
            noted = (answer.status_code, headers, b"" if endless else await answer.aread())
        self.first[self.test, route].append(noted)
        return answer


async def _emptied(answer: httpx.Response) -> httpx.Response:
    if not answer.is_success:
        return answer
    kind = answer.headers.get("content-type", "")
    content = b""
    if kind.startswith("application/json"):
        said = json.loads(await answer.aread())
        content = json.dumps([] if isinstance(said, list) else dict.fromkeys(said or ())).encode()
    await answer.aclose()
    headers = {name: answer.headers[name] for name in _KEPT if name in answer.headers}
    return httpx.Response(answer.status_code, headers=headers, content=content, request=answer._request)


def main() -> int:
    os.chdir(REPOSITORY)
    hollow = Hollow()

    async def ask(client: tells.Listening, request: httpx.Request) -> httpx.Response:
        return await hollow.ask(client, request)

    tells.Listening.handle_async_request = ask   # type: ignore[method-assign]
    quiet = ["-q", "--tb=no", "--show-capture=no", "-p", "no:rerunfailures"]
    pytest.main([*quiet, *(sys.argv[1:] or ["tests/csms"])], plugins=[hollow])
    for line in hollow.verdicts["wrong"]:
        print("not noticed:", line)
    right = [line for line in hollow.verdicts["right"] if not line.startswith("as it is")]
    wrong = hollow.verdicts["wrong"]
    print(f"{len(right)} of {len(right) + len(wrong)} hollow routes noticed")
    return 1 if wrong or not right else 0


if __name__ == "__main__":
    sys.exit(main())
