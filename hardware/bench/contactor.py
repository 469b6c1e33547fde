"""A contactor with auxiliary contact: it takes time to close and to open, it can weld or stick open.

Time is handed in; `changed_s` says when the main contacts really moved.
"""
CLOSE_S, OPEN_S = 0.020, 0.015


class Contactor:
    def __init__(self) -> None:
        self.coil = False
        self.closed = False
        self.welded = False       # the contacts stick the next time they are closed, or now if they are
        self.stuck_open = False
        self.changed_s: float | None = None
        self._moves_s: float | None = None

    def energise(self, on: bool, at_s: float) -> None:
        if on != self.coil:
            self.coil = on
            self._plan(at_s)

    def set_faults(self, *, welded: bool, stuck_open: bool, now_s: float) -> None:
        self.welded, self.stuck_open = welded, stuck_open
        self._plan(now_s)

    def due_s(self) -> float | None:
        return self._moves_s

    def advance(self, now_s: float) -> bool:
        """Move the contacts when their time has come; whether they did."""
        if self._moves_s is None or now_s < self._moves_s:
            return False
        self.closed, self.changed_s, self._moves_s = not self.closed, self._moves_s, None
        return True

    def _plan(self, at_s: float) -> None:
        wanted = self.coil and not self.stuck_open
        if self.closed and self.welded:
            wanted = True
        if wanted == self.closed:
            self._moves_s = None
        else:
            self._moves_s = at_s + (CLOSE_S if wanted else OPEN_S)
