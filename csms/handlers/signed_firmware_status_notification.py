"""SignedFirmwareStatusNotification (OCPP 1.6 security whitepaper L01)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers.arrival import Arrival
from ocppj import log
from ocppj.v16 import SignedFirmwareStatusNotification, SignedFirmwareStatusNotificationResult

_log = log.get(__name__)


async def handle(
    msg: SignedFirmwareStatusNotification, arrival: Arrival, db: AsyncConnection
) -> SignedFirmwareStatusNotificationResult:
    _log.info("signed_firmware.status", charge_point=arrival.identity, status=msg.status, request=msg.request_id)
    return SignedFirmwareStatusNotificationResult()
