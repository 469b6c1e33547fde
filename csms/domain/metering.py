"""From OCPP's sampled values to one reading. Missing fields mean Energy.Active.Import.Register, Wh (OCPP 1.6 §7.43).

A value nobody can read is left out and counted; signed values are kept byte for byte (§7.49), never computed with.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Protocol

_ABSURD = Decimal(10**13)
_AT_THE_OUTLET = ("Current.Import", "Voltage")  # from the EV itself they are direct current, not one of the phases
_FACTOR = {"kWh": 1000, "kW": 1000, "kvar": 1000, "kvarh": 1000, "kVA": 1000}


class SampledValue(Protocol):
    """The fields of OCPP's SampledValue (ocppj.v16) that are read here."""

    @property
    def value(self) -> str: ...
    @property
    def context(self) -> str | None: ...
    @property
    def format(self) -> str | None: ...
    @property
    def measurand(self) -> str | None: ...
    @property
    def phase(self) -> str | None: ...
    @property
    def location(self) -> str | None: ...
    @property
    def unit(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Sample:
    """What one meter showed at one moment. Phases are folded: power is their sum, current and voltage the highest."""

    at: datetime
    context: str
    register_wh: int | None
    power_w: int | None
    current_ma: int | None  # per phase
    voltage_dv: int | None  # tenths of a volt
    soc_percent: int | None
    temperature_c: int | None
    signed: tuple[str, ...]
    unreadable: int


def read(at: datetime, values: Sequence[SampledValue]) -> Sample:
    numbers: dict[str, list[tuple[str | None, Decimal]]] = {}
    signed: list[str] = []
    unreadable = 0
    for v in values:
        if v.format == "SignedData":
            signed.append(v.value)
            continue
        number = _number(v.value)
        if number is None:
            unreadable += 1
            continue
        measurand = v.measurand or "Energy.Active.Import.Register"
        if v.location == "EV" and measurand in _AT_THE_OUTLET:
            continue
        factor = _FACTOR.get(v.unit or "")
        numbers.setdefault(measurand, []).append((v.phase, number * factor if factor else number))
    return Sample(
        at=at,
        context=next((v.context for v in values if v.context), "Sample.Periodic"),
        register_wh=_sum(numbers.get("Energy.Active.Import.Register")),
        power_w=_sum(numbers.get("Power.Active.Import")),
        current_ma=_highest(numbers.get("Current.Import"), 1000),
        voltage_dv=_highest(numbers.get("Voltage"), 10),
        soc_percent=_highest(numbers.get("SoC"), 1),
        temperature_c=_highest(numbers.get("Temperature"), 1),
        signed=tuple(signed),
        unreadable=unreadable,
    )


def _number(text: str) -> Decimal | None:
    if len(text) < 13 and text.isdecimal() and text.isascii():  # nearly all of them
        return Decimal(int(text))
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < _ABSURD else None


def _whole(number: Decimal) -> int:
    whole = int(number)
    if whole == number:
        return whole
    return int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def _sum(found: Sequence[tuple[str | None, Decimal]] | None) -> int | None:
    """The value without a phase is the whole; without one the phases make it up."""
    if not found:
        return None
    whole = [n for phase, n in found if phase is None]
    return _whole(whole[-1] if whole else sum((n for _, n in found), Decimal(0)))


def _highest(found: Iterable[tuple[str | None, Decimal]] | None, factor: int) -> int | None:
    if not found:
        return None
    return _whole(max(n for _, n in found) * factor)
