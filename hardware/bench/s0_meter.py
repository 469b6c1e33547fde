"""A meter with a pulse output: it has a register of its own that nobody reads, and closes a contact for each piece of
energy. What is lost of them (a cut wire, a board without power) is lost."""
import math
from typing import Any

from hardware.bench.meter import Meter, MeterLog


class S0Meter(Meter):
    def __init__(self, pulses_per_kwh: int, unit: int, log: MeterLog, now_s: float, **options: Any) -> None:
        self._per_kwh = pulses_per_kwh
        self._steps: int | None = None   # counted by the register
        self.pulses = 0                  # that came through the wire
        super().__init__("s0", unit, log, now_s, **options)

    def _counted_wh(self) -> int:
        steps = math.floor(self._energy_wh * self._per_kwh / 1000 + 1e-6)
        if self._steps is not None and self.mode == "ok":
            self.pulses += steps - self._steps
        self._steps = steps
        return steps * 1000 // self._per_kwh

    def hear(self, data: bytes, now_s: float) -> None:
        """It is on no bus."""
