"""Token bucket: how long a connection that talks too fast must wait. Time is handed in."""

_ROUNDING_S = 1e-6


class Throttle:
    def __init__(self, per_s: float, burst: int) -> None:
        self._gap_s = 1 / per_s
        self._slack_s = burst / per_s
        self._busy_until_s = float("-inf")

    def wait_s(self, now_s: float) -> float:
        """Take one token; seconds to pause before going on, 0 as long as the burst lasts."""
        busy_until_s = max(self._busy_until_s, now_s - self._slack_s) + self._gap_s
        self._busy_until_s = busy_until_s
        wait_s = busy_until_s - now_s
        return wait_s if wait_s > _ROUNDING_S else 0.0
