"""Payments of drivers: asked for, then settled once by what the provider says, however often it says so."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import ledger as bookings
from csms.domain.errors import Conflict, NotFound
from csms.store import ledger
from csms.store.tables import top_up


@dataclass(frozen=True, slots=True)
class TopUp:
    """Field names are those of the HTTP API."""

    id: int
    amount_cents: int
    provider: str
    reference: str
    state: str  # pending, paid or failed
    pay_url: str
    created_at: datetime
    settled_at: datetime | None


async def add(
    db: AsyncConnection, user_id: int, amount_cents: int, provider: str, reference: str, pay_url: str, at: datetime
) -> TopUp:
    row = {
        "user_id": user_id,
        "amount_cents": amount_cents,
        "provider": provider,
        "reference": reference,
        "state": "pending",
        "pay_url": pay_url,
        "created_at": at,
    }
    made = await db.execute(insert(top_up).values(row).returning(top_up.c.id))
    return TopUp(made.scalar_one(), amount_cents, provider, reference, "pending", pay_url, at, None)


async def find(db: AsyncConnection, top_up_id: int, user_id: int) -> TopUp:
    row = (await db.execute(select(top_up).where(top_up.c.id == top_up_id, top_up.c.user_id == user_id))).one_or_none()
    if row is None:
        raise NotFound(f"there is no top-up {top_up_id}")
    return _view(row)


async def by_reference(db: AsyncConnection, reference: str, user_id: int) -> TopUp:
    mine = select(top_up).where(top_up.c.reference == reference, top_up.c.user_id == user_id)
    row = (await db.execute(mine)).one_or_none()
    if row is None:
        raise NotFound("there is no such payment")
    return _view(row)


async def of_user(db: AsyncConnection, user_id: int, limit: int, offset: int) -> tuple[Sequence[TopUp], int]:
    """One page, newest first, and how many there are."""
    mine = top_up.c.user_id == user_id
    rows = await db.execute(select(top_up).where(mine).order_by(top_up.c.id.desc()).limit(limit).offset(offset))
    total = (await db.execute(select(func.count()).select_from(top_up).where(mine))).scalar_one()
    return [_view(row) for row in rows], total


async def settle(
    db: AsyncConnection, provider: str, reference: str, amount_cents: int, *, paid: bool, at: datetime
) -> bool:
    """What the provider says became of a payment; True if it is news. Paid once is paid: what comes after is old."""
    mine = select(top_up).where(top_up.c.reference == reference, top_up.c.provider == provider)
    row = (await db.execute(mine)).one_or_none()
    if row is None:
        raise NotFound("there is no such payment")
    if row.amount_cents != amount_cents:
        raise Conflict(f"payment {reference} is one of {row.amount_cents} cents, not {amount_cents}")
    if row.state == "paid" or (row.state == "failed" and not paid):
        return False
    values: dict[str, object] = {"state": "paid" if paid else "failed", "settled_at": at}
    if paid:
        values["booking_id"] = await ledger.book(db, bookings.top_up(row.user_id, amount_cents, reference), at)
    await db.execute(update(top_up).where(top_up.c.id == row.id).values(values))
    return True


def _view(row: Row[tuple[object, ...]]) -> TopUp:
    return TopUp(
        row.id,
        row.amount_cents,
        row.provider,
        row.reference,
        row.state,
        row.pay_url,
        row.created_at,
        row.settled_at,
    )
