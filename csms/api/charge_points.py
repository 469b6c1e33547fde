"""Charge points: what they are, how they are, and what an operator may ask of them."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Annotated, Self, TypedDict

from fastapi import APIRouter, Path, Response
from pydantic import Field, StringConstraints, field_validator, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags
from csms.api.deps import Db, Limit, Managed, Offset, Operator, RowId, Wired, must_manage
from csms.api.forms import Form, Identity, IdTag, Name, Text
from csms.api.pagination import Paged
from csms.api.profile_forms import StartProfile
from csms.commands.remote_start import remote_start
from csms.domain import connector_types
from csms.domain.errors import NotFound
from csms.store import charge_points, connectors, registrations, sites
from csms.store.charge_points import ChargePoint, ChargePointView
from csms.store.site_operators import Sites
from ocppj import basic_auth, log

_log = log.get(__name__)
router = APIRouter(prefix="/api/charge-points", tags=["charge points"])

Named = Annotated[str, Path(max_length=48)]
ConnectorId = Annotated[int, Path(ge=1, le=1000)]


class Look(TypedDict):
    heartbeat_interval_s: int
    now: datetime


class NewChargePoint(Form):
    identity: Identity
    site_id: RowId
    connectors: Annotated[int, Field(ge=1, le=16)] = 1  # each with an EVSE of its own
    # or: the EVSE of each connector, as [1, 1, 2]; of one EVSE's connectors only one is in use at a time
    evses: Annotated[list[Annotated[int, Field(ge=1, le=16)]], Field(min_length=1, max_length=16)] | None = None
    name: Name | None = None
    price_cents_per_kwh: Annotated[int, Field(ge=0, le=100_000)] | None = None


@dataclass(frozen=True, slots=True)
class NewChargePointView(ChargePointView):
    authorization_key: str = ""  # shown this once


class StartRequest(Form):
    """`charging_profile`: for the whole of the charge that starts, and for no other."""

    id_tag: IdTag
    charging_profile: StartProfile | None = None


@dataclass(frozen=True, slots=True)
class CommandAnswer:
    status: str


@router.post("", status_code=201)
async def create(form: NewChargePoint, of: Wired, by: Operator, managed: Managed) -> NewChargePointView:
    """Make a charge point that connects directly, with a key of its own."""
    must_manage(managed, form.site_id, f"site {form.site_id}")
    key = basic_auth.new_key()

    async def work(db: AsyncConnection) -> ChargePointView:
        await sites.find(db, form.site_id)
        row_id = await charge_points.create(
            db,
            form.identity,
            form.site_id,
            of.clock(),
            name=form.name,
            key_hash=basic_auth.hash_key(key),
            price_cents_per_kwh=form.price_cents_per_kwh,
        )
        if form.evses is not None:
            await connectors.add(db, row_id, form.evses)
        else:
            await connectors.ensure(db, row_id, form.connectors)
        return await _view(db, of, form.identity, managed)

    made = await of.writer.write(work)
    _log.info("charge_point.created", charge_point=form.identity, by=by.id)
    return NewChargePointView(**{f.name: getattr(made, f.name) for f in fields(made)}, authorization_key=key)


@router.get("")
async def everything(
    paged: Paged, of: Wired, db: Db, managed: Managed, limit: Limit = 1000, offset: Offset = 0
) -> Sequence[ChargePointView]:
    paged(await charge_points.count(db, managed), limit, offset)
    price = of.settings.default_price_cents_per_kwh
    return await charge_points.views(db, price, limit=limit, offset=offset, sites=managed, **look(of))


@router.get("/{identity}")
async def one(identity: Named, response: Response, of: Wired, db: Db, managed: Managed) -> ChargePointView:
    view = await _view(db, of, identity, managed)
    response.headers["ETag"] = etag(view)
    return view


def etag(view: ChargePointView) -> str:
    """Of what operators edit: it stays the same while the charge point charges."""
    where = (view.latitude, view.longitude)
    kinds = [(c.connector_id, c.type, c.power_w) for c in view.connectors]
    edited = (view.name, view.price_cents_per_kwh, view.description, view.notes, view.dismissed)
    return etags.tag(view.identity, *edited, where, kinds)


class Changes(Form):
    """What is left out stays; null takes away."""

    name: Name | None = None
    price_cents_per_kwh: Annotated[int, Field(ge=0, le=100_000)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    description: Text | None = None
    notes: Text | None = None
    dismissed: bool = False

    @model_validator(mode="after")
    def _position_is_whole(self) -> Self:
        if ("latitude" in self.model_fields_set) != ("longitude" in self.model_fields_set) or (
            (self.latitude is None) != (self.longitude is None)
        ):
            raise ValueError("a position is latitude and longitude")
        if "name" in self.model_fields_set and self.name is None:
            raise ValueError("a charge point has a name")
        return self


class ConnectorChanges(Form):
    type: Annotated[str, StringConstraints(max_length=20)] | None = None
    power_w: Annotated[int, Field(ge=1, le=1_000_000)] | None = None

    @field_validator("type")
    @classmethod
    def _in_the_catalogue(cls, value: str | None) -> str | None:
        if value is not None and connector_types.find(value) is None:
            raise ValueError("no such type; GET /api/connector tells which there are")
        return value


@router.patch("/{identity}")
async def change(
    identity: Named,
    form: Changes,
    response: Response,
    of: Wired,
    by: Operator,
    managed: Managed,
    if_match: etags.IfMatch = None,
) -> ChargePointView:
    """Name, price, position, description, operators' notes; dismissed hides it from drivers and keeps its history."""

    async def work(db: AsyncConnection) -> ChargePointView:
        point = await own(db, managed, identity)
        etags.must_match(if_match, etag(await _view(db, of, identity, managed)))
        await charge_points.change(db, point.id, form.model_dump(exclude_unset=True))
        return await _view(db, of, identity, managed)

    changed = await of.writer.write(work)
    response.headers["ETag"] = etag(changed)
    of.live.on_place_changed(identity)
    _log.info("charge_point.changed", charge_point=identity, what=" ".join(sorted(form.model_fields_set)), by=by.id)
    return changed


@router.patch("/{identity}/connectors/{connector_id}")
async def change_connector(
    identity: Named,
    connector_id: ConnectorId,
    form: ConnectorChanges,
    response: Response,
    of: Wired,
    managed: Managed,
    if_match: etags.IfMatch = None,
) -> ChargePointView:
    """Its type, of the catalogue, and the most it gives. If-Match: the ETag of the whole charge point."""

    async def work(db: AsyncConnection) -> ChargePointView:
        point = await own(db, managed, identity, connector_id)
        etags.must_match(if_match, etag(await _view(db, of, identity, managed)))
        if values := form.model_dump(exclude_unset=True):
            await connectors.change(db, point.id, connector_id, values)
        return await _view(db, of, identity, managed)

    changed = await of.writer.write(work)
    response.headers["ETag"] = etag(changed)
    return changed


@router.post("/{identity}/connectors/{connector_id}/remote-start")
async def start(
    identity: Named, connector_id: ConnectorId, form: StartRequest, of: Wired, managed: Managed
) -> CommandAnswer:
    """Ask the charge point to start. Accepted means it will try; the session says that it did."""
    async with of.database.read() as db:  # not held while the charge point thinks
        view = await _view(db, of, identity, managed)
        await registrations.must_be_accepted(db, identity)
    if connector_id not in [c.connector_id for c in view.connectors]:
        raise NotFound(f"{identity} has no connector {connector_id}")
    profile = None if form.charging_profile is None else form.charging_profile.as_ocpp("TxProfile")
    return CommandAnswer(await remote_start(of.bus, view.identity, connector_id, form.id_tag, profile))


def look(of: Wired) -> Look:
    """What the states of charge points are derived with."""
    return {"heartbeat_interval_s": of.settings.heartbeat_interval_s, "now": of.clock()}


async def own(db: AsyncConnection, managed: Sites, identity: str, connector_id: int | None = None) -> ChargePoint:
    """The charge point, if it is one of the caller's and has this connector (0 and none: the whole of it)."""
    point = await charge_points.find(db, identity)
    must_manage(managed, point.site_id, f"charge point {identity}")
    if connector_id and connector_id not in [c.number for c in await connectors.of_charge_point(db, point.id)]:
        raise NotFound(f"{identity} has no connector {connector_id}")
    return point


async def _view(db: AsyncConnection, of: Wired, identity: str, managed: Sites) -> ChargePointView:
    price = of.settings.default_price_cents_per_kwh
    found = await charge_points.views(db, price, identity=identity, sites=managed, **look(of))
    if not found:
        raise NotFound("there is no such charge point")
    return found[0]
