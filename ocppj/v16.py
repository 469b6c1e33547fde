"""Typed messages for every action of OCPP 1.6 (edition 2 §6) and of its security extension (whitepaper edition 3 §5).
A request is named as its action, its answer has Result behind it. Values and inner objects: v16_types.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from msgspec import Meta

from ocppj import payloads
from ocppj.errors import NotImplementedAction
from ocppj.payloads import Payload, RawJson, Request, action_of, optional_utc, utc
from ocppj.v16_types import (
    AuthorizationData,
    AuthorizationStatus,
    AvailabilityType,
    CertificateHashData,
    CertificateUse,
    ChargePointErrorCode,
    ChargePointStatus,
    ChargingProfile,
    ChargingProfileKind,
    ChargingProfilePurpose,
    ChargingRateUnit,
    ChargingSchedule,
    ChargingSchedulePeriod,
    Count,
    DiagnosticsStatus,
    ExtendedMessageTrigger,
    Firmware,
    FirmwareStatus,
    HashAlgorithm,
    IdTagInfo,
    Int,
    KeyValue,
    Location,
    LogParameters,
    LogType,
    Measurand,
    MessageTrigger,
    MeterValue,
    Phase,
    ReadingContext,
    Reason,
    RecurrencyKind,
    SampledValue,
    SignedFirmwareStatus,
    Str20,
    Str25,
    Str50,
    Str255,
    Str500,
    Str5500,
    Str10000,
    UnitOfMeasure,
    UploadLogStatus,
)

# Core profile, asked by the charge point


class AuthorizeResult(Payload):
    id_tag_info: IdTagInfo


class Authorize(Request[AuthorizeResult]):
    id_tag: Str20


class BootNotificationResult(Payload):
    status: Literal["Accepted", "Pending", "Rejected"]
    current_time: datetime
    interval: Count  # seconds: between heartbeats when Accepted, else until the next try

    def __post_init__(self) -> None:
        self.current_time = utc(self.current_time)


class BootNotification(Request[BootNotificationResult]):
    charge_point_vendor: Str20
    charge_point_model: Str20
    charge_point_serial_number: Str25 | None = None
    charge_box_serial_number: Str25 | None = None
    firmware_version: Str50 | None = None
    iccid: Str20 | None = None
    imsi: Str20 | None = None
    meter_type: Str25 | None = None
    meter_serial_number: Str25 | None = None


class DataTransferResult(Payload):
    status: Literal["Accepted", "Rejected", "UnknownMessageId", "UnknownVendorId"]
    data: str | None = None


class DataTransfer(Request[DataTransferResult]):
    """Either side may ask."""

    vendor_id: Str255
    message_id: Str50 | None = None
    data: str | None = None


class HeartbeatResult(Payload):
    current_time: datetime

    def __post_init__(self) -> None:
        self.current_time = utc(self.current_time)


class Heartbeat(Request[HeartbeatResult]):
    pass


class MeterValuesResult(Payload):
    pass


class MeterValues(Request[MeterValuesResult]):
    connector_id: Count
    meter_value: Annotated[list[MeterValue], Meta(min_length=1)]
    transaction_id: Int | None = None

    def __post_init__(self) -> None:
        for meter_value in self.meter_value:
            if not meter_value.sampled_value:  # StopTransaction's schema allows it, this one does not
                raise ValueError("Expected `array` of length >= 1 - at `$.meterValue[...].sampledValue`")


class StartTransactionResult(Payload):
    transaction_id: Int
    id_tag_info: IdTagInfo


class StartTransaction(Request[StartTransactionResult]):
    connector_id: Count
    id_tag: Str20
    meter_start: Int  # Wh
    timestamp: datetime
    reservation_id: Int | None = None

    def __post_init__(self) -> None:
        self.timestamp = utc(self.timestamp)


class StatusNotificationResult(Payload):
    pass


class StatusNotification(Request[StatusNotificationResult]):
    connector_id: Count
    error_code: ChargePointErrorCode
    status: ChargePointStatus
    timestamp: datetime | None = None
    info: Str50 | None = None
    vendor_id: Str255 | None = None
    vendor_error_code: Str50 | None = None

    def __post_init__(self) -> None:
        self.timestamp = optional_utc(self.timestamp)


class StopTransactionResult(Payload):
    id_tag_info: IdTagInfo | None = None


class StopTransaction(Request[StopTransactionResult]):
    transaction_id: Int
    meter_stop: Int  # Wh
    timestamp: datetime
    id_tag: Str20 | None = None
    reason: Reason | None = None  # None means Local
    transaction_data: list[MeterValue] | None = None

    def __post_init__(self) -> None:
        self.timestamp = utc(self.timestamp)


# Core profile, asked by the central system


class ChangeAvailabilityResult(Payload):
    status: Literal["Accepted", "Rejected", "Scheduled"]


class ChangeAvailability(Request[ChangeAvailabilityResult]):
    connector_id: Count
    type: AvailabilityType


class ChangeConfigurationResult(Payload):
    status: Literal["Accepted", "Rejected", "RebootRequired", "NotSupported"]


class ChangeConfiguration(Request[ChangeConfigurationResult]):
    key: Str50
    value: Str500


class ClearCacheResult(Payload):
    status: Literal["Accepted", "Rejected"]


class ClearCache(Request[ClearCacheResult]):
    pass


class GetConfigurationResult(Payload):
    configuration_key: list[KeyValue] | None = None
    unknown_key: list[Str50] | None = None


class GetConfiguration(Request[GetConfigurationResult]):
    key: list[Str50] | None = None


class RemoteStartTransactionResult(Payload):
    status: Literal["Accepted", "Rejected"]


class RemoteStartTransaction(Request[RemoteStartTransactionResult]):
    id_tag: Str20
    connector_id: Count | None = None
    charging_profile: ChargingProfile | None = None


class RemoteStopTransactionResult(Payload):
    status: Literal["Accepted", "Rejected"]


class RemoteStopTransaction(Request[RemoteStopTransactionResult]):
    transaction_id: Int


class ResetResult(Payload):
    status: Literal["Accepted", "Rejected"]


class Reset(Request[ResetResult]):
    type: Literal["Hard", "Soft"]


class UnlockConnectorResult(Payload):
    status: Literal["Unlocked", "UnlockFailed", "NotSupported"]


class UnlockConnector(Request[UnlockConnectorResult]):
    connector_id: Count


# Firmware Management profile


class DiagnosticsStatusNotificationResult(Payload):
    pass


class DiagnosticsStatusNotification(Request[DiagnosticsStatusNotificationResult]):
    status: DiagnosticsStatus


class FirmwareStatusNotificationResult(Payload):
    pass


class FirmwareStatusNotification(Request[FirmwareStatusNotificationResult]):
    status: FirmwareStatus


class GetDiagnosticsResult(Payload):
    file_name: Str255 | None = None


class GetDiagnostics(Request[GetDiagnosticsResult]):
    location: str
    retries: Count | None = None
    retry_interval: Count | None = None
    start_time: datetime | None = None
    stop_time: datetime | None = None

    def __post_init__(self) -> None:
        self.start_time = optional_utc(self.start_time)
        self.stop_time = optional_utc(self.stop_time)


class UpdateFirmwareResult(Payload):
    pass


class UpdateFirmware(Request[UpdateFirmwareResult]):
    location: str
    retrieve_date: datetime
    retries: Count | None = None
    retry_interval: Count | None = None

    def __post_init__(self) -> None:
        self.retrieve_date = utc(self.retrieve_date)


# Local Auth List Management profile


class GetLocalListVersionResult(Payload):
    list_version: Int  # 0: the list is empty, -1: there are no lists here


class GetLocalListVersion(Request[GetLocalListVersionResult]):
    pass


class SendLocalListResult(Payload):
    status: Literal["Accepted", "Failed", "NotSupported", "VersionMismatch"]


class SendLocalList(Request[SendLocalListResult]):
    list_version: Int
    update_type: Literal["Differential", "Full"]
    local_authorization_list: list[AuthorizationData] | None = None


# Reservation profile


class CancelReservationResult(Payload):
    status: Literal["Accepted", "Rejected"]


class CancelReservation(Request[CancelReservationResult]):
    reservation_id: Int


class ReserveNowResult(Payload):
    status: Literal["Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"]


class ReserveNow(Request[ReserveNowResult]):
    connector_id: Count
    expiry_date: datetime
    id_tag: Str20
    reservation_id: Int
    parent_id_tag: Str20 | None = None

    def __post_init__(self) -> None:
        self.expiry_date = utc(self.expiry_date)


# Smart Charging profile


class ClearChargingProfileResult(Payload):
    status: Literal["Accepted", "Unknown"]


class ClearChargingProfile(Request[ClearChargingProfileResult]):
    id: Int | None = None
    connector_id: Count | None = None
    charging_profile_purpose: ChargingProfilePurpose | None = None
    stack_level: Count | None = None


class GetCompositeScheduleResult(Payload):
    status: Literal["Accepted", "Rejected"]
    connector_id: Count | None = None
    schedule_start: datetime | None = None
    charging_schedule: ChargingSchedule | None = None

    def __post_init__(self) -> None:
        self.schedule_start = optional_utc(self.schedule_start)


class GetCompositeSchedule(Request[GetCompositeScheduleResult]):
    connector_id: Count
    duration: Count  # seconds
    charging_rate_unit: ChargingRateUnit | None = None


class SetChargingProfileResult(Payload):
    status: Literal["Accepted", "Rejected", "NotSupported"]


class SetChargingProfile(Request[SetChargingProfileResult]):
    connector_id: Count
    cs_charging_profiles: ChargingProfile


# Remote Trigger profile


class TriggerMessageResult(Payload):
    status: Literal["Accepted", "Rejected", "NotImplemented"]


class TriggerMessage(Request[TriggerMessageResult]):
    requested_message: MessageTrigger
    connector_id: Count | None = None


# Security extension


class CertificateSignedResult(Payload):
    status: Literal["Accepted", "Rejected"]


class CertificateSigned(Request[CertificateSignedResult]):
    certificate_chain: Str10000


class DeleteCertificateResult(Payload):
    status: Literal["Accepted", "Failed", "NotFound"]


class DeleteCertificate(Request[DeleteCertificateResult]):
    certificate_hash_data: CertificateHashData


class ExtendedTriggerMessageResult(Payload):
    status: Literal["Accepted", "Rejected", "NotImplemented"]


class ExtendedTriggerMessage(Request[ExtendedTriggerMessageResult]):
    requested_message: ExtendedMessageTrigger
    connector_id: Count | None = None


class GetInstalledCertificateIdsResult(Payload):
    status: Literal["Accepted", "NotFound"]
    certificate_hash_data: Annotated[list[CertificateHashData], Meta(min_length=1)] | None = None


class GetInstalledCertificateIds(Request[GetInstalledCertificateIdsResult]):
    certificate_type: CertificateUse


class GetLogResult(Payload):
    status: Literal["Accepted", "Rejected", "AcceptedCanceled"]
    filename: Str255 | None = None


class GetLog(Request[GetLogResult]):
    log: LogParameters
    log_type: LogType
    request_id: Int
    retries: Count | None = None
    retry_interval: Count | None = None


class InstallCertificateResult(Payload):
    status: Literal["Accepted", "Failed", "Rejected"]


class InstallCertificate(Request[InstallCertificateResult]):
    certificate_type: CertificateUse
    certificate: Str5500


class LogStatusNotificationResult(Payload):
    pass


class LogStatusNotification(Request[LogStatusNotificationResult]):
    status: UploadLogStatus
    request_id: Int | None = None


class SecurityEventNotificationResult(Payload):
    pass


class SecurityEventNotification(Request[SecurityEventNotificationResult]):
    type: Str50
    timestamp: datetime
    tech_info: Str255 | None = None

    def __post_init__(self) -> None:
        self.timestamp = utc(self.timestamp)


class SignCertificateResult(Payload):
    status: Literal["Accepted", "Rejected"]


class SignCertificate(Request[SignCertificateResult]):
    csr: Str5500


class SignedFirmwareStatusNotificationResult(Payload):
    pass


class SignedFirmwareStatusNotification(Request[SignedFirmwareStatusNotificationResult]):
    status: SignedFirmwareStatus
    request_id: Int | None = None


class SignedUpdateFirmwareResult(Payload):
    status: Literal["Accepted", "Rejected", "AcceptedCanceled", "InvalidCertificate", "RevokedCertificate"]


class SignedUpdateFirmware(Request[SignedUpdateFirmwareResult]):
    request_id: Int
    firmware: Firmware
    retries: Count | None = None
    retry_interval: Count | None = None


@dataclass(frozen=True, slots=True)
class Action:
    name: str
    request: type[Request[Any]]
    result: type[Payload]


_REQUESTS: tuple[type[Request[Any]], ...] = (
    Authorize,
    BootNotification,
    CancelReservation,
    CertificateSigned,
    ChangeAvailability,
    ChangeConfiguration,
    ClearCache,
    ClearChargingProfile,
    DataTransfer,
    DeleteCertificate,
    DiagnosticsStatusNotification,
    ExtendedTriggerMessage,
    FirmwareStatusNotification,
    GetCompositeSchedule,
    GetConfiguration,
    GetDiagnostics,
    GetInstalledCertificateIds,
    GetLocalListVersion,
    GetLog,
    Heartbeat,
    InstallCertificate,
    LogStatusNotification,
    MeterValues,
    RemoteStartTransaction,
    RemoteStopTransaction,
    ReserveNow,
    Reset,
    SecurityEventNotification,
    SendLocalList,
    SetChargingProfile,
    SignCertificate,
    SignedFirmwareStatusNotification,
    SignedUpdateFirmware,
    StartTransaction,
    StatusNotification,
    StopTransaction,
    TriggerMessage,
    UnlockConnector,
    UpdateFirmware,
)
ACTIONS: dict[str, Action] = {
    request.__name__: Action(request.__name__, request, payloads.result_type_of(request)) for request in _REQUESTS
}


_REQUEST_READERS: dict[str, Callable[[RawJson], Request[Any]]] = {
    name: payloads.reader(action.request) for name, action in ACTIONS.items()
}
_RESULT_READERS: dict[str, Callable[[RawJson], Payload]] = {
    name: payloads.reader(action.result) for name, action in ACTIONS.items()
}


def decode_request(action: str, raw: RawJson) -> Request[Any]:
    """The typed payload of a CALL; raises the RpcError to answer (NotImplemented for an unknown action)."""
    read = _REQUEST_READERS.get(action)
    if read is None:
        raise NotImplementedAction(f"unknown action {action[:50]!r}")
    return read(raw)


def decode_result(action: str, raw: RawJson) -> Payload:
    """The typed payload of a CALLRESULT; raises the RpcError that names the fault."""
    read = _RESULT_READERS.get(action)
    if read is None:
        raise NotImplementedAction(f"unknown action {action[:50]!r}")
    return read(raw)


encode_payload = payloads.encode

# Names from elsewhere that belong to this module's face
__all__ = [
    "AuthorizationData",
    "AuthorizationStatus",
    "AvailabilityType",
    "CertificateHashData",
    "CertificateUse",
    "ChargePointErrorCode",
    "ChargePointStatus",
    "ChargingProfile",
    "ChargingProfileKind",
    "ChargingProfilePurpose",
    "ChargingRateUnit",
    "ChargingSchedule",
    "ChargingSchedulePeriod",
    "DiagnosticsStatus",
    "ExtendedMessageTrigger",
    "Firmware",
    "FirmwareStatus",
    "HashAlgorithm",
    "IdTagInfo",
    "KeyValue",
    "Location",
    "LogParameters",
    "LogType",
    "Measurand",
    "MessageTrigger",
    "MeterValue",
    "Phase",
    "ReadingContext",
    "Reason",
    "RecurrencyKind",
    "SampledValue",
    "SignedFirmwareStatus",
    "UnitOfMeasure",
    "UploadLogStatus",
    "action_of",
]
