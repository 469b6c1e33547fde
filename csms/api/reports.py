"""The year's consumption and earnings, on the path of the original API; the same as CSV and PDF."""

import asyncio
from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Response

from csms.api import tables
from csms.api.deps import Admin, Db, Wired
from csms.store import reports
from csms.store.reports import OfChargePoint, Report, Sum

router = APIRouter(tags=["stations"])
Year = Annotated[int | None, Query(ge=2000, le=2099)]  # none: this one


@router.get("/api/station/report")
async def report(of: Wired, db: Db, by: Admin, year: Year = None) -> Report:
    """Of this year, or another: by month, charge point and tariff, each site's months in its own time zone."""
    return await reports.of_year(db, of.clock().year if year is None else year, of.settings.currency)


@router.get("/api/station/report.csv", response_class=Response)
async def as_csv(of: Wired, db: Db, by: Admin, year: Year = None) -> Response:
    """One table: a row for each month, charge point and tariff, for the whole, and for each month of a charge point and
    of a tariff in which there was anything.
    """
    found = await report(of, db, by, year)
    head = ("year", "by", "name", "month", "sessions", "energy_wh", "earnings_cents", "currency")
    body: list[Sequence[tables.Cell]] = [
        (found.year, by, name, name if by == "month" else "", *figures, found.currency)
        for by, name, *figures in rows(found)
    ]
    body += [(found.year, *row, found.currency) for row in _months(found)]
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
        yield "charge point", _name(point), point.sessions, point.energy_wh, point.earnings_cents
    for tariff in of.tariffs:
        yield "tariff", tariff.tariff, tariff.sessions, tariff.energy_wh, tariff.earnings_cents
    yield "total", str(of.year), of.total.sessions, of.total.energy_wh, of.total.earnings_cents


def _months(of: Report) -> Iterator[tuple[str, str, str, int, int, int]]:
    named: list[tuple[str, str, list[Sum]]] = [("charge point", _name(each), each.months) for each in of.charge_points]
    named += [("tariff", each.tariff, each.months) for each in of.tariffs]
    for by, name, months in named:
        for number, month in enumerate(months, 1):
            if month.sessions or month.energy_wh or month.earnings_cents:
                at = f"{of.year}-{number:02}"
                yield f"{by} and month", name, at, month.sessions, month.energy_wh, month.earnings_cents


def _name(point: OfChargePoint) -> str:
    return point.charge_point if point.name == point.charge_point else f"{point.charge_point} ({point.name})"
