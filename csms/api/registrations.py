"""Whether a charge point is accepted, and what it must wait for: an operator's word, settings it must take first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import Field, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.charge_points import Named, own
from csms.api.deps import Db, Managed, Operator, Wired
from csms.api.forms import Form
from csms.api.operations import KeyAndValue
from csms.domain.registration import Status
from csms.store import registrations
from csms.store.site_operators import Sites
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/charge-points/{identity}/registration", tags=["operations"])


class RegistrationForm(Form):
    """`held`: it stays Pending until somebody lets it go. `settings`: it stays Pending until it has taken them."""

    held: bool = False
    settings: Annotated[list[KeyAndValue], Field(max_length=50, default_factory=list)]

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        keys = [each.key.lower() for each in self.settings]
        if len(set(keys)) < len(keys):
            raise ValueError("each key once")
        if "authorizationkey" in keys:
            raise ValueError("the key of a charge point is not changed as a setting: POST …/authorization-key does it")
        if "securityprofile" in keys:
            raise ValueError("a security profile is not raised as a setting: POST …/security-profile does it")
        return self


@dataclass(frozen=True, slots=True)
class Setting:
    key: str
    value: str


@dataclass(frozen=True, slots=True)
class RegistrationView:
    """`status`: its last answer; null if it has not booted yet. `trouble`: why it has not taken its settings."""

    status: Status | None
    answered_at: datetime | None
    held: bool
    settings: Sequence[Setting]
    settings_taken: bool
    trouble: str | None


@router.get("")
async def one(identity: Named, db: Db, managed: Managed) -> RegistrationView:
    return await _view(db, managed, identity)


@router.put("")
async def change(
    identity: Named, form: RegistrationForm, of: Wired, by: Operator, managed: Managed
) -> RegistrationView:
    """From its next BootNotification on; one that waits at this moment is looked at at once. While it waits nothing is
    started or stopped there from afar. Settings that it has taken it is not told again, unless it has other firmware.
    """

    async def work(db: AsyncConnection) -> RegistrationView:
        point = await own(db, managed, identity)
        settings = {each.key: each.value for each in form.settings}
        await registrations.wish(db, point.id, form.held, settings)
        return await _view(db, managed, identity)

    view = await of.writer.write(work)
    _log.info("registration.changed", charge_point=identity, held=form.held, keys=len(form.settings), by=by.id)
    if view.status == "Pending":
        of.registration_changed(identity)
    return view


async def _view(db: AsyncConnection, managed: Sites, identity: str) -> RegistrationView:
    await own(db, managed, identity)
    found = await registrations.find(db, identity)
    settings = [Setting(key, value) for key, value in found.settings.items()]
    return RegistrationView(
        found.status, found.answered_at, found.held, settings, found.taken or not settings, found.trouble
    )
