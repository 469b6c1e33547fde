"""Tariffs, what they were when, and where they hold. Nothing is overwritten: a change counts from its moment on."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict, NotFound
from csms.domain.tariffs import Tariff
from csms.store.tables import charge_point, tariff, tariff_use, tariff_version

_OLDEST_START = timedelta(days=30)  # what claims to have begun before was dated by a clock that was never set


@dataclass(frozen=True, slots=True)
class TariffView:
    """Field names are those of the HTTP API."""

    id: int
    name: str
    version: int
    from_at: datetime
    tariff: Tariff


def to_json(of: Tariff) -> str:
    return msgspec.json.encode(of).decode()


async def create(db: AsyncConnection, name: str, what: Tariff, made_by: int, at: datetime) -> TariffView:
    made = upsert(tariff).values(name=name).on_conflict_do_nothing(index_elements=["name"]).returning(tariff.c.id)
    tariff_id = (await db.execute(made)).scalar_one_or_none()
    if tariff_id is None:
        raise Conflict(f"there is a tariff called {name!r}")
    return await _add_version(db, tariff_id, name, 1, what, made_by, at)


async def revise(db: AsyncConnection, tariff_id: int, what: Tariff, made_by: int, at: datetime) -> TariffView:
    """Change it from `at` on."""
    now = await find(db, tariff_id)
    return await _add_version(db, tariff_id, now.name, now.version + 1, what, made_by, at)


async def find(db: AsyncConnection, tariff_id: int) -> TariffView:
    row = (await db.execute(_NEWEST.where(tariff.c.id == tariff_id))).one_or_none()
    if row is None:
        raise NotFound(f"there is no tariff {tariff_id}")
    return _view(*row)


async def everything(db: AsyncConnection, limit: int, offset: int) -> tuple[Sequence[TariffView], int]:
    rows = await db.execute(_NEWEST.order_by(tariff.c.name).limit(limit).offset(offset))
    total = (await db.execute(select(func.count()).select_from(tariff))).scalar_one()
    return [_view(*row) for row in rows], total


async def assign(
    db: AsyncConnection, charge_point_id: int, connector_id: int, tariff_id: int | None, at: datetime
) -> None:
    """From `at` on `tariff_id` holds there (None: no tariff of its own); connector 0 stands for the charge point."""
    if tariff_id is not None:
        await find(db, tariff_id)
    row = {"charge_point_id": charge_point_id, "connector_id": connector_id, "tariff_id": tariff_id, "from_at": at}
    await db.execute(insert(tariff_use).values(row))


async def at_start(
    db: AsyncConnection, charge_point_id: int, connector_id: int, *, started_at: datetime, received_at: datetime
) -> Tariff | None:
    """The tariff a driver saw who started then: the connector's own, or the charge point's, or none."""
    at = started_at if received_at - _OLDEST_START <= started_at <= received_at else received_at
    tariff_id = await _in_use(db, charge_point_id, connector_id, at)
    if tariff_id is None and connector_id != 0:
        tariff_id = await _in_use(db, charge_point_id, 0, at)
    if tariff_id is None:
        return None
    v = tariff_version.c
    # Its first version is the best guess at a time before.
    held = select(v.data).where(v.tariff_id == tariff_id, (v.from_at <= at) | (v.number == 1))
    data = (await db.execute(held.order_by(v.number.desc()).limit(1))).scalar_one()
    return msgspec.json.decode(data, type=Tariff)


async def in_force(
    db: AsyncConnection, identities: Collection[str], at: datetime
) -> dict[tuple[str, int], Tariff]:
    """What holds at these charge points for sessions that start at `at`, by connector; 0: where it has none of its own.

    One that was taken away again is not in it.
    """
    u, v = tariff_use.c, tariff_version.c
    newest_use = (
        select(func.max(u.id))
        .join_from(tariff_use, charge_point)
        .where(charge_point.c.identity.in_(identities), u.from_at <= at)
        .group_by(u.charge_point_id, u.connector_id)
    )
    uses = await db.execute(
        select(charge_point.c.identity, u.connector_id, u.tariff_id)
        .join_from(tariff_use, charge_point)
        .where(u.id.in_(newest_use), u.tariff_id.is_not(None))
    )
    found = [tuple(row) for row in uses]
    held = (
        select(v.tariff_id, func.max(v.number).label("number"))
        .where(v.tariff_id.in_({tariff_id for *_, tariff_id in found}), (v.from_at <= at) | (v.number == 1))
        .group_by(v.tariff_id)
        .subquery()
    )
    versions = select(v.tariff_id, v.data).join_from(
        tariff_version, held, (held.c.tariff_id == v.tariff_id) & (held.c.number == v.number)
    )
    by_id = {row.tariff_id: msgspec.json.decode(row.data, type=Tariff) for row in await db.execute(versions)}
    return {(identity, connector_id): by_id[tariff_id] for identity, connector_id, tariff_id in found}


async def _in_use(db: AsyncConnection, charge_point_id: int, connector_id: int, at: datetime) -> int | None:
    u = tariff_use.c
    there = select(u.tariff_id).where(u.charge_point_id == charge_point_id, u.connector_id == connector_id)
    found: int | None = (
        await db.execute(there.where(u.from_at <= at).order_by(u.id.desc()).limit(1))
    ).scalar_one_or_none()
    return found


async def _add_version(
    db: AsyncConnection, tariff_id: int, name: str, number: int, what: Tariff, made_by: int, at: datetime
) -> TariffView:
    row = {"tariff_id": tariff_id, "number": number, "data": to_json(what), "from_at": at, "made_by": made_by}
    await db.execute(insert(tariff_version).values(row))
    return TariffView(tariff_id, name, number, at, what)


def _view(tariff_id: int, name: str, number: int, from_at: datetime, data: str) -> TariffView:
    return TariffView(tariff_id, name, number, from_at, msgspec.json.decode(data, type=Tariff))


_newest = (
    select(tariff_version.c.tariff_id, func.max(tariff_version.c.number).label("number"))
    .group_by(tariff_version.c.tariff_id)
    .subquery()
)
_NEWEST = (
    select(tariff.c.id, tariff.c.name, tariff_version.c.number, tariff_version.c.from_at, tariff_version.c.data)
    .join_from(tariff, tariff_version, tariff_version.c.tariff_id == tariff.c.id)
    .join(
        _newest,
        (_newest.c.tariff_id == tariff_version.c.tariff_id) & (_newest.c.number == tariff_version.c.number),
    )
)
