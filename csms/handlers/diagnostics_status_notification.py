"""DiagnosticsStatusNotification (OCPP 1.6 §4.4)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers.arrival import Arrival
from csms.store import uploads
from ocppj import log
from ocppj.v16 import DiagnosticsStatusNotification, DiagnosticsStatusNotificationResult

_log = log.get(__name__)


async def handle(
    msg: DiagnosticsStatusNotification, arrival: Arrival, db: AsyncConnection
) -> DiagnosticsStatusNotificationResult:
    _log.info("diagnostics.status", charge_point=arrival.identity, status=msg.status)
    if msg.status != "Idle":  # said when triggered, about nothing
        await uploads.told(db, arrival.charge_point_id, None, msg.status)
    return DiagnosticsStatusNotificationResult()
