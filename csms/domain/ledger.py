"""Double entry: every booking takes from some accounts what it gives to others, so all entries together are zero.

A driver's balance is the sum of the entries on the driver's account; nothing stores a balance.
"""

from dataclasses import dataclass

REVENUE = "revenue"
CREDITS = "credits"  # what was given to drivers: money received outside, goodwill
UNALLOCATED = "unallocated"  # energy that flowed and that nobody known has to pay for


@dataclass(frozen=True, slots=True)
class Entry:
    account: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Booking:
    kind: str  # "charge" or "credit"
    entries: tuple[Entry, ...]
    reason: str
    transaction_id: int | None = None  # a transaction is charged once
    booked_by: int | None = None  # the person, if one did it by hand

    def __post_init__(self) -> None:
        if sum(e.amount_cents for e in self.entries) != 0:
            raise ValueError(f"booking {self.reason!r} does not balance")


def driver(user_id: int) -> str:
    return f"driver:{user_id}"


def charge(transaction_id: int, user_id: int | None, cost_cents: int) -> Booking:
    """The price of one transaction, from the driver (or from nobody known) to the revenue."""
    if cost_cents < 0:
        raise ValueError(f"transaction {transaction_id} cannot cost {cost_cents} cents")
    payer = UNALLOCATED if user_id is None else driver(user_id)
    return Booking(
        kind="charge",
        entries=(Entry(payer, -cost_cents), Entry(REVENUE, cost_cents)),
        reason=f"transaction {transaction_id}",
        transaction_id=transaction_id,
    )


def credit(user_id: int, amount_cents: int, reason: str, booked_by: int) -> Booking:
    """Credit given to a driver; a negative amount takes some back."""
    return Booking(
        kind="credit",
        entries=(Entry(CREDITS, -amount_cents), Entry(driver(user_id), amount_cents)),
        reason=reason,
        booked_by=booked_by,
    )
