"""Which operator manages which sites. An administrator manages all, a driver none."""

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.transactions import Owner
from csms.store.tables import charge_point, site_operator, user

Sites = frozenset[int] | None  # None: every site


async def sites_of(db: AsyncConnection, user_id: int, role: str) -> Sites:
    if role == "admin":
        return None
    if role != "operator":
        return frozenset()
    rows = await db.execute(select(site_operator.c.site_id).where(site_operator.c.user_id == user_id))
    return frozenset(rows.scalars())


async def add(db: AsyncConnection, user_id: int, site_id: int) -> None:
    row = {"user_id": user_id, "site_id": site_id}
    await db.execute(insert(site_operator).values(row).on_conflict_do_nothing())


async def put(db: AsyncConnection, user_id: int, site_ids: Iterable[int]) -> None:
    """These and no others."""
    await db.execute(delete(site_operator).where(site_operator.c.user_id == user_id))
    for site_id in site_ids:
        await add(db, user_id, site_id)


async def of_site(db: AsyncConnection, site_id: int) -> Sequence[Owner]:
    here = select(user.c.id, user.c.email).join_from(site_operator, user).where(site_operator.c.site_id == site_id)
    return [Owner(*row) for row in await db.execute(here.order_by(user.c.email))]


async def charge_points_of(db: AsyncConnection, sites: frozenset[int]) -> frozenset[str]:
    """Identities of the charge points at these sites."""
    rows = await db.execute(select(charge_point.c.identity).where(charge_point.c.site_id.in_(sites)))
    return frozenset(rows.scalars())
