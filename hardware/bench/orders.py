"""What people may ask for, with its limits: the bodies of the API's requests. Unknown fields are refused."""
from typing import Annotated, Literal

import msgspec


class Options(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How to make a charge point; the body of POST /api/charge-points."""
    identity: Annotated[str, msgspec.Meta(min_length=1, max_length=48, pattern=r"^[A-Za-z0-9*\-_=:+|@.]+$")]
    url: Annotated[str, msgspec.Meta(pattern=r"^wss?://")] = ""
    authorization_key: Annotated[str, msgspec.Meta(pattern=r"^([0-9A-Fa-f]{2}){16,20}$")] = ""
    board: str = "bench"
    heap_kib: Annotated[int, msgspec.Meta(ge=32, le=65536)] | None = None   # default: the board's profile
    time_factor: Annotated[float, msgspec.Meta(gt=0, le=10000)] = 1.0
    stalls: bool = True
    hardware_and: bool = True
    meter_wh: Annotated[int, msgspec.Meta(ge=0)] = 0
    data_dir: str | None = None
    vendor: str | None = None
    model: str | None = None
    ca_der_base64: str | None = None
    serial_port: Annotated[int, msgspec.Meta(ge=0, le=65535)] | None = None   # of 127.0.0.1: its console; 0: any
    configured: bool = True   # False: it comes without settings and opens its own WiFi, where its page sets it up

    def __post_init__(self) -> None:
        if self.configured and not (self.url and self.authorization_key):
            raise ValueError("url and authorization_key are needed, or configured must be false")


class Plug(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    battery_kwh: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 50.0
    soc: Annotated[float, msgspec.Meta(ge=0, le=100)] = 40.0
    max_a: Annotated[float, msgspec.Meta(ge=0, le=80)] = 16.0
    phases: Literal[1, 2, 3] = 3
    reaction_ms: Annotated[float, msgspec.Meta(ge=0, le=5000)] = 300.0
    dc_max_kw: Annotated[float, msgspec.Meta(gt=0, le=1000)] = 100.0   # where the connector is a DC one
    cable_a: Literal[13, 20, 32, 63] = 32                              # where it is a socket that reads the plug


class SetCar(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`state` holds the car there; auto lets it act for itself again. Other fields swap in another car."""
    state: Literal["A", "B", "C", "D", "E", "auto"]
    battery_kwh: Annotated[float, msgspec.Meta(gt=0, le=1000)] | None = None
    soc: Annotated[float, msgspec.Meta(ge=0, le=100)] | None = None
    max_a: Annotated[float, msgspec.Meta(ge=0, le=80)] | None = None
    phases: Literal[1, 2, 3] | None = None
    dc_max_kw: Annotated[float, msgspec.Meta(gt=0, le=1000)] | None = None


class Tap(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    uid: str


class Fault(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str
    mode: str | None = None


class Clear(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    kind: str = "all"


class Power(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    on: bool


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    up: bool
    mode: Literal["silent", "reset", "stall", "weak", "names"] = "silent"
