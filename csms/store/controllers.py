"""Local controllers: one a site, with the site's key, and what each says of itself on its own connection."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
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


@dataclass(frozen=True, slots=True)
class ControllerView:
    """Field names are those of the HTTP API. `status`: what it said last of the whole site."""

    identity: str
    name: str
    online: bool
    last_seen_at: datetime | None
    status: str | None
    status_at: datetime | None


async def of_site(db: AsyncConnection, site_id: int) -> ControllerView | None:
    c = controller.c
    columns = select(c.identity, c.name, c.connection, c.last_seen_at, c.status, c.status_at)
    row = (await db.execute(columns.where(c.site_id == site_id))).one_or_none()
    if row is None:
        return None
    return ControllerView(
        row.identity, row.name, row.connection is not None, row.last_seen_at, row.status, row.status_at
    )


async def connected(db: AsyncConnection, identity: str, connection: str, at: datetime) -> None:
    values = {"connection": connection, "connected_at": at, "last_seen_at": at}
    await db.execute(update(controller).where(controller.c.identity == identity).values(values))


async def disconnected(db: AsyncConnection, identity: str, connection: str, at: datetime) -> None:
    """Nothing changes if a newer socket has taken over."""
    mine = update(controller).where(controller.c.identity == identity, controller.c.connection == connection)
    await db.execute(mine.values(connection=None, connected_at=None, last_seen_at=at))


async def nobody_is_connected(db: AsyncConnection) -> None:
    """At the start of the only process: sockets of an earlier life are gone."""
    await db.execute(update(controller).values(connection=None, connected_at=None))


async def seen(db: AsyncConnection, times: Mapping[str, datetime]) -> None:
    change = update(controller).where(controller.c.identity == bindparam("of")).values(last_seen_at=bindparam("seen"))
    await db.execute(change, [{"of": identity, "seen": at} for identity, at in times.items()])


async def set_status(db: AsyncConnection, identity: str, status: str, at: datetime) -> None:
    await db.execute(update(controller).where(controller.c.identity == identity).values(status=status, status_at=at))
