"""ReserveNow (OCPP 1.6 §5.13). The same reservationId again replaces what the charge point has."""

from datetime import datetime

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from csms.domain.reservations import Answer
from ocppj.v16 import ReserveNow


async def reserve_now(
    bus: InProcessBus,
    identity: str,
    reservation_id: int,
    connector_id: int,
    id_tag: str,
    expires_at: datetime,
    parent_id_tag: str | None = None,
) -> Answer:
    request = ReserveNow(connector_id, expires_at, id_tag, reservation_id, parent_id_tag)
    return (await call(bus, identity, request, reservation=str(reservation_id))).status
