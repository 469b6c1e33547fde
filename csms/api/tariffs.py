"""Tariffs: what charging costs, where, and what a session would come to. OCPI 2.2.1 §11 in the house's spelling."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Response
from pydantic import AfterValidator, BeforeValidator, Field, NaiveDatetime
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags
from csms.api.charge_points import Named
from csms.api.deps import Anyone, Db, Limit, Managed, Offset, Operator, RowId, Wired, must_manage
from csms.api.forms import Form, Identity, Moment, Name, TimeZone
from csms.api.pagination import Paged
from csms.domain.errors import NotFound, Unusable
from csms.domain.pricing import Bill, Reading, Reserved, price, usage
from csms.domain.tariffs import Day, Reserving, Tariff, per_kwh
from csms.store import charge_points, connectors, sites, tariffs
from csms.store.tariffs import TariffView
from csms.store.zones import zone
from ocppj import log

_log = log.get(__name__)
router = APIRouter(tags=["tariffs"])

_A_DAY_S = 86_400
Amount = Annotated[Decimal, Field(ge=0, le=1_000_000, max_digits=12, decimal_places=4)]
Percent = Annotated[Decimal, Field(ge=0, le=100, max_digits=6, decimal_places=3)]
Kwh = Annotated[Decimal, Field(ge=0, le=10_000, max_digits=9, decimal_places=3)]
Seconds = Annotated[int, Field(ge=0, le=30 * _A_DAY_S)]


def _minutes(value: Any) -> Any:
    """HH:MM, as in OCPI: a restriction begins and ends at a whole minute."""
    if isinstance(value, str) and len(value) == 5:
        return value
    if isinstance(value, time) and not value.second and not value.microsecond and value.tzinfo is None:
        return value
    raise ValueError("must be HH:MM")


Clock = Annotated[time, BeforeValidator(_minutes)]


def _in_our_years(at: datetime) -> datetime:
    if not 2000 <= at.year < 2100:
        raise ValueError("must lie between 2000 and 2100")
    return at


class PriceComponentForm(Form):
    type: Literal["ENERGY", "FLAT", "TIME", "PARKING_TIME"]
    price_cents: Amount
    vat_percent: Percent = Decimal(0)
    step_size: Annotated[int, Field(ge=1, le=1_000_000)] = 1


class RestrictionsForm(Form):
    start_time: Clock | None = None
    end_time: Clock | None = None
    start_date: date | None = None
    end_date: date | None = None
    day_of_week: Annotated[tuple[Day, ...], Field(max_length=7)] = ()
    min_kwh: Kwh | None = None
    max_kwh: Kwh | None = None
    min_power_kw: Kwh | None = None
    max_power_kw: Kwh | None = None
    min_duration_s: Seconds | None = None
    max_duration_s: Seconds | None = None
    reservation: Reserving | None = None


class TariffElementForm(Form):
    price_components: Annotated[list[PriceComponentForm], Field(min_length=1, max_length=4)]
    restrictions: RestrictionsForm = RestrictionsForm()


class TariffForm(Form):
    elements: Annotated[list[TariffElementForm], Field(min_length=1, max_length=50)]
    min_price_cents: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    max_price_cents: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    idle_grace_s: Annotated[int, Field(ge=0, le=_A_DAY_S)] = 0

    def tariff(self) -> Tariff:
        try:
            return msgspec.convert(self.model_dump(), Tariff)
        except ValueError as error:
            raise Unusable(str(error)) from None


class NewTariff(TariffForm):
    name: Name


class Assignment(Form):
    tariff_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None
    connector_id: Annotated[int, Field(ge=0, le=1000)] = 0


class Preview(Form):
    """What to price: somewhere, by the tariff in force there, a tariff by its number, or one that is being written."""

    charge_point: Identity | None = None
    connector_id: Annotated[int, Field(ge=1, le=1000)] = 1
    tariff_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    tariff: TariffForm | None = None  # one that nobody has kept yet
    started_at: Moment | None = None
    # Or what the clock on the wall shows there; of an hour that it shows twice the first is meant, one that it skips is
    # the hour after.
    started_local: Annotated[NaiveDatetime, AfterValidator(_in_our_years)] | None = None
    time_zone: TimeZone | None = None  # where; of a charge point it is its site's
    charging_s: Annotated[int, Field(ge=0, le=7 * _A_DAY_S)]
    energy_wh: Annotated[int, Field(ge=0, le=10_000_000)]
    parked_s: Annotated[int, Field(ge=0, le=7 * _A_DAY_S)] = 0
    reserved_s: Annotated[int, Field(ge=0, le=7 * _A_DAY_S)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Previewed(Bill):
    """The bill, and when what was tried begins, is full and ends; `time_zone`: in which tariffs were read."""

    started_at: datetime
    full_at: datetime
    ended_at: datetime
    time_zone: str


@dataclass(frozen=True, slots=True)
class InForce:
    """What a driver is told before the start. `tariff` none: the price a kilowatt-hour is all."""

    charge_point: str
    connector_id: int
    price_cents_per_kwh: int
    currency: str
    tariff: Tariff | None


@router.post("/api/tariffs", status_code=201)
async def create(form: NewTariff, response: Response, of: Wired, by: Operator) -> TariffView:
    what = form.tariff()

    async def work(db: AsyncConnection) -> TariffView:
        return await tariffs.create(db, form.name, what, by.id, of.clock())

    made = await of.writer.write(work)
    _log.info("tariff.created", tariff=made.id, name=made.name, by=by.id)
    response.headers["ETag"] = _etag(made)
    return made


@router.get("/api/tariffs")
async def everything(paged: Paged, db: Db, by: Operator, limit: Limit = 50, offset: Offset = 0) -> Sequence[TariffView]:
    page, total = await tariffs.everything(db, limit, offset)
    paged(total, limit, offset)
    return page


@router.get("/api/tariffs/{tariff_id}")
async def one(tariff_id: RowId, response: Response, db: Db, by: Operator) -> TariffView:
    found = await tariffs.find(db, tariff_id)
    response.headers["ETag"] = _etag(found)
    return found


@router.put("/api/tariffs/{tariff_id}")
async def revise(
    tariff_id: RowId,
    form: TariffForm,
    response: Response,
    of: Wired,
    by: Operator,
    if_match: etags.IfMatch = None,
) -> TariffView:
    """From now on. Running sessions keep the price they started with."""
    what = form.tariff()

    async def work(db: AsyncConnection) -> TariffView:
        etags.must_match(if_match, _etag(await tariffs.find(db, tariff_id)))
        return await tariffs.revise(db, tariff_id, what, by.id, of.clock())

    made = await of.writer.write(work)
    _log.info("tariff.revised", tariff=tariff_id, version=made.version, by=by.id)
    response.headers["ETag"] = _etag(made)
    return made


def _etag(of: TariffView) -> str:
    return f'"{of.version}"'


@router.put("/api/charge-points/{identity}/tariff", status_code=204)
async def assign(identity: Named, form: Assignment, of: Wired, by: Operator, managed: Managed) -> None:
    """From now on this tariff holds at the charge point, or at one connector of it; null takes it away again."""

    async def work(db: AsyncConnection) -> None:
        point = await charge_points.find(db, identity)
        must_manage(managed, point.site_id, f"charge point {identity}")
        numbers = [c.number for c in await connectors.of_charge_point(db, point.id)]
        if form.connector_id not in (0, *numbers):
            raise NotFound(f"{identity} has no connector {form.connector_id}")
        await tariffs.assign(db, point.id, form.connector_id, form.tariff_id, of.clock())

    await of.writer.write(work)
    _log.info("tariff.assigned", charge_point=identity, connector=form.connector_id, tariff=form.tariff_id, by=by.id)


@router.get("/api/charge-points/{identity}/connectors/{connector_id}/tariff")
async def in_force(identity: Named, connector_id: RowId, of: Wired, db: Db, by: Anyone) -> InForce:
    """The price of a session that starts now."""
    tariff, cents, _ = await _at(db, of, identity, connector_id, of.clock())
    return InForce(identity, connector_id, cents, of.settings.currency, tariff)


@router.post("/api/tariffs/preview")
async def preview(form: Preview, of: Wired, db: Db, by: Anyone) -> Previewed:
    """The bill of a session that charges evenly, then stands. Nothing is booked."""
    place = form.time_zone or "UTC"
    if form.charge_point is not None:
        tariff, cents, place = await _at(db, of, form.charge_point, form.connector_id, of.clock())
        tariff = tariff or per_kwh(cents)
    elif form.tariff is not None:
        tariff = form.tariff.tariff()
    elif form.tariff_id is not None:
        tariff = (await tariffs.find(db, form.tariff_id)).tariff
    else:
        raise Unusable("a charge_point, a tariff_id or a tariff is needed")
    where = zone(place)
    started_at = form.started_at or of.clock()
    if form.started_local is not None:
        started_at = form.started_local.replace(tzinfo=where).astimezone(UTC)
    full_at = started_at + timedelta(seconds=form.charging_s)
    reserved = Reserved(started_at - timedelta(seconds=form.reserved_s), started_at) if form.reserved_s else None
    ended_at = full_at + timedelta(seconds=form.parked_s)
    of_session = usage(started_at, ended_at, form.energy_wh, [Reading(full_at, form.energy_wh)], reserved=reserved)
    bill = price(tariff, of_session, where)
    times = {"started_at": started_at, "full_at": full_at, "ended_at": ended_at}
    return Previewed(bill.total_cents, bill.vat_cents, bill.lines, bill.flags, **times, time_zone=place)


async def _at(
    db: AsyncConnection, of: Wired, identity: str, connector_id: int, now: datetime
) -> tuple[Tariff | None, int, str]:
    """The tariff, the price a kWh, and the time zone of the site."""
    point = await charge_points.find(db, identity)
    if connector_id not in [c.number for c in await connectors.of_charge_point(db, point.id)]:
        raise NotFound(f"{identity} has no connector {connector_id}")
    tariff = await tariffs.at_start(db, point.id, connector_id, started_at=now, received_at=now)
    own = point.price_cents_per_kwh
    plain = of.settings.default_price_cents_per_kwh if own is None else own
    where = (await sites.find(db, point.site_id)).time_zone
    return tariff, plain if tariff is None else tariff.energy_price_cents, where
