"""How a case becomes tests: @on_both and @scripted_only in front of `async def test_tc_…(script)`."""
import inspect
from collections.abc import Callable
from typing import Any

import pytest

from tests.octt.stage import Play, Stage
from tests.octt.systems import CSMS, SCRIPTED


def on_both(play: Play) -> Any:
    """Against the central system made with the `ocpp` package, and against our CSMS."""
    return _test(play, (SCRIPTED, CSMS), "bench")


def scripted_only(why: str, board: str = "bench") -> Callable[[Play], Any]:
    """Where our CSMS cannot do what the case needs of a central system; `why` is for the reader."""
    assert why
    return lambda play: _test(play, (SCRIPTED,), board)


def on_board(board: str) -> Callable[[Play], Any]:
    """Against both, at another board than the bench's own."""
    return lambda play: _test(play, (SCRIPTED, CSMS), board)


def _test(play: Any, systems: tuple[str, ...], board: str) -> Any:
    async def test(stage: Stage, request: pytest.FixtureRequest, system: str) -> None:
        name = request.node.nodeid.split("[")[0]
        chosen = [item.callspec.params["system"] for item in request.session.items   # type: ignore[attr-defined]
                  if item.nodeid.split("[")[0] == name]
        await stage.outcome(name, play, system, chosen, board)

    test.__name__, test.__doc__, test.__module__ = play.__name__, play.__doc__, play.__module__
    test.__wrapped_play__ = play   # type: ignore[attr-defined]
    assert list(inspect.signature(play).parameters) == ["script"]
    for mark in (pytest.mark.parametrize("system", systems), pytest.mark.octt, pytest.mark.story,
                 pytest.mark.asyncio(loop_scope="session")):
        test = mark(test)
    return test
