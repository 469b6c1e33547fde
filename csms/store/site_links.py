"""Each site with its controller, and whether its charge points can be reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import charge_point, controller, site


@dataclass(frozen=True, slots=True)
class SiteLink:
    """Field names are those of the HTTP API."""

    site_id: int
    name: str
    time_zone: str
    controller: str | None  # its identity; none: the site's charge points connect by themselves
    adopted_at: datetime | None
    charge_points: int
    connected_via_site: int
    connected_directly: int
    last_seen_at: datetime | None


async def everything(db: AsyncConnection, sites: frozenset[int] | None) -> Sequence[SiteLink]:
    """`sites`: only these; None for all."""
    c = charge_point.c
    wanted = (
        select(
            site.c.id,
            site.c.name,
            site.c.time_zone,
            controller.c.identity,
            controller.c.adopted_at,
            func.count(c.id),
            func.coalesce(func.sum(case((c.connected_via == "site", 1), else_=0)), 0),
            func.coalesce(func.sum(case((c.connected_via == "direct", 1), else_=0)), 0),
            func.max(c.last_seen_at),
        )
        .join_from(site, controller, isouter=True)
        .join(charge_point, (c.site_id == site.c.id) & c.dismissed.is_(False), isouter=True)
        .group_by(site.c.id, controller.c.id)
        .order_by(site.c.name)
    )
    if sites is not None:
        wanted = wanted.where(site.c.id.in_(sites))
    return [SiteLink(*row) for row in await db.execute(wanted)]
