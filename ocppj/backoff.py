"""Waiting longer after each failure: for guessers of keys here, for a client that cannot connect there.
Time is handed in.
"""

import random
from collections import OrderedDict
from collections.abc import Callable, Hashable

_MAX_KEYS = 10_000  # an attacker with many addresses must not fill the memory


def jittered_s(attempt: int, first_s: float, longest_s: float, chance: Callable[[], float] = random.random) -> float:
    """Wait after failure number `attempt`, from 0: doubling, and half of it by chance, so that a fleet spreads out."""
    full_s = min(longest_s, first_s * 2.0 ** min(attempt, 32))
    return full_s * (0.5 + 0.5 * chance())


class FailureBackoff:
    """Failures by key. The first `free` cost nothing, each further one doubles the time in which the key is refused."""

    def __init__(self, free: int, first_s: float = 1.0, longest_s: float = 60.0, forget_s: float = 600.0) -> None:
        self._free, self._first_s, self._longest_s, self._forget_s = free, first_s, longest_s, forget_s
        self._failures: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()  # count and time of the last

    def wait_s(self, key: Hashable, now_s: float) -> float:
        """Seconds until `key` may try again, 0 if it may now."""
        count, last_s = self._failures.get(key, (0, now_s))
        if now_s - last_s > self._forget_s:
            del self._failures[key]
            return 0.0
        if count < self._free:
            return 0.0
        penalty_s = min(self._longest_s, self._first_s * 2.0 ** min(count - self._free, 32))
        return max(0.0, last_s + penalty_s - now_s)

    def failed(self, key: Hashable, now_s: float) -> None:
        count, last_s = self._failures.pop(key, (0, now_s))
        self._failures[key] = (1 if now_s - last_s > self._forget_s else count + 1, now_s)
        if len(self._failures) > _MAX_KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, key: Hashable) -> None:
        self._failures.pop(key, None)
