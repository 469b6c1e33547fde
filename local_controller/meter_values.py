"""What the page shows of MeterValues, energy and power, and the currents that the site's meter measures, too.

Missing fields have the meanings of OCPP 1.6 §7.43.
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

from msgspec import Raw

from local_controller.payloads import Wire, try_read, utc

_PER_UNIT = {"Wh": 1, "kWh": 1000, "W": 1, "kW": 1000}
MOST = 10**12  # "1e999999999" is a number too, and as an int it would fill the memory
ENERGY, POWER, CURRENT = "Energy.Active.Import.Register", "Power.Active.Import", "Current.Import"
_PHASE = {"L1": 0, "L2": 1, "L3": 2, "L1-N": 0, "L2-N": 1, "L3-N": 2}


class _Sample(Wire):
    value: str
    measurand: str = ENERGY
    unit: str | None = None
    phase: str | None = None
    location: str = "Outlet"
    format: str = "Raw"


class _MeterValue(Wire):
    sampled_value: list[Raw]


class _Timed(_MeterValue):
    timestamp: datetime | None = None


class _TimedMessage(Wire):
    meter_value: list[_Timed]


class _Message(Wire):
    meter_value: list[_MeterValue]


@dataclass(frozen=True, slots=True)
class Reading:
    register_wh: int | None
    power_w: int | None


@dataclass(frozen=True, slots=True)
class Currents:
    at: datetime
    amperes: tuple[float, float, float]  # L1 to L3 of the charge point; a phase that is not told draws nothing


def currents(payload: Raw | bytes) -> Currents | None:
    """The newest currents by phase in a MeterValues; None if it tells none."""
    message = try_read(_TimedMessage, payload)
    newest_of: Currents | None = None
    for meter_value in message.meter_value if message else ():
        found = {}
        for raw in meter_value.sampled_value:
            one = try_read(_Sample, raw)
            if one is None or (one.measurand, one.location, one.format) != (CURRENT, "Outlet", "Raw"):
                continue
            if one.phase in _PHASE and (number := _amperes(one)) is not None:
                found[_PHASE[one.phase]] = number
        if found and meter_value.timestamp is not None:
            at = utc(meter_value.timestamp)
            if newest_of is None or at > newest_of.at:
                newest_of = Currents(at, (found.get(0, 0.0), found.get(1, 0.0), found.get(2, 0.0)))
    return newest_of


def _amperes(sample: _Sample) -> float | None:
    try:
        number = Decimal(sample.value)
    except InvalidOperation:
        return None
    return float(number) if sample.unit in (None, "A") and 0 <= number <= MOST else None


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
