"""Settings of the controller: one TOML file, every key overridden by BOLLARD_SITE__… in the environment.
Secrets come from files of mode 0600 or from the environment, never from the TOML file.
"""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from local_controller.errors import ConfigError

ENV_PREFIX = "BOLLARD_SITE__"
Port = Annotated[int, Field(ge=0, le=65535)]  # 0: any free one, told in ports.json


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Ocpp(Table):
    """Where charge points connect."""

    host: str = "0.0.0.0"
    port: Port = 9100
    # What a charge point is told at its adoption; without it, the address at which it asked.
    public_url: str | None = Field(default=None, pattern=r"^wss?://")
    mdns: bool = True  # tell the local network where we are


class Web(Table):
    """The page and API for the people on site."""

    host: str = "0.0.0.0"
    port: Port = 8100


class Csms(Table):
    """Where the CSMS is; what is left out was learnt at adoption."""

    ocpp_url: str | None = Field(default=None, pattern=r"^wss?://")
    api_url: str | None = Field(default=None, pattern=r"^https?://")
    identity: str | None = None
    site_key: SecretStr | None = None
    ca_file: Path | None = None  # PEM: the CSMS is believed by this CA alone; else by the adoption's or the system's
    passwords_file: Path | None = None  # JSON {identity: password}, for a foreign CSMS with a password a charge point
    answer_within_s: float = Field(default=20.0, gt=0, le=600)  # less than a charge point waits for us


class Tls(Table):
    """Which of our servers speak TLS; without a certificate here, with that of `bollard-site make-ca`."""

    ocpp: bool = False
    web: bool = False
    certificate: Path | None = None  # PEM, with the chain up to but without the root
    key: Path | None = None


class Cards(Table):
    """What decides while the CSMS is away."""

    # Of cards that are in neither the local list nor the cache. What is known as refused stays refused.
    unknown: Literal["refuse", "accept"] = "refuse"


class Power(Table):
    """What the site can give, per phase."""

    limit_a: int | None = Field(default=None, ge=0, le=10_000)  # the fuse; none: the CSMS's profiles alone limit it
    charge_point_a: int = Field(default=32, ge=6, le=1000)  # what one charge point can use at most


class Register(Table):
    """Where a meter keeps one value."""

    address: int = Field(ge=0, le=0xFFFF)
    type: Literal["int16", "uint16", "int32", "uint32", "float32", "uint64"] = "float32"
    scale: float = Field(default=1.0, allow_inf_nan=False)  # what one step is in A, W or Wh


class Meter(Table):
    """The meter at the grid connection, by Modbus."""

    # tcp://host:502; rtu://host:port behind a serial server; else a serial device, /dev/ttyUSB0
    connect: str = Field(pattern=r"^(tcp|rtu)://[^/:]+:\d{1,5}$|^/dev/\S+$")
    unit: int = Field(default=1, ge=1, le=247)
    baud: int = Field(default=9600, ge=1200, le=115_200)
    parity: Literal["N", "E", "O"] = "N"
    model: Literal["sdm630"] | None = None  # Eastron SDM630: the registers below are known
    function: Literal["input", "holding"] = "input"
    word_order: Literal["big", "little"] = "big"
    l1_a: Register | None = None
    l2_a: Register | None = None
    l3_a: Register | None = None
    power_w: Register | None = None
    import_wh: Register | None = None
    every_s: float = Field(default=1.0, ge=0.2, le=5)
    margin_a: int = Field(default=1, ge=0, le=1000)  # kept free beside building and charge points
    # What the building is taken to draw while the meter is silent; none: all, so nothing is left for charge points.
    silent_a: int | None = Field(default=None, ge=0, le=10_000)
    same_phases: bool = False  # L1 of every charge point is L1 of the meter

    @model_validator(mode="after")
    def _tells_currents(self) -> "Meter":
        if self.model is None and self.l1_a is None:
            raise ValueError("name the model, or at least the register l1_a")
        return self


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=ENV_PREFIX, env_nested_delimiter="__", extra="forbid", frozen=True)

    data_dir: Path = Path("site-data")
    # autonomous: the controller's own ids, and the site goes on while the CSMS is away. transparent: the CSMS's ids,
    # and without it the charge points' connections are closed (docs/local-controller.md).
    mode: Literal["autonomous", "transparent"] = "autonomous"
    # auto: the system's time is trusted once a time server set it, or with a real-time clock
    clock_trust: Literal["auto", "always", "never"] = "auto"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    ocpp: Ocpp = Ocpp()
    web: Web = Web()
    csms: Csms = Csms()
    tls: Tls = Tls()
    cards: Cards = Cards()
    power: Power = Power()
    meter: Meter | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return env_settings, init_settings  # the file arrives as arguments; the environment wins


def load(path: Path, env: Mapping[str, str] = os.environ) -> Settings:
    """Read and check the settings; ConfigError names the file and the key."""
    try:
        values = tomllib.loads(path.read_text())
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as problem:
        raise ConfigError(f"{path}: cannot be read: {problem}") from None
    except tomllib.TOMLDecodeError as problem:
        raise ConfigError(f"{path}: not valid TOML: {problem}") from None
    if isinstance(values.get("csms"), dict) and "site_key" in values["csms"]:
        raise ConfigError(
            f"{path}: csms.site_key is a secret and does not belong into this file; "
            f"`bollard-site adopt` keeps it in site-key.json, or set {ENV_PREFIX}CSMS__SITE_KEY"
        )
    for name in env:
        if name.startswith(ENV_PREFIX) and name[len(ENV_PREFIX) :].lower().split("__")[0] not in Settings.model_fields:
            raise ConfigError(f"{name}: no such setting")
    try:
        settings = Settings(**values)
    except ValidationError as problem:
        raise ConfigError(f"{path}: {_first_of(problem)}") from None
    except ValueError as problem:  # an environment variable that is no JSON where a table is meant
        raise ConfigError(f"{path}: {problem}") from None
    if not settings.data_dir.is_absolute():  # relative to the file, so that the place does not depend on who starts it
        settings = settings.model_copy(update={"data_dir": path.absolute().parent / settings.data_dir})
    return settings


def _first_of(problem: ValidationError) -> str:
    first: Any = problem.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return f"{key}: no such setting"
    return f"{key}: {first['msg']}"
