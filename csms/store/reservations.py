"""Reservations. Who may have what at once is the database's own rule: one a connector, one a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Row, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import ledger as bookings
from csms.domain import reservations as rules
from csms.domain.errors import Conflict
from csms.domain.events import ReservationChanged
from csms.domain.pricing import Reserved, price, usage
from csms.domain.reservations import ACTIVE, Answer, Reservation
from csms.domain.tariffs import Tariff
from csms.store import ledger, outbox
from csms.store.tables import charge_point, connector, reservation, site
from csms.store.zones import zone

r = reservation.c


@dataclass(frozen=True, slots=True)
class Wish:
    charge_point_id: int
    connector_id: int  # 0: whichever is free when its driver comes
    user_id: int
    id_tag: str
    expires_at: datetime
    target_soc_percent: int
    departure_at: datetime | None
    tariff: str | None  # JSON, as it is now


async def add(db: AsyncConnection, wish: Wish, now: datetime) -> Reservation:
    """Pending from now on. Conflict if the connector or the person has one that stands."""
    await expire(db, now)
    row = {
        "charge_point_id": wish.charge_point_id,
        "connector_id": wish.connector_id,
        "user_id": wish.user_id,
        "id_tag": wish.id_tag,
        "state": "pending",
        "reserved_at": now,
        "expires_at": wish.expires_at,
        "told": False,
        "target_soc_percent": wish.target_soc_percent,
        "departure_at": wish.departure_at,
        "tariff": wish.tariff,
    }
    try:
        async with db.begin_nested():
            made = (await db.execute(insert(reservation).values(row).returning(r.id))).scalar_one()
    except IntegrityError:
        if await standing(db, user_id=wish.user_id):
            raise Conflict("you have a reservation already: cancel it first") from None
        what = "this connector" if wish.connector_id else "whichever is free here"
        raise Conflict(f"somebody has reserved {what}") from None
    return await _changed(db, made)


async def standing(
    db: AsyncConnection, *, user_id: int | None = None, charge_point_id: int | None = None
) -> Sequence[Reservation]:
    """Those that hold, of a person or at a charge point."""
    wanted = _ALL.where(r.state.in_(ACTIVE))
    if user_id is not None:
        wanted = wanted.where(r.user_id == user_id)
    if charge_point_id is not None:
        wanted = wanted.where(r.charge_point_id == charge_point_id)
    return [_view(row) for row in await db.execute(wanted.order_by(r.id))]


async def of_user(db: AsyncConnection, user_id: int, limit: int, offset: int) -> tuple[Sequence[Reservation], int]:
    """One page, newest first, and how many there are."""
    wanted = _ALL.where(r.user_id == user_id)
    total = (await db.execute(select(func.count()).select_from(reservation).where(r.user_id == user_id))).scalar_one()
    return [_view(row) for row in await db.execute(wanted.order_by(r.id.desc()).limit(limit).offset(offset))], total


async def newest_at(db: AsyncConnection, charge_point_id: int) -> Reservation | None:
    row = (await db.execute(_ALL.where(r.charge_point_id == charge_point_id).order_by(r.id.desc()).limit(1))).first()
    return None if row is None else _view(row)


async def to_tell(db: AsyncConnection, now: datetime, *, identity: str | None = None) -> Sequence[Reservation]:
    """What charge points have not heard of yet; with `identity`, all that this one must hear after it was away."""
    wanted = _ALL.where(r.expires_at > now, r.state.in_((*ACTIVE, "cancelled")))
    if identity is None:
        wanted = wanted.where(~r.told, charge_point.c.connected_via.is_not(None))
    else:
        wanted = wanted.where(charge_point.c.identity == identity)
    return [_view(row) for row in await db.execute(wanted.order_by(r.id))]


async def answered(db: AsyncConnection, reservation_id: int, answer: Answer, now: datetime) -> Reservation:
    """The charge point's word on ReserveNow. One that was cancelled meanwhile must still be told so."""
    was = await get(db, reservation_id)
    state = rules.after_answer(was.state, answer)
    ended = now if state == "refused" else was.ended_at
    told = was.told or state in (*ACTIVE, "refused")
    changed = update(reservation).where(r.id == reservation_id)
    await db.execute(changed.values(state=state, answer=answer, told=told, ended_at=ended))
    return await (_changed if state != was.state else get)(db, reservation_id)


async def cancel(db: AsyncConnection, reservation_id: int, now: datetime) -> Reservation:
    """Over from now on; the charge point is yet to hear of it. Conflict if it was over before."""
    was = await get(db, reservation_id)
    state = rules.after_cancelling(was.state)
    if state == was.state:
        raise Conflict(f"this reservation is {was.state}")
    changed = update(reservation).where(r.id == reservation_id)
    await db.execute(changed.values(state=state, told=False, ended_at=now))
    return await _changed(db, reservation_id)


async def cancelling_told(db: AsyncConnection, reservation_id: int) -> Reservation:
    mine = (r.id == reservation_id, r.state == "cancelled")
    await db.execute(update(reservation).where(*mine).values(told=True))
    return await get(db, reservation_id)


async def started(
    db: AsyncConnection,
    charge_point_id: int,
    connector_id: int,
    user_id: int | None,
    reservation_id: int | None,
    transaction_id: int,
    at: datetime,
) -> None:
    """A transaction began: the reservation that it names, or the one its driver has there, is used."""
    wanted = _ALL.where(r.charge_point_id == charge_point_id)
    if reservation_id is not None:  # the charge point knows who may use it: a family's other card, say
        wanted = wanted.where(r.id == reservation_id)
    else:
        here = r.connector_id.in_((connector_id, 0))  # 0: at whichever was free
        wanted = wanted.where(r.user_id == user_id, here, r.state.in_(ACTIVE))
    row = (await db.execute(wanted.order_by(r.id.desc()).limit(1))).first()
    if user_id is None or row is None:
        return
    was = _view(row)
    if was.cost_cents or rules.after_start(was.state) == was.state:  # paid for as expired, or over otherwise
        return
    changed = update(reservation).where(r.id == was.reservation_id)
    await db.execute(changed.values(state="used", transaction_id=transaction_id, ended_at=at, told=True))
    await _changed(db, was.reservation_id)


async def lost(db: AsyncConnection, charge_point_id: int, connector_id: int, status: str, now: datetime) -> None:
    """The connector is Faulted or Unavailable, which has ended its reservation at the charge point (§5.13).

    Unavailable is also the idle connector of an EVSE at which another one is in use: that ends nothing.
    """
    wanted = select(r.id).where(r.charge_point_id == charge_point_id, r.connector_id == connector_id)
    for reservation_id in (await db.execute(wanted.where(r.state == "confirmed"))).scalars().all():
        c, sibling = connector.c, connector.alias()
        shared = select(sibling.c.id).join_from(connector, sibling, sibling.c.evse_id == c.evse_id)
        mine = (c.charge_point_id == charge_point_id, c.number == connector_id, sibling.c.id != c.id)
        if status == "Unavailable" and (await db.execute(shared.where(*mine).limit(1))).first() is not None:
            return
        changed = update(reservation).where(r.id == reservation_id)
        await db.execute(changed.values(state="cancelled", answer=status, told=True, ended_at=now))
        await _changed(db, reservation_id)


async def expire(db: AsyncConnection, now: datetime) -> int:
    """End those whose time has come, and book what that costs by their tariff; return how many."""
    over = (await db.execute(select(r.id).where(r.state.in_(ACTIVE), r.expires_at <= now))).scalars().all()
    for reservation_id in over:
        cost_cents = await _book_expired(db, reservation_id, now)
        changed = update(reservation).where(r.id == reservation_id)
        await db.execute(changed.values(state="expired", ended_at=r.expires_at, cost_cents=cost_cents))
        await _changed(db, reservation_id)
    return len(over)


async def any_over(db: AsyncConnection, now: datetime) -> bool:
    over = select(r.id).where(r.state.in_(ACTIVE), r.expires_at <= now).limit(1)
    return (await db.execute(over)).first() is not None


async def _book_expired(db: AsyncConnection, reservation_id: int, now: datetime) -> int:
    columns = select(r.user_id, r.tariff, r.reserved_at, r.expires_at, r.state, site.c.time_zone)
    there = columns.join_from(reservation, charge_point).join(site).where(r.id == reservation_id)
    row = (await db.execute(there)).one()
    if row.tariff is None or row.state != "confirmed":  # what the charge point never kept costs nothing
        return 0
    tariff = msgspec.json.decode(row.tariff, type=Tariff)
    if not any(e.restrictions.reservation for e in tariff.elements):
        return 0
    reserved = Reserved(row.reserved_at, row.expires_at, expired=True)
    of = usage(row.expires_at, row.expires_at, 0, reserved=reserved)
    cost_cents = price(tariff, of, zone(row.time_zone)).total_cents
    if cost_cents:
        await ledger.book(db, bookings.expired_reservation(reservation_id, row.user_id, cost_cents), now)
    return cost_cents


async def _changed(db: AsyncConnection, reservation_id: int) -> Reservation:
    now = await get(db, reservation_id)
    event = ReservationChanged(
        now.charge_point, now.connector_id, now.reservation_id, now.state, now.reserved_at, now.expires_at
    )
    await outbox.add(db, event, now.user_id)
    return now


async def get(db: AsyncConnection, reservation_id: int) -> Reservation:
    return _view((await db.execute(_ALL.where(r.id == reservation_id))).one())


_ALL: Select[tuple[object, ...]] = select(reservation, charge_point.c.identity).join_from(reservation, charge_point)


def _view(row: Row[tuple[object, ...]]) -> Reservation:
    return Reservation(
        reservation_id=row.id,
        charge_point=row.identity,
        connector_id=row.connector_id,
        user_id=row.user_id,
        id_tag=row.id_tag,
        state=row.state,
        reserved_at=row.reserved_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        told=row.told,
        answer=row.answer,
        transaction_id=row.transaction_id,
        target_soc_percent=row.target_soc_percent,
        departure_at=row.departure_at,
        cost_cents=row.cost_cents,
    )
