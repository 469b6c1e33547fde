"""A new controller comes with a one-time code, gets its identity and site key, and tells which charge points it has."""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import OfController, RemoteAddress, Wired
from csms.api.forms import Form, Identity, Name
from csms.domain import codes
from csms.domain.errors import NotFound
from csms.store import adoption_codes, charge_points, connectors, controllers, sites
from csms.store.sites import Site
from ocppj import basic_auth, log

_log = log.get(__name__)
router = APIRouter(tags=["adoption"])


class Adoption(Form):
    code: Annotated[str, StringConstraints(min_length=1, max_length=20)]
    serial: Name
    kind: Literal["local_controller"]
    name: Name | None = None


@dataclass(frozen=True, slots=True)
class Adopted:
    identity: str
    site_key: str  # shown this once
    site: Site
    ocpp_url: str
    ca: str | None


class Announced(Form):
    identity: Identity
    serial: Name | None = None
    connectors: Annotated[int, Field(ge=1, le=16)] = 1


class Announcement(Form):
    charge_points: Annotated[list[Announced], Field(max_length=500)]


@dataclass(frozen=True, slots=True)
class ConnectorCode:
    connector_id: int
    code: str


@dataclass(frozen=True, slots=True)
class Known:
    identity: str
    serial: str | None
    connectors: list[ConnectorCode]


@dataclass(frozen=True, slots=True)
class KnownList:
    charge_points: list[Known]


@router.post("/api/adopt")
async def adopt(form: Adoption, request: Request, of: Wired, remote: RemoteAddress) -> Adopted:
    """Trade a one-time code for an identity and a key. A wrong code, a used one and an old one look the same."""
    now_s = of.ticks_s()
    of.adoption_addresses.must_be_allowed(remote, now_s)
    of.adoption_addresses.failed(remote, now_s)  # taken back below: many tries at once are no way around
    site_key = basic_auth.new_key()

    async def work(db: AsyncConnection) -> tuple[str, Site] | None:
        site_id = await adoption_codes.redeem(db, codes.normalise(form.code), of.clock())
        if site_id is None:
            return None
        site = await sites.find(db, site_id)
        key_hash = basic_auth.hash_key(site_key)
        return await controllers.adopt(db, site, form.serial, form.name, key_hash, of.clock()), site

    try:
        adopted = await of.writer.write(work)
    except ValueError:  # letters that are in no code
        adopted = None
    if adopted is None:
        _log.warning("adoption.refused", remote=remote, serial=form.serial)
        raise NotFound("this code is wrong, used or too old")
    of.adoption_addresses.was_right(remote)
    identity, site = adopted
    _log.info("controller.adopted", identity=identity, site=site.id, serial=form.serial)
    return Adopted(identity, site_key, site, ocpp_url(of, request), ca=None)


@router.put("/api/site/charge-points")
async def announce(form: Announcement, of: Wired, by: OfController) -> KnownList:
    """The controller's list of charge points. New ones appear as Undefined until their first message; none goes."""

    async def work(db: AsyncConnection) -> list[Known]:
        known = []
        for point in form.charge_points:
            await asyncio.sleep(0)  # hundreds of them take their time: others have a turn between
            row_id = await charge_points.announce(db, point.identity, by.site_id, point.serial, of.clock())
            have = await connectors.ensure(db, row_id, point.connectors)
            known.append(Known(point.identity, point.serial, [ConnectorCode(c.number, c.code) for c in have]))
        return known

    known = await of.writer.write(work)
    _log.info("charge_points.announced", controller=by.identity, charge_points=len(known))
    return KnownList(known)


def ocpp_url(of: Wired, request: Request) -> str:
    if of.settings.public_ocpp_url:
        return of.settings.public_ocpp_url.rstrip("/")
    host = urlsplit(of.settings.public_url).hostname or request.url.hostname or "127.0.0.1"
    scheme = "ws" if of.settings.ocpp.certificate_file is None else "wss"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{of.ocpp_port}/ocpp"
