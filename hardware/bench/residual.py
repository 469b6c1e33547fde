"""A residual-current device: it trips on leakage or when its test coil is driven, and is well again a moment after.

Time is handed in.
"""
TRIP_S, REARM_S = 0.030, 0.040


class ResidualCurrentDevice:
    def __init__(self) -> None:
        self.tripped = False
        self.broken = False        # its test coil does nothing
        self._leaks = False
        self._driven = False
        self._moves_s: float | None = None

    def leak(self, on: bool, at_s: float) -> None:
        """A leak is there, or gone: taken at once, as the time it takes depends on what flows."""
        self._leaks = on
        self._plan(at_s)
        if self._moves_s is not None:
            self.tripped, self._moves_s = on or self._tests(), None

    def test(self, driven: bool, at_s: float) -> None:
        self._driven = driven
        self._plan(at_s)

    def set_broken(self, on: bool, at_s: float) -> None:
        self.broken = on
        self._plan(at_s)

    def due_s(self) -> float | None:
        return self._moves_s

    def advance(self, now_s: float) -> bool:
        """Trip or recover when its time has come; whether it did."""
        if self._moves_s is None or now_s < self._moves_s:
            return False
        self.tripped, self._moves_s = not self.tripped, None
        return True

    def _tests(self) -> bool:
        return self._driven and not self.broken

    def _plan(self, at_s: float) -> None:
        wanted = self._leaks or self._tests()
        if wanted == self.tripped:
            self._moves_s = None
        elif self._moves_s is None:
            self._moves_s = at_s + (TRIP_S if wanted else REARM_S)
