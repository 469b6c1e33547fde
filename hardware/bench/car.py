"""An electric car on the pilot: resistors and diode, an on-board charger, a battery that takes less when nearly full.

It follows a new duty cycle after its reaction time (IEC 61851-1 allows 5 s), draws nothing below 6 A, and stops
drawing before it opens S2 when the pilot stops. Time is handed in.
"""
from dataclasses import dataclass

from hardware.bench import pilot

MIN_A = 6.0
TAPER_FROM_SOC = 90.0    # above it the current falls in a straight line …
TAPER_TO_A = 6.0         # … to this, at 100 %
EFFICIENCY = 0.92        # socket to battery
DEFAULT_REACTION_S = 0.3


@dataclass(frozen=True, slots=True)
class Model:
    battery_kwh: float = 50.0
    soc: float = 40.0
    max_a: float = 16.0
    phases: int = 3
    reaction_s: float = DEFAULT_REACTION_S
    dc_max_kw: float = 100.0   # what its battery takes at most from a DC charge point, dc_car.py


class Car:
    def __init__(self, model: Model) -> None:
        self.model = model
        self.soc = model.soc
        self.diode = True
        self.greedy = False              # ignores the pilot's limit and takes what it can
        self.forced: str | None = None   # a person holds it in this state
        self._s2 = False
        self._duty = 1.0
        self._supplied = False
        self._limit_a = 0.0              # what it has understood it may draw
        self._reacts_s: float | None = None

    @property
    def state(self) -> str:
        if self.forced:
            return self.forced
        return "C" if self._s2 else "B"

    @property
    def load_ohm(self) -> float | None:
        return pilot.resistance_ohm(self.state)

    def see(self, duty: float, supplied: bool, now_s: float) -> None:
        """What pilot and socket give it now."""
        if supplied != self._supplied:
            self._supplied = supplied
            if supplied:
                self._reacts_s = self._reacts_s or now_s + self.model.reaction_s
            else:
                self._limit_a = 0.0
        if duty != self._duty:
            self._duty = duty
            self._reacts_s = now_s + self.model.reaction_s

    def hold(self, state: str | None, now_s: float) -> None:
        """Hold it in a state whatever the pilot says; None lets it act for itself again."""
        self.forced = state
        self._reacts_s = now_s + self.model.reaction_s

    def due_s(self) -> float | None:
        return self._reacts_s

    def advance(self, now_s: float) -> bool:
        """React when the time has come; whether anything may have changed."""
        if self._reacts_s is None or now_s < self._reacts_s:
            return False
        self._reacts_s = None
        allowed_a = pilot.offered_a(self._duty)
        self._s2 = allowed_a >= MIN_A and self.soc < 100
        self._limit_a = allowed_a if self._supplied else 0.0
        return True

    def absorb(self, energy_wh: float) -> None:
        """Take energy from the socket into the battery; a full one opens S2."""
        self.soc = min(100.0, self.soc + energy_wh * EFFICIENCY / (self.model.battery_kwh * 10))
        if self.soc >= 100:
            self._s2 = False

    def current_a(self, live_phases: int) -> tuple[float, float, float]:
        """Per phase, with so many phases live at the socket (0: contactor open)."""
        used = min(live_phases, self.model.phases)
        amperes = self._amperes() if used else 0.0
        return amperes * (used > 0), amperes * (used > 1), amperes * (used > 2)

    def _amperes(self) -> float:
        if self.state not in ("C", "D") or self.soc >= 100:
            return 0.0
        taper = min(1.0, max(0.0, (100 - self.soc) / (100 - TAPER_FROM_SOC)))
        battery_a = TAPER_TO_A + (self.model.max_a - TAPER_TO_A) * taper
        allowed_a = self.model.max_a if self.greedy else self._limit_a
        amperes = round(min(self.model.max_a, battery_a, allowed_a), 1)
        return amperes if amperes >= MIN_A else 0.0
