"""Sites: where charge points stand together behind one supply."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict, NotFound
from csms.store.tables import charge_point, site


@dataclass(frozen=True, slots=True)
class Site:
    id: int
    name: str
    time_zone: str
    slug: str
    emergency_number: str | None = None  # none: the house's; empty: none is shown


def slug_of(name: str) -> str:
    """The name as it begins the identities of the site's parts: "Rue d'Été 5" -> "rue-d-ete-5"."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "site"


async def create(db: AsyncConnection, name: str, time_zone: str, now: datetime) -> Site:
    slug = slug_of(name)
    row = {"name": name, "slug": slug, "time_zone": time_zone, "created_at": now}
    made = await db.execute(
        insert(site).values(row).on_conflict_do_nothing(index_elements=["slug"]).returning(site.c.id)
    )
    site_id = made.scalar_one_or_none()
    if site_id is None:
        raise Conflict(f"there is a site with the short name {slug!r}")
    return Site(site_id, name, time_zone, slug)


async def find(db: AsyncConnection, site_id: int) -> Site:
    row = (await db.execute(_SITES.where(site.c.id == site_id))).one_or_none()
    if row is None:
        raise NotFound(f"there is no site {site_id}")
    return Site(*row)


async def emergency_number(db: AsyncConnection, identity: str) -> str | None:
    """Of the site at which this charge point stands; None: the house's."""
    here = select(site.c.emergency_number).join_from(charge_point, site).where(charge_point.c.identity == identity)
    number: str | None = (await db.execute(here)).scalar_one()
    return number


async def change(db: AsyncConnection, site_id: int, values: Mapping[str, object]) -> Site:
    """Its name, time zone, emergency number. The short name stays: identities begin with it."""
    await find(db, site_id)
    if values:
        await db.execute(update(site).where(site.c.id == site_id).values(**values))
    return await find(db, site_id)


async def everything(db: AsyncConnection) -> Sequence[Site]:
    return [Site(*row) for row in await db.execute(_SITES.order_by(site.c.name))]


_SITES = select(site.c.id, site.c.name, site.c.time_zone, site.c.slug, site.c.emergency_number)
