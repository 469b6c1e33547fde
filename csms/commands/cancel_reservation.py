"""CancelReservation (OCPP 1.6 §5.1). Rejected means that the charge point knows of none: that is as good."""

from typing import Literal

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import CancelReservation


async def cancel_reservation(
    bus: InProcessBus, identity: str, reservation_id: int
) -> Literal["Accepted", "Rejected"]:
    return (await call(bus, identity, CancelReservation(reservation_id), reservation=str(reservation_id))).status
