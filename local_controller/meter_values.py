"""What the page shows of MeterValues: energy and power. Missing fields have the meanings of OCPP 1.6 §7.43."""

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from msgspec import Raw

from local_controller.payloads import Wire, try_read

_PER_UNIT = {"Wh": 1, "kWh": 1000, "W": 1, "kW": 1000}
MOST = 10**12  # "1e999999999" is a number too, and as an int it would fill the memory
ENERGY, POWER = "Energy.Active.Import.Register", "Power.Active.Import"


class _Sample(Wire):
    value: str
    measurand: str = ENERGY
    unit: str | None = None
    phase: str | None = None
    location: str = "Outlet"
    format: str = "Raw"


class _MeterValue(Wire):
    sampled_value: list[Raw]


class _Message(Wire):
    meter_value: list[_MeterValue]


@dataclass(frozen=True, slots=True)
class Reading:
    register_wh: int | None
    power_w: int | None


def newest(payload: Raw | bytes) -> Reading:
    """The last energy register and power in a MeterValues; None for what it does not tell."""
    message = try_read(_Message, payload)
    register_wh = power_w = None
    for meter_value in message.meter_value if message else ():
        samples = [s for raw in meter_value.sampled_value if (s := try_read(_Sample, raw)) and s.location == "Outlet"]
        register_wh = _total(samples, ENERGY, "Wh", register_wh)
        power_w = _total(samples, POWER, "W", power_w)
    return Reading(register_wh, power_w)


def _total(samples: list[_Sample], measurand: str, unit: str, before: int | None) -> int | None:
    """The value without a phase; else the sum over the phases (never of both)."""
    mine = [s for s in samples if s.measurand == measurand and s.format == "Raw"]
    whole = [s for s in mine if s.phase is None][-1:]
    parts = whole or [s for s in mine if s.phase in ("L1", "L2", "L3", "L1-N", "L2-N", "L3-N")]
    try:
        values = [Decimal(s.value) * _PER_UNIT[s.unit or unit] for s in parts]
        total = sum(values, Decimal())
        return round(total) if values and abs(total) <= MOST else before  # NaN is not <= anything
    except (InvalidOperation, KeyError):
        return before
