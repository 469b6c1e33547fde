"""Reservations as those see them who run the charge points: everyone's, and a way to end one."""

from collections.abc import Sequence

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Db, Limit, Managed, Offset, Operator, RowId, Wired, must_manage
from csms.api.pagination import Paged
from csms.domain.errors import CommandFailed
from csms.domain.reservations import Reservation
from csms.store import reservation_list, reservations
from csms.store.reservation_list import ListedReservation
from ocppj import log

_log = log.get(__name__)
router = APIRouter(tags=["reservations"])


@router.get("/api/reservations/everyones")
async def everyones(
    paged: Paged, db: Db, managed: Managed, standing: bool = False, limit: Limit = 50, offset: Offset = 0
) -> Sequence[ListedReservation]:
    """Newest first; `standing`: only those that hold now."""
    page, total = await reservation_list.page(db, managed, standing, limit, offset)
    paged(total, limit, offset)
    return page


@router.post("/api/reservations/{reservation_id}/cancel")
async def cancel(reservation_id: RowId, of: Wired, by: Operator, managed: Managed) -> Reservation:
    """Let a connector go that somebody keeps. A charge point that is away is told when it comes back."""

    async def work(db: AsyncConnection) -> Reservation:
        must_manage(managed, await reservation_list.site_of(db, reservation_id), f"reservation {reservation_id}")
        return await reservations.cancel(db, reservation_id, of.clock())

    cancelled = await of.writer.write(work)
    _log.info("reservation.cancelled", reservation=reservation_id, by=by.id)
    try:
        return await of.reservations.tell(cancelled)
    except CommandFailed:
        return cancelled  # it is over here; the keeper says it again
