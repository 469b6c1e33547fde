"""BootNotification (OCPP 1.6 §4.2). Who gets here holds a key, so it is accepted."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers.arrival import Arrival
from csms.store import charge_points
from ocppj import log
from ocppj.v16 import BootNotification, BootNotificationResult

_log = log.get(__name__)


async def handle(msg: BootNotification, arrival: Arrival, db: AsyncConnection) -> BootNotificationResult:
    facts = {
        "vendor": msg.charge_point_vendor,
        "model": msg.charge_point_model,
        "firmware_version": msg.firmware_version,
    }
    if msg.charge_point_serial_number is not None:
        facts["serial"] = msg.charge_point_serial_number
    await charge_points.booted(db, arrival.charge_point_id, facts, arrival.received_at)
    _log.info("charge_point.booted", charge_point=arrival.identity, model=msg.charge_point_model)
    return BootNotificationResult("Accepted", arrival.received_at, arrival.terms.heartbeat_interval_s)
