"""Everyone's reservations, for those who run the charge points."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import NotFound
from csms.domain.reservations import ACTIVE
from csms.store.tables import charge_point, reservation, user

r = reservation.c


@dataclass(frozen=True, slots=True)
class ListedReservation:
    """Field names are those of the HTTP API."""

    reservation_id: int
    charge_point: str
    connector_id: int
    user_id: int
    email: str
    state: str
    reserved_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    answer: str | None
    transaction_id: int | None
    cost_cents: int | None


_COLUMNS = (
    r.id.label("reservation_id"), charge_point.c.identity.label("charge_point"), r.connector_id, r.user_id,
    user.c.email, r.state, r.reserved_at, r.expires_at, r.ended_at, r.answer, r.transaction_id, r.cost_cents,
)  # fmt: skip


async def page(
    db: AsyncConnection, sites: frozenset[int] | None, standing: bool, limit: int, offset: int
) -> tuple[Sequence[ListedReservation], int]:
    """Newest first, and how many there are. `standing`: only those that hold; `sites`: only at these, None for all."""
    wanted = select(*_COLUMNS).join_from(reservation, charge_point).join(user, user.c.id == r.user_id)
    if standing:
        wanted = wanted.where(r.state.in_(ACTIVE))
    if sites is not None:
        wanted = wanted.where(charge_point.c.site_id.in_(sites))
    total = (await db.execute(select(func.count()).select_from(wanted.subquery()))).scalar_one()
    rows = await db.execute(wanted.order_by(r.id.desc()).limit(limit).offset(offset))
    return [ListedReservation(**row) for row in rows.mappings()], total


async def site_of(db: AsyncConnection, reservation_id: int) -> int:
    there = select(charge_point.c.site_id).join_from(reservation, charge_point).where(r.id == reservation_id)
    found = (await db.execute(there)).scalar_one_or_none()
    if found is None:
        raise NotFound(f"there is no reservation {reservation_id}")
    return int(found)
