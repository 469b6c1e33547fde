"""StatusNotification (OCPP 1.6 §4.9). Connector 0 is the charge point itself."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.events import ConnectorStatus
from csms.handlers.arrival import Arrival
from csms.store import charge_points, connectors, outbox, reservations, transactions
from ocppj import log
from ocppj.v16 import StatusNotification, StatusNotificationResult

_log = log.get(__name__)


async def handle(msg: StatusNotification, arrival: Arrival, db: AsyncConnection) -> StatusNotificationResult:
    where = {"charge_point": arrival.identity, "connector": msg.connector_id}
    at = msg.timestamp or arrival.received_at
    if msg.connector_id == 0:
        await charge_points.set_status(db, arrival.charge_point_id, msg.status)
    elif not await connectors.set_status(
        db, arrival.charge_point_id, msg.connector_id, msg.status, msg.error_code, msg.info, at
    ):
        _log.warning("connector.unknown", **where, status=msg.status)
        return StatusNotificationResult()
    if msg.status in ("SuspendedEVSE", "SuspendedEV", "Charging"):
        # A car that waits for the site is not parking. "Finishing" says nothing of why it took no current before.
        by_site = msg.status == "SuspendedEVSE"
        await transactions.suspended(db, arrival.charge_point_id, msg.connector_id, at, by_site=by_site)
    if msg.status in ("Faulted", "Unavailable"):
        await reservations.lost(db, arrival.charge_point_id, msg.connector_id, msg.status, arrival.received_at)
    _log.info("connector.status", **where, status=msg.status, error=msg.error_code)
    await outbox.add(db, ConnectorStatus(arrival.identity, msg.connector_id, msg.status, msg.error_code, at))
    return StatusNotificationResult()
