"""DataTransfer (OCPP 1.6 §4.3), asked by us: what it means is between the vendor and the one who asks."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import DataTransfer, DataTransferResult


async def data_transfer(
    bus: InProcessBus, identity: str, vendor_id: str, message_id: str | None = None, data: str | None = None
) -> DataTransferResult:
    return await call(bus, identity, DataTransfer(vendor_id, message_id, data), vendor=vendor_id)
