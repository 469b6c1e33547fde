"""What a controller tells of the meter at the grid connection (OCPP 1.6 §4.7, §7.31): its connector 0.

Of location Inlet: energy, power and the current of each phase at the grid connection. Else the power is what the charge
points measured together, and Current.Offered is what they may draw together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from csms.domain.metering import SampledValue

_MOST = Decimal(10**13)
_PER_UNIT = {"Wh": 1, "kWh": 1000, "W": 1, "kW": 1000, "A": 1000}  # A: kept in mA
_PHASES = {"L1": "l1_ma", "L2": "l2_ma", "L3": "l3_ma", "L1-N": "l1_ma", "L2-N": "l2_ma", "L3-N": "l3_ma"}
_WHOLE = {  # by measurand, and whether it is of the grid connection
    ("Energy.Active.Import.Register", True): ("register_wh", "Wh"),
    ("Power.Active.Import", True): ("power_w", "W"),
    ("Power.Active.Import", False): ("charging_w", "W"),
    ("Current.Offered", False): ("offered_ma", "A"),
}


@dataclass(frozen=True, slots=True)
class SiteReading:
    """One moment; field names are those of the HTTP API. None: it was not told."""

    at: datetime
    register_wh: int | None = None
    power_w: int | None = None
    l1_ma: int | None = None
    l2_ma: int | None = None
    l3_ma: int | None = None
    charging_w: int | None = None
    offered_ma: int | None = None


def read(at: datetime, values: Sequence[SampledValue]) -> tuple[SiteReading, int]:
    """The reading, and how many of the values are of no use: no number, another unit, beyond all bounds."""
    found: dict[str, int] = {}
    useless = 0
    for value in values:
        measurand = value.measurand or "Energy.Active.Import.Register"
        inlet = value.location == "Inlet"
        if inlet and measurand == "Current.Import" and value.phase in _PHASES:
            name, unit = _PHASES[value.phase], "A"
        elif value.phase is None and (measurand, inlet) in _WHOLE:
            name, unit = _WHOLE[measurand, inlet]
        else:
            continue  # more than is kept
        factor = _PER_UNIT.get(value.unit or unit)
        number = None if factor is None or value.format == "SignedData" else _number(value.value, factor)
        if number is None:
            useless += 1
        else:
            found[name] = number
    return SiteReading(at, **found), useless


def _number(text: str, factor: int) -> int | None:
    try:
        number = Decimal(text) * factor
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= _MOST:
        return None
    return int(number.quantize(Decimal(1), rounding=ROUND_HALF_UP))
