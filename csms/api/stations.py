"""What a driver does at a charge point, on the paths of the original API: reserve, cancel, start, stop.

A station there is a charge point here, and its identity is the id.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import idempotency, limits
from csms.api.cars import CarForm, car_word
from csms.api.charge_points import Named, look
from csms.api.deps import Anyone, Db, Limit, Offset, Parts, Wired
from csms.api.forms import Form, Moment
from csms.api.pagination import Paged
from csms.commands.remote_start import remote_start
from csms.commands.remote_stop import remote_stop
from csms.domain import codes
from csms.domain.authorization import decide
from csms.domain.errors import CommandFailed, Conflict, NotFound
from csms.domain.reservations import Reservation
from csms.store import (
    car_words,
    cards,
    charge_limits,
    charge_points,
    holds,
    registrations,
    reservations,
    tariffs,
    transactions,
)
from csms.store.charge_points import ChargePointView, ConnectorView
from csms.store.reservations import Wish
from csms.store.users import User
from ocppj import log

_log = log.get(__name__)
router = APIRouter(tags=["stations"])

_FREE = ("Available",)
_STARTABLE = ("Available", "Preparing", "Reserved", "Finishing")
Connector = Annotated[int, Field(ge=1, le=1000)]


class ReservationForm(Form):
    # none: the first that is free; 0: whichever is free when its driver comes, if the charge point can keep one so
    connector_id: Annotated[int, Field(ge=0, le=1000)] | None = None
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None  # none: as the settings say
    target_soc_percent: Annotated[int, Field(ge=1, le=100)] = 80
    departure_at: Moment | None = None


class ConnectorForm(Form):
    connector_id: Connector | None = None


class StartForm(CarForm):
    """The car, if one likes to say: without its own word the battery is reckoned from this, and called so.
    And how much one wants: more is not charged."""

    connector_id: Connector | None = None
    limit: limits.LimitForm | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Accepted means that the charge point will try; the session says that it did."""

    status: str
    charge_point: str
    connector_id: int
    transaction_id: int | None = None


@dataclass(frozen=True, slots=True)
class LastCharge:
    """Nothing in it says whose it was."""

    connector_id: int
    started_at: datetime
    ended_at: datetime | None
    energy_wh: int


@dataclass(frozen=True, slots=True)
class LastReservation:
    connector_id: int
    reserved_at: datetime
    expires_at: datetime
    state: str


@router.get("/api/reservations")
async def mine(paged: Paged, db: Db, by: Anyone, limit: Limit = 50, offset: Offset = 0) -> Sequence[Reservation]:
    """One's own, newest first."""
    page, total = await reservations.of_user(db, by.id, limit, offset)
    paged(total, limit, offset)
    return page


@router.get("/api/station/{identity}/last_charge")
async def last_charge(identity: Named, db: Db) -> LastCharge | None:
    """Public; null if there was none."""
    found = await transactions.newest_at(db, (await charge_points.find(db, identity)).id)
    if found is None:
        return None
    return LastCharge(found.connector_id, found.started_at, found.ended_at, found.energy_wh)


@router.get("/api/station/{identity}/last_reservation")
async def last_reservation(identity: Named, db: Db) -> LastReservation | None:
    """Public; null if there was none."""
    found = await reservations.newest_at(db, (await charge_points.find(db, identity)).id)
    if found is None:
        return None
    return LastReservation(found.connector_id, found.reserved_at, found.expires_at, found.state)


@router.post("/api/station/{identity}/reserve", status_code=201)
async def reserve(
    identity: Named, form: ReservationForm, of: Wired, by: Anyone, key: idempotency.Key = None
) -> Reservation:
    """Keep a connector free for oneself. Pending: the charge point is away, and is told when it comes back."""

    async def act() -> Reservation:
        async with of.database.read() as db:
            row_id, point = await _point(db, of, identity)
        now = of.clock()
        connector = _choose(point.connectors, form.connector_id or None, _FREE)
        if form.connector_id == 0:
            connector = 0
        length = timedelta(minutes=form.minutes or of.settings.reservation_minutes)

        async def work(db: AsyncConnection) -> Reservation:
            tariff = await tariffs.at_start(db, row_id, connector, started_at=now, received_at=now)
            wish = Wish(
                row_id,
                connector,
                by.id,
                await _id_tag(db, of, by),
                now + length,
                form.target_soc_percent,
                form.departure_at,
                None if tariff is None else tariffs.to_json(tariff),
            )
            return await reservations.add(db, wish, now)

        made = await of.writer.write(work)
        _log.info("reservation.made", reservation=made.reservation_id, charge_point=point.identity, user=by.id)
        told = await _tell(of, made)
        if told.state == "refused":
            what = f"connector {connector}" if connector else "a connector"
            raise Conflict(f"{point.identity} cannot keep {what} free: {told.answer}")
        return told

    asked = ("reserve", identity, form.model_dump_json())
    return await idempotency.once(of, by.id, key, asked, Reservation, act)


@router.post("/api/station/{identity}/cancel_reservation")
async def cancel(identity: Named, of: Wired, by: Anyone) -> Reservation:
    """Let it go. A charge point that is away is told when it comes back."""

    async def work(db: AsyncConnection) -> Reservation:
        row_id = (await charge_points.find(db, identity)).id
        standing = await reservations.standing(db, user_id=by.id, charge_point_id=row_id)
        if not standing:
            raise NotFound("there is no reservation of yours here")
        return await reservations.cancel(db, standing[0].reservation_id, of.clock())

    cancelled = await of.writer.write(work)
    _log.info("reservation.cancelled", reservation=cancelled.reservation_id, user=by.id)
    return await _tell(of, cancelled)


@router.post("/api/station/{identity}/start_charging")
async def start_charging(
    identity: Named, form: StartForm, of: Wired, by: Anyone, key: idempotency.Key = None
) -> Asked:
    """Ask the charge point to start for oneself: at one's reservation, the connector named, or the first that can."""

    async def act() -> Asked:
        async with of.database.read() as db:  # not held while the charge point thinks
            row_id, point = await _point(db, of, identity)
            await registrations.must_be_accepted(db, point.identity)
            standing = await reservations.standing(db, charge_point_id=row_id)
            word = await car_word(db, form, by)
        own = [r for r in standing if r.user_id == by.id]
        others = {r.connector_id for r in standing if r.user_id != by.id and r.expires_at > of.clock()}
        wanted = form.connector_id or (own[0].connector_id if own else None) or None
        if wanted in others:
            raise Conflict(f"connector {wanted} is reserved for somebody else")
        free = [c for c in point.connectors if c.connector_id not in others]
        connector = _choose(free, wanted, _STARTABLE)
        left = [c for c in free if c.connector_id != connector and c.status in _STARTABLE and c.transaction is None]
        if 0 in others and not own and not left:
            raise Conflict("the last connector that is free is reserved for somebody else")
        there = next(c for c in free if c.connector_id == connector)
        limit = limits.at_start(form.limit, there, form.soc_percent, word)

        async def before(db: AsyncConnection) -> str:
            if word is not None:  # it counts for the session that starts here next
                await car_words.keep(db, row_id, connector, by.id, word, of.clock())
            await charge_limits.wish(db, row_id, connector, by.id, limit, of.clock())
            return own[0].id_tag if own else await _id_tag(db, of, by)

        id_tag = await of.writer.write(before)
        status = await remote_start(of.bus, point.identity, connector, id_tag)
        if status != "Accepted":
            if limit is not None:
                await of.writer.write(lambda db: charge_limits.wish(db, row_id, connector, by.id, None, of.clock()))
            raise Conflict(f"{point.identity} does not start at connector {connector}: {status}")
        return Asked(status, point.identity, connector)

    asked = ("start", identity, form.model_dump_json())
    return await idempotency.once(of, by.id, key, asked, Asked, act)


@router.post("/api/station/{identity}/stop_charging")
async def stop_charging(identity: Named, form: ConnectorForm, of: Wired, by: Anyone) -> Asked:
    """Ask the charge point to end one's own charging there."""
    async with of.database.read() as db:
        row_id, point = await _point(db, of, identity)
        await registrations.must_be_accepted(db, point.identity)
        running = await transactions.running_of(db, row_id, by.id)
    if form.connector_id is not None:
        running = [s for s in running if s.connector_id == form.connector_id]
    if not running:
        raise NotFound("you are not charging here")
    session = running[-1]
    status = await remote_stop(of.bus, point.identity, session.transaction_id)
    return Asked(status, point.identity, session.connector_id, session.transaction_id)


async def _point(db: AsyncConnection, of: Parts, identity: str) -> tuple[int, ChargePointView]:
    """Its row's id, and how it is."""
    row_id = (await charge_points.find(db, identity)).id
    price = of.settings.default_price_cents_per_kwh
    return row_id, (await charge_points.views(db, price, identity=identity, **look(of)))[0]


def _choose(connectors: Sequence[ConnectorView], wanted: int | None, fit: Sequence[str]) -> int:
    """The connector `wanted`, or the first whose status is one of `fit` and at which nobody charges."""
    if wanted is not None and wanted not in [c.connector_id for c in connectors]:
        raise NotFound(f"there is no connector {wanted} here")
    for status in fit:  # in this order of preference
        for c in connectors:
            if c.status == status and c.transaction is None and wanted in (None, c.connector_id):
                return c.connector_id
    raise Conflict("no connector is free here" if wanted is None else f"connector {wanted} is not free")


async def _id_tag(db: AsyncConnection, of: Parts, by: User) -> str:
    """A card of this person that is good now; one for the app is made for who has none. Conflict if they cannot pay."""
    if of.settings.stop_when_credit_runs_out and await holds.left_cents(db, by.id) <= 0:
        raise Conflict("there is no credit left: top up first")
    owned = [card for card in await cards.of_user(db, by.id) if card.site_id is None]  # not those of sites' pages
    for card in owned:
        if decide(card, at=of.clock()).status == "Accepted":
            return card.id_tag
    if any(card.blocked for card in owned):
        raise Conflict("your cards are blocked")
    # No reader can yield this one: it is no hexadecimal number, and nobody guesses it.
    made = "APP" + "".join(secrets.choice(codes.ALPHABET) for _ in range(16))
    return (await cards.create(db, made, by.id, None, of.clock())).id_tag


async def _tell(of: Parts, reservation: Reservation) -> Reservation:
    try:
        return await of.reservations.tell(reservation)
    except CommandFailed:
        return reservation  # it stands here; the keeper says it again
