"""What was corrected of one bill, by whom and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import booking, correction, user


@dataclass(frozen=True, slots=True)
class BookedCorrection:
    """Field names are those of the HTTP API. `amount_cents` went to the driver; below 0: was charged in addition."""

    booking_id: int
    booked_at: datetime
    amount_cents: int
    reason: str
    booked_by: str | None  # e-mail address


async def of_session(db: AsyncConnection, transaction_id: int) -> Sequence[BookedCorrection]:
    """Oldest first."""
    b = booking.c
    columns = select(b.id, b.booked_at, correction.c.amount_cents, b.reason, user.c.email)
    there = columns.join_from(correction, booking).join(user, user.c.id == b.booked_by, isouter=True)
    rows = await db.execute(there.where(correction.c.transaction_id == transaction_id).order_by(b.id))
    return [BookedCorrection(*row) for row in rows]
