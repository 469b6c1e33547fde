"""The year's consumption and earnings, on the path of the original API."""

from typing import Annotated

from fastapi import APIRouter, Query

from csms.api.deps import Admin, Db, Wired
from csms.store import reports
from csms.store.reports import Report

router = APIRouter(tags=["stations"])


@router.get("/api/station/report")
async def report(
    of: Wired, db: Db, by: Admin, year: Annotated[int | None, Query(ge=2000, le=2099)] = None
) -> Report:
    """Of this year, or another: by month, charge point and tariff, each site's months in its own time zone."""
    return await reports.of_year(db, of.clock().year if year is None else year, of.settings.currency)
