"""Who changed what, of those who look after things: one row for each change that was made through the API."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import audit, user

a = audit.c


@dataclass(frozen=True, slots=True)
class Change:
    """Field names are those of the HTTP API. What was sent is not kept: it may hold secrets."""

    id: int
    at: datetime
    user_id: int
    email: str
    method: str
    route: str
    path: str
    status: int
    remote: str


async def add(
    db: AsyncConnection, user_id: int, method: str, route: str, path: str, status: int, remote: str, at: datetime
) -> None:
    row = {"user_id": user_id, "method": method, "route": route[:200], "path": path[:300], "status": status}
    await db.execute(insert(audit).values(**row, remote=remote[:60], at=at))


async def changes(
    db: AsyncConnection, limit: int, offset: int, *, user_id: int | None, path: str | None
) -> tuple[Sequence[Change], int]:
    """One page, newest first, and how many there are. `path`: only what begins with it."""
    wanted = []
    if user_id is not None:
        wanted.append(a.user_id == user_id)
    if path is not None:
        wanted.append(a.path.startswith(path, autoescape=True))
    total = (await db.execute(select(func.count()).select_from(audit).where(*wanted))).scalar_one()
    columns = select(a.id, a.at, a.user_id, user.c.email, a.method, a.route, a.path, a.status, a.remote)
    rows = columns.join_from(audit, user).where(*wanted).order_by(a.id.desc()).limit(limit).offset(offset)
    return [Change(*row) for row in await db.execute(rows)], total


async def forget(db: AsyncConnection, before: datetime) -> int:
    return (await db.execute(delete(audit).where(a.at < before))).rowcount
