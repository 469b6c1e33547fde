"""Who changed what, of those who look after things: one row for each change that was made through the API.

Each row has the hash of the row before in its own (csms/domain/audit_chain.py); the one row of `audit_head` says where
the chain begins, behind what was forgotten or is older than the chain, and where it ends.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.audit_chain import MOST_FINDINGS, Mark, Row, link, walk
from csms.store.tables import audit, audit_head, user

a, h = audit.c, audit_head.c
_PAGE = 1000
_ROW = (a.id, a.at, a.user_id, a.method, a.route, a.path, a.status, a.remote, a.detail)


@dataclass(frozen=True, slots=True)
class Change:
    """Field names are those of the HTTP API. What was sent is not kept, it may hold secrets; `detail` is what the route
    itself says of the change.
    """

    id: int
    at: datetime
    user_id: int
    email: str
    method: str
    route: str
    path: str
    status: int
    remote: str
    detail: str


@dataclass(frozen=True, slots=True)
class AuditHead:
    """Where the audit log ends: to be noted down elsewhere. Field names are those of the HTTP API."""

    id: int
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """Field names are those of the HTTP API."""

    rows: int
    head: AuditHead | None
    findings: Sequence[str]  # at most 100


async def add(
    db: AsyncConnection,
    user_id: int,
    method: str,
    route: str,
    path: str,
    status: int,
    remote: str,
    at: datetime,
    detail: str = "",
) -> None:
    ends = (await db.execute(select(h.last_id, h.last_hash).with_for_update())).one()
    row = Row(ends.last_id + 1, at, user_id, method, route[:200], path[:300], status, remote[:60], detail[:500])
    has = link(ends.last_hash, row)
    values = {column.name: getattr(row, column.name) for column in _ROW}
    await db.execute(insert(audit).values(**values, hash=has))
    await db.execute(update(audit_head).values(last_id=row.id, last_hash=has))


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
    columns = select(a.id, a.at, a.user_id, user.c.email, a.method, a.route, a.path, a.status, a.remote, a.detail)
    rows = columns.join_from(audit, user).where(*wanted).order_by(a.id.desc()).limit(limit).offset(offset)
    return [Change(**row) for row in (await db.execute(rows)).mappings()], total


async def head(db: AsyncConnection) -> AuditHead | None:
    """None: nothing was written yet, or all of it is forgotten."""
    wanted = select(a.id, a.at, a.hash).join_from(audit, audit_head, a.id == h.last_id)
    row = (await db.execute(wanted)).one_or_none()
    return None if row is None else AuditHead(*row)


async def check(db: AsyncConnection, noted: Mark | None = None) -> AuditCheck:
    """Walk the whole chain. `noted`: a head that was noted down once, which must still be in it."""
    ends = (await db.execute(select(audit_head))).one_or_none()
    if ends is None:
        return AuditCheck(0, None, ["the head of the log is gone"])
    rows = [row async for row in _rows(db, ends.forgotten_id)]
    marks = Mark(ends.forgotten_id, ends.forgotten_hash), Mark(ends.last_id, ends.last_hash)
    findings = await asyncio.to_thread(lambda: list(walk(rows, *marks, noted)))  # seconds, of a long log
    return AuditCheck(len(rows), await head(db), findings[:MOST_FINDINGS])


async def forget(db: AsyncConnection, before: datetime) -> int:
    """The oldest rows, up to the first that is not older: the chain stays whole behind them."""
    first_kept = (await db.execute(select(func.min(a.id)).where(a.at >= before))).scalar_one_or_none()
    old = [] if first_kept is None else [a.id < first_kept]
    last = (await db.execute(select(a.id, a.hash).where(*old).order_by(a.id.desc()).limit(1))).one_or_none()
    if last is None:
        return 0
    chained = update(audit_head).where(h.forgotten_id < last.id)  # others are from before there was a chain
    await db.execute(chained.values(forgotten_id=last.id, forgotten_hash=last.hash))
    return (await db.execute(delete(audit).where(*old))).rowcount


async def _rows(db: AsyncConnection, after: int) -> AsyncIterator[tuple[Row, str]]:
    while page := (await db.execute(select(*_ROW, a.hash).where(a.id > after).order_by(a.id).limit(_PAGE))).all():
        for *row, has in page:
            yield Row(*row), has
        after = page[-1].id
