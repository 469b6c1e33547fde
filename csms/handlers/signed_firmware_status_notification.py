"""SignedFirmwareStatusNotification (OCPP 1.6 security whitepaper L01)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers.arrival import Arrival
from csms.store import signed_updates
from ocppj import log
from ocppj.v16 import SignedFirmwareStatusNotification, SignedFirmwareStatusNotificationResult

_log = log.get(__name__)


async def handle(
    msg: SignedFirmwareStatusNotification, arrival: Arrival, db: AsyncConnection
) -> SignedFirmwareStatusNotificationResult:
    known = False
    if msg.request_id is not None and msg.status != "Idle":  # Idle answers a trigger: the update is as it was
        told = (msg.request_id, msg.status, arrival.received_at)
        known = await signed_updates.told(db, arrival.charge_point_id, *told)
    facts = {"status": msg.status, "request": msg.request_id, "known": known}
    _log.info("signed_firmware.status", charge_point=arrival.identity, **facts)
    return SignedFirmwareStatusNotificationResult()
