"""How much of the site's current its building takes: what the meter at the grid connection shows, less what the charge
points draw. Pure; times are monotonic seconds. Why so: NOTES.md.
"""

import math
from collections import deque
from collections.abc import Sequence

WINDOW_S = 60.0  # the highest of so long counts: lowered at once, raised when it is safe to stay
CUT_AGAIN_S = 5.0  # so long a car may take to follow a lower offer (IEC 61851-1 Annex A)


class Building:
    def __init__(self) -> None:
        self._loads: deque[tuple[float, float]] = deque()  # time and amperes, falling
        self._cut_at_s, self._cut_to_a = -math.inf, 0

    def heard(self, now_s: float, measured_a: Sequence[float], drawn_a: Sequence[float]) -> None:
        """Amperes of each phase of the meter, and how much of it surely goes to charge points (less is safe)."""
        load_a = max(0.0, max(m - d for m, d in zip(measured_a, drawn_a, strict=True)))
        while self._loads and self._loads[-1][1] <= load_a:
            self._loads.pop()
        self._loads.append((now_s, load_a))
        while now_s - self._loads[0][0] > WINDOW_S:
            self._loads.popleft()

    @property
    def load_a(self) -> int:
        return math.ceil(round(self._loads[0][1], 2)) if self._loads else 0

    def budget_a(self, now_s: float, limit_a: int, measured_a: Sequence[float], shared_a: int) -> int:
        """What is left for the charge points, which may draw `shared_a` now. While more than the limit flows, that is
        lowered by what is too much, whatever they say they draw: their word may be a minute old."""
        over_a = math.ceil(round(max(measured_a) - limit_a, 2))
        if over_a > 0 and now_s - self._cut_at_s >= CUT_AGAIN_S:
            self._cut_at_s, self._cut_to_a = now_s, max(0, shared_a - over_a)
        left_a = max(0, limit_a - self.load_a)
        return min(left_a, self._cut_to_a) if now_s - self._cut_at_s < WINDOW_S else left_a
