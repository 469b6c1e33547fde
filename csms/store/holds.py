"""Credit that is set aside for running transactions, and what they cost so far."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import ledger as bookings
from csms.domain.tariffs import cost_cents
from csms.store import ledger
from csms.store.tables import hold, transaction


async def place(db: AsyncConnection, transaction_id: int, user_id: int, most_cents: int, at: datetime) -> None:
    """Set aside up to `most_cents` of the driver's free credit; nothing if there is none."""
    balance = await ledger.balance(db, user_id)
    amount_cents = bookings.to_hold_cents(balance.balance_cents - balance.held_cents, most_cents)
    if amount_cents == 0:
        return
    await ledger.book(db, bookings.hold(transaction_id, user_id, amount_cents), at)
    row = {"transaction_id": transaction_id, "user_id": user_id, "amount_cents": amount_cents, "ended": False}
    await db.execute(insert(hold).values(row))


async def end(db: AsyncConnection, transaction_id: int) -> int:
    """Cents that were set aside for it; the caller books what becomes of them."""
    mine = update(hold).where(hold.c.transaction_id == transaction_id, ~hold.c.ended)
    return (await db.execute(mine.values(ended=True).returning(hold.c.amount_cents))).scalar_one_or_none() or 0


async def left_cents(db: AsyncConnection, user_id: int) -> int:
    """The driver's balance less what all their running transactions have cost so far; may be below nothing."""
    t = transaction.c
    columns = select(
        t.meter_start_wh, t.last_register_wh, t.price_cents_per_kwh, t.tariff.is_not(None), t.cost_so_far_cents
    )
    running = await db.execute(columns.where(t.user_id == user_id, t.ended_at.is_(None)))
    used = 0
    for start_wh, register_wh, price, by_tariff, so_far in running:
        energy_wh = 0 if register_wh is None else register_wh - start_wh
        used += (so_far or 0) if by_tariff else cost_cents(energy_wh, price)
    return await ledger.balance_cents(db, user_id) - used
