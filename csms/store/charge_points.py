"""Charge points: who they are, when they were last heard of, and by which socket."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict, NotFound
from csms.domain.transactions import Session
from csms.store import transactions
from csms.store.tables import charge_point, connector, controller, site


@dataclass(frozen=True, slots=True)
class ChargePoint:
    id: int
    identity: str
    site_id: int
    price_cents_per_kwh: int | None


@dataclass(frozen=True, slots=True)
class SiteName:
    id: int
    name: str


@dataclass(frozen=True, slots=True)
class RunningTransaction:
    transaction_id: int
    id_tag: str
    started_at: datetime
    energy_wh: int
    power_w: int | None
    cost_cents: int


@dataclass(frozen=True, slots=True)
class ConnectorView:
    connector_id: int
    status: str  # OCPP's, or Undefined while it has never said
    error_code: str | None
    status_at: datetime | None
    code: str
    transaction: RunningTransaction | None


@dataclass(frozen=True, slots=True)
class ChargePointView:
    """A charge point as pages show it. Field names are those of the HTTP API."""

    identity: str
    name: str
    site: SiteName
    online: bool
    via: str | None
    last_seen_at: datetime | None
    price_cents_per_kwh: int
    vendor: str | None
    model: str | None
    firmware_version: str | None
    connectors: list[ConnectorView]


_COLUMNS = select(
    charge_point.c.id, charge_point.c.identity, charge_point.c.site_id, charge_point.c.price_cents_per_kwh
)


async def find(db: AsyncConnection, identity: str) -> ChargePoint:
    row = (await db.execute(_COLUMNS.where(charge_point.c.identity == identity))).one_or_none()
    if row is None:
        raise NotFound(f"there is no charge point {identity}")
    return ChargePoint(*row)


async def get(db: AsyncConnection, charge_point_id: int) -> ChargePoint:
    return ChargePoint(*(await db.execute(_COLUMNS.where(charge_point.c.id == charge_point_id))).one())


async def create(
    db: AsyncConnection,
    identity: str,
    site_id: int,
    now: datetime,
    *,
    name: str | None = None,
    serial: str | None = None,
    key_hash: str | None = None,
    price_cents_per_kwh: int | None = None,
) -> int:
    await must_be_free(db, identity)
    row = {
        "identity": identity,
        "site_id": site_id,
        "name": name or identity,
        "serial": serial,
        "key_hash": key_hash,
        "price_cents_per_kwh": price_cents_per_kwh,
        "created_at": now,
    }
    return int((await db.execute(insert(charge_point).values(row).returning(charge_point.c.id))).scalar_one())


async def announce(db: AsyncConnection, identity: str, site_id: int, serial: str | None, now: datetime) -> int:
    """A controller says that this charge point is behind it: known from now on, if it was not. Returns its row's id."""
    row = (await db.execute(_COLUMNS.where(charge_point.c.identity == identity))).one_or_none()
    if row is None:
        return await create(db, identity, site_id, now, serial=serial)
    known = ChargePoint(*row)
    if known.site_id != site_id:
        raise Conflict(f"{identity} belongs to another site")
    await db.execute(update(charge_point).where(charge_point.c.id == known.id).values(serial=serial))
    return known.id


async def must_be_free(db: AsyncConnection, identity: str) -> None:
    """Conflict if a charge point or a controller has this identity."""
    for table in (charge_point, controller):
        taken = select(table.c.id).where(func.lower(table.c.identity) == identity.lower())
        if (await db.execute(taken)).first() is not None:
            raise Conflict(f"the identity {identity} is taken")


async def booted(db: AsyncConnection, charge_point_id: int, facts: Mapping[str, str | None], at: datetime) -> None:
    await db.execute(update(charge_point).where(charge_point.c.id == charge_point_id).values(**facts, booted_at=at))


async def set_status(db: AsyncConnection, charge_point_id: int, status: str) -> None:
    await db.execute(update(charge_point).where(charge_point.c.id == charge_point_id).values(status=status))


async def connected(db: AsyncConnection, charge_point_id: int, connection: str, via: str, at: datetime) -> None:
    values = {"connection": connection, "connected_via": via, "last_seen_at": at}
    await db.execute(update(charge_point).where(charge_point.c.id == charge_point_id).values(values))


async def disconnected(db: AsyncConnection, charge_point_id: int, connection: str, at: datetime) -> bool:
    """False if a newer socket has taken over: then nothing has changed."""
    mine = update(charge_point).where(charge_point.c.id == charge_point_id, charge_point.c.connection == connection)
    done = await db.execute(mine.values(connection=None, connected_via=None, last_seen_at=at))
    return done.rowcount == 1


async def nobody_is_connected(db: AsyncConnection) -> None:
    """At the start of the only process: sockets of an earlier life are gone."""
    await db.execute(update(charge_point).values(connection=None, connected_via=None))


async def seen(db: AsyncConnection, times: Mapping[int, datetime]) -> None:
    change = update(charge_point).where(charge_point.c.id == bindparam("of")).values(last_seen_at=bindparam("at"))
    await db.execute(change, [{"of": key, "at": at} for key, at in times.items()])


async def views(
    db: AsyncConnection,
    default_price_cents_per_kwh: int,
    *,
    identity: str | None = None,
    limit: int = 1000,
    offset: int = 0,
    sites: frozenset[int] | None = None,
) -> Sequence[ChargePointView]:
    """`sites`: only those at these; None for all."""
    page = (
        select(charge_point, site.c.name.label("site_name"))
        .join_from(charge_point, site)
        .order_by(charge_point.c.identity)
    )
    page = page.where(charge_point.c.identity == identity) if identity is not None else page.limit(limit).offset(offset)
    if sites is not None:
        page = page.where(charge_point.c.site_id.in_(sites))
    rows = (await db.execute(page)).all()
    ids = [row.id for row in rows]
    connectors = await db.execute(
        select(connector).where(connector.c.charge_point_id.in_(ids)).order_by(connector.c.number)
    )
    running = await transactions.running(db, ids)
    by_charge_point: dict[int, list[ConnectorView]] = {}
    for row in connectors:
        view = _connector_view(row, running.get((row.charge_point_id, row.number)))
        by_charge_point.setdefault(row.charge_point_id, []).append(view)
    return [
        ChargePointView(
            identity=row.identity,
            name=row.name,
            site=SiteName(row.site_id, row.site_name),
            online=row.connected_via is not None,
            via=row.connected_via,
            last_seen_at=row.last_seen_at,
            price_cents_per_kwh=(
                default_price_cents_per_kwh if row.price_cents_per_kwh is None else row.price_cents_per_kwh
            ),
            vendor=row.vendor,
            model=row.model,
            firmware_version=row.firmware_version,
            connectors=by_charge_point.get(row.id, []),
        )
        for row in rows
    ]


async def count(db: AsyncConnection, sites: frozenset[int] | None = None) -> int:
    there = select(func.count()).select_from(charge_point)
    if sites is not None:
        there = there.where(charge_point.c.site_id.in_(sites))
    return (await db.execute(there)).scalar_one()


def _connector_view(row: Row[tuple[object, ...]], session: Session | None) -> ConnectorView:
    transaction = None
    if session is not None:
        transaction = RunningTransaction(
            transaction_id=session.transaction_id,
            id_tag=session.id_tag,
            started_at=session.started_at,
            energy_wh=session.energy_wh,
            power_w=session.power_w,
            cost_cents=session.cost_cents,
        )
    return ConnectorView(row.number, row.status or "Undefined", row.error_code, row.status_at, row.code, transaction)
