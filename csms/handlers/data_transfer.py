"""DataTransfer (OCPP 1.6 §4.3). We speak our own controllers' dialect and say so of every other."""

from collections.abc import Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers import ev_charging_needs, transaction_facts
from csms.handlers.arrival import Arrival
from ocppj import log
from ocppj.transaction_facts import FACTS, HEAD, VENDOR
from ocppj.v16 import DataTransfer, DataTransferResult

_log = log.get(__name__)


async def handle(msg: DataTransfer, arrival: Arrival, db: AsyncConnection) -> DataTransferResult:
    if msg.vendor_id == VENDOR:
        if msg.message_id in (HEAD, FACTS):
            return await transaction_facts.answer(msg, arrival, db)
        if msg.message_id == ev_charging_needs.MESSAGE:
            return await ev_charging_needs.answer(msg, arrival, db)
        return DataTransferResult("UnknownMessageId")
    _log.info("data_transfer.unknown", charge_point=arrival.identity, vendor=msg.vendor_id, message=msg.message_id)
    return DataTransferResult("UnknownVendorId")


def writes(msg: DataTransfer) -> bool:
    return msg.vendor_id == VENDOR and msg.message_id == ev_charging_needs.MESSAGE


def keeps(msg: DataTransfer, arrival: Arrival) -> Callable[[AsyncConnection], Awaitable[None]] | None:
    if msg.vendor_id == VENDOR and msg.message_id == HEAD:
        return transaction_facts.heads_of(msg, arrival)
    return None
