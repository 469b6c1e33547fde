"""The year's consumption and earnings, on the path of the original API; the same as CSV and PDF."""

import asyncio
from collections.abc import Iterator
from typing import Annotated

from fastapi import APIRouter, Query, Response

from csms.api import tables
from csms.api.deps import Admin, Db, Wired
from csms.store import reports
from csms.store.reports import Report

router = APIRouter(tags=["stations"])

Year = Annotated[int | None, Query(ge=2000, le=2099)]  # none: this one

@router.get("/api/station/report")
async def report(of: Wired, db: Db, by: Admin, year: Year = None) -> Report:
    """Of this year, or another: by month, charge point and tariff, each site's months in its own time zone."""
    return await reports.of_year(db, of.clock().year if year is None else year, of.settings.currency)


@router.get("/api/station/report.csv", response_class=Response)
async def as_csv(of: Wired, db: Db, by: Admin, year: Year = None) -> Response:
    """One table: a row for each month, charge point and tariff, and for the whole."""
    found = await report(of, db, by, year)
    head = ("year", "by", "name", "sessions", "energy_wh", "earnings_cents", "currency")
    body = ((found.year, *row, found.currency) for row in rows(found))
    headers = {"Content-Disposition": f'attachment; filename="report-{found.year}.csv"'}
    return Response(tables.lines([head, *body]), media_type="text/csv; charset=utf-8", headers=headers)


@router.get("/api/station/report.pdf", response_class=Response)
async def as_pdf(of: Wired, db: Db, by: Admin, year: Year = None) -> Response:
    """To print and file."""
    from csms.api import pdf

    found = await report(of, db, by, year)
    made = await asyncio.to_thread(pdf.yearly_report, found, list(rows(found)))
    headers = {"Content-Disposition": f'attachment; filename="report-{found.year}.pdf"'}
    return Response(made, media_type="application/pdf", headers=headers)


Row = tuple[str, str, int, int, int]  # by what, its name, sessions, Wh, cents


def rows(of: Report) -> Iterator[Row]:
    for month in of.months:
        yield "month", f"{of.year}-{month.month:02}", month.sessions, month.energy_wh, month.earnings_cents
    for point in of.charge_points:
        name = point.charge_point if point.name == point.charge_point else f"{point.charge_point} ({point.name})"
        yield "charge point", name, point.sessions, point.energy_wh, point.earnings_cents
    for tariff in of.tariffs:
        yield "tariff", tariff.tariff, tariff.sessions, tariff.energy_wh, tariff.earnings_cents
    yield "total", str(of.year), of.total.sessions, of.total.energy_wh, of.total.earnings_cents
