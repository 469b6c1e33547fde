"""SignedUpdateFirmware (OCPP 1.6 security whitepaper L01). What becomes of it the charge point tells by request id."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import Firmware, SignedUpdateFirmware


async def signed_update_firmware(
    bus: InProcessBus, identity: str, request_id: int, firmware: Firmware, retries: int, retry_interval_s: int
) -> str:
    message = SignedUpdateFirmware(request_id, firmware, retries, retry_interval_s)
    return (await call(bus, identity, message, update=str(request_id))).status
