"""Drivers' limits: wished before a session starts, then the session's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.charge_limits import ChargeLimit, LimitKind
from csms.domain.tariffs import cost_cents
from csms.store.tables import charge_point, limit_wish, transaction

COUNTS_FOR = timedelta(minutes=15)  # before a start: longer than charge points wait for the plug
_SILENT = timedelta(days=1)  # of which nothing is known any more

t = transaction.c


async def wish(
    db: AsyncConnection,
    charge_point_id: int,
    connector_id: int,
    user_id: int,
    limit: ChargeLimit | None,
    at: datetime,
) -> None:
    """For the session that this person starts here next. The newest word counts, and none is one too."""
    key = ("charge_point_id", "connector_id", "user_id")
    row = dict(zip(key, (charge_point_id, connector_id, user_id), strict=True))
    if limit is None:
        await db.execute(delete(limit_wish).filter_by(**row))
        return
    values = {"kind": limit.kind.value, "value": limit.value, "at": at}
    await db.execute(insert(limit_wish).values(**row, **values).on_conflict_do_update(index_elements=key, set_=values))


async def begun(
    db: AsyncConnection,
    charge_point_id: int,
    connector_id: int,
    user_id: int,
    transaction_id: int,
    started_at: datetime,
    received_at: datetime,
) -> None:
    """What was wished lately is of this session, and of no other. A start that comes late counts by its own time."""
    w = limit_wish.c
    wished = (w.charge_point_id == charge_point_id, w.connector_id == connector_id, w.user_id == user_id)
    row = (await db.execute(select(w.kind, w.value, w.at).where(*wished))).one_or_none()
    if row is None:
        return
    await db.execute(delete(limit_wish).where(*wished))
    if received_at - row.at <= COUNTS_FOR or abs(started_at - row.at) <= COUNTS_FOR:
        await put(db, transaction_id, ChargeLimit(LimitKind(row.kind), row.value))


async def put(db: AsyncConnection, transaction_id: int, limit: ChargeLimit | None) -> None:
    values = {
        "limit_kind": None if limit is None else limit.kind.value,
        "limit_value": None if limit is None else limit.value,
        "limit_reached_at": None if limit is None else limit.reached_at,
        "limit_estimated": limit is not None and limit.estimated,
    }
    await db.execute(update(transaction).where(t.id == transaction_id).values(**values))


def passed(started_at: datetime, received_at: datetime, at: datetime, now: datetime) -> timedelta:
    """How long it charges: by the charge point's clock (`at`), unless that was wrong at its start, as one that is set
    only once the centre is reached: then since we heard of it.
    """
    return at - started_at if abs(received_at - started_at) <= _SILENT else now - received_at


async def passed_until(db: AsyncConnection, transaction_id: int, now: datetime) -> timedelta:
    moments = select(t.started_at, t.received_at).where(t.id == transaction_id)
    started_at, received_at = (await db.execute(moments)).one()
    return passed(started_at, received_at, now, now)


@dataclass(frozen=True, slots=True)
class Running:
    """A session that runs at a charge point that can be asked, and may have changed with time alone."""

    transaction_id: int
    charge_point: str
    connector_id: int
    user_id: int | None
    started_at: datetime
    received_at: datetime
    energy_wh: int
    cost_cents: int  # as reckoned last
    cost_at: datetime | None
    tariff: str | None
    limit: ChargeLimit | None
    power_w: int | None
    last_sample_at: datetime | None


async def running(
    db: AsyncConnection, now: datetime, transaction_ids: Sequence[int] | None = None
) -> Sequence[Running]:
    """Those with a tariff or a limit that said something in the last day; of these ids, or all."""
    columns = select(
        t.id, charge_point.c.identity, t.connector_id, t.user_id, t.started_at, t.received_at, t.meter_start_wh,
        t.last_register_wh, t.price_cents_per_kwh, t.cost_so_far_cents, t.cost_so_far_at, t.last_sample_at, t.tariff,
        t.limit_kind, t.limit_value, t.limit_reached_at, t.limit_estimated,
        t.last_power_w,
    )  # fmt: skip
    wanted = columns.join_from(transaction, charge_point).where(
        t.ended_at.is_(None),
        charge_point.c.connected_via.is_not(None),
        t.tariff.is_not(None) | t.limit_kind.is_not(None),
    )
    if transaction_ids is not None:
        wanted = wanted.where(t.id.in_(transaction_ids))
    found = []
    for row in await db.execute(wanted.order_by(t.id)):
        if not now - _SILENT <= (row.last_sample_at or row.started_at) <= now and row.limit_reached_at is None:
            continue  # its clock is wrong, or it has been forgotten: its next message says more
        energy_wh = 0 if row.last_register_wh is None else row.last_register_wh - row.meter_start_wh
        by_tariff = row.tariff is not None
        cents = (row.cost_so_far_cents or 0) if by_tariff else cost_cents(energy_wh, row.price_cents_per_kwh)
        limit = of_row(row.limit_kind, row.limit_value, row.limit_reached_at, row.limit_estimated)
        found.append(
            Running(row.id, row.identity, row.connector_id, row.user_id, row.started_at, row.received_at, energy_wh,
                    cents, row.cost_so_far_at, row.tariff, limit, row.last_power_w, row.last_sample_at)
        )  # fmt: skip
    return found


def of_row(kind: str | None, value: int | None, reached_at: datetime | None, estimated: bool) -> ChargeLimit | None:
    return None if kind is None or value is None else ChargeLimit(LimitKind(kind), value, reached_at, estimated)
