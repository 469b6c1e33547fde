"""Board files that are not the bench's own, each in a whole charge: their pins and parts, and the firmware on them."""
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.bench.world import World
from tests.firmware.central_system import CentralSystem, central_system
from tests.firmware.on_micropython import interpreter
from tests.firmware.test_charge_point import charge, closed, options, until

pytestmark = pytest.mark.story


@pytest.fixture
async def system() -> AsyncIterator[CentralSystem]:
    async with central_system() as running:
        yield running


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    interpreter()   # skips where there is none
    async with World(tmp_path) as running:
        yield running


@pytest.mark.parametrize("board", ["esp32_relay_x4", "wokwi_esp32_devkitc", "wokwi_esp32_s3", "esp32_s3_dc"])
async def test_a_car_charges_at_it(system: CentralSystem, world: World, board: str) -> None:
    charge_point = await world.add(options(system.url, board=board))
    for connector in charge_point.board.connectors:
        await system.wait_for("StatusNotification", connector_id=connector.connector_id, status="Available")
    await charge(system, charge_point)
    await system.wait_for("StatusNotification", connector_id=1, status="Charging")
    charge_point.set_fault(1, "estop", True)
    await until("the contactor is open", lambda: not closed(charge_point))
