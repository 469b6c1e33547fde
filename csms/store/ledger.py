"""Bookings and their entries. Append only: a mistake is corrected by another booking."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.ledger import Booking, driver
from csms.store.tables import account, booking, ledger_entry


@dataclass(frozen=True, slots=True)
class Totals:
    """What a sound ledger shows: every booking's entries sum to zero."""

    bookings: int
    sum_cents: int
    unbalanced: int


async def book(db: AsyncConnection, what: Booking, at: datetime) -> bool:
    """Write the booking; False if its transaction has been charged before."""
    head = {
        "kind": what.kind,
        "reason": what.reason,
        "transaction_id": what.transaction_id,
        "booked_by": what.booked_by,
        "booked_at": at,
    }
    once = (
        insert(booking).values(head).on_conflict_do_nothing(index_elements=["transaction_id"]).returning(booking.c.id)
    )
    booking_id = (await db.execute(once)).scalar_one_or_none()
    if booking_id is None:
        return False
    for entry in what.entries:
        await db.execute(insert(account).values(code=entry.account).on_conflict_do_nothing(index_elements=["code"]))
        to = select(account.c.id).where(account.c.code == entry.account).scalar_subquery()
        row = {"booking_id": booking_id, "account_id": to, "amount_cents": entry.amount_cents}
        await db.execute(insert(ledger_entry).values(row))
    return True


async def balance_cents(db: AsyncConnection, user_id: int) -> int:
    return await account_cents(db, driver(user_id))


async def account_cents(db: AsyncConnection, code: str) -> int:
    entries = select(func.coalesce(func.sum(ledger_entry.c.amount_cents), 0)).join_from(ledger_entry, account)
    return int((await db.execute(entries.where(account.c.code == code))).scalar_one())


async def totals(db: AsyncConnection) -> Totals:
    per_booking = (
        select(func.coalesce(func.sum(ledger_entry.c.amount_cents), 0).label("cents"))
        .select_from(booking)
        .join(ledger_entry, ledger_entry.c.booking_id == booking.c.id, isouter=True)
        .group_by(booking.c.id)
        .subquery()
    )
    unbalanced = select(func.count()).select_from(per_booking).where(per_booking.c.cents != 0).scalar_subquery()
    everything = select(func.count(), func.coalesce(func.sum(per_booking.c.cents), 0), unbalanced)
    bookings, cents, wrong = (await db.execute(everything.select_from(per_booking))).one()
    return Totals(bookings, int(cents), wrong)
