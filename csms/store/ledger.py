"""Bookings and their entries. Append only: a mistake is corrected by another booking."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.ledger import TOP_UPS, Booking, driver, held
from csms.store.bulk import execute_many
from csms.store.tables import account, booking, hold, ledger_entry, top_up


@dataclass(frozen=True, slots=True)
class Totals:
    """What a sound ledger shows: every booking's entries sum to zero."""

    bookings: int
    sum_cents: int
    unbalanced: int
    unsealed: int
    held_wrongly_cents: int  # by which the accounts of what is held differ from the holds that run
    topped_up_wrongly_cents: int  # by which the account of payments differs from the payments taken in

    @property
    def sound(self) -> bool:
        wrong = (self.sum_cents, self.unbalanced, self.unsealed, self.held_wrongly_cents, self.topped_up_wrongly_cents)
        return wrong == (0, 0, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Balance:
    """Field names are those of the HTTP API."""

    balance_cents: int  # free and held together
    held_cents: int  # set aside for running sessions


@dataclass(frozen=True, slots=True)
class Movement:
    """One booking as it touched a driver's balance. Field names are those of the HTTP API."""

    booking_id: int
    booked_at: datetime
    kind: str
    reason: str
    amount_cents: int
    transaction_id: int | None


async def book(db: AsyncConnection, what: Booking, at: datetime) -> int | None:
    """Write the booking and return its id; None if its transaction has been charged before."""
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
        return None
    rows = [{"of": booking_id, "to": entry.account, "cents": entry.amount_cents} for entry in what.entries]
    await execute_many(db, _ACCOUNT, [{"to": row["to"]} for row in rows])
    await execute_many(db, _ENTRY, rows)
    await db.execute(_SEAL, {"of": booking_id})
    return int(booking_id)


# Made once: each session books twice, and to make a statement costs more than SQLite needs for it.
_ACCOUNT = insert(account).values(code=bindparam("to")).on_conflict_do_nothing(index_elements=["code"])
_ENTRY = insert(ledger_entry).values(
    booking_id=bindparam("of"),
    account_id=select(account.c.id).where(account.c.code == bindparam("to")).scalar_subquery(),
    amount_cents=bindparam("cents"),
)
_SEAL = update(booking).where(booking.c.id == bindparam("of")).values(sealed=True)


async def balance(db: AsyncConnection, user_id: int) -> Balance:
    free_cents, held_cents = [await account_cents(db, code(user_id)) for code in (driver, held)]
    return Balance(free_cents + held_cents, held_cents)


async def balance_cents(db: AsyncConnection, user_id: int) -> int:
    return (await balance(db, user_id)).balance_cents


async def movements(db: AsyncConnection, user_id: int, limit: int, offset: int) -> tuple[Sequence[Movement], int]:
    """One page, newest first, and how many there are. What is only set aside does not move the balance."""
    b = booking.c
    changed = (
        select(b.id, b.booked_at, b.kind, b.reason, func.sum(ledger_entry.c.amount_cents), b.transaction_id)
        .join_from(ledger_entry, account)
        .join(booking, b.id == ledger_entry.c.booking_id)
        .where(account.c.code.in_((driver(user_id), held(user_id))), b.kind != "hold")
        .group_by(b.id)
    )
    total = (await db.execute(select(func.count()).select_from(changed.subquery()))).scalar_one()
    rows = await db.execute(changed.order_by(b.id.desc()).limit(limit).offset(offset))
    return [Movement(*row) for row in rows], total


async def account_cents(db: AsyncConnection, code: str) -> int:
    entries = select(func.coalesce(func.sum(ledger_entry.c.amount_cents), 0)).join_from(ledger_entry, account)
    return int((await db.execute(entries.where(account.c.code == code))).scalar_one())


async def balance_after_charge(db: AsyncConnection, user_id: int, transaction_id: int) -> int | None:
    """The driver's balance as the charge of this transaction left it, whatever came later; None if there is none."""
    charged = select(booking.c.id).where(booking.c.transaction_id == transaction_id)
    booking_id = (await db.execute(charged)).scalar_one_or_none()
    if booking_id is None:
        return None
    entries = select(func.coalesce(func.sum(ledger_entry.c.amount_cents), 0)).join_from(ledger_entry, account)
    mine = (account.c.code.in_((driver(user_id), held(user_id))), ledger_entry.c.booking_id <= booking_id)
    return int((await db.execute(entries.where(*mine))).scalar_one())


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
    unsealed = (await db.execute(select(func.count()).where(~booking.c.sealed).select_from(booking))).scalar_one()
    entries = select(func.coalesce(func.sum(ledger_entry.c.amount_cents), 0)).join_from(ledger_entry, account)
    in_accounts = (await db.execute(entries.where(account.c.code.like("held:%")))).scalar_one()
    running = select(func.coalesce(func.sum(hold.c.amount_cents), 0)).where(~hold.c.ended)
    in_holds = (await db.execute(running)).scalar_one()
    paid = (await db.execute(entries.where(account.c.code == TOP_UPS))).scalar_one()
    taken_in = select(func.coalesce(func.sum(top_up.c.amount_cents), 0)).where(top_up.c.state == "paid")
    payments = (await db.execute(taken_in)).scalar_one()
    return Totals(bookings, int(cents), wrong, unsealed, int(in_accounts - in_holds), int(-paid - payments))
