"""How much a driver wants of one charge: so much energy, money, battery or time. Reaching it ends the session."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LimitKind(StrEnum):
    """The words are the units of `value`."""

    ENERGY = "energy_wh"
    COST = "cost_cents"
    SOC = "soc_percent"
    TIME = "minutes"


# What is less ends before it has begun, what is more no charge comes to.
BOUNDS = {
    LimitKind.ENERGY: (100, 500_000),
    LimitKind.COST: (1, 1_000_000),
    LimitKind.SOC: (1, 100),
    LimitKind.TIME: (1, 7 * 24 * 60),
}


@dataclass(frozen=True, slots=True)
class ChargeLimit:
    """Of one session. Field names are those of the HTTP API."""

    kind: LimitKind
    value: int  # in the unit that `kind` names
    reached_at: datetime | None = None
    estimated: bool = False  # the battery's charge, when it was reached, was reckoned and not said by the car


@dataclass(frozen=True, slots=True)
class SoFar:
    """A session as it stands."""

    energy_wh: int
    cost_cents: int
    charging_s: float
    soc_percent: int | None = None  # nobody knows

    def of(self, kind: LimitKind) -> int | None:
        """In that kind's unit, rounded down: what is said to be reached has been."""
        match kind:
            case LimitKind.ENERGY:
                return self.energy_wh
            case LimitKind.COST:
                return self.cost_cents
            case LimitKind.TIME:
                return int(self.charging_s // 60)
            case LimitKind.SOC:
                return self.soc_percent


def reached(limit: ChargeLimit, so_far: SoFar) -> bool:
    now = so_far.of(limit.kind)
    return now is not None and now >= limit.value
