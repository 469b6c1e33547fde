"""SecurityEventNotification (OCPP 1.6 security whitepaper A04): kept, and told to whoever watches."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.events import Alert
from csms.handlers.arrival import Arrival
from csms.store import outbox, security_events
from ocppj import log
from ocppj.v16 import SecurityEventNotification, SecurityEventNotificationResult

_log = log.get(__name__)


async def handle(
    msg: SecurityEventNotification, arrival: Arrival, db: AsyncConnection
) -> SecurityEventNotificationResult:
    said = (msg.type, msg.tech_info, msg.timestamp, arrival.received_at)
    if await security_events.add(db, arrival.charge_point_id, *said):
        _log.warning("security.event", charge_point=arrival.identity, type=msg.type, info=msg.tech_info)
        text = msg.type if msg.tech_info is None else f"{msg.type}: {msg.tech_info}"
        await outbox.add(db, Alert(arrival.identity, None, "security", text, msg.timestamp))
    return SecurityEventNotificationResult()
