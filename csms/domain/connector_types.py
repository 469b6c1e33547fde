"""The catalogue of connector types: what a plug is called, its current, and the most it is made for."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class ConnectorType:
    """Field names are those of the HTTP API. `power` in kW is what the type allows; a connector may give less."""

    id: str
    name: str
    current: Literal["AC", "DC"]
    power: float


# IEC 62196-2 and -3, IEC 60309, SAE J1772 and J3400, GB/T 20234, CHAdeMO 1.2
CATALOGUE = (
    ConnectorType("type2", "Type 2", "AC", 43.0),
    ConnectorType("type1", "Type 1 (J1772)", "AC", 19.2),
    ConnectorType("ccs2", "CCS Combo 2", "DC", 500.0),
    ConnectorType("ccs1", "CCS Combo 1", "DC", 500.0),
    ConnectorType("chademo", "CHAdeMO", "DC", 200.0),
    ConnectorType("nacs", "NACS (J3400)", "DC", 500.0),
    ConnectorType("gbt-ac", "GB/T AC", "AC", 27.7),
    ConnectorType("gbt-dc", "GB/T DC", "DC", 250.0),
    ConnectorType("schuko", "Household (Schuko)", "AC", 3.7),
    ConnectorType("cee-blue", "CEE blue", "AC", 7.4),
    ConnectorType("cee-red", "CEE red", "AC", 44.0),
)
_BY_ID = {kind.id: kind for kind in CATALOGUE}


def find(type_id: str) -> ConnectorType | None:
    return _BY_ID.get(type_id)


def power_w(type_id: str | None, own_power_w: int | None) -> int | None:
    """The most a connector gives: what is said of itself, else what its type allows; None if nobody knows."""
    if own_power_w is not None:
        return own_power_w
    kind = _BY_ID.get(type_id or "")
    return None if kind is None else round(kind.power * 1000)
