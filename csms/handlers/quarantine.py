"""Keeps a transaction message that cannot be booked as it stands, and tells people so. It is confirmed all the same."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.events import Alert
from csms.handlers.arrival import Arrival
from csms.store import outbox, quarantine
from ocppj import log

_log = log.get(__name__)


async def keep(db: AsyncConnection, arrival: Arrival, action: str, reason: str, connector_id: int | None = None) -> int:
    """Returns an id that names no transaction, for a StartTransaction to be answered with."""
    answer_id, times = await quarantine.keep(
        db, arrival.charge_point_id, action, arrival.payload, reason, arrival.received_at
    )
    _log.warning("message.quarantined", charge_point=arrival.identity, action=action, reason=reason, times=times)
    if times == 1:  # a message that is sent again and again is one trouble
        text = f"{action}: {reason}"
        await outbox.add(db, Alert(arrival.identity, connector_id, "quarantine", text, arrival.received_at))
    return answer_id
