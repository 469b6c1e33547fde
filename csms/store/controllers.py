"""Local controllers: one a site, with the site's key."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.sites import Site
from csms.store.tables import controller


@dataclass(frozen=True, slots=True)
class Controller:
    identity: str
    site_id: int
    key_hash: str


async def adopt(db: AsyncConnection, at_site: Site, serial: str, name: str | None, key_hash: str, now: datetime) -> str:
    """Make this controller the site's one; return its identity. The new key locks out one that was there before."""
    row = {"serial": serial, "key_hash": key_hash, "adopted_at": now}
    known = select(controller.c.identity).where(controller.c.site_id == at_site.id)
    identity = (await db.execute(known)).scalar_one_or_none()
    if identity is not None:
        again = update(controller).where(controller.c.site_id == at_site.id)
        await db.execute(again.values(**row, **({"name": name} if name else {})))
        return str(identity)
    identity = f"{at_site.slug}-LC"
    await db.execute(insert(controller).values(site_id=at_site.id, identity=identity, name=name or identity, **row))
    return identity


async def find(db: AsyncConnection, identity: str) -> Controller | None:
    columns = select(controller.c.identity, controller.c.site_id, controller.c.key_hash)
    row = (await db.execute(columns.where(controller.c.identity == identity))).one_or_none()
    return None if row is None else Controller(*row)
