"""Stations are made and changed, on the paths and with the words of the original API, by administrators."""

from dataclasses import dataclass, fields
from typing import Annotated, Self

from fastapi import APIRouter, Response
from pydantic import Field, field_validator, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags, shown_prices
from csms.api.charge_points import look
from csms.api.deps import Admin, Parts, RowId, Wired
from csms.api.forms import Form, Identity, Name, Text
from csms.api.places import Station, etag, station_of
from csms.domain import connector_types
from csms.domain.errors import Conflict
from csms.store import charge_points, connectors, sites
from ocppj import basic_auth, log

_log = log.get(__name__)
router = APIRouter(tags=["stations"])

ConnectorTypeId = Annotated[str, Field(max_length=20)]
Price = Annotated[int, Field(ge=0, le=100_000)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


class NewStation(Form):
    """`price` in cents a kWh; `connectors` are types of GET /api/connector, one for each connector."""

    id: Identity  # what the charge point calls itself
    name: Name
    lat: Latitude | None = None
    lon: Longitude | None = None
    price: Price | None = None  # none: the house's
    dismissed: bool = False
    notes: Text | None = None
    description: Text | None = None
    connectors: list[ConnectorTypeId] = Field(default=["type2"], min_length=1, max_length=16)
    site_id: RowId | None = None  # none: the only one there is

    @field_validator("connectors")
    @classmethod
    def _in_the_catalogue(cls, value: list[str]) -> list[str]:
        if not all(connector_types.find(each) for each in value):
            raise ValueError("no such type; GET /api/connector tells which there are")
        return value

    @model_validator(mode="after")
    def _position_is_whole(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError("a position is lat and lon")
        return self


class StationChanges(Form):
    """What is left out stays; null takes away."""

    id: Identity
    name: Name | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None
    price: Price | None = None
    dismissed: bool = False
    notes: Text | None = None
    description: Text | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        said = self.model_fields_set
        if ("lat" in said) != ("lon" in said) or (self.lat is None) != (self.lon is None):
            raise ValueError("a position is lat and lon")
        if "name" in said and self.name is None:
            raise ValueError("a station has a name")
        return self


@dataclass(frozen=True, slots=True)
class StationForAdmins(Station):
    notes: str | None = None


@dataclass(frozen=True, slots=True)
class NewStationView(StationForAdmins):
    authorization_key: str = ""  # the charge point's password; shown this once


_COLUMNS = {
    "name": "name",
    "lat": "latitude",
    "lon": "longitude",
    "price": "price_cents_per_kwh",
    "dismissed": "dismissed",
    "notes": "notes",
    "description": "description",
}


@router.post("/api/station", status_code=201)
async def create(form: NewStation, of: Wired, by: Admin) -> NewStationView:
    """A charge point that connects directly, with a key of its own."""
    key = basic_auth.new_key()

    async def work(db: AsyncConnection) -> StationForAdmins:
        site_id = form.site_id
        if site_id is None:
            there = await sites.everything(db)
            if len(there) != 1:
                raise Conflict(f"there are {len(there)} sites: say which by site_id (POST /api/sites makes one)")
            site_id = there[0].id
        await sites.find(db, site_id)
        row_id = await charge_points.create(
            db, form.id, site_id, of.clock(), name=form.name, key_hash=basic_auth.hash_key(key)
        )
        await charge_points.change(db, row_id, {column: getattr(form, name) for name, column in _COLUMNS.items()})
        await connectors.ensure(db, row_id, len(form.connectors))
        for number, kind in enumerate(form.connectors, 1):
            await connectors.change(db, row_id, number, {"type": kind})
        return await _shown(db, of, form.id)

    made = await of.writer.write(work)
    _log.info("charge_point.created", charge_point=form.id, by=by.id)
    return NewStationView(**{f.name: getattr(made, f.name) for f in fields(made)}, authorization_key=key)


@router.patch("/api/station")
async def change(
    form: StationChanges, response: Response, of: Wired, by: Admin, if_match: etags.IfMatch = None
) -> StationForAdmins:
    """Dismissed hides it from drivers and keeps its history."""
    said = {column: getattr(form, name) for name, column in _COLUMNS.items() if name in form.model_fields_set}

    async def work(db: AsyncConnection) -> StationForAdmins:
        point = await charge_points.find(db, form.id)
        etags.must_match(if_match, etag(await _shown(db, of, form.id)))
        await charge_points.change(db, point.id, said)
        return await _shown(db, of, form.id)

    changed = await of.writer.write(work)
    response.headers["ETag"] = etag(changed)
    of.live.on_place_changed(form.id)
    _log.info("charge_point.changed", charge_point=form.id, what=" ".join(sorted(said)), by=by.id)
    return changed


async def _shown(db: AsyncConnection, of: Parts, identity: str) -> StationForAdmins:
    price = of.settings.default_price_cents_per_kwh
    view = (await charge_points.views(db, price, identity=identity, **look(of)))[0]
    shown = station_of(of, view, await shown_prices.look_up(of, db, [view]))
    return StationForAdmins(**{f.name: getattr(shown, f.name) for f in fields(shown)}, notes=view.notes)
