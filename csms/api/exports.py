"""Sessions and their meter series to take away, and what the meters say that no session accounts for."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import fields
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import FileResponse, StreamingResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Db, Limit, Managed, Offset, Parts, RowId, Wired
from csms.api.sessions import MaySee, Visible
from csms.api.tables import Cell, csv_response
from csms.domain.errors import NotFound
from csms.domain.transactions import Session
from csms.store import leftovers, meter_values, transactions
from csms.store.leftovers import Gap
from csms.store.meter_values import SeriesPoint

router = APIRouter(tags=["exports"])

_PAGE = 500
_MOST_SAMPLES = 100_000
_COLUMNS = [f.name for f in fields(Session)]
_POINTS = [f.name for f in fields(SeriesPoint)]


@router.get("/api/exports/sessions.csv", response_class=StreamingResponse)
async def sessions(of: Wired, see: MaySee) -> StreamingResponse:
    """All sessions that one may see, newest first, as CSV."""

    return csv_response("sessions.csv", _COLUMNS, _session_pages(of, see))


@router.get("/api/exports/sessions/{transaction_id}/samples.csv", response_class=StreamingResponse)
async def samples(transaction_id: RowId, db: Db, see: MaySee) -> StreamingResponse:
    """The meter series of one session as CSV."""
    points = await _points(db, transaction_id, see)

    async def pages() -> AsyncIterator[Sequence[Sequence[Cell]]]:
        for start in range(0, len(points), _PAGE):
            yield [[getattr(point, name) for name in _POINTS] for point in points[start : start + _PAGE]]

    return csv_response(f"session-{transaction_id}.csv", _POINTS, pages())


@router.get("/api/exports/sessions.parquet", response_class=FileResponse)
async def sessions_parquet(of: Wired, see: MaySee) -> FileResponse:
    """All sessions that one may see, newest first, as Parquet: for programs that reckon with many."""
    from csms.api import parquet

    return await parquet.parquet_response("sessions.parquet", parquet.SESSIONS, _session_pages(of, see))


@router.get("/api/exports/sessions/{transaction_id}/samples.parquet", response_class=FileResponse)
async def samples_parquet(transaction_id: RowId, db: Db, see: MaySee) -> FileResponse:
    """The meter series of one session as Parquet."""
    from csms.api import parquet

    points = await _points(db, transaction_id, see)

    async def pages() -> AsyncIterator[Sequence[Sequence[Cell]]]:
        yield [[getattr(point, name) for name in _POINTS] for point in points]

    return await parquet.parquet_response(f"session-{transaction_id}.parquet", parquet.SAMPLES, pages())


@router.get("/api/audit/missing-energy")
async def missing_energy(
    of: Wired,
    db: Db,
    managed: Managed,
    days: Annotated[int, Query(ge=1, le=3660)] = 90,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Sequence[Gap]:
    """Where a connector's register did not start where it had stopped: energy that no session accounts for."""
    return await leftovers.gaps(db, of.clock() - timedelta(days=days), managed, limit, offset)


async def _session_pages(of: Parts, see: Visible) -> AsyncIterator[Sequence[Sequence[Cell]]]:
    offset = 0
    while True:
        async with of.database.read() as db:  # given back between pages: a slow reader must not keep it
            page, _ = await transactions.sessions(
                db, state=None, owned_by=see.owned_by, sites=see.sites, limit=_PAGE, offset=offset
            )
        if not page:
            return
        yield [_row(session) for session in page]
        offset += len(page)


async def _points(db: AsyncConnection, transaction_id: int, see: Visible) -> Sequence[SeriesPoint]:
    session = await transactions.session(db, transaction_id, owned_by=see.owned_by, sites=see.sites)
    if session is None:
        raise NotFound(f"there is no session {transaction_id}")
    return await meter_values.series(db, transaction_id, session.meter_start_wh, _MOST_SAMPLES)


def _row(session: Session) -> list[Cell]:
    row: list[Cell] = []
    for name in _COLUMNS:
        value = getattr(session, name)
        if name == "user":
            value = value and value.email
        elif name == "flags":
            value = " ".join(value)
        row.append(value)
    return row
