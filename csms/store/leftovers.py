"""Transactions that cannot be running any more, and energy that no transaction accounts for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, exists, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import charge_point, connector, transaction

CLOSED_BY_RULE = "closed_by_rule"


@dataclass(frozen=True, slots=True)
class Zombie:
    transaction_id: int
    charge_point_id: int
    identity: str
    register_wh: int  # the last that its meter showed
    at: datetime  # when that was


@dataclass(frozen=True, slots=True)
class Gap:
    """Between two transactions of one connector. Field names are those of the HTTP API. Below 0: the register fell."""

    charge_point: str
    connector_id: int
    before_transaction_id: int
    transaction_id: int
    at: datetime
    stopped_at_wh: int
    started_at_wh: int
    missing_wh: int


async def zombies(db: AsyncConnection, quiet_since: datetime) -> Sequence[Zombie]:
    """Running transactions that have said nothing since then, of charge points that are connected and have since then
    shown the connector free, or begun another transaction there. Both are told later than the queue is delivered, if
    only `quiet_since` is long enough ago.
    """
    t, c = transaction.c, connector.c
    newer = transaction.alias()
    shown_free = exists().where(
        c.charge_point_id == t.charge_point_id,
        c.number == t.connector_id,
        c.status == "Available",
        c.status_at > t.started_at,
        c.status_at < quiet_since,
        or_(t.last_sample_at.is_(None), c.status_at > t.last_sample_at),
    )
    begun_anew = exists().where(
        and_(
            newer.c.charge_point_id == t.charge_point_id,
            newer.c.connector_id == t.connector_id,
            newer.c.id > t.id,
            newer.c.started_at > t.started_at,
            newer.c.received_at < quiet_since,
        )
    )
    columns = select(
        t.id, t.charge_point_id, charge_point.c.identity, t.last_register_wh, t.meter_start_wh, t.last_sample_at,
        t.started_at,
    )  # fmt: skip
    rows = await db.execute(
        columns.join_from(transaction, charge_point)
        .where(
            t.ended_at.is_(None),
            charge_point.c.connected_via.is_not(None),
            t.received_at < quiet_since,
            or_(t.last_sample_at.is_(None), t.last_sample_at < quiet_since),
            or_(shown_free, begun_anew),
        )
        .order_by(t.id)
        .limit(100)
    )
    return [
        Zombie(
            row.id,
            row.charge_point_id,
            row.identity,
            row.meter_start_wh if row.last_register_wh is None else row.last_register_wh,
            row.last_sample_at or row.started_at,
        )
        for row in rows
    ]


async def mark(db: AsyncConnection, transaction_id: int) -> None:
    """Say of an ended transaction that no StopTransaction ended it."""
    mine = update(transaction).where(transaction.c.id == transaction_id)
    await db.execute(mine.values(flags=func.trim(transaction.c.flags + " " + CLOSED_BY_RULE)))


async def gaps(
    db: AsyncConnection, since: datetime, sites: frozenset[int] | None, limit: int, offset: int
) -> Sequence[Gap]:
    """Where a register did not start where it had stopped (OCPP 1.6 errata 3.78), newest first.
    `sites`: only at these; None for all.
    """
    t = transaction.c
    of_one, in_turn = (t.charge_point_id, t.connector_id), (t.started_at, t.id)
    pairs = (
        select(
            t.id,
            t.charge_point_id,
            t.connector_id,
            t.started_at,
            t.meter_start_wh,
            func.lag(t.meter_stop_wh).over(partition_by=of_one, order_by=in_turn).label("stopped_at_wh"),
            func.lag(t.id).over(partition_by=of_one, order_by=in_turn).label("before"),
        )
        .where(or_(t.started_at >= since, t.ended_at >= since))
        .subquery()
    )
    p = pairs.c
    found = (
        select(charge_point.c.identity, p.connector_id, p.before, p.id, p.started_at, p.stopped_at_wh, p.meter_start_wh)
        .join(charge_point, charge_point.c.id == p.charge_point_id)
        .where(p.stopped_at_wh.is_not(None), p.stopped_at_wh != p.meter_start_wh)
        .order_by(p.started_at.desc(), p.id.desc())
    )
    if sites is not None:
        found = found.where(charge_point.c.site_id.in_(sites))
    rows = await db.execute(found.limit(limit).offset(offset))
    return [Gap(*row, missing_wh=row.meter_start_wh - row.stopped_at_wh) for row in rows]
