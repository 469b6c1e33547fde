"""FirmwareStatusNotification (OCPP 1.6 §4.5)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.events import Alert
from csms.handlers.arrival import Arrival
from csms.store import firmware_updates, outbox
from ocppj import log
from ocppj.v16 import FirmwareStatusNotification, FirmwareStatusNotificationResult

_log = log.get(__name__)


async def handle(
    msg: FirmwareStatusNotification, arrival: Arrival, db: AsyncConnection
) -> FirmwareStatusNotificationResult:
    _log.info("firmware.status", charge_point=arrival.identity, status=msg.status)
    if msg.status != "Idle":  # said when triggered, about nothing
        source = await firmware_updates.told(db, arrival.charge_point_id, msg.status, arrival.received_at)
        if source is not None and msg.status in ("DownloadFailed", "InstallationFailed"):
            text = f"{msg.status}: {source}"
            await outbox.add(db, Alert(arrival.identity, None, "firmware", text, arrival.received_at))
    return FirmwareStatusNotificationResult()
