"""GetCompositeSchedule (OCPP 1.6 §5.7): what the profiles of a connector come to; connector 0 is the charge point."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import ChargingRateUnit, GetCompositeSchedule, GetCompositeScheduleResult


async def get_composite_schedule(
    bus: InProcessBus, identity: str, connector_id: int, duration_s: int, unit: ChargingRateUnit | None = None
) -> GetCompositeScheduleResult:
    return await call(bus, identity, GetCompositeSchedule(connector_id, duration_s, unit))
