"""Settings: one TOML file, every key also by environment (BOLLARD_CSMS__HTTP__PORT=8001). Unknown keys are refused."""

import os
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

_PREFIX = "BOLLARD_CSMS__"


# A display has room for sixteen characters; blanks are left out there.
EmergencyNumber = Annotated[str, Field(pattern=r"^ *([0-9+()/-] *){0,16}$", max_length=30)]

SenderName = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f<>\"@]*$", max_length=60)]


class BadSettings(Exception):
    """One line for the person who wrote the file."""


class Listen(BaseModel):
    model_config = ConfigDict(extra="forbid")

    host: str
    port: Annotated[int, Field(ge=0, le=65535)]  # 0 takes a free one
    # PEM, with the authorities between: then it speaks TLS. Both are read anew when they change.
    certificate_file: Path | None = None
    key_file: Path | None = None
    # Of charge points alone (OCPP's security profile 3): whether they may, or must, show a certificate of our own
    # authority, or of one of those in client_ca_file (PEM, read at the start).
    client_certificates: Literal["never", "optional", "required"] = "never"
    client_ca_file: Path | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if (self.certificate_file is None) != (self.key_file is None):
            raise ValueError("TLS needs certificate_file and key_file")
        if self.certificate_file is None and self.client_certificates != "never":
            raise ValueError("client_certificates need TLS: certificate_file and key_file")
        if self.client_certificates == "never" and self.client_ca_file is not None:
            raise ValueError('client_ca_file needs client_certificates = "optional", or "required"')
        return self


class MailServer(BaseModel):
    """Where mail is handed in. The password is in a file, never here."""

    model_config = ConfigDict(extra="forbid")

    host: str
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Literal["none", "starttls", "tls"] = "starttls"
    user: str = ""
    password_file: Path | None = None
    sender: Annotated[str, Field(pattern=r"^[^\s<>]+@[^\s<>]+$")]
    ca_file: Path | None = None  # empty: the system's authorities


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_nested_delimiter="__", extra="forbid")

    data_dir: Path = Path("csms-data")
    database_url: str = ""  # empty: SQLite in data_dir
    http: Listen = Listen(host="127.0.0.1", port=8000)
    ocpp: Listen = Listen(host="127.0.0.1", port=9000)
    # A second door for charge points, by TLS, while others still come in the clear.
    ocpp_tls: Listen | None = None
    # Who runs the charge points, as their configuration key CpoName has it: the organization in their certificates.
    cpo_name: Annotated[str, Field(max_length=64)] = ""  # empty: any
    client_certificate_days: Annotated[int, Field(ge=1, le=3650)] = 365  # how long one that we issue is good for
    public_url: str = ""  # how people reach the pages, as https://charge.example; empty: as the request came
    public_ocpp_url: str = ""  # how charge points reach us, without the identity; empty: the same host, ocpp.port
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"
    default_price_cents_per_kwh: Annotated[int, Field(ge=0, le=100_000)] = 45
    start_credit_cents: Annotated[int, Field(ge=0, le=10_000_000)] = 10_000  # given to everyone who registers
    hold_cents: Annotated[int, Field(ge=0, le=10_000_000)] = 2_000  # set aside of a driver's credit at each start
    stop_when_credit_runs_out: bool = False  # and start nobody who has none
    stop_when_full: bool = False  # a car that says 100 % in three samples has charged
    usual_target_percent: Annotated[int, Field(ge=10, le=100)] = 80  # time left is to there, if nobody has said
    display_costs_every_s: Annotated[int, Field(ge=0, le=3600)] = 60  # cost and time left to displays; 0: never
    payment_provider: Literal["", "sandbox"] = ""  # sandbox: to try; whoever has an account makes their own credit
    reservation_minutes: Annotated[int, Field(ge=1, le=1440)] = 15
    emergency_number: EmergencyNumber = "112"  # shown beside each connector; empty: none is, unless a site has its own
    tell_emergency_number: bool = True  # to displays; false: charge points keep what they have
    # The map's pictures, with {z}, {x} and {y}. Empty: places without pictures, as who serves them learns what people
    # look at, and has rules for it: somebody must want that.
    map_tiles_url: Annotated[str, Field(pattern=r"^(https?://[^\s;,'\"]+)?$", max_length=300)] = ""
    map_attribution: Annotated[str, Field(max_length=200)] = "© OpenStreetMap contributors"
    registration: bool = True  # anybody may make an account
    mail_sender_name: SenderName = "Bollard"  # before the address of mail.sender; empty: none
    mail: MailServer | None = None  # none: no mail is sent, and no password can be reset by mail
    # How long a charge point is away until its operators are told; 0: they are not.
    offline_notice_after_s: Annotated[int, Field(ge=0, le=86_400)] = 300
    # At which state of charge a driver who has not said another one is told.
    soc_notice_percent: Annotated[int, Field(ge=1, le=100)] = 80
    push_contact: str = ""  # whom push services write to, as mailto:… or https:…; empty: public_url, or mail.sender
    push_hosts: list[str] = []  # push services beside those of the known browsers; a leading dot: and all below
    heartbeat_interval_s: Annotated[int, Field(ge=5, le=86_400)] = 300
    # How often charge points tell their meters while they charge; 0 leaves each as it is.
    meter_value_sample_interval_s: Annotated[int, Field(ge=0, le=86_400)] = 10
    # How often cards and the local lists of charge points are compared; 0: only when an operator asks for it.
    local_list_sync_s: Annotated[int, Field(ge=0, le=86_400)] = 60
    # A transaction whose connector has been free, or busy with another one, for so long is ended; 0: never.
    zombie_after_s: Annotated[int, Field(ge=0, le=31_536_000)] = 3600
    requests_per_minute: Annotated[int, Field(ge=0, le=1_000_000)] = 3000  # to the API from one address; 0: any number
    metrics_token_file: Path | None = None  # none: metrics are for this machine only
    meter_values_raw_days: Annotated[int, Field(ge=0, le=36_500)] = 90  # then by quarters of an hour; 0: for ever
    notices_kept_days: Annotated[int, Field(ge=0, le=36_500)] = 365
    audit_kept_days: Annotated[int, Field(ge=0, le=36_500)] = 730
    log_level: Annotated[str, Field(pattern="^(debug|info|warning|error)$")] = "info"

    @model_validator(mode="after")
    def _doors_fit(self) -> Self:
        if self.http.client_certificates != "never":
            raise ValueError("http: client_certificates are for ocpp and ocpp_tls")
        if self.ocpp_tls is not None and self.ocpp_tls.certificate_file is None:
            raise ValueError("ocpp_tls: needs certificate_file and key_file")
        return self

    @field_validator("http", "ocpp", mode="before")
    @classmethod
    def _with_defaults(cls, value: Any, info: Any) -> Any:
        """A file may give the port alone."""
        if not isinstance(value, dict):
            return value
        default = cls.model_fields[info.field_name].default
        return {"host": default.host, "port": default.port, **value}

    def make_data_dir(self) -> None:
        self.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)

    @property
    def sqlalchemy_url(self) -> str:
        return self.database_url or f"sqlite+aiosqlite:///{self.data_dir.absolute() / 'csms.sqlite3'}"


def load(path: Path | None) -> Settings:
    """Read the file (None: environment and defaults only); BadSettings names the key that is wrong."""
    if path is not None and not path.is_file():
        raise BadSettings(f"{path}: there is no such file")
    _refuse_unknown_environment()

    class FromFile(Settings):
        @classmethod
        def settings_customise_sources(
            cls, settings_cls: type[BaseSettings], *_: Any, **__: Any
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            environment = EnvSettingsSource(settings_cls)
            return (environment, TomlConfigSettingsSource(settings_cls, path)) if path else (environment,)

    try:
        return FromFile()
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        what = "unknown key" if first["type"] == "extra_forbidden" else first["msg"]
        raise BadSettings(f"{path or 'environment'}: {key}: {what}") from None
    except ValueError as error:  # not TOML, or not JSON in the environment
        raise BadSettings(f"{path or 'environment'}: {error}") from None


def _refuse_unknown_environment() -> None:
    for name in os.environ:
        if name.upper().startswith(_PREFIX):
            key = name[len(_PREFIX) :].split("__")[0].lower()
            if key not in Settings.model_fields:
                raise BadSettings(f"environment: {name}: unknown key {key}")
