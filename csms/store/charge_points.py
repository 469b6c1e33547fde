"""Charge points: who they are, when they were last heard of, and by which socket."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, bindparam, case, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import connector_types
from csms.domain.errors import Conflict, NotFound
from csms.domain.states import CONTROLLER_SETTLES, Availability, Facts, State, availability, state
from csms.domain.transactions import Session
from csms.store import transactions
from csms.store.tables import charge_point, connector, controller, evse, registration, site


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
    emergency_number: str | None = None  # none: the house's


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
    evse_id: int = 1  # of its connectors one is in use at a time
    availability: str = Availability.INOPERATIVE.value
    type: str | None = None  # an id of the catalogue
    power_w: int | None = None  # the most it gives


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
    state: str = State.UNDEFINED.value  # see csms.domain.states
    latitude: float | None = None
    longitude: float | None = None
    description: str | None = None
    notes: str | None = None  # for operators only
    dismissed: bool = False


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


async def site_name(db: AsyncConnection, identity: str) -> str:
    named = select(site.c.name).join_from(charge_point, site).where(charge_point.c.identity == identity)
    return str((await db.execute(named)).scalar_one())


async def shown_name(db: AsyncConnection, identity: str) -> str:
    """As drivers know it; its identity if it has no name, or is there no more."""
    named = select(charge_point.c.name).where(charge_point.c.identity == identity)
    return (await db.execute(named)).scalar_one_or_none() or identity


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
    values = {"connection": connection, "connected_via": via, "last_via": via, "last_seen_at": at}
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
    heartbeat_interval_s: int,
    now: datetime,
    identity: str | None = None,
    identities: Sequence[str] | None = None,
    limit: int = 1000,
    offset: int = 0,
    sites: frozenset[int] | None = None,
) -> Sequence[ChargePointView]:
    """`sites`: only those at these; None for all."""
    page = (
        select(
            charge_point,
            site.c.name.label("site_name"),
            site.c.emergency_number,
            registration.c.status.label("registration"),
        )
        .join_from(charge_point, site)
        .join(registration, registration.c.charge_point_id == charge_point.c.id, isouter=True)
        .order_by(charge_point.c.identity)
    )
    if identity is not None:
        identities = [identity]
    if identities is not None:
        page = page.where(charge_point.c.identity.in_(identities))
    else:
        page = page.limit(limit).offset(offset)
    if sites is not None:
        page = page.where(charge_point.c.site_id.in_(sites))
    rows = (await db.execute(page)).all()
    ids = [row.id for row in rows]
    connectors = await db.execute(
        select(connector, evse.c.number.label("evse_number"))
        .join_from(connector, evse)
        .where(connector.c.charge_point_id.in_(ids))
        .order_by(connector.c.number)
    )
    running = await transactions.running(db, ids)
    by_charge_point: dict[int, list[Row[tuple[object, ...]]]] = {}
    for row in connectors:
        by_charge_point.setdefault(row.charge_point_id, []).append(row)
    reachable = await _sites_reached(db, {row.site_id for row in rows if row.last_via == "site"}, now)
    states = {
        row.id: state(
            Facts(
                dismissed=row.dismissed,
                online=row.connected_via is not None,
                last_seen_at=row.last_seen_at,
                via_site=row.last_via == "site",
                site_reachable=row.site_id in reachable,
                statuses=[c.status for c in by_charge_point.get(row.id, ())],
                running=any((row.id, c.number) in running for c in by_charge_point.get(row.id, ())),
                waits=row.registration in ("Pending", "Rejected"),
            ),
            heartbeat_interval_s,
            now,
        )
        for row in rows
    }
    return [
        ChargePointView(
            identity=row.identity,
            name=row.name,
            site=SiteName(row.site_id, row.site_name, row.emergency_number),
            online=row.connected_via is not None,
            via=row.connected_via,
            last_seen_at=row.last_seen_at,
            price_cents_per_kwh=(
                default_price_cents_per_kwh if row.price_cents_per_kwh is None else row.price_cents_per_kwh
            ),
            vendor=row.vendor,
            model=row.model,
            firmware_version=row.firmware_version,
            connectors=[
                _connector_view(c, running.get((row.id, c.number)), states[row.id])
                for c in by_charge_point.get(row.id, ())
            ],
            state=states[row.id].value,
            latitude=row.latitude,
            longitude=row.longitude,
            description=row.description,
            notes=row.notes,
            dismissed=row.dismissed,
        )
        for row in rows
    ]


async def connected_identities(db: AsyncConnection) -> Sequence[str]:
    """Of all that are here now."""
    c = charge_point.c
    rows = await db.execute(select(c.identity).where(c.connected_via.is_not(None)).order_by(c.identity))
    return rows.scalars().all()


async def connected_at(db: AsyncConnection, site_id: int) -> Sequence[str]:
    """Identities of those that are connected now."""
    c = charge_point.c
    here = select(c.identity).where(c.site_id == site_id, c.connected_via.is_not(None))
    return list((await db.execute(here)).scalars())


async def _sites_reached(db: AsyncConnection, site_ids: Collection[int], now: datetime) -> set[int]:
    """Those of them whose controller is there, by its own connection or by that of a charge point behind it. One that
    has just come is not: its charge points follow within moments, and would look broken till then."""
    if not site_ids:
        return set()
    behind = select(charge_point.c.site_id).where(
        charge_point.c.site_id.in_(site_ids), charge_point.c.connected_via == "site"
    )
    itself = select(controller.c.site_id).where(
        controller.c.site_id.in_(site_ids), controller.c.connected_at <= now - CONTROLLER_SETTLES
    )
    return set((await db.execute(behind.union(itself))).scalars())


async def change(db: AsyncConnection, charge_point_id: int, values: Mapping[str, object]) -> None:
    """Name, price, position, description, notes, dismissed."""
    if values:
        await db.execute(update(charge_point).where(charge_point.c.id == charge_point_id).values(**values))


async def shown_to_drivers(
    db: AsyncConnection, near: tuple[float, float] | None, limit: int, offset: int
) -> Sequence[str]:
    """Identities of those seen and not taken away: nearest to (latitude, longitude) first, or by name."""
    c = charge_point.c
    wanted = select(c.identity).where(c.dismissed.is_(False), c.last_seen_at.is_not(None))
    if near is None:
        wanted = wanted.order_by(c.name, c.id)
    else:
        latitude, longitude = near
        # Flat within a country, which is as far as anybody drives for a charge; the shorter way round the globe.
        apart = func.abs(c.longitude - longitude)
        east = case((apart > 180, 360 - apart), else_=apart) * math.cos(math.radians(latitude))
        north = c.latitude - latitude
        wanted = wanted.where(c.latitude.is_not(None)).order_by(east * east + north * north, c.id)
    return list((await db.execute(wanted.limit(limit).offset(offset))).scalars())


async def count_shown(db: AsyncConnection, near: bool) -> int:
    """How many `shown_to_drivers` has; those without a position are near to nothing."""
    c = charge_point.c
    there = select(func.count()).where(c.dismissed.is_(False), c.last_seen_at.is_not(None))
    return (await db.execute(there.where(c.latitude.is_not(None)) if near else there)).scalar_one()


async def count(db: AsyncConnection, sites: frozenset[int] | None = None) -> int:
    there = select(func.count()).select_from(charge_point)
    if sites is not None:
        there = there.where(charge_point.c.site_id.in_(sites))
    return (await db.execute(there)).scalar_one()


def _connector_view(row: Row[tuple[object, ...]], session: Session | None, of: State) -> ConnectorView:
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
    return ConnectorView(
        row.number,
        row.status or "Undefined",
        row.error_code,
        row.status_at,
        row.code,
        transaction,
        evse_id=row.evse_number,
        availability=availability(row.status, of).value,
        type=row.type,
        power_w=connector_types.power_w(row.type, row.power_w),
    )
