"""The figures on top of the dashboard."""

from fastapi import APIRouter

from csms.api.deps import Db, Managed, Wired
from csms.store import overview
from csms.store.overview import Overview

router = APIRouter(tags=["reports"])


@router.get("/api/overview")
async def today(of: Wired, db: Db, managed: Managed) -> Overview:
    """Of the sites that one manages: what has ended today, and what waits for somebody to look."""
    return await overview.today(db, of.settings.currency, of.clock(), managed)
