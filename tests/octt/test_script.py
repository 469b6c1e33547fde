"""The cases' own judge: a case fails when the charge point says more, less or something else than it names."""
import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.octt.cases import scripted_only
from tests.octt.script import SILENT_S, Script
from tests.octt.stage import Player
from tests.octt.systems import Scripted
from tests.octt.tap import Tap

itself = scripted_only("it is about the judge, not about a central system")
alone = pytest.mark.asyncio(loop_scope="session")


async def makes_it_say_more(script: Script, message: str = "StatusNotification") -> None:
    """Behind the case's back."""
    await script.player.ask("TriggerMessage", {"requestedMessage": message, "connectorId": 1})


@itself
async def test_a_call_that_is_not_named_fails_the_case(script: Script) -> None:
    await makes_it_say_more(script)
    with pytest.raises(AssertionError, match=r"left over: .*StatusNotification"):
        await script.ends(status="Available")


@itself
async def test_a_call_that_comes_after_the_last_one_named_fails_the_case(script: Script) -> None:
    async def later() -> None:
        await asyncio.sleep(SILENT_S / 2)
        await makes_it_say_more(script, "Heartbeat")

    later_on = asyncio.create_task(later())
    with pytest.raises(AssertionError, match=r"left over: .*Heartbeat"):
        await script.ends(status="Available")
    await later_on


@itself
async def test_a_call_since_the_case_before_fails_this_one(script: Script) -> None:
    await makes_it_say_more(script)
    await script.until("said", lambda: script.all("StatusNotification"))
    again = script.player.begin()
    with pytest.raises(AssertionError, match=r"left over: .*StatusNotification"):
        await again.ends(status="Available")


@itself
async def test_a_call_in_between_fails_the_case(script: Script) -> None:
    await script.plug()
    with pytest.raises(AssertionError, match=r"but came: .*Preparing"):
        await script.sees("Authorize")
    with pytest.raises(AssertionError, match=r"unexpected before TriggerMessage"):
        await script.asks("TriggerMessage", requested_message="Heartbeat")


@itself
async def test_another_final_status_fails_the_case(script: Script) -> None:
    with pytest.raises(AssertionError, match=r"but came: .*Available"):
        await script.ends(status="Preparing")


@itself
async def test_a_call_that_never_comes_fails_the_case(script: Script) -> None:
    with pytest.raises(AssertionError, match=r"not within 0.2 s: Authorize"):
        await script.sees("Authorize", within_s=0.2)


@itself
async def test_a_call_that_the_central_system_refuses_fails_the_case(script: Script) -> None:
    script.answers("Heartbeat", {"currentTime": 7})   # so that the `ocpp` package says CALLERROR
    with pytest.raises(AssertionError, match=r"central system cannot take .*Heartbeat"):
        await script.ends()
    script.answers("Heartbeat", None)


@asynccontextmanager
async def liar(folder: Path, says: Callable[[str], list[object]]) -> AsyncIterator[Script]:
    """A case for a charge point that says `says(id)` to each CALL."""
    system = Scripted()
    await system.open()
    tap = Tap(system.url)
    await tap.up()

    async def lie(connection: ClientConnection) -> None:
        async for text in connection:
            kind, message_id, *_ = json.loads(text)
            for frame in says(message_id) if kind == 2 else ():
                await connection.send(json.dumps(frame))

    async with connect(f"{tap.url}/LIAR", subprotocols=[Subprotocol("ocpp1.6")], proxy=None) as connection:
        lying = asyncio.create_task(lie(connection))
        board = SimpleNamespace(options=SimpleNamespace(identity="LIAR"), folder=folder, console=[])
        await asyncio.wait_for(_connected(system), 5)
        yield Script(Player(board, tap, system))   # type: ignore[arg-type]
        lying.cancel()
    await tap.down()
    await system.close()


async def _connected(system: Scripted) -> None:
    while system._peer is None:   # noqa: ASYNC110  (the package tells nobody)
        await asyncio.sleep(0.01)


@alone
async def test_an_answer_that_breaks_its_schema_fails_the_case(tmp_path: Path) -> None:
    async with liar(tmp_path, lambda message_id: [[3, message_id, {"status": "Perhaps"}]]) as script:
        with pytest.raises(AssertionError, match=r"Perhaps"):
            await script.asks("ClearCache")


@alone
async def test_a_call_before_its_cause_was_answered_fails_the_case(tmp_path: Path) -> None:
    async with liar(tmp_path, lambda message_id: [
        [2, "early", "Heartbeat", {}], [3, message_id, {"status": "Accepted"}],
    ]) as script:
        await script.asks("ClearCache")
        with pytest.raises(AssertionError, match=r"too early"):
            await script.sees("Heartbeat")
