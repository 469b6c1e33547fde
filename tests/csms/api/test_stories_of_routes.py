"""No route without a story of its effect, and no story of a route that is gone."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.csms.running import Csms
from tests.csms.tells import route_of, routes, tells

_TESTS = Path(__file__).parents[2]
_OF_ROUTES = ("csms", "octt_csms")
_NEVER_PROVES = ("pytest.mark.skip", "pytest.mark.xfail")


def told_in(file: Path) -> Iterator[tuple[str, str]]:
    """(route, test) of each word in @tells of each test that pytest finds there and does not skip."""
    for test in ast.parse(file.read_text()).body:
        if not isinstance(test, ast.AsyncFunctionDef) or not test.name.startswith("test_"):
            continue
        decorators = [each for each in test.decorator_list if isinstance(each, ast.Call)]
        if any(ast.unparse(each).startswith(_NEVER_PROVES) for each in test.decorator_list):
            continue
        for each in decorators:
            if ast.unparse(each.func) == "tells":
                for word in each.args:
                    assert isinstance(word, ast.Constant), f"{file.name}::{test.name}: name each route in @tells"
                    yield str(word.value), f"{file.name}::{test.name}"


def test_every_route_has_its_story_and_every_story_its_route() -> None:
    stories: dict[str, list[str]] = {}
    for file in sorted(file for folder in _OF_ROUTES for file in (_TESTS / folder).rglob("test_*.py")):
        for route, test in told_in(file):
            stories.setdefault(route, []).append(test)
    without = sorted(routes().keys() - stories.keys())
    assert not without, (
        f"nobody tells what these routes do: {without}. Tell a story of each: write or find a test in tests/csms that "
        "asks it through csms.admin, csms.logged_in(...) or csms.browser() and shows its effect (the frame at a charge "
        "point, the ledger's row, what the next one who asks sees), and decorate that test: "
        f'@tells("{without[0]}"), from tests.csms.tells'
    )
    gone = {route: stories[route] for route in sorted(stories.keys() - routes().keys())}
    assert not gone, f"stories of routes that are not in the OpenAPI document: correct or drop their names: {gone}"


def test_a_path_is_the_route_with_the_fewest_places_to_fill_in() -> None:
    assert route_of("GET", "/api/station/report") == "GET /api/station/report"
    assert route_of("GET", "/api/station/CP1") == "GET /api/station/{identity}"
    assert route_of("PUT", "/api/station/CP1") == route_of("GET", "/nowhere") == ""


async def test_a_story_of_what_it_never_asked_with_success_is_refused(csms: Csms) -> None:
    @tells("GET /api/users/{user_id}", "GET /api/users")
    async def story(path: str) -> None:
        await csms.admin.get("/api/users")
        await csms.admin.get(path)

    await story("/api/users/2")
    for elsewhere in ("/api/users/99", "/api/users"):  # 404, and another one
        with pytest.raises(AssertionError, match=r"tells of \['GET /api/users/\{user_id\}'\]"):
            await story(elsewhere)


def test_words_of_a_test_that_is_skipped_or_never_found_count_for_nothing(tmp_path: Path) -> None:
    file = tmp_path / "test_x.py"
    file.write_text(
        '@tells("GET /one")\nasync def test_one(): ...\n\n'
        '@pytest.mark.skip\n@tells("GET /two")\nasync def test_two(): ...\n\n'
        '@tells("GET /three")\nasync def helper(): ...\n'
    )
    assert list(told_in(file)) == [("GET /one", "test_x.py::test_one")]
