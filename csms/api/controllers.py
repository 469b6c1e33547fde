"""A site as its controller tells of it, and what an operator may ask of the whole site through it.

The controller is to us a charge point that has nothing but connector 0. 409 it is not connected, 504 it did not answer
in time, 502 it answered with an OCPP error; 404 for a site without one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from csms.api.charge_points import CommandAnswer
from csms.api.deps import Db, Limit, Managed, RowId, Wired, must_manage
from csms.api.forms import Form, Moment
from csms.commands.change_availability import change_availability
from csms.commands.clear_charging_profile import clear_charging_profile
from csms.commands.set_charging_profile import set_charging_profile
from csms.domain.errors import NotFound
from csms.domain.site_metering import SiteReading
from csms.store import controllers, site_meter_values, sites
from csms.store.site_operators import Sites
from ocppj import log, v16

_log = log.get(__name__)
router = APIRouter(prefix="/api/sites/{site_id}", tags=["sites"])

_PROFILE_ID = 1  # of the limit; the controller keeps it over its restarts
_ALWAYS = datetime(2025, 1, 1, tzinfo=UTC)  # no clock of a controller can be before it


class SiteLimit(Form):
    """Amperes per phase for all charge points and, with a meter, the building together; none: no limit of ours."""

    limit_a: Annotated[float, Field(ge=0, le=10_000)] | None


class SiteAvailability(Form):
    type: Literal["Operative", "Inoperative"]


@dataclass(frozen=True, slots=True)
class SiteState:
    """`state`: SiteNotReachable while the controller's own connection is away; its charge points charge on."""

    controller: controllers.ControllerView
    state: Literal["Reachable", "SiteNotReachable"]
    meter: SiteReading | None  # the newest


@router.get("/controller")
async def controller(site_id: RowId, db: Db, managed: Managed) -> SiteState:
    must_manage(managed, site_id, f"site {site_id}")
    await sites.find(db, site_id)
    found = await controllers.of_site(db, site_id)
    if found is None:
        raise NotFound(f"site {site_id} has no controller")
    newest = await site_meter_values.newest(db, site_id)
    return SiteState(found, "Reachable" if found.online else "SiteNotReachable", newest)


@router.get("/meter-values")
async def meter_values(
    site_id: RowId,
    db: Db,
    managed: Managed,
    limit: Limit = 1000,
    since: Annotated[Moment | None, Query()] = None,
    until: Annotated[Moment | None, Query()] = None,
) -> Sequence[SiteReading]:
    """Of the site's meter, oldest first: from `since` on, else the newest."""
    must_manage(managed, site_id, f"site {site_id}")
    await sites.find(db, site_id)
    return await site_meter_values.series(db, site_id, since, until, limit)


@router.put("/limit")
async def limit_site(site_id: RowId, form: SiteLimit, of: Wired, managed: Managed) -> CommandAnswer:
    """SetChargingProfile of a ChargePointMaxProfile for the whole site, or its ClearChargingProfile (then Unknown means
    that there was none). The controller shares it out, and keeps the lower of it and its fuse."""
    identity = await _controller(of, managed, site_id)
    if form.limit_a is None:
        status = await clear_charging_profile(
            of.bus, identity, profile_id=_PROFILE_ID, connector_id=None, purpose=None, stack_level=None
        )
    else:
        period = v16.ChargingSchedulePeriod(0, round(form.limit_a, 1))
        schedule = v16.ChargingSchedule("A", [period], start_schedule=_ALWAYS)
        profile = v16.ChargingProfile(_PROFILE_ID, 0, "ChargePointMaxProfile", "Absolute", schedule)
        status = await set_charging_profile(of.bus, identity, 0, profile)
    _log.info("site.limited", site=site_id, limit_a=form.limit_a, status=status)
    return CommandAnswer(status)


@router.post("/availability")
async def availability(site_id: RowId, form: SiteAvailability, of: Wired, managed: Managed) -> CommandAnswer:
    """ChangeAvailability of all its charge points. Scheduled: some are away, or have a transaction that ends first."""
    identity = await _controller(of, managed, site_id)
    return CommandAnswer(await change_availability(of.bus, identity, 0, form.type))


async def _controller(of: Wired, managed: Sites, site_id: int) -> str:
    """Its identity; nothing is held while it thinks."""
    must_manage(managed, site_id, f"site {site_id}")
    async with of.database.ask() as db:
        await sites.find(db, site_id)
        found = await controllers.of_site(db, site_id)
    if found is None:
        raise NotFound(f"site {site_id} has no controller")
    return found.identity
