"""Which tariff holds where, now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import charge_point, tariff_use

u = tariff_use.c


@dataclass(frozen=True, slots=True)
class TariffUse:
    """Field names are those of the HTTP API. Connector 0: those without one of their own."""

    charge_point: str
    connector_id: int
    tariff_id: int
    from_at: datetime


async def now(db: AsyncConnection, sites: frozenset[int] | None) -> Sequence[TariffUse]:
    """`sites`: only at these; None for all."""
    newest = select(func.max(u.id)).group_by(u.charge_point_id, u.connector_id)
    wanted = (
        select(charge_point.c.identity, u.connector_id, u.tariff_id, u.from_at)
        .join_from(tariff_use, charge_point)
        .where(u.id.in_(newest), u.tariff_id.is_not(None))
        .order_by(charge_point.c.identity, u.connector_id)
    )
    if sites is not None:
        wanted = wanted.where(charge_point.c.site_id.in_(sites))
    return [TariffUse(*row) for row in await db.execute(wanted)]
