"""FirmwareStatusNotification (OCPP 1.6 §4.5)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers.arrival import Arrival
from ocppj import log
from ocppj.v16 import FirmwareStatusNotification, FirmwareStatusNotificationResult

_log = log.get(__name__)


async def handle(
    msg: FirmwareStatusNotification, arrival: Arrival, db: AsyncConnection
) -> FirmwareStatusNotificationResult:
    _log.info("firmware.status", charge_point=arrival.identity, status=msg.status)
    return FirmwareStatusNotificationResult()
