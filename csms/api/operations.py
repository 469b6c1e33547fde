"""What an operator may ask of a charge point: each route is one OCPP request, and gives its answer as it came.

409 the charge point is not connected, 504 it did not answer in time (the text names the time), 502 it answered with an
OCPP error. Connectors and transactions are checked to be the charge point's own before anything is sent.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import Field, StringConstraints, model_validator

from csms.api.charge_points import CommandAnswer, Named, own
from csms.api.deps import Db, Managed, Wired
from csms.api.forms import Form
from csms.api.profile_forms import Positive, Schedule
from csms.commands.change_availability import change_availability
from csms.commands.change_configuration import change_configuration
from csms.commands.clear_cache import clear_cache
from csms.commands.clear_charging_profile import clear_charging_profile
from csms.commands.data_transfer import data_transfer
from csms.commands.get_composite_schedule import get_composite_schedule
from csms.commands.get_configuration import get_configuration
from csms.commands.reset import reset
from csms.commands.set_charging_profile import set_charging_profile
from csms.commands.trigger_message import trigger_message
from csms.commands.unlock_connector import unlock_connector
from csms.domain import charging_profiles
from csms.domain.errors import Conflict, NotFound
from csms.store import local_lists, security, transactions
from csms.store.local_lists import LocalListView
from csms.store.site_operators import Sites
from ocppj import v16

router = APIRouter(prefix="/api/charge-points/{identity}", tags=["operations"])

Connector = Annotated[int, Field(ge=1, le=1000)]
ConnectorOrAll = Annotated[int, Field(ge=0, le=1000)]  # 0: the whole charge point
Key = Annotated[str, StringConstraints(min_length=1, max_length=50)]


class OfConnector(Form):
    connector_id: Connector


class Kind(Form):
    type: Literal["Soft", "Hard"] = "Soft"


class Availability(Form):
    type: Literal["Operative", "Inoperative"]
    connector_id: ConnectorOrAll = 0


class KeyAndValue(Form):
    key: Key
    value: Annotated[str, StringConstraints(max_length=500, strip_whitespace=False)]


class Trigger(Form):
    # BootNotification is left out: it must not be triggered once it was accepted (OCPP 1.6 errata 3.35).
    message: Literal[
        "DiagnosticsStatusNotification",
        "FirmwareStatusNotification",
        "Heartbeat",
        "LogStatusNotification",
        "MeterValues",
        "SignChargePointCertificate",
        "StatusNotification",
    ]
    connector_id: Connector | None = None


class Profile(Schedule):
    connector_id: ConnectorOrAll
    purpose: v16.ChargingProfilePurpose
    transaction_id: Positive | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        where = charging_profiles.trouble(
            connector_id=self.connector_id, purpose=self.purpose, transaction_id=self.transaction_id
        )
        if wrong := where or self.trouble():
            raise ValueError(wrong)
        return self


class WhichProfiles(Form):
    """With an id that one; else all that fit everything given; nothing given: all."""

    id: Positive | None = None
    connector_id: ConnectorOrAll | None = None
    purpose: v16.ChargingProfilePurpose | None = None
    stack_level: Annotated[int, Field(ge=0, le=1000)] | None = None


class Data(Form):
    vendor_id: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    message_id: Annotated[str, StringConstraints(min_length=1, max_length=50)] | None = None
    data: Annotated[str, StringConstraints(max_length=10_000, strip_whitespace=False)] | None = None


@dataclass(frozen=True, slots=True)
class DataAnswer:
    status: str
    data: str | None


@dataclass(frozen=True, slots=True)
class ConfigurationKey:
    key: str
    readonly: bool
    value: str | None


@dataclass(frozen=True, slots=True)
class Configuration:
    keys: list[ConfigurationKey]
    unknown: list[str]


@dataclass(frozen=True, slots=True)
class SchedulePeriod:
    start_s: int
    limit: float
    phases: int | None


@dataclass(frozen=True, slots=True)
class CompositeSchedule:
    status: str
    starts_at: datetime | None = None
    unit: str | None = None
    duration_s: int | None = None
    periods: list[SchedulePeriod] = field(default_factory=list)


@router.post("/unlock")
async def unlock(identity: Named, form: OfConnector, of: Wired, managed: Managed) -> CommandAnswer:
    """UnlockConnector; a transaction that runs there ends first."""
    await _own(of, managed, identity, form.connector_id)
    return CommandAnswer(await unlock_connector(of.bus, identity, form.connector_id))


@router.post("/reset")
async def restart(identity: Named, form: Kind, of: Wired, managed: Managed) -> CommandAnswer:
    """Reset; its next BootNotification says that it has."""
    await _own(of, managed, identity)
    return CommandAnswer(await reset(of.bus, identity, form.type))


@router.post("/availability")
async def availability(identity: Named, form: Availability, of: Wired, managed: Managed) -> CommandAnswer:
    """ChangeAvailability: maintenance on and off. Scheduled means: when the running transaction has ended."""
    await _own(of, managed, identity, form.connector_id)
    return CommandAnswer(await change_availability(of.bus, identity, form.connector_id, form.type))


@router.post("/clear-cache")
async def forget_cards(identity: Named, of: Wired, managed: Managed) -> CommandAnswer:
    """ClearCache: cards are asked for again."""
    await _own(of, managed, identity)
    return CommandAnswer(await clear_cache(of.bus, identity))


@router.get("/configuration")
async def configuration(
    identity: Named, of: Wired, managed: Managed, key: Annotated[list[Key] | None, Query(max_length=100)] = None
) -> Configuration:
    """GetConfiguration: all keys, or those named."""
    await _own(of, managed, identity)
    told = await get_configuration(of.bus, identity, key or ())
    rows = [ConfigurationKey(row.key, row.readonly, row.value) for row in told.configuration_key or ()]
    return Configuration(rows, list(told.unknown_key or ()))


@router.patch("/configuration")
async def configure(identity: Named, form: KeyAndValue, of: Wired, managed: Managed) -> CommandAnswer:
    """ChangeConfiguration. AuthorizationKey is not set here, as the key would be lost to us; nor is SecurityProfile
    raised, as we would not know of it. That it is lowered the charge point itself must refuse.
    """
    if form.key.lower() == "authorizationkey":
        raise Conflict("the key of a charge point is not changed as a setting: POST …/authorization-key does it")
    async with of.database.ask() as db:
        point = await own(db, managed, identity)
        has = await security.find(db, point.id)
    highest = max(has.profile or 1, has.least_profile)
    # Anything but a plain figure might be read as a higher one there.
    if form.key.lower() == "securityprofile" and form.value not in [str(n) for n in range(highest + 1)]:
        raise Conflict("a security profile is not raised as a setting: POST …/security-profile does it")
    return CommandAnswer(await change_configuration(of.bus, identity, form.key, form.value))


@router.post("/trigger")
async def trigger(identity: Named, form: Trigger, of: Wired, managed: Managed) -> CommandAnswer:
    """TriggerMessage; the message comes after the answer."""
    await _own(of, managed, identity, form.connector_id)
    return CommandAnswer(await trigger_message(of.bus, identity, form.message, form.connector_id))


@router.get("/local-list")
async def local_list(identity: Named, db: Db, managed: Managed) -> LocalListView:
    """What the charge point has accepted last; its status says how that went."""
    point = await own(db, managed, identity)
    _, view = await local_lists.find(db, point.id)
    if view is None:
        raise NotFound(f"no list has been sent to {identity} yet")
    return view


@router.post("/local-list/sync")
async def sync_local_list(identity: Named, of: Wired, managed: Managed) -> LocalListView:
    """Bring the list in step with the cards now; it also happens by itself."""
    await _own(of, managed, identity)
    return await of.sync_local_list(identity)


@router.put("/charging-profiles")
async def set_profile(identity: Named, form: Profile, of: Wired, managed: Managed) -> CommandAnswer:
    """SetChargingProfile."""
    await _own(of, managed, identity, form.connector_id)
    if form.transaction_id is not None:
        async with of.database.ask() as db:
            session = await transactions.session(db, form.transaction_id)
        if session is None or (session.charge_point, session.connector_id) != (identity, form.connector_id):
            raise NotFound(f"no transaction {form.transaction_id} runs on this connector of {identity}")
        if session.state != "active":
            raise Conflict(f"transaction {form.transaction_id} has ended")
    profile = form.as_ocpp(form.purpose, form.transaction_id)
    return CommandAnswer(await set_charging_profile(of.bus, identity, form.connector_id, profile))


@router.post("/charging-profiles/clear")
async def clear_profiles(identity: Named, form: WhichProfiles, of: Wired, managed: Managed) -> CommandAnswer:
    """ClearChargingProfile. Unknown: none fitted."""
    await _own(of, managed, identity, form.connector_id)
    status = await clear_charging_profile(
        of.bus,
        identity,
        profile_id=form.id,
        connector_id=form.connector_id,
        purpose=form.purpose,
        stack_level=form.stack_level,
    )
    return CommandAnswer(status)


@router.get("/composite-schedule")
async def composite_schedule(
    identity: Named,
    of: Wired,
    managed: Managed,
    connector_id: Annotated[int, Query(ge=0, le=1000)] = 0,
    duration_s: Annotated[int, Query(ge=1, le=7 * 86_400)] = 86_400,
    unit: Annotated[v16.ChargingRateUnit | None, Query()] = None,
) -> CompositeSchedule:
    """GetCompositeSchedule: what all profiles come to from now on."""
    await _own(of, managed, identity, connector_id)
    told = await get_composite_schedule(of.bus, identity, connector_id, duration_s, unit)
    schedule = told.charging_schedule
    if schedule is None:
        return CompositeSchedule(told.status)
    periods = [SchedulePeriod(p.start_period, p.limit, p.number_phases) for p in schedule.charging_schedule_period]
    return CompositeSchedule(
        told.status, told.schedule_start, schedule.charging_rate_unit, schedule.duration, periods
    )


@router.post("/data-transfer")
async def transfer(identity: Named, form: Data, of: Wired, managed: Managed) -> DataAnswer:
    """DataTransfer: what it means is between the vendor and you."""
    await _own(of, managed, identity)
    answer = await data_transfer(of.bus, identity, form.vendor_id, form.message_id, form.data)
    return DataAnswer(answer.status, answer.data)


async def _own(of: Wired, managed: Sites, identity: str, connector_id: int | None = None) -> None:
    """As `own`; nothing is held while the charge point thinks."""
    async with of.database.ask() as db:
        await own(db, managed, identity, connector_id)
