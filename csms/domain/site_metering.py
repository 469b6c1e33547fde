"""What a controller tells of the meter at the grid connection (OCPP 1.6 §4.7, §7.31): its connector 0.

Energy, power and the current of each phase; Current.Offered is what the charge points may draw together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from csms.domain.metering import SampledValue

_MOST = Decimal(10**13)
_PER_UNIT = {"Wh": 1, "kWh": 1000, "W": 1, "kW": 1000, "A": 1000}  # A: kept in mA
_PHASES = {"L1": "l1_ma", "L2": "l2_ma", "L3": "l3_ma", "L1-N": "l1_ma", "L2-N": "l2_ma", "L3-N": "l3_ma"}
_WHOLE = {
    "Energy.Active.Import.Register": ("register_wh", "Wh"),
    "Power.Active.Import": ("power_w", "W"),
    "Current.Offered": ("offered_ma", "A"),
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
    offered_ma: int | None = None


def read(at: datetime, values: Sequence[SampledValue]) -> tuple[SiteReading, int]:
    """The reading, and how many of the values are of no use: no number, another unit, beyond all bounds."""
    found: dict[str, int] = {}
    useless = 0
    for value in values:
        measurand = value.measurand or "Energy.Active.Import.Register"
        if measurand == "Current.Import" and value.phase in _PHASES:
            name, unit = _PHASES[value.phase], "A"
        elif measurand in _WHOLE and value.phase is None:
            name, unit = _WHOLE[measurand]
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
