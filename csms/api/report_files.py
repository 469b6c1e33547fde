"""The year's report to take away: for a spreadsheet, and to file."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import StreamingResponse

from csms.api.deps import Admin, Db, Wired
from csms.api.tables import Cell, csv_response
from csms.store import reports

router = APIRouter(tags=["exports"])

Year = Annotated[int | None, Query(ge=2000, le=2099)]
_HEAD = ("of", "name", "sessions", "energy_wh", "earnings_cents")


@router.get("/api/exports/report.csv", response_class=StreamingResponse)
async def csv(of: Wired, db: Db, by: Admin, year: Year = None) -> StreamingResponse:
    """One row for each month, charge point and tariff, and for all of the year."""
    report = await reports.of_year(db, of.clock().year if year is None else year, of.settings.currency)
    named: list[tuple[str, str, reports.Sum]] = [
        *(("month", f"{report.year}-{each.month:02}", each) for each in report.months),
        *(("charge point", each.charge_point, each) for each in report.charge_points),
        *(("tariff", each.tariff, each) for each in report.tariffs),
        ("year", str(report.year), report.total),
    ]

    async def pages() -> AsyncIterator[Sequence[Sequence[Cell]]]:
        yield [[kind, name, each.sessions, each.energy_wh, each.earnings_cents] for kind, name, each in named]

    return csv_response(f"report-{report.year}.csv", _HEAD, pages())


@router.get("/api/exports/report.pdf", response_class=Response)
async def pdf(of: Wired, db: Db, by: Admin, year: Year = None) -> Response:
    """The same, to print and file."""
    from csms.api import pdf_report

    report = await reports.of_year(db, of.clock().year if year is None else year, of.settings.currency)
    made = await asyncio.to_thread(pdf_report.year, report)
    headers = {"Content-Disposition": f'attachment; filename="report-{report.year}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)
