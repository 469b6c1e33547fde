"""What people say is wrong with a charge point, until somebody has looked."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict, NotFound
from csms.domain.events import ProblemReported
from csms.store import outbox
from csms.store.tables import charge_point, problem

p = problem.c
MOST_OPEN = 50  # at one charge point: by then its operators know


@dataclass(frozen=True, slots=True)
class Problem:
    """Field names are those of the HTTP API."""

    problem_id: int
    charge_point: str
    connector_id: int | None
    kind: str
    text: str
    contact: str
    user_id: int | None
    reported_at: datetime
    closed_at: datetime | None
    note: str | None


@dataclass(frozen=True, slots=True)
class Report:
    kind: str
    text: str
    contact: str
    connector_id: int | None
    user_id: int | None


async def add(db: AsyncConnection, identity: str, charge_point_id: int, said: Report, at: datetime) -> int:
    """Its id; operators hear of it. Conflict if so much is open there already that they must know."""
    still = (p.charge_point_id == charge_point_id, p.closed_at.is_(None))
    if (await db.execute(select(func.count()).select_from(problem).where(*still))).scalar_one() >= MOST_OPEN:
        raise Conflict("so much is reported here already: its operator knows")
    row = {
        "charge_point_id": charge_point_id,
        "connector_id": said.connector_id,
        "kind": said.kind,
        "text": said.text,
        "contact": said.contact,
        "user_id": said.user_id,
        "reported_at": at,
    }
    made = int((await db.execute(insert(problem).values(row).returning(p.id))).scalar_one())
    await outbox.add(db, ProblemReported(identity, said.connector_id, made, said.kind, said.text, at))
    return made


async def everything(
    db: AsyncConnection, sites: frozenset[int] | None, limit: int, offset: int, *, still_open: bool
) -> tuple[Sequence[Problem], int]:
    """One page, newest first, and how many there are; `sites`: only at these, None for all."""
    wanted = _ALL
    if sites is not None:
        wanted = wanted.where(charge_point.c.site_id.in_(sites))
    if still_open:
        wanted = wanted.where(p.closed_at.is_(None))
    total = (await db.execute(select(func.count()).select_from(wanted.subquery()))).scalar_one()
    rows = await db.execute(wanted.order_by(p.id.desc()).limit(limit).offset(offset))
    return [Problem(*row) for row in rows], total


async def of_user(db: AsyncConnection, user_id: int) -> Sequence[Problem]:
    """Reported by this person, newest first; what operators have noted of it is theirs."""
    rows = await db.execute(_ALL.where(p.user_id == user_id).order_by(p.id.desc()))
    return [replace(Problem(*row), note=None) for row in rows]


async def close(
    db: AsyncConnection, problem_id: int, sites: frozenset[int] | None, closed_by: int, note: str, at: datetime
) -> Problem:
    """NotFound if it is at none of these sites."""
    wanted = _ALL.where(p.id == problem_id)
    if sites is not None:
        wanted = wanted.where(charge_point.c.site_id.in_(sites))
    if (await db.execute(wanted)).first() is None:
        raise NotFound(f"there is no problem {problem_id}")
    done = update(problem).where(p.id == problem_id)
    await db.execute(done.values(closed_at=func.coalesce(p.closed_at, at), closed_by=closed_by, note=note))
    return Problem(*(await db.execute(wanted)).one())


_ALL: Select[Any] = select(
    p.id, charge_point.c.identity, p.connector_id, p.kind, p.text, p.contact, p.user_id, p.reported_at, p.closed_at,
    p.note,
).join_from(problem, charge_point)  # fmt: skip
