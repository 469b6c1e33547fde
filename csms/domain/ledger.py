"""Double entry: every booking takes from some accounts what it gives to others, so all entries together are zero.

A driver's balance is the sum of the entries on the driver's two accounts, the free one and the one of what is held for
running sessions; nothing stores a balance.
"""

from dataclasses import dataclass

REVENUE = "revenue"
CREDITS = "credits"  # what was given to drivers: money received outside, goodwill
TOP_UPS = "top_ups"  # what payment providers have taken in
UNALLOCATED = "unallocated"  # energy that flowed and that nobody known has to pay for


@dataclass(frozen=True, slots=True)
class Entry:
    account: str
    amount_cents: int


@dataclass(frozen=True, slots=True)
class Booking:
    kind: str  # "charge", "hold", "credit", "top_up", "refund" or "correction"
    entries: tuple[Entry, ...]
    reason: str
    transaction_id: int | None = None  # a transaction is charged once
    booked_by: int | None = None  # the person, if one did it by hand

    def __post_init__(self) -> None:
        if sum(e.amount_cents for e in self.entries) != 0:
            raise ValueError(f"booking {self.reason!r} does not balance")


def driver(user_id: int) -> str:
    return f"driver:{user_id}"


def held(user_id: int) -> str:
    return f"held:{user_id}"


def hold(transaction_id: int, user_id: int, amount_cents: int) -> Booking:
    """Set aside at the start what the session may come to; `charge` ends it."""
    if amount_cents <= 0:
        raise ValueError(f"cannot hold {amount_cents} cents")
    entries = (Entry(driver(user_id), -amount_cents), Entry(held(user_id), amount_cents))
    return Booking(kind="hold", entries=entries, reason=f"held for transaction {transaction_id}")


def to_hold_cents(free_cents: int, most_cents: int) -> int:
    """How much of a driver's free credit to set aside: never more than there is."""
    return max(0, min(free_cents, most_cents))


def charge(transaction_id: int, user_id: int | None, cost_cents: int, held_cents: int = 0) -> Booking:
    """The price of one transaction, from the driver (or from nobody known) to the revenue.

    held_cents   what was set aside for it: all of it is taken, and what the session did not cost goes back
    """
    if cost_cents < 0 or held_cents < 0:
        raise ValueError(f"transaction {transaction_id} cannot cost {cost_cents} cents of {held_cents} held")
    if held_cents and user_id is None:
        raise ValueError(f"nobody known pays transaction {transaction_id}, so nothing can be held for it")
    payer = UNALLOCATED if user_id is None else driver(user_id)
    entries = [Entry(payer, held_cents - cost_cents), Entry(REVENUE, cost_cents)]
    if user_id is not None and held_cents:
        entries.append(Entry(held(user_id), -held_cents))
    return Booking(
        kind="charge",
        entries=tuple(entries),
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


def expired_reservation(reservation_id: int, user_id: int, cost_cents: int) -> Booking:
    """For a connector that was kept free in vain."""
    entries = (Entry(driver(user_id), -cost_cents), Entry(REVENUE, cost_cents))
    return Booking(kind="charge", entries=entries, reason=f"reservation {reservation_id} expired")


def start_credit(user_id: int, amount_cents: int) -> Booking:
    """What the house gives everyone who comes."""
    entries = (Entry(CREDITS, -amount_cents), Entry(driver(user_id), amount_cents))
    return Booking(kind="credit", entries=entries, reason="start credit")


def top_up(user_id: int, amount_cents: int, reference: str) -> Booking:
    """Money that a payment provider has taken in for the driver."""
    if amount_cents <= 0:
        raise ValueError(f"cannot top up by {amount_cents} cents")
    entries = (Entry(TOP_UPS, -amount_cents), Entry(driver(user_id), amount_cents))
    return Booking(kind="top_up", entries=entries, reason=f"payment {reference}")


def correction(user_id: int, amount_cents: int, reason: str, booked_by: int) -> Booking:
    """After the bill: a positive amount goes back to the driver, a negative one is charged in addition."""
    if amount_cents == 0:
        raise ValueError("a correction by nothing is none")
    kind = "refund" if amount_cents > 0 else "correction"
    entries = (Entry(REVENUE, -amount_cents), Entry(driver(user_id), amount_cents))
    return Booking(kind=kind, entries=entries, reason=reason, booked_by=booked_by)
