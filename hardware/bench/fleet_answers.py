"""What a light charge point answers to its central system: requests of OCPP 1.6, with what little state they need."""

import asyncio
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import Any, Protocol

from ocppj import v16
from ocppj.errors import NotImplementedAction, NotSupported
from ocppj.payloads import Request

_MOST_LISTED = 1000
_KEYS = {
    "AuthorizeRemoteTxRequests": "true",
    "HeartbeatInterval": "300",
    "LocalAuthListEnabled": "true",
    "MeterValueSampleInterval": "10",
    "NumberOfConnectors": "1",
    "SendLocalListMaxLength": "200",
    "LocalAuthListMaxLength": str(_MOST_LISTED),
    "SupportedFeatureProfiles": "Core,LocalAuthListManagement,Reservation,SmartCharging,RemoteTrigger",
}
_READ_ONLY = frozenset({"NumberOfConnectors", "SupportedFeatureProfiles"})


class Charge(Protocol):
    @property
    def transaction_id(self) -> int | None: ...
    @property
    def stop(self) -> asyncio.Event: ...


class ChargePoint(Protocol):
    """What the answers change."""

    status: v16.ChargePointStatus
    wanted: asyncio.Queue[str]  # idTags of remote starts

    @property
    def charge(self) -> Charge | None: ...
    def soon(self, work: Coroutine[Any, Any, Any]) -> None: ...
    async def ask(self, request: Request[Any]) -> Any: ...
    async def show(self, status: v16.ChargePointStatus) -> None: ...
    async def reboot(self) -> None: ...


class Answers:
    def __init__(self, of: ChargePoint) -> None:
        self._of = of
        self.keys = dict(_KEYS)
        self.list_version = 0
        self.listed: dict[str, v16.IdTagInfo] = {}
        self.profiles: dict[int, v16.ChargingProfile] = {}
        self.reserved: dict[int, str] = {}

    async def to(self, request: Request[Any]) -> Any:
        handle = getattr(self, f"_{v16.action_of(request)}", None)
        if handle is None:
            raise NotImplementedAction(v16.action_of(request))
        return await handle(request)

    async def _RemoteStartTransaction(self, asked: v16.RemoteStartTransaction) -> Any:
        if self._of.charge is not None or asked.connector_id not in (None, 1):
            return v16.RemoteStartTransactionResult("Rejected")
        self._of.wanted.put_nowait(asked.id_tag)
        return v16.RemoteStartTransactionResult("Accepted")

    async def _RemoteStopTransaction(self, asked: v16.RemoteStopTransaction) -> Any:
        charge = self._of.charge
        if charge is None or charge.transaction_id != asked.transaction_id:
            return v16.RemoteStopTransactionResult("Rejected")
        charge.stop.set()
        return v16.RemoteStopTransactionResult("Accepted")

    async def _UnlockConnector(self, asked: v16.UnlockConnector) -> Any:
        return v16.UnlockConnectorResult("Unlocked" if asked.connector_id == 1 else "NotSupported")

    async def _Reset(self, asked: v16.Reset) -> Any:
        self._of.soon(self._of.reboot())
        return v16.ResetResult("Accepted")

    async def _ChangeAvailability(self, asked: v16.ChangeAvailability) -> Any:
        if self._of.charge is not None:
            return v16.ChangeAvailabilityResult("Scheduled")
        self._of.soon(self._of.show("Unavailable" if asked.type == "Inoperative" else "Available"))
        return v16.ChangeAvailabilityResult("Accepted")

    async def _ClearCache(self, asked: v16.ClearCache) -> Any:
        return v16.ClearCacheResult("Accepted")

    async def _GetConfiguration(self, asked: v16.GetConfiguration) -> Any:
        names = asked.key or list(self.keys)
        rows = [v16.KeyValue(name, name in _READ_ONLY, self.keys[name]) for name in names if name in self.keys]
        unknown = [name for name in names if name not in self.keys]
        return v16.GetConfigurationResult(rows, unknown or None)

    async def _ChangeConfiguration(self, asked: v16.ChangeConfiguration) -> Any:
        if asked.key not in self.keys:
            return v16.ChangeConfigurationResult("NotSupported")
        if asked.key in _READ_ONLY:
            return v16.ChangeConfigurationResult("Rejected")
        self.keys[asked.key] = asked.value
        return v16.ChangeConfigurationResult("Accepted")

    async def _TriggerMessage(self, asked: v16.TriggerMessage) -> Any:
        if asked.requested_message == "Heartbeat":
            self._of.soon(self._of.ask(v16.Heartbeat()))
        elif asked.requested_message == "StatusNotification":
            self._of.soon(self._of.show(self._of.status))
        else:
            return v16.TriggerMessageResult("NotImplemented")
        return v16.TriggerMessageResult("Accepted")

    async def _GetLocalListVersion(self, asked: v16.GetLocalListVersion) -> Any:
        return v16.GetLocalListVersionResult(self.list_version)

    async def _SendLocalList(self, asked: v16.SendLocalList) -> Any:
        entries = asked.local_authorization_list or []
        if asked.update_type == "Differential" and asked.list_version <= self.list_version:
            return v16.SendLocalListResult("VersionMismatch")
        listed = {} if asked.update_type == "Full" else dict(self.listed)
        for entry in entries:
            listed.pop(entry.id_tag, None)
            if entry.id_tag_info is not None:
                listed[entry.id_tag] = entry.id_tag_info
        if len(listed) > _MOST_LISTED:
            return v16.SendLocalListResult("Failed")
        self.listed, self.list_version = listed, asked.list_version
        return v16.SendLocalListResult("Accepted")

    async def _ReserveNow(self, asked: v16.ReserveNow) -> Any:
        if self._of.charge is not None:
            return v16.ReserveNowResult("Occupied")
        self.reserved = {asked.reservation_id: asked.id_tag}
        self._of.soon(self._of.show("Reserved"))
        return v16.ReserveNowResult("Accepted")

    async def _CancelReservation(self, asked: v16.CancelReservation) -> Any:
        if self.reserved.pop(asked.reservation_id, None) is None:
            return v16.CancelReservationResult("Rejected")
        self._of.soon(self._of.show("Available"))
        return v16.CancelReservationResult("Accepted")

    async def _SetChargingProfile(self, asked: v16.SetChargingProfile) -> Any:
        profile = asked.cs_charging_profiles
        self.profiles[profile.charging_profile_id] = profile
        return v16.SetChargingProfileResult("Accepted")

    async def _ClearChargingProfile(self, asked: v16.ClearChargingProfile) -> Any:
        gone = [
            number
            for number, profile in self.profiles.items()
            if asked.id in (None, number)
            and asked.stack_level in (None, profile.stack_level)
            and asked.charging_profile_purpose in (None, profile.charging_profile_purpose)
        ]
        for number in gone:
            del self.profiles[number]
        return v16.ClearChargingProfileResult("Accepted" if gone else "Unknown")

    async def _GetCompositeSchedule(self, asked: v16.GetCompositeSchedule) -> Any:
        unit = asked.charging_rate_unit or "A"
        schedule = v16.ChargingSchedule(unit, [v16.ChargingSchedulePeriod(0, 32.0)], asked.duration)
        return v16.GetCompositeScheduleResult("Accepted", asked.connector_id, datetime.now(UTC), schedule)

    async def _GetDiagnostics(self, asked: v16.GetDiagnostics) -> Any:
        return v16.GetDiagnosticsResult()

    async def _DataTransfer(self, asked: v16.DataTransfer) -> Any:
        return v16.DataTransferResult("UnknownVendorId")

    async def _UpdateFirmware(self, asked: v16.UpdateFirmware) -> Any:
        raise NotSupported("UpdateFirmware")
