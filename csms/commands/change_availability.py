"""ChangeAvailability (OCPP 1.6 §5.2). Connector 0 is all of them; Scheduled: when the running transaction has ended."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import AvailabilityType, ChangeAvailability


async def change_availability(bus: InProcessBus, identity: str, connector_id: int, kind: AvailabilityType) -> str:
    request = ChangeAvailability(connector_id, kind)
    return (await call(bus, identity, request, connector=str(connector_id), type=kind)).status
