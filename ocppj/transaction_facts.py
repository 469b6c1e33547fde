"""What a controller and its CSMS must both know of a transaction, in one form, so that their books can be compared.

Each makes it from its own rows and not from what the other said. The two speak of it in a DataTransfer (OCPP 1.6 §4.3)
of the charge point: vendorId VENDOR, messageId HEAD or FACTS, `data` as JSON of Asked, answered by Head or by Facts.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Meta

VENDOR = "org.bollard"
HEAD, FACTS = "TransactionHead", "TransactionFacts"
MOST = 200  # transactions in one question


class Asked(msgspec.Struct, frozen=True):
    """The transactions of this charge point with ids of the CSMS from `first` to `last`, both included, that ended."""

    first: Annotated[int, Meta(ge=0, le=2**62)]
    last: Annotated[int, Meta(ge=0, le=2**62)]
    # What the controller's own running hashes are at: for the CSMS's log, where nobody at the site can change it.
    confirmed: Annotated[str, Meta(max_length=80)] = ""
    delivered: Annotated[str, Meta(max_length=80)] = ""


class Head(msgspec.Struct, frozen=True):
    """`aside`: ids from here on name messages that the CSMS keeps aside, no transactions."""

    transactions: int
    head: str
    aside: int


class TransactionFacts(msgspec.Struct, frozen=True, array_like=True):
    """One transaction that has ended. Times as ISO 8601 in UTC; `samples` digests (time, register) of each sample."""

    transaction_id: int  # the CSMS's
    connector_id: int
    id_tag: str  # case-folded, as idTags are compared
    started_at: str
    meter_start_wh: int
    meter_stop_wh: int
    sample_count: int
    samples: str


class Facts(msgspec.Struct, frozen=True):
    transactions: list[TransactionFacts]
    aside: int


def instant(at: datetime) -> str:
    """One spelling for one moment; a time without a zone means UTC."""
    aware = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return aware.isoformat(timespec="microseconds")


def digest_of(samples: Iterable[tuple[str, int | None]]) -> tuple[int, str]:
    """How many different samples, and their digest; a sample that comes twice counts once."""
    lines = sorted(f"{at} {'-' if register_wh is None else register_wh}" for at, register_wh in set(samples))
    return len(lines), hashlib.blake2b("\n".join(lines).encode(), digest_size=16).hexdigest()


def head_of(transactions: Iterable[TransactionFacts]) -> str:
    """A running hash over transactions in the order of their ids."""
    head = b""
    for transaction in transactions:
        head = hashlib.blake2b(head + msgspec.json.encode(transaction), digest_size=16).digest()
    return head.hex()
