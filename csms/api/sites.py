"""Sites, and the one-time codes that let their controllers in."""

import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter
from pydantic import AfterValidator, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Db, Managed, Operator, RowId, Wired, must_manage
from csms.api.forms import Form, Name
from csms.domain import codes
from csms.store import adoption_codes, site_operators, sites
from csms.store.sites import Site
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/sites", tags=["sites"])

CODE_LIFETIME = timedelta(minutes=15)


_ZONES = zoneinfo.available_timezones()  # of the machine, or of the package tzdata


def _is_zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError("no such time zone")
    return name


class NewSite(Form):
    name: Name
    time_zone: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$"), AfterValidator(_is_zone)] = "UTC"


@dataclass(frozen=True, slots=True)
class AdoptionCode:
    code: str
    expires_at: datetime


@router.post("", status_code=201)
async def create(form: NewSite, of: Wired, by: Operator) -> Site:
    async def work(db: AsyncConnection) -> Site:
        made = await sites.create(db, form.name, form.time_zone, of.clock())
        if by.role == "operator":
            await site_operators.add(db, by.id, made.id)  # who makes it manages it
        return made

    site = await of.writer.write(work)
    _log.info("site.created", site=site.id, name=site.name, by=by.id)
    return site


@router.get("")
async def everything(db: Db, managed: Managed) -> Sequence[Site]:
    return [site for site in await sites.everything(db) if managed is None or site.id in managed]


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
