"""Sites, and the one-time codes that let their controllers in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from fastapi import APIRouter, Response
from pydantic import model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags
from csms.api.deps import Db, Managed, Operator, RowId, Wired, must_manage
from csms.api.forms import Form, Name, TimeZone
from csms.config import EmergencyNumber
from csms.domain import codes
from csms.domain.transactions import Owner
from csms.store import adoption_codes, charge_points, site_operators, sites
from csms.store.sites import Site
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/sites", tags=["sites"])

CODE_LIFETIME = timedelta(minutes=15)


class NewSite(Form):
    name: Name
    time_zone: TimeZone = "UTC"
    emergency_number: EmergencyNumber | None = None  # none: the house's; empty: none is shown


class SiteChanges(Form):
    """What is left out stays; null gives the house's emergency number back."""

    name: Name | None = None
    time_zone: TimeZone | None = None
    emergency_number: EmergencyNumber | None = None

    @model_validator(mode="after")
    def _has_both(self) -> Self:
        if any(name in self.model_fields_set and getattr(self, name) is None for name in ("name", "time_zone")):
            raise ValueError("a site has a name and a time zone")
        return self


@dataclass(frozen=True, slots=True)
class AdoptionCode:
    code: str
    expires_at: datetime


@router.post("", status_code=201)
async def create(form: NewSite, response: Response, of: Wired, by: Operator) -> Site:
    async def work(db: AsyncConnection) -> Site:
        made = await sites.create(db, form.name, form.time_zone, of.clock())
        made = await sites.change(db, made.id, form.model_dump(include={"emergency_number"}))
        if by.role == "operator":
            await site_operators.add(db, by.id, made.id)  # who makes it manages it
        return made

    site = await of.writer.write(work)
    _log.info("site.created", site=site.id, name=site.name, by=by.id)
    response.headers["ETag"] = etags.tag(site)
    return site


@router.get("")
async def everything(db: Db, managed: Managed) -> Sequence[Site]:
    return [site for site in await sites.everything(db) if managed is None or site.id in managed]


@router.get("/{site_id}")
async def one(site_id: RowId, response: Response, db: Db, managed: Managed) -> Site:
    must_manage(managed, site_id, f"site {site_id}")
    found = await sites.find(db, site_id)
    response.headers["ETag"] = etags.tag(found)
    return found


@router.patch("/{site_id}")
async def change(
    site_id: RowId,
    form: SiteChanges,
    response: Response,
    of: Wired,
    by: Operator,
    managed: Managed,
    if_match: etags.IfMatch = None,
) -> Site:
    """Displays of charge points that are connected learn a new emergency number at once, others when they come."""
    must_manage(managed, site_id, f"site {site_id}")

    async def work(db: AsyncConnection) -> tuple[Site, Sequence[str]]:
        etags.must_match(if_match, etags.tag(await sites.find(db, site_id)))
        changed = await sites.change(db, site_id, form.model_dump(exclude_unset=True))
        return changed, await charge_points.connected_at(db, site_id)

    site, identities = await of.writer.write(work)
    if "emergency_number" in form.model_fields_set:
        for identity in identities:
            of.tell_settings(identity)
    _log.info("site.changed", site=site_id, what=" ".join(sorted(form.model_fields_set)), by=by.id)
    response.headers["ETag"] = etags.tag(site)
    return site


@router.get("/{site_id}/operators")
async def operators(site_id: RowId, db: Db, managed: Managed) -> Sequence[Owner]:
    """Who manages it, beside administrators; PUT /api/users/{user_id}/sites says so."""
    must_manage(managed, site_id, f"site {site_id}")
    await sites.find(db, site_id)
    return await site_operators.of_site(db, site_id)


@router.post("/{site_id}/adoption-codes", status_code=201)
async def new_adoption_code(site_id: RowId, of: Wired, by: Operator, managed: Managed) -> AdoptionCode:
    """A code that one controller may use once within 15 minutes, to become this site's."""
    must_manage(managed, site_id, f"site {site_id}")
    made = AdoptionCode(codes.new_adoption_code(), of.clock() + CODE_LIFETIME)

    async def work(db: AsyncConnection) -> None:
        await sites.find(db, site_id)
        await adoption_codes.add(db, made.code, site_id, by.id, made.expires_at, of.clock())

    await of.writer.write(work)
    _log.info("adoption_code.made", site=site_id, by=by.id)
    return made
