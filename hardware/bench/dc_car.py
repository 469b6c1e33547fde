"""An electric car on direct current: the charge point's power module feeds its battery, it says what it may be fed.

The pilot stands for the limit that a real car is told by its own protocol: its amperes are those that the module draws
from each phase of the mains, unless the module is told its limit over the EV link. Not modelled: ISO 15118 and DIN
70121 themselves, insulation test, precharge, a contactor on the DC side, cooling.
"""
from itertools import pairwise

from hardware.bench.car import Car, Model
from hardware.bench.mains import NOMINAL_V

MODULE_EFFICIENCY = 0.95    # mains to battery
PHASES = 3
CELLS = 96                  # in series: a pack of the 400 V class
CELL_EMPTY_V, CELL_FULL_V = 3.40, 4.15
AMBIENT_C = 20.0
LOST_IN_BATTERY = 0.04      # of what comes in, as heat …
HEAT_WH_PER_K_KWH = 2.0     # … in this capacity for heat per kWh of battery: some 7 kg a kWh, 1 kJ/(kg K)

# Power the battery takes against its most, by state of charge, straight between these points: flat, then falling from
# the middle on. The shape is ours; that most cars follow it is seen in the nominal curves of open-ev-data (chargeprice,
# MIT licence), of which the median car still takes all at 45 %, half at 75 % and a tenth at the end.
CURVE = ((0.0, 1.0), (45.0, 1.0), (75.0, 0.5), (100.0, 0.1))


def share_taken(soc: float) -> float:
    """Of the most it ever takes, 0 to 1."""
    for (low, before), (high, after) in pairwise(CURVE):
        if soc <= high:
            return before + (after - before) * (soc - low) / (high - low)
    return CURVE[-1][1]


class DcCar(Car):
    def __init__(self, model: Model, module_max_a: float = 80.0) -> None:
        """`module_max_a`: what its module can draw from each phase."""
        super().__init__(model)
        self._module_max_a = module_max_a
        self.module_limit_w: float | None = None   # what the module was told to draw at most, if it is told
        self.temperature_c = AMBIENT_C

    @property
    def request_w(self) -> float:
        """What it asks for now, at the battery."""
        if self.state not in ("C", "D") or self.soc >= 100:
            return 0.0
        return self.model.dc_max_kw * 1000 * share_taken(self.soc)

    @property
    def open_v(self) -> float:
        return CELLS * (CELL_EMPTY_V + (CELL_FULL_V - CELL_EMPTY_V) * self.soc / 100)

    def fed_a(self, mains_w: float) -> float:
        """Direct current into the battery while the module takes so much from the mains."""
        return mains_w * MODULE_EFFICIENCY / self.open_v

    def absorb(self, energy_wh: float) -> None:
        stored_wh = energy_wh * MODULE_EFFICIENCY
        self.temperature_c += stored_wh * LOST_IN_BATTERY / (HEAT_WH_PER_K_KWH * self.model.battery_kwh)
        self.soc = min(100.0, self.soc + stored_wh / (self.model.battery_kwh * 10))
        if self.soc >= 100:
            self._s2 = False

    def current_a(self, live_phases: int) -> tuple[float, float, float]:
        """Per phase of the mains; a module that lacks one does not start."""
        amperes = self._amperes() if live_phases == PHASES else 0.0
        return amperes, amperes, amperes

    def _amperes(self) -> float:
        wanted_a = self.request_w / MODULE_EFFICIENCY / (PHASES * NOMINAL_V)
        most_a = self._limit_a
        if self.module_limit_w is not None and most_a:
            most_a = self.module_limit_w / (PHASES * NOMINAL_V)
        return round(min(wanted_a, self._module_max_a if self.greedy else most_a), 1)
