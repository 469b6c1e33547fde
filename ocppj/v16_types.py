"""The objects and value lists inside OCPP 1.6 payloads (OCPP 1.6 edition 2 §7, security whitepaper §5).
Required fields come first, as Python wants it; on the wire the order means nothing.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta

from ocppj.payloads import Payload, optional_utc, utc

Str20 = Annotated[str, Meta(max_length=20)]
Str25 = Annotated[str, Meta(max_length=25)]
Str40 = Annotated[str, Meta(max_length=40)]
Str50 = Annotated[str, Meta(max_length=50)]
Str128 = Annotated[str, Meta(max_length=128)]
Str255 = Annotated[str, Meta(max_length=255)]
Str500 = Annotated[str, Meta(max_length=500)]
Str512 = Annotated[str, Meta(max_length=512)]
Str800 = Annotated[str, Meta(max_length=800)]
Str5500 = Annotated[str, Meta(max_length=5500)]
Str10000 = Annotated[str, Meta(max_length=10000)]
# The standard sets no bounds; beyond 64 bits no database would take the number.
Int = Annotated[int, Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**63 - 1)]
Phases = Annotated[int, Meta(ge=1, le=3)]
Limit = Annotated[float, Meta(ge=0)]  # amperes or watts, with one decimal

AuthorizationStatus = Literal["Accepted", "Blocked", "Expired", "Invalid", "ConcurrentTx"]
AvailabilityType = Literal["Inoperative", "Operative"]
CertificateUse = Literal["CentralSystemRootCertificate", "ManufacturerRootCertificate"]
ChargePointErrorCode = Literal[
    "ConnectorLockFailure",
    "EVCommunicationError",
    "GroundFailure",
    "HighTemperature",
    "InternalError",
    "LocalListConflict",
    "NoError",
    "OtherError",
    "OverCurrentFailure",
    "OverVoltage",
    "PowerMeterFailure",
    "PowerSwitchFailure",
    "ReaderFailure",
    "ResetFailure",
    "UnderVoltage",
    "WeakSignal",
]
ChargePointStatus = Literal[
    "Available",
    "Preparing",
    "Charging",
    "SuspendedEVSE",
    "SuspendedEV",
    "Finishing",
    "Reserved",
    "Unavailable",
    "Faulted",
]
ChargingProfileKind = Literal["Absolute", "Recurring", "Relative"]
ChargingProfilePurpose = Literal["ChargePointMaxProfile", "TxDefaultProfile", "TxProfile"]
ChargingRateUnit = Literal["A", "W"]
DiagnosticsStatus = Literal["Idle", "Uploaded", "UploadFailed", "Uploading"]
FirmwareStatus = Literal[
    "Downloaded", "DownloadFailed", "Downloading", "Idle", "InstallationFailed", "Installing", "Installed"
]
SignedFirmwareStatus = Literal[
    "Downloaded",
    "DownloadFailed",
    "Downloading",
    "DownloadScheduled",
    "DownloadPaused",
    "Idle",
    "InstallationFailed",
    "Installing",
    "Installed",
    "InstallRebooting",
    "InstallScheduled",
    "InstallVerificationFailed",
    "InvalidSignature",
    "SignatureVerified",
]
HashAlgorithm = Literal["SHA256", "SHA384", "SHA512"]
Location = Literal["Body", "Cable", "EV", "Inlet", "Outlet"]
LogType = Literal["DiagnosticsLog", "SecurityLog"]
Measurand = Literal[
    "Current.Export",
    "Current.Import",
    "Current.Offered",
    "Energy.Active.Export.Interval",
    "Energy.Active.Export.Register",
    "Energy.Active.Import.Interval",
    "Energy.Active.Import.Register",
    "Energy.Reactive.Export.Interval",
    "Energy.Reactive.Export.Register",
    "Energy.Reactive.Import.Interval",
    "Energy.Reactive.Import.Register",
    "Frequency",
    "Power.Active.Export",
    "Power.Active.Import",
    "Power.Factor",
    "Power.Offered",
    "Power.Reactive.Export",
    "Power.Reactive.Import",
    "RPM",
    "SoC",
    "Temperature",
    "Voltage",
]
MessageTrigger = Literal[
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "StatusNotification",
]
ExtendedMessageTrigger = Literal[
    "BootNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "LogStatusNotification",
    "MeterValues",
    "SignChargePointCertificate",
    "StatusNotification",
]
Phase = Literal["L1", "L2", "L3", "N", "L1-N", "L2-N", "L3-N", "L1-L2", "L2-L3", "L3-L1"]
ReadingContext = Literal[
    "Interruption.Begin",
    "Interruption.End",
    "Other",
    "Sample.Clock",
    "Sample.Periodic",
    "Transaction.Begin",
    "Transaction.End",
    "Trigger",
]
Reason = Literal[
    "DeAuthorized",
    "EmergencyStop",
    "EVDisconnected",
    "HardReset",
    "Local",
    "Other",
    "PowerLoss",
    "Reboot",
    "Remote",
    "SoftReset",
    "UnlockCommand",
]
RecurrencyKind = Literal["Daily", "Weekly"]
UnitOfMeasure = Literal[
    "A",
    "Celcius",  # misspelt in the first schemas, and sent to this day (OCPP-J errata)
    "Celsius",
    "Fahrenheit",
    "Hertz",  # OCPP 1.6 has no unit for Frequency, the schema of MeterValues has this one (E3.86)
    "K",
    "kVA",
    "kvar",
    "kvarh",
    "kW",
    "kWh",
    "Percent",
    "V",
    "VA",
    "var",
    "varh",
    "W",
    "Wh",
]
UploadLogStatus = Literal[
    "BadMessage", "Idle", "NotSupportedOperation", "PermissionDenied", "Uploaded", "UploadFailure", "Uploading"
]


class IdTagInfo(Payload):
    status: AuthorizationStatus
    expiry_date: datetime | None = None
    parent_id_tag: Str20 | None = None

    def __post_init__(self) -> None:
        self.expiry_date = optional_utc(self.expiry_date)


class AuthorizationData(Payload):
    """One entry of a local list; in a differential update no `id_tag_info` means: remove it."""

    id_tag: Str20
    id_tag_info: IdTagInfo | None = None


class SampledValue(Payload):
    """What is left out means Energy.Active.Import.Register in Wh at the Outlet, Raw, Sample.Periodic (S7.43)."""

    value: str
    context: ReadingContext | None = None
    format: Literal["Raw", "SignedData"] | None = None
    measurand: Measurand | None = None
    phase: Phase | None = None
    location: Location | None = None
    unit: UnitOfMeasure | None = None


class MeterValue(Payload):
    timestamp: datetime
    sampled_value: list[SampledValue]

    def __post_init__(self) -> None:
        self.timestamp = utc(self.timestamp)


class ChargingSchedulePeriod(Payload):
    start_period: Count  # seconds from the start of the schedule
    limit: Limit
    number_phases: Phases | None = None

    def __post_init__(self) -> None:
        one_decimal(self.limit)


class ChargingSchedule(Payload):
    charging_rate_unit: ChargingRateUnit
    charging_schedule_period: list[ChargingSchedulePeriod]
    duration: Count | None = None  # seconds
    start_schedule: datetime | None = None
    min_charging_rate: Limit | None = None

    def __post_init__(self) -> None:
        self.start_schedule = optional_utc(self.start_schedule)
        if self.min_charging_rate is not None:
            one_decimal(self.min_charging_rate)


class ChargingProfile(Payload):
    charging_profile_id: Int
    stack_level: Count
    charging_profile_purpose: ChargingProfilePurpose
    charging_profile_kind: ChargingProfileKind
    charging_schedule: ChargingSchedule
    transaction_id: Int | None = None
    recurrency_kind: RecurrencyKind | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None

    def __post_init__(self) -> None:
        self.valid_from = optional_utc(self.valid_from)
        self.valid_to = optional_utc(self.valid_to)


class KeyValue(Payload):
    key: Str50
    readonly: bool
    value: Str500 | None = None


class CertificateHashData(Payload):
    hash_algorithm: HashAlgorithm
    issuer_name_hash: Str128
    issuer_key_hash: Str128
    serial_number: Str40


class LogParameters(Payload):
    remote_location: Str512
    oldest_timestamp: datetime | None = None
    latest_timestamp: datetime | None = None

    def __post_init__(self) -> None:
        self.oldest_timestamp = optional_utc(self.oldest_timestamp)
        self.latest_timestamp = optional_utc(self.latest_timestamp)


class Firmware(Payload):
    location: Str512
    retrieve_date_time: datetime
    signing_certificate: Str5500
    signature: Str800
    install_date_time: datetime | None = None

    def __post_init__(self) -> None:
        self.retrieve_date_time = utc(self.retrieve_date_time)
        self.install_date_time = optional_utc(self.install_date_time)


def one_decimal(limit: float) -> None:
    """Amperes and watts carry one decimal (S7.13). msgspec's multiple_of would refuse 21.4, no binary fraction."""
    tenths = limit * 10
    if abs(tenths - round(tenths)) > 1e-6 * max(1.0, abs(tenths)):
        raise ValueError(f"{limit} has more than one decimal")
