"""Today in figures, of some sites or of all: each site's day is that of its own time zone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import charge_point, correction, problem, quarantine, site, transaction
from csms.store.zones import zone


@dataclass(slots=True)
class Overview:
    """Of the sessions that have ended today. Field names are those of the HTTP API."""

    currency: str
    sessions_today: int = 0
    energy_today_wh: int = 0
    earnings_today_cents: int = 0  # less what was given back of them
    problems_open: int = 0
    messages_kept_aside: int = 0


async def today(db: AsyncConnection, currency: str, now: datetime, sites: frozenset[int] | None) -> Overview:
    """`sites`: only these; None for all."""
    t, c = transaction.c, charge_point.c
    found = Overview(currency)
    back = (
        select(correction.c.transaction_id, func.sum(correction.c.amount_cents).label("cents"))
        .group_by(correction.c.transaction_id)
        .subquery()
    )
    zones = select(site.c.time_zone).distinct()  # not site by site: of hundreds most share one
    if sites is not None:
        zones = zones.where(site.c.id.in_(sites))
    for zone_name in (await db.execute(zones)).scalars().all():
        midnight = now.astimezone(zone(zone_name)).replace(hour=0, minute=0, second=0, microsecond=0)
        sums = (
            select(
                func.count(),
                func.coalesce(func.sum(t.energy_wh), 0),
                func.coalesce(func.sum(t.cost_cents - func.coalesce(back.c.cents, 0)), 0),
            )
            .join_from(transaction, charge_point)
            .join(site, site.c.id == c.site_id)
            .join(back, back.c.transaction_id == t.id, isouter=True)
            .where(site.c.time_zone == zone_name, t.ended_at >= midnight)
        )
        if sites is not None:
            sums = sums.where(c.site_id.in_(sites))
        count, energy_wh, cents = (await db.execute(sums)).one()
        found.sessions_today += int(count)
        found.energy_today_wh += int(energy_wh)
        found.earnings_today_cents += int(cents)
    open_ones = select(func.count()).join_from(problem, charge_point).where(problem.c.closed_at.is_(None))
    kept = select(func.count()).join_from(quarantine, charge_point)
    if sites is not None:
        open_ones, kept = open_ones.where(c.site_id.in_(sites)), kept.where(c.site_id.in_(sites))
    found.problems_open = int((await db.execute(open_ones)).scalar_one())
    found.messages_kept_aside = int((await db.execute(kept)).scalar_one())
    return found
