"""What anybody may see of charge points: where they are, which are free, what a connector's code stands for.

The paths say `station`, as the API that this one continues did; everywhere else the word is charge point.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import StringConstraints

from csms.api import etags, shown_prices
from csms.api.charge_points import Named, look
from csms.api.deps import Db, Limit, Offset, Parts, Wired
from csms.api.pagination import Paged
from csms.api.shown_prices import Prices
from csms.domain import codes, connector_types, links
from csms.domain.connector_types import ConnectorType
from csms.domain.errors import NotFound
from csms.domain.geography import Position, distance_m
from csms.domain.states import State
from csms.store import charge_points, connectors
from csms.store.charge_points import ChargePointView, ConnectorView, SiteName

router = APIRouter(tags=["stations"])

HIDDEN = frozenset({State.DISMISSED.value, State.UNDEFINED.value})
_MOST_LOOKED_AT = 1000  # for one that fits the filters


@dataclass(frozen=True, slots=True)
class StationConnector:
    connector_id: int
    evse_id: int
    code: str
    status: str  # OCPP's
    availability: str  # available, occupied or inoperative
    type: str | None
    power_w: int | None
    price_cents_per_kwh: int  # by the tariff that holds here now
    price_text: str  # all of that tariff, in words


@dataclass(frozen=True, slots=True)
class Station:
    """Nothing about people: who charges here is nobody's business."""

    id: str  # the charge point's identity
    name: str
    state: str
    latitude: float | None
    longitude: float | None
    description: str | None
    price_cents_per_kwh: int
    last_heartbeat: datetime | None
    connectors: list[StationConnector]
    # The same under the names of the API that this one continues.
    lat: float | None
    lon: float | None
    price: int
    dismissed: bool
    site: SiteName
    currency: str
    price_text: str  # of connectors that have no tariff of their own
    emergency_number: str
    distance_m: int | None = None  # from the position that was asked for


@dataclass(frozen=True, slots=True)
class ByCode:
    """What the page of a connector's link shows before anything starts."""

    code: str
    link: str | None
    connector_id: int
    station: Station
    emergency_number: str


Code = Annotated[str, Path(max_length=20)]


@router.get("/api/connector")
async def catalogue() -> Sequence[ConnectorType]:
    """The types of connectors: name, current, and the most kW a type is made for."""
    return connector_types.CATALOGUE


@router.get("/api/station")
async def stations(
    paged: Paged,
    of: Wired,
    db: Db,
    latitude: Annotated[float | None, Query(ge=-90, le=90)] = None,
    longitude: Annotated[float | None, Query(ge=-180, le=180)] = None,
    connector: Annotated[str | None, StringConstraints(max_length=20), Query()] = None,
    min_power_w: Annotated[int | None, Query(ge=0, le=1_000_000)] = None,
    free: bool = False,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Sequence[Station]:
    """Charge points, nearest first where a position is given. Type, least power and `free` are met by one connector."""
    near = (latitude, longitude) if latitude is not None and longitude is not None else None
    filtered = free or connector is not None or min_power_w is not None
    looked = _MOST_LOOKED_AT if filtered else limit
    names = await charge_points.shown_to_drivers(db, near, looked, 0 if filtered else offset)
    price = of.settings.default_price_cents_per_kwh
    views = await charge_points.views(db, price, identities=names, **look(of))
    prices = await shown_prices.look_up(of, db, views)
    by_name = {view.identity: station_of(of, view, prices, near) for view in views if view.state not in HIDDEN}
    found = [by_name[name] for name in names if name in by_name]
    if filtered:
        found = [s for s in found if any(_fits(c, connector, min_power_w, free) for c in s.connectors)]
        paged(len(found), limit, offset)
        found = found[offset : offset + limit]
    else:
        paged(await charge_points.count_shown(db, near is not None), limit, offset)
    return found


@router.get("/api/station/{identity}")
async def station(identity: Named, response: Response, of: Wired, db: Db) -> Station:
    found = await _one(of, db, identity)
    response.headers["ETag"] = etag(found)
    return found


def etag(of: Station) -> str:
    """Of what administrators edit and everybody sees; the operators' notes have their own (csms.api.charge_points)."""
    return etags.tag(of.id, of.name, of.lat, of.lon, of.price, of.description, of.dismissed)


@router.get("/api/connectors/{code}")
async def by_code(code: Code, of: Wired, db: Db) -> ByCode:
    """Whose code this is: any case, blanks and hyphens as people type them."""
    return await look_up(of, db, code)


async def look_up(of: Wired, db: Db, code: str) -> ByCode:
    """NotFound if it is no connector's, or its charge point is not shown to drivers."""
    found = await _find(db, code)
    there = await _one(of, db, found.charge_point)
    return ByCode(found.code, _link(of, found.code), found.connector_id, there, there.emergency_number)


@router.get("/api/connectors/{code}/ndef", response_class=Response)
async def ndef(code: Code, of: Wired, db: Db) -> Response:
    """The link as the NDEF message of an NFC sticker."""
    found = await _find(db, code)
    address = _link(of, found.code)
    if address is None:
        raise NotFound("links need the setting public_url, an https address")
    headers = {"Content-Disposition": f'attachment; filename="{found.code}.ndef"'}
    return Response(links.ndef(address), media_type="application/vnd.nfc.ndef", headers=headers)


async def _find(db: Db, code: str) -> connectors.Found:
    try:
        normal = codes.normalise(code)
    except ValueError:
        normal = ""
    if not codes.is_connector_code(normal):
        raise NotFound("this is no connector's code: please look again")
    return await connectors.by_code(db, normal)


async def _one(of: Wired, db: Db, identity: str) -> Station:
    price = of.settings.default_price_cents_per_kwh
    found = await charge_points.views(db, price, identity=identity, **look(of))
    if not found or found[0].state in HIDDEN:
        raise NotFound("there is no such station")
    return station_of(of, found[0], await shown_prices.look_up(of, db, found))


def _link(of: Wired, code: str) -> str | None:
    try:
        return links.link(of.settings.public_url, code)
    except ValueError:
        return None


def _fits(of: StationConnector, kind: str | None, min_power_w: int | None, free: bool) -> bool:
    return (
        (kind is None or of.type == kind)
        and (min_power_w is None or (of.power_w or 0) >= min_power_w)
        and (not free or of.availability == "available")
    )


def station_of(of: Wired, view: ChargePointView, prices: Prices, near: Position | None = None) -> Station:
    shown = prices.of(view)
    away_m = None
    if near is not None and view.latitude is not None and view.longitude is not None:
        away_m = distance_m(near, (view.latitude, view.longitude))
    return Station(
        id=view.identity,
        name=view.name,
        state=view.state,
        latitude=view.latitude,
        longitude=view.longitude,
        description=view.description,
        price_cents_per_kwh=shown.cents_per_kwh,
        last_heartbeat=view.last_seen_at,
        connectors=[_connector_of(view, c, prices) for c in view.connectors],
        lat=view.latitude,
        lon=view.longitude,
        price=shown.cents_per_kwh,
        dismissed=view.dismissed,
        site=view.site,
        currency=of.settings.currency,
        price_text=shown.text,
        emergency_number=emergency_number(of, view),
        distance_m=away_m,
    )


def emergency_number(of: Parts, view: ChargePointView) -> str:
    """Its site's, or the house's."""
    own = view.site.emergency_number
    return of.settings.emergency_number if own is None else own


def _connector_of(view: ChargePointView, c: ConnectorView, prices: Prices) -> StationConnector:
    shown = prices.of(view, c.connector_id)
    return StationConnector(
        c.connector_id,
        c.evse_id,
        c.code,
        c.status,
        c.availability,
        c.type,
        c.power_w,
        price_cents_per_kwh=shown.cents_per_kwh,
        price_text=shown.text,
    )
