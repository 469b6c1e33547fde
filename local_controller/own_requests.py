"""What the CSMS may ask of the controller itself, on its own connection: it answers as a charge point that has no
connectors. One table by action; what is not in it gets a CALLERROR.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from msgspec import Raw

from local_controller.authorization import Authorization
from local_controller.local_list import MOST_A_MESSAGE, MOST_TAGS, LocalList
from local_controller.on_site_account import OnSiteAccount
from local_controller.site_availability import SiteAvailability
from local_controller.site_limit import MOST_PERIODS, MOST_PROFILES, SiteLimit, composite
from ocppj import list_digest, payloads, v16
from ocppj.errors import NotImplementedAction, NotSupported, PropertyConstraintViolation
from ocppj.frames import Call
from ocppj.v16 import KeyValue

Handler = Callable[[Any], Awaitable[Any]]
_PROFILES = "Core,LocalAuthListManagement,RemoteTrigger,SmartCharging"


class OwnRequests:
    """`trigger` says a message of ours; False if it is none."""

    def __init__(
        self,
        local_list: LocalList,
        authorization: Authorization,
        limit: SiteLimit,
        availability: SiteAvailability,
        trigger: Callable[[str], bool],
        clock: Callable[[], datetime],
        account: OnSiteAccount,
    ) -> None:
        self._list, self._authorization = local_list, authorization
        self._limit, self._availability = limit, availability
        self._trigger, self._clock = trigger, clock
        self._handlers: dict[str, Handler] = {
            "GetConfiguration": self.configuration,
            "ChangeConfiguration": self.change_configuration,
            "ClearCache": self.clear_cache,
            "GetLocalListVersion": self.list_version,
            "SendLocalList": self.send_list,
            "ChangeAvailability": self.change_availability,
            "SetChargingProfile": self.set_profile,
            "ClearChargingProfile": self.clear_profile,
            "GetCompositeSchedule": self.composite,
            "TriggerMessage": self.trigger,
            "DataTransfer": account.take,
        }

    async def answer(self, call: Call) -> Raw:
        handler = self._handlers.get(call.action)
        if handler is None:
            if call.action in v16.ACTIONS:
                raise NotSupported("the controller has no connector but 0")
            raise NotImplementedAction(call.action[:50])
        return payloads.encode(await handler(v16.decode_request(call.action, call.payload)))

    async def configuration(self, asked: v16.GetConfiguration) -> v16.GetConfigurationResult:
        """All of them are read-only: they tell what the controller is."""
        values = {
            "NumberOfConnectors": "0",
            "SupportedFeatureProfiles": _PROFILES,
            "LocalAuthListEnabled": "true",
            "LocalAuthListMaxLength": str(MOST_TAGS),
            "SendLocalListMaxLength": str(MOST_A_MESSAGE),
            "ChargeProfileMaxStackLevel": "1000",
            "ChargingScheduleAllowedChargingRateUnit": "Current,Power",
            "ChargingScheduleMaxPeriods": str(MOST_PERIODS),
            "MaxChargingProfilesInstalled": str(MOST_PROFILES),
            list_digest.KEY: await self._list.digest(),
        }
        names = {name.lower(): name for name in values}
        wanted = asked.key if asked.key else list(values)
        known = dict.fromkeys(names[key.lower()] for key in wanted if key.lower() in names)
        unknown = [key for key in wanted if key.lower() not in names]
        return v16.GetConfigurationResult([KeyValue(name, True, values[name]) for name in known], unknown or None)

    async def change_configuration(self, asked: v16.ChangeConfiguration) -> v16.ChangeConfigurationResult:
        told = await self.configuration(v16.GetConfiguration([asked.key]))
        return v16.ChangeConfigurationResult("Rejected" if told.configuration_key else "NotSupported")

    async def clear_cache(self, asked: v16.ClearCache) -> v16.ClearCacheResult:
        await self._authorization.clear()
        return v16.ClearCacheResult("Accepted")

    async def list_version(self, asked: v16.GetLocalListVersion) -> v16.GetLocalListVersionResult:
        return v16.GetLocalListVersionResult(self._list.version)

    async def send_list(self, asked: v16.SendLocalList) -> v16.SendLocalListResult:
        return v16.SendLocalListResult(await self._list.send(asked))  # type: ignore[arg-type]

    async def change_availability(self, asked: v16.ChangeAvailability) -> v16.ChangeAvailabilityResult:
        if asked.connector_id != 0:
            return v16.ChangeAvailabilityResult("Rejected")
        return v16.ChangeAvailabilityResult(await self._availability.change(asked.type))  # type: ignore[arg-type]

    async def set_profile(self, asked: v16.SetChargingProfile) -> v16.SetChargingProfileResult:
        if asked.connector_id != 0:
            raise PropertyConstraintViolation("the controller has no connector but 0")
        return v16.SetChargingProfileResult(await self._limit.set(asked.cs_charging_profiles))  # type: ignore[arg-type]

    async def clear_profile(self, asked: v16.ClearChargingProfile) -> v16.ClearChargingProfileResult:
        return v16.ClearChargingProfileResult(await self._limit.clear(asked))  # type: ignore[arg-type]

    async def composite(self, asked: v16.GetCompositeSchedule) -> v16.GetCompositeScheduleResult:
        return composite(self._limit, asked, self._clock())

    async def trigger(self, asked: v16.TriggerMessage) -> v16.TriggerMessageResult:
        if asked.connector_id not in (None, 0):
            return v16.TriggerMessageResult("Rejected")
        return v16.TriggerMessageResult("Accepted" if self._trigger(asked.requested_message) else "NotImplemented")
