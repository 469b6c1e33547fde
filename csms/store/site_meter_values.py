"""What the meters at sites' grid connections showed, a row a moment."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.site_metering import SiteReading
from csms.store.tables import controller, site, site_meter_value

m = site_meter_value.c
_COLUMNS = (m.at, m.register_wh, m.power_w, m.l1_ma, m.l2_ma, m.l3_ma, m.charging_w, m.offered_ma)
_FORGOTTEN_AT_ONCE = 500


async def add(db: AsyncConnection, identity: str, readings: Sequence[SiteReading]) -> None:
    """Of the site of this controller; what is there already stays."""
    site_id = (await db.execute(select(controller.c.site_id).where(controller.c.identity == identity))).scalar_one()
    for reading in readings:
        row = {"site_id": site_id, **asdict(reading)}
        await db.execute(insert(site_meter_value).values(row).on_conflict_do_nothing())


async def newest(db: AsyncConnection, site_id: int) -> SiteReading | None:
    row = (await db.execute(select(*_COLUMNS).where(m.site_id == site_id).order_by(m.at.desc()).limit(1))).one_or_none()
    return None if row is None else SiteReading(*row)


async def series(
    db: AsyncConnection, site_id: int, since: datetime | None, until: datetime | None, limit: int
) -> Sequence[SiteReading]:
    """Oldest first from `since` on; without that the newest, in the same order."""
    wanted = select(*_COLUMNS).where(m.site_id == site_id)
    if until is not None:
        wanted = wanted.where(m.at < until)
    if since is not None:
        rows = await db.execute(wanted.where(m.at >= since).order_by(m.at).limit(limit))
        return [SiteReading(*row) for row in rows]
    return [SiteReading(*row) for row in await db.execute(wanted.order_by(m.at.desc()).limit(limit))][::-1]


async def forget(db: AsyncConnection, before: datetime) -> int:
    """Some of those of one site that are older; how many. By site, as the key is: else all would have to be read."""
    for (site_id,) in (await db.execute(select(site.c.id))).all():
        some = select(m.at).where(m.site_id == site_id, m.at < before).order_by(m.at).limit(_FORGOTTEN_AT_ONCE)
        old = (await db.execute(some)).scalars().all()
        if old:
            await db.execute(delete(site_meter_value).where(m.site_id == site_id, m.at <= old[-1]))
            return len(old)
    return 0
