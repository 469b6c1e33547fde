"""Transactions, as they run and as they ended. A start that comes again finds the row it made before."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, bindparam, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.charge_limits import ChargeLimit
from csms.domain.tariffs import cost_cents
from csms.domain.transactions import Open, Owner, Session, Settled
from csms.store import bills, charge_limits
from csms.store.bulk import execute_many
from csms.store.tables import charge_point, transaction, user


@dataclass(frozen=True, slots=True)
class Start:
    charge_point_id: int
    connector_id: int
    id_tag: str
    meter_start_wh: int
    started_at: datetime  # the charge point's clock
    user_id: int | None
    authorization: str
    price_cents_per_kwh: int
    received_at: datetime
    tariff: str | None = None  # JSON, as it is at the start; none: the price alone
    budgeted: bool = False  # its card has budgets


START_KEY = ("charge_point_id", "connector_id", "id_tag", "started_at", "meter_start_wh")


async def open_once(db: AsyncConnection, start: Start) -> tuple[int, bool]:
    """Insert `start` unless it is known; return its transaction id either way, and whether it is new."""
    row = {**asdict(start), "flags": ""}
    added = await db.execute(insert(transaction).values(row).on_conflict_do_nothing(index_elements=START_KEY))
    same_start = [transaction.c[name] == getattr(start, name) for name in START_KEY]
    transaction_id = (await db.execute(select(transaction.c.id).where(*same_start))).scalar_one()
    return transaction_id, added.rowcount == 1


_OPEN = (
    transaction.c.id,
    transaction.c.charge_point_id,
    transaction.c.started_at,
    transaction.c.meter_start_wh,
    transaction.c.last_register_wh,
    transaction.c.last_sample_at,
    transaction.c.ended_at,
    transaction.c.meter_stop_wh,
)
_FOR_METERING = select(
    *_OPEN,
    transaction.c.price_cents_per_kwh,
    transaction.c.user_id,
    transaction.c.last_power_w,
    transaction.c.tariff.is_not(None).label("by_tariff"),
    transaction.c.cost_so_far_cents,
    transaction.c.budgeted,
    transaction.c.id_tag,
    transaction.c.limit_kind,
    transaction.c.limit_value,
    transaction.c.limit_reached_at,
    transaction.c.limit_estimated,
    transaction.c.received_at,
).where(transaction.c.id.in_(bindparam("ids", expanding=True)))
_METERED = (
    update(transaction)
    .where(transaction.c.id == bindparam("of"))
    .values(
        last_register_wh=bindparam("register_wh"),
        last_sample_at=bindparam("sample_at"),
        last_power_w=bindparam("power_w"),
    )
)


async def find(db: AsyncConnection, transaction_id: int) -> Open | None:
    row = (await db.execute(select(*_OPEN).where(transaction.c.id == transaction_id))).one_or_none()
    return None if row is None else Open(*row)


@dataclass(slots=True)
class Metered:
    """A transaction as its meter values find it, to be changed by them and given back to `metered`."""

    transaction: Open
    price_cents_per_kwh: int
    user_id: int | None
    last_register_wh: int | None
    last_sample_at: datetime | None
    last_power_w: int | None
    by_tariff: bool  # then `cost_so_far_cents` is what it comes to; otherwise the price alone says it
    cost_so_far_cents: int | None
    budgeted_id_tag: str | None  # of a card that has budgets
    limit: ChargeLimit | None
    start_received_at: datetime
    changed: bool = False

    @property
    def energy_wh(self) -> int:
        return 0 if self.last_register_wh is None else self.last_register_wh - self.transaction.meter_start_wh

    @property
    def cost_cents(self) -> int:
        if self.by_tariff:
            return self.cost_so_far_cents or 0
        return cost_cents(self.energy_wh, self.price_cents_per_kwh)


async def for_metering(db: AsyncConnection, transaction_ids: Collection[int]) -> dict[int, Metered]:
    """Those of them that there are."""
    if not transaction_ids:
        return {}
    found = {}
    for row in await db.execute(_FOR_METERING, {"ids": list(transaction_ids)}):
        opened = Open(*row[: len(_OPEN)])
        found[opened.transaction_id] = Metered(
            opened, row.price_cents_per_kwh, row.user_id, opened.last_register_wh, opened.last_sample_at,
            row.last_power_w, row.by_tariff, row.cost_so_far_cents, row.id_tag if row.budgeted else None,
            _limit(row), row.received_at,
        )  # fmt: skip
    return found


async def metered(db: AsyncConnection, transactions: Iterable[Metered]) -> None:
    """Note what the meters of those that have changed show now."""
    rows = [
        {
            "of": m.transaction.transaction_id,
            "register_wh": m.last_register_wh,
            "sample_at": m.last_sample_at,
            "power_w": m.last_power_w,
        }
        for m in transactions
        if m.changed
    ]
    await execute_many(db, _METERED, rows)


async def end(
    db: AsyncConnection, transaction_id: int, settled: Settled, reason: str, at: datetime, received_at: datetime
) -> tuple[int | None, int]:
    """Mark it ended and priced; return who pays (None: nobody known) and how much.

    at   by the charge point's clock; a stop from the future is billed until `received_at` only
    """
    t = transaction.c
    facts = select(t.price_cents_per_kwh, t.user_id, t.tariff).where(t.id == transaction_id)
    price, user_id, tariff = (await db.execute(facts)).one()
    values: dict[str, object] = {}
    if tariff is None:
        cost = cost_cents(settled.energy_wh, price)
    else:
        bill = await bills.final(db, transaction_id, settled.energy_wh, min(at, received_at))
        cost = bill.total_cents
        settled = replace(settled, flags=(*settled.flags, *bill.flags))
        values = {"vat_cents": bill.vat_cents, "bill": bills.to_json(bill)}
    values |= {
        "ended_at": at,
        "meter_stop_wh": settled.meter_stop_wh,
        "energy_wh": settled.energy_wh,
        "cost_cents": cost,
        "stop_reason": reason,
        "flags": " ".join(settled.flags),
        "last_power_w": None,
    }
    await db.execute(update(transaction).where(transaction.c.id == transaction_id).values(values))
    return user_id, cost


async def suspended(
    db: AsyncConnection, charge_point_id: int, connector_id: int, at: datetime, *, by_site: bool
) -> None:
    """Note that the running transaction gets no current because of the site, or that this is over."""
    t = transaction.c
    mine = (t.charge_point_id == charge_point_id, t.connector_id == connector_id, t.ended_at.is_(None))
    change = update(transaction).where(*mine, t.held_since.is_(None) if by_site else t.held_since.is_not(None))
    await db.execute(change.values(held_since=at if by_site else None))


async def session(
    db: AsyncConnection, transaction_id: int, *, owned_by: int | None = None, sites: frozenset[int] | None = None
) -> Session | None:
    """One transaction as shown; `owned_by` hides those of other people, `sites` those at others (None: nothing)."""
    wanted = _SESSIONS.where(transaction.c.id == transaction_id)
    if sites is not None:
        wanted = wanted.where(charge_point.c.site_id.in_(sites))
    if owned_by is not None:
        wanted = wanted.where(transaction.c.user_id == owned_by)
    row = (await db.execute(wanted)).one_or_none()
    return None if row is None else _session(row)


async def sessions(
    db: AsyncConnection,
    *,
    state: str | None,
    owned_by: int | None,
    limit: int,
    offset: int,
    sites: frozenset[int] | None = None,
    charge_point_identity: str | None = None,
    flagged: bool = False,
    search: str | None = None,
) -> tuple[Sequence[Session], int]:
    """One page, newest first, and how many there are. `search`: in charge point, card and the driver's address."""
    wanted: Select[tuple[object, ...]] = _SESSIONS
    if charge_point_identity is not None:
        wanted = wanted.where(charge_point.c.identity == charge_point_identity)
    if flagged:
        wanted = wanted.where(transaction.c.flags != "")
    if search:
        places = (charge_point.c.identity, charge_point.c.name, transaction.c.id_tag, user.c.email)
        wanted = wanted.where(or_(*(place.icontains(search, autoescape=True) for place in places)))
    if state is not None:
        ended = transaction.c.ended_at.is_not(None)
        wanted = wanted.where(ended if state == "ended" else ~ended)
    if owned_by is not None:
        wanted = wanted.where(transaction.c.user_id == owned_by)
    if sites is not None:
        wanted = wanted.where(charge_point.c.site_id.in_(sites))
    total = (await db.execute(select(func.count()).select_from(wanted.subquery()))).scalar_one()
    rows = await db.execute(wanted.order_by(transaction.c.id.desc()).limit(limit).offset(offset))
    return [_session(row) for row in rows], total


async def running(db: AsyncConnection, charge_point_ids: Sequence[int]) -> dict[tuple[int, int], Session]:
    """The newest running transaction of each connector, by (charge point's row, connector)."""
    wanted = _SESSIONS.where(transaction.c.charge_point_id.in_(charge_point_ids), transaction.c.ended_at.is_(None))
    rows = await db.execute(wanted.order_by(transaction.c.id))
    return {(row.charge_point_id, row.connector_id): _session(row) for row in rows}


async def running_of(db: AsyncConnection, charge_point_id: int, user_id: int) -> Sequence[Session]:
    """What this person charges there now, oldest first."""
    t = transaction.c
    mine = (t.charge_point_id == charge_point_id, t.user_id == user_id, t.ended_at.is_(None))
    return [_session(row) for row in await db.execute(_SESSIONS.where(*mine).order_by(t.id))]


async def newest_at(db: AsyncConnection, charge_point_id: int) -> Session | None:
    wanted = _SESSIONS.where(transaction.c.charge_point_id == charge_point_id)
    row = (await db.execute(wanted.order_by(transaction.c.id.desc()).limit(1))).first()
    return None if row is None else _session(row)


_SESSIONS: Select[tuple[object, ...]] = (
    select(transaction, charge_point.c.identity, user.c.email)
    .join_from(transaction, charge_point)
    .join(user, user.c.id == transaction.c.user_id, isouter=True)
)


def _session(row: Row[tuple[object, ...]]) -> Session:
    energy_wh, cost = row.energy_wh, row.cost_cents
    if row.ended_at is None:  # so far
        energy_wh = 0 if row.last_register_wh is None else row.last_register_wh - row.meter_start_wh
        cost = cost_cents(energy_wh, row.price_cents_per_kwh) if row.tariff is None else row.cost_so_far_cents or 0
    return Session(
        transaction_id=row.id,
        charge_point=row.identity,
        connector_id=row.connector_id,
        id_tag=row.id_tag,
        user=None if row.user_id is None else Owner(row.user_id, row.email),
        started_at=row.started_at,
        ended_at=row.ended_at,
        meter_start_wh=row.meter_start_wh,
        meter_stop_wh=row.meter_stop_wh,
        energy_wh=energy_wh,
        power_w=row.last_power_w,
        price_cents_per_kwh=row.price_cents_per_kwh,
        cost_cents=cost,
        stop_reason=row.stop_reason,
        state="active" if row.ended_at is None else "ended",
        authorization=row.authorization,
        flags=row.flags.split(),
        limit=_limit(row),
    )


def _limit(row: Any) -> ChargeLimit | None:
    return charge_limits.of_row(row.limit_kind, row.limit_value, row.limit_reached_at, row.limit_estimated)
