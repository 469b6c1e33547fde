"""Transaction messages that could not be booked as they stood: kept as they came, counted, never lost."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import charge_point, quarantine

# Ids answered to a StartTransaction that opened nothing: positive, unique, and far above those of transactions.
FIRST_ID = 1_900_000_000


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Field names are those of the HTTP API."""

    id: int
    charge_point: str
    action: str
    payload: str
    reason: str
    received_at: datetime
    times: int


async def keep(
    db: AsyncConnection, charge_point_id: int, action: str, payload: bytes, reason: str, at: datetime
) -> tuple[int, int]:
    """Keep the message once however often it comes; return the id to answer with and how often it has come."""
    row = {
        "charge_point_id": charge_point_id,
        "action": action,
        "payload": payload.decode(errors="replace"),
        "digest": hashlib.sha256(payload).hexdigest(),
        "reason": reason[:200],
        "received_at": at,
        "times": 1,
    }
    again = (
        insert(quarantine)
        .values(row)
        .on_conflict_do_update(
            index_elements=["charge_point_id", "action", "digest"], set_={"times": quarantine.c.times + 1}
        )
    )
    row_id, times = (await db.execute(again.returning(quarantine.c.id, quarantine.c.times))).one()
    return FIRST_ID + row_id, times


async def page(
    db: AsyncConnection, limit: int, offset: int, sites: frozenset[int] | None = None
) -> tuple[Sequence[Quarantined], int]:
    """One page, newest first, and how many there are; `sites`: of charge points at these (None: of all)."""
    q = quarantine.c
    columns = select(q.id, charge_point.c.identity, q.action, q.payload, q.reason, q.received_at, q.times)
    there = columns.join_from(quarantine, charge_point)
    if sites is not None:
        there = there.where(charge_point.c.site_id.in_(sites))
    rows = await db.execute(there.order_by(q.id.desc()).limit(limit).offset(offset))
    total = (await db.execute(select(func.count()).select_from(there.subquery()))).scalar_one()
    return [Quarantined(*row) for row in rows], total
