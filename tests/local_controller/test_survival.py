"""The controller as a program of its own: killed at any moment it loses nothing it confirmed; asked, it ends."""

import asyncio
import contextlib
import random
import signal
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.exceptions import WebSocketException

from tests.local_controller.central import Central
from tests.local_controller.running import PASSWORD, Process
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import CallError, ChargePoint, start_of, stop_of, values_of

pytestmark = pytest.mark.story

SEED = random.randrange(10_000)


@pytest.fixture
async def process(tmp_path: Path, central: Central) -> AsyncIterator[Process]:
    process = Process(tmp_path / "site", central)
    yield process
    process.end()


async def confirmed(charge_point: ChargePoint, action: str, payload: dict[str, Any]) -> Any:
    """As a charge point does it: the same message again until it is confirmed."""
    while True:
        with contextlib.suppress(OSError, CallError, TimeoutError, WebSocketException):
            async with charge_point:
                return await charge_point.call(action, payload)
        await asyncio.sleep(0.05)


def once_in_order(central: Central) -> list[tuple[str, Any]]:
    """What arrived; the one message that was on its way at a kill may come again, at once and with the same bytes."""
    arrived = [r for r in central.received if r.action in {"StartTransaction", "MeterValues", "StopTransaction"}]
    kept = [r for before, r in zip([None, *arrived], arrived, strict=False)
            if before is None or (before.action, before.raw) != (r.action, r.raw)]  # fmt: skip
    return [(r.action, r.payload) for r in kept]


async def test_sigkill_in_the_middle_loses_and_doubles_nothing(process: Process, central: Central) -> None:
    """Seven kills at random moments while a charge point charges three times, one message after the other."""
    chance = random.Random(SEED)
    await process.start()
    charge_point = await process.adopt()
    expected: list[tuple[str, Any]] = []
    done = asyncio.Event()

    async def charge() -> None:
        await confirmed(charge_point, "BootNotification", {"chargePointVendor": "W", "chargePointModel": "1"})
        for number in range(3):
            start = start_of(at=f"2026-03-01T{number:02}:00:00Z", meter_wh=1000 * number)
            ours = (await confirmed(charge_point, "StartTransaction", start))["transactionId"]
            expected.append(("StartTransaction", start))
            for minute in range(1, 15):
                values = values_of(ours, 1000 * number + minute, at=f"2026-03-01T{number:02}:{minute:02}:00Z")
                await confirmed(charge_point, "MeterValues", values)
                expected.append(("MeterValues", {**values, "transactionId": 101 + number}))
            stop = stop_of(ours, at=f"2026-03-01T{number:02}:59:00Z", meter_wh=1000 * number + 20)
            await confirmed(charge_point, "StopTransaction", stop)
            expected.append(("StopTransaction", {**stop, "transactionId": 101 + number}))
        done.set()

    async def kill() -> None:
        for _ in range(7):
            await asyncio.sleep(chance.uniform(0.05, 0.6))
            if done.is_set():
                return
            process.end(signal.SIGKILL)
            await process.start()

    killing = asyncio.create_task(kill())
    await asyncio.wait_for(charge(), 90)
    await killing
    await eventually(f"all delivered (seed {SEED})", lambda: len(once_in_order(central)) >= len(expected), 30)
    assert once_in_order(central) == expected, f"seed {SEED}"
    assert central.next_id == 103, "a start became two transactions"


async def test_sigkill_right_after_a_confirmation_with_the_central_system_away(
    process: Process, central: Central
) -> None:
    await process.start()
    charge_point = await process.adopt()
    async with charge_point:
        await charge_point.boot()
        await eventually("the link", lambda: charge_point.identity in central.peers)
        await central.stop()
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        await charge_point.call("StopTransaction", stop_of(ours))
        process.end(signal.SIGKILL)
    await process.start()
    await central.start()
    assert await central.wait_for("StopTransaction", within_s=25) == stop_of(101)
    assert once_in_order(central) == [("StartTransaction", start_of()), ("StopTransaction", stop_of(101))]


async def test_a_second_controller_on_the_same_data_is_turned_away(process: Process, central: Central) -> None:
    await process.start()
    second = await asyncio.create_subprocess_exec(
        *[sys.executable, "-m", "local_controller.main", "serve", "--config", str(process.config)],
        stderr=asyncio.subprocess.PIPE,
    )
    _, said = await second.communicate()
    assert second.returncode == 2
    assert "another controller runs on" in said.decode()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_ends_within_two_seconds_when_asked(process: Process, central: Central, number: int) -> None:
    """With a charge point connected, a call hanging and a page open."""
    await process.set_password()
    ports = await process.start()
    charge_point = await process.adopt()
    async with charge_point, httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports['web']}", trust_env=False) as web:
        await charge_point.boot()
        await web.post("/api/login", json={"password": PASSWORD})
        page = await web.send(web.build_request("GET", "/api/events"), stream=True)
        assert page.status_code == 200
        central.fall_silent()
        hanging = asyncio.create_task(charge_point.call("Heartbeat"))  # in the middle of something
        await eventually("the call is on its way", lambda: hanging.get_coro().cr_await is not None)
        started_s = time.monotonic()
        status = await asyncio.to_thread(process.end, number)
        assert time.monotonic() - started_s < 2.0, process.log.read_text()
        assert status == 0, process.log.read_text()
        with contextlib.suppress(ConnectionError):
            await hanging
        with contextlib.suppress(httpx.HTTPError):
            await page.aread()


async def test_it_starts_again_after_an_end_and_takes_the_link_up_by_itself(process: Process, central: Central) -> None:
    await process.start()
    charge_point = await process.adopt()
    assert await asyncio.to_thread(process.end, signal.SIGTERM) == 0
    await process.start()
    async with charge_point:
        assert (await charge_point.boot())["status"] == "Accepted"
        await eventually("the link", lambda: charge_point.identity in central.peers)
