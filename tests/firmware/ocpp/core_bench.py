"""Whole charge points on the bench before a central system, for tests of several files; every status is judged."""
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from hardware.bench.charge_point import ChargePoint
from hardware.bench.world import World
from tests.firmware.central_system import CentralSystem, central_system
from tests.firmware.ocpp.status_table import WHOLE, wrong
from tests.firmware.side_by_side import SideBySide as SideBySide
from tests.firmware.test_charge_point import options


@asynccontextmanager
async def on_the_bench(
    tmp_path: Path, ready: bool = True, gaps: bool = False, **changes: Any,
) -> AsyncIterator[tuple[CentralSystem, ChargePoint]]:
    """`ready`: wait until it is; `gaps`: it was offline meanwhile, which hides moves between statuses."""
    async with central_system() as system, World(tmp_path) as world:
        charge_point = await world.add(options(system.url, **changes))
        if ready:
            await system.wait_for("StatusNotification", connector_id=1)
        yield system, charge_point
        assert {p["status"] for p in system.all("StatusNotification") if p["connector_id"] == 0} <= WHOLE
        if not gaps:
            for connector in charge_point.board.connectors:
                assert not wrong(statuses(system, connector.connector_id)), statuses(system, connector.connector_id)


def statuses(system: CentralSystem, connector_id: int = 1) -> list[str]:
    return [p["status"] for p in system.all("StatusNotification") if p["connector_id"] == connector_id]


async def wait_for_status(system: CentralSystem, status: str, connector_id: int = 1, **fields: Any) -> dict[str, Any]:
    """Until this is the newest status told of the connector."""
    count = len([s for s in statuses(system, connector_id) if s == status])
    if statuses(system, connector_id)[-1:] != [status]:
        count += 1
    return await system.wait_for("StatusNotification", connector_id=connector_id, status=status, count=count, **fields)
