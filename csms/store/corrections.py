"""What was given back or charged in addition after a bill: never more given back than was paid."""

from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import ledger as bookings
from csms.domain.errors import Conflict, NotFound
from csms.store import ledger
from csms.store.tables import correction, transaction


async def book(
    db: AsyncConnection, transaction_id: int, amount_cents: int, reason: str, booked_by: int, at: datetime
) -> int:
    """Book it and return what the session costs now."""
    t = transaction.c
    columns = select(t.cost_cents, t.user_id, t.ended_at).where(t.id == transaction_id)
    row = (await db.execute(columns)).one_or_none()
    if row is None:
        raise NotFound(f"there is no session {transaction_id}")
    if row.ended_at is None:
        raise Conflict(f"session {transaction_id} is still running: there is no bill to correct")
    if row.user_id is None:
        raise Conflict(f"nobody known pays session {transaction_id}")
    paid_cents = row.cost_cents - await given_back_cents(db, transaction_id)
    if amount_cents > paid_cents:
        raise Conflict(f"session {transaction_id} costs {paid_cents} cents: more cannot be given back")
    booking_id = await ledger.book(db, bookings.correction(row.user_id, amount_cents, reason, booked_by), at)
    made = {"booking_id": booking_id, "transaction_id": transaction_id, "amount_cents": amount_cents}
    await db.execute(insert(correction).values(made))
    return int(paid_cents - amount_cents)


async def given_back_cents(db: AsyncConnection, transaction_id: int) -> int:
    total = select(func.coalesce(func.sum(correction.c.amount_cents), 0))
    return int((await db.execute(total.where(correction.c.transaction_id == transaction_id))).scalar_one())
