"""What the running hashes of a controller's books are at, by charge point, as it told when it last compared them.

Whoever rewrites a controller's books later can be asked for this head again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import charge_point, site, site_head


@dataclass(frozen=True, slots=True)
class SiteHead:
    """Field names are those of the HTTP API. Each head: how many messages, and the hash over them."""

    charge_point: str
    site: str
    time_zone: str
    at: datetime
    confirmed: str  # of what the charge point was confirmed
    delivered: str  # of what reached us; empty: nothing yet


async def keep(db: AsyncConnection, charge_point_id: int, confirmed: str, delivered: str, at: datetime) -> None:
    values = {"confirmed": confirmed, "delivered": delivered, "at": at}
    row = insert(site_head).values(charge_point_id=charge_point_id, **values)
    await db.execute(row.on_conflict_do_update(index_elements=["charge_point_id"], set_=values))


async def page(
    db: AsyncConnection, sites: frozenset[int] | None, limit: int, offset: int
) -> tuple[Sequence[SiteHead], int]:
    """By site and charge point. `sites`: only these; None for all."""
    h = site_head.c
    joined = site_head.join(charge_point).join(site)
    theirs = true() if sites is None else site.c.id.in_(sites)
    wanted = (
        select(charge_point.c.identity, site.c.name, site.c.time_zone, h.at, h.confirmed, h.delivered)
        .select_from(joined)
        .where(theirs)
        .order_by(site.c.name, charge_point.c.identity)
    )
    total = (await db.execute(select(func.count()).select_from(joined).where(theirs))).scalar_one()
    return [SiteHead(*row) for row in await db.execute(wanted.limit(limit).offset(offset))], total
