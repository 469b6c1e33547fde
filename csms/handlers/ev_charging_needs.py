"""What a car needs, told by its charge point in a DataTransfer: `org.bollard`, NotifyEVChargingNeeds.

OCPP 1.6 has no word for a battery's size; the fields are those of OCPP 2.0.1's message of that name (§2.12), flat.
"""

from typing import Annotated

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.battery import Needs
from csms.handlers.arrival import Arrival
from csms.store import connectors, ev_needs
from ocppj import log
from ocppj.v16 import DataTransfer, DataTransferResult

_log = log.get(__name__)
MESSAGE = "NotifyEVChargingNeeds"


class _Told(msgspec.Struct, rename="camel"):
    connector_id: Annotated[int, msgspec.Meta(ge=1, le=1000)]
    ev_energy_capacity: Annotated[int, msgspec.Meta(ge=1, le=2_000_000)] | None = None  # Wh
    ev_max_power: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] | None = None  # W
    state_of_charge: Annotated[int, msgspec.Meta(ge=0, le=100)] | None = None  # percent


async def answer(msg: DataTransfer, arrival: Arrival, db: AsyncConnection) -> DataTransferResult:
    try:
        told = msgspec.json.decode(msg.data or "", type=_Told)
    except msgspec.MsgspecError as problem:
        return DataTransferResult("Rejected", data=f"data: {problem}"[:200])
    if told.connector_id not in [c.number for c in await connectors.of_charge_point(db, arrival.charge_point_id)]:
        return DataTransferResult("Rejected", data=f"there is no connector {told.connector_id}")
    needs = Needs(told.ev_energy_capacity, told.ev_max_power, told.state_of_charge)
    await ev_needs.keep(db, arrival.charge_point_id, told.connector_id, needs, arrival.received_at)
    _log.info(
        "ev.needs", charge_point=arrival.identity, connector=told.connector_id, capacity_wh=needs.capacity_wh,
        max_power_w=needs.max_power_w, soc_percent=needs.soc_percent,
    )  # fmt: skip
    return DataTransferResult("Accepted")
