"""What charge points say of their own security."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import security_event

e = security_event.c
MOST = 1000  # of one charge point: one that says the same all day must not fill the disk


@dataclass(frozen=True, slots=True)
class SecurityEvent:
    """Field names are those of the HTTP API."""

    id: int
    type: str
    tech_info: str | None
    at: datetime  # by the charge point's clock
    received_at: datetime


async def add(
    db: AsyncConnection, charge_point_id: int, type_: str, tech_info: str | None, at: datetime, received_at: datetime
) -> bool:
    """False if it has said so before. The oldest goes where there are too many."""
    row = {"charge_point_id": charge_point_id, "type": type_, "tech_info": tech_info or "", "at": at}
    once = insert(security_event).values(**row, received_at=received_at).on_conflict_do_nothing()
    if (await db.execute(once.returning(e.id))).scalar_one_or_none() is None:
        return False
    mine = select(e.id).where(e.charge_point_id == charge_point_id).order_by(e.id.desc())
    limit = mine.offset(MOST).limit(1).scalar_subquery()
    await db.execute(delete(security_event).where(e.charge_point_id == charge_point_id, e.id <= limit))
    return True


async def page(
    db: AsyncConnection, charge_point_id: int, limit: int, offset: int
) -> tuple[Sequence[SecurityEvent], int]:
    """One page, newest first, and how many there are."""
    mine = e.charge_point_id == charge_point_id
    total = (await db.execute(select(func.count()).select_from(security_event).where(mine))).scalar_one()
    columns = select(e.id, e.type, e.tech_info, e.at, e.received_at)
    rows = await db.execute(columns.where(mine).order_by(e.id.desc()).limit(limit).offset(offset))
    return [SecurityEvent(row.id, row.type, row.tech_info or None, row.at, row.received_at) for row in rows], total


async def forget(db: AsyncConnection, before: datetime) -> int:
    return (await db.execute(delete(security_event).where(e.received_at < before))).rowcount
