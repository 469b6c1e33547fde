"""DataTransfer (OCPP 1.6 §4.3). We speak no vendor's dialect yet, and say so."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers.arrival import Arrival
from ocppj import log
from ocppj.v16 import DataTransfer, DataTransferResult

_log = log.get(__name__)


async def handle(msg: DataTransfer, arrival: Arrival, db: AsyncConnection) -> DataTransferResult:
    _log.info("data_transfer.unknown", charge_point=arrival.identity, vendor=msg.vendor_id, message=msg.message_id)
    return DataTransferResult("UnknownVendorId")
