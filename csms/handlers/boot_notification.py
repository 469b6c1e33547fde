"""BootNotification (OCPP 1.6 §4.2). Who gets here holds a key: it is accepted, unless it is to wait for something."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import registration as rules
from csms.handlers.arrival import Arrival
from csms.store import charge_points, registrations
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
    waits = await registrations.find(db, arrival.identity)
    status = rules.judge(dismissed=waits.dismissed, held=waits.held, settings=waits.settings, taken=waits.taken)
    await registrations.answered(db, arrival.charge_point_id, status, arrival.received_at)
    _log.info("charge_point.booted", charge_point=arrival.identity, model=msg.charge_point_model, status=status)
    interval_s = rules.TRY_AGAIN_AFTER_S if status == "Pending" else arrival.terms.heartbeat_interval_s
    return BootNotificationResult(status, arrival.received_at, interval_s)
