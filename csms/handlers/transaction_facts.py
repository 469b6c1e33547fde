"""A local controller compares its books with ours: what our rows say of its charge point's transactions.

It asks in a DataTransfer on the charge point's own connection, so it hears of that one's transactions only.
"""

from collections.abc import Awaitable, Callable

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers.arrival import Arrival
from csms.store import site_heads, transaction_facts
from csms.store.quarantine import FIRST_ID
from ocppj import log
from ocppj.transaction_facts import HEAD, MOST, Asked, Facts, Head, head_of
from ocppj.v16 import DataTransfer, DataTransferResult

_log = log.get(__name__)


async def answer(msg: DataTransfer, arrival: Arrival, db: AsyncConnection) -> DataTransferResult:
    try:
        asked = msgspec.json.decode(msg.data or "", type=Asked)
    except msgspec.MsgspecError as problem:
        return DataTransferResult("Rejected", data=f"data: {problem}")
    rows = await transaction_facts.of(db, arrival.charge_point_id, asked.first, asked.last, MOST + 1)
    if len(rows) > MOST:
        return DataTransferResult("Rejected", data=f"more than {MOST} transactions: ask for fewer")
    if msg.message_id != HEAD:
        return DataTransferResult("Accepted", data=msgspec.json.encode(Facts(rows, FIRST_ID)).decode())
    head = head_of(rows)
    _log.info(
        "site.heads", charge_point=arrival.identity, first=asked.first, last=asked.last, transactions=len(rows),
        head=head, confirmed=asked.confirmed, delivered=asked.delivered,
    )  # fmt: skip
    return DataTransferResult("Accepted", data=msgspec.json.encode(Head(len(rows), head, FIRST_ID)).decode())


def heads_of(msg: DataTransfer, arrival: Arrival) -> Callable[[AsyncConnection], Awaitable[None]] | None:
    """What the asker's running hashes are at, to be kept here, where nobody at the site can change it."""
    try:
        asked = msgspec.json.decode(msg.data or "", type=Asked)
    except msgspec.MsgspecError:
        return None
    if not asked.confirmed:
        return None

    async def keep(db: AsyncConnection) -> None:
        heads = (asked.confirmed, asked.delivered)
        await site_heads.keep(db, arrival.charge_point_id, *heads, arrival.received_at)

    return keep
