"""UpdateFirmware (OCPP 1.6 §5.19). The answer says nothing: FirmwareStatusNotifications tell how it goes."""

from datetime import datetime

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import UpdateFirmware


async def update_firmware(
    bus: InProcessBus, identity: str, location: str, retrieve_at: datetime, *, retries: int, retry_interval_s: int
) -> None:
    await call(bus, identity, UpdateFirmware(location, retrieve_at, retries, retry_interval_s))
