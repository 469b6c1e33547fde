"""DataTransfers that name a transaction within their text: cost and time left, for a charge point's display.

The CSMS speaks of its own transaction ids, the charge point knows ours. What cannot be read passes as it came.
"""

from collections.abc import Awaitable, Callable

from msgspec import Raw

from local_controller.payloads import Wire, try_read, with_field, with_transaction_id

_OF_A_TRANSACTION = {
    "org.openchargealliance.costmsg": ("RunningCost", "FinalCost"),
    "org.bollard": ("TimeRemaining",),
}


class _Transfer(Wire):
    vendor_id: str = ""
    message_id: str | None = None
    data: str | None = None


class _Named(Wire):
    transaction_id: int | None = None


async def with_our_id(payload: Raw, ours_of: Callable[[int], Awaitable[int]]) -> Raw:
    """`ours_of` gives our id for the CSMS's, or raises."""
    transfer = try_read(_Transfer, payload)
    if transfer is None or transfer.data is None:
        return payload
    if transfer.message_id not in _OF_A_TRANSACTION.get(transfer.vendor_id.lower(), ()):
        return payload
    named = try_read(_Named, Raw(transfer.data.encode()))
    if named is None or named.transaction_id is None:
        return payload
    text = with_transaction_id(transfer.data.encode(), await ours_of(named.transaction_id))
    return with_field(payload, "data", bytes(text).decode())
