"""A firmware that hangs, or is interrupted at its console, leaves no contactor closed; one that hangs starts anew."""
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.bench import board, image
from hardware.bench.world import CACHE, World
from tests.firmware.central_system import CentralSystem, central_system
from tests.firmware.on_micropython import interpreter
from tests.firmware.test_charge_point import charge, closed, options, register_wh, until

pytestmark = pytest.mark.story

WATCHDOG_MS = 8000   # the shortest that a board may ask for


@pytest.fixture
async def system() -> AsyncIterator[CentralSystem]:
    async with central_system() as running:
        yield running


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    interpreter()   # skips where there is none
    async with World(tmp_path) as running:
        yield running


def firmware_of(folder: Path, **changes: object) -> dict[str, bytes]:
    """The lean bench's firmware with another board file."""
    source = folder / "bench.py"
    source.write_text(f"BOARD = {board.load('bench') | changes!r}\n")
    files = image.firmware_files("bench", CACHE)
    return files | {"/firmware/boards/bench.mpy": image.compile_file(source, "boards/bench.py", folder / "mpy")}


async def test_a_firmware_that_hangs_is_restarted_and_its_charge_is_billed(
    system: CentralSystem, world: World, tmp_path: Path,
) -> None:
    charge_point = await world.add(options(system.url), firmware=firmware_of(tmp_path, watchdog_ms=WATCHDOG_MS))
    await system.wait_for("StatusNotification", connector_id=1, status="Available")
    await charge(system, charge_point)
    pid = charge_point._process.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)   # a driver that never comes back: no tick, no heartbeat, no feed
    await until("the hardware lets go of the coil", lambda: not closed(charge_point), 20)
    await until("the watchdog has bitten", lambda: charge_point.boots == 2, WATCHDOG_MS / 1000 + 20)
    stop = await system.wait_for("StopTransaction", within_s=30)
    assert stop["meter_stop"] == register_wh(charge_point)


async def test_an_interrupted_firmware_opens_its_contactor_itself(system: CentralSystem, world: World) -> None:
    charge_point = await world.add(options(system.url, hardware_and=False))   # nothing else could open it
    await system.wait_for("StatusNotification", connector_id=1, status="Available")
    await charge(system, charge_point)
    pid = charge_point._process.pid
    assert pid
    os.kill(pid, signal.SIGINT)   # Ctrl-C at the console
    await until("the contactor is open", lambda: not closed(charge_point), 15)   # before the watchdog would
    assert any("KeyboardInterrupt" in line for line in charge_point.console)
