"""A cable lock: a bolt that takes its time, a contact that tells where it is. Jammed it stays where it stands.

Without power the bolt springs back, unless it is jammed. Time is handed in.
"""
MOVE_S = 0.15


class Lock:
    def __init__(self) -> None:
        self.locked = False
        self.jammed = False
        self._driven = False
        self._arrives_s: float | None = None

    def drive(self, locked: bool, at_s: float) -> None:
        if locked != self._driven:
            self._driven = locked
            self._plan(at_s)

    def jam(self, on: bool, now_s: float) -> None:
        self.jammed = on
        self._plan(now_s)

    def due_s(self) -> float | None:
        return self._arrives_s

    def advance(self, now_s: float) -> bool:
        """Let the bolt arrive when its time has come; whether it did."""
        if self._arrives_s is None or now_s < self._arrives_s:
            return False
        self.locked, self._arrives_s = self._driven, None
        return True

    def _plan(self, at_s: float) -> None:
        moves = self._driven != self.locked and not self.jammed
        self._arrives_s = at_s + MOVE_S if moves else None
