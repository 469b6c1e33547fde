"""LogStatusNotification (OCPP 1.6 security whitepaper N01)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers.arrival import Arrival
from csms.store import uploads
from ocppj import log
from ocppj.v16 import LogStatusNotification, LogStatusNotificationResult

_log = log.get(__name__)


async def handle(msg: LogStatusNotification, arrival: Arrival, db: AsyncConnection) -> LogStatusNotificationResult:
    _log.info("log_upload.status", charge_point=arrival.identity, status=msg.status, request=msg.request_id)
    if msg.request_id is not None:
        await uploads.told(db, arrival.charge_point_id, msg.request_id, msg.status)
    return LogStatusNotificationResult()
