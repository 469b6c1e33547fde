"""The current a connector may offer, tenths of an ampere: the lowest of its limits, with the name of that one."""
from array import array

from micropython import const

HARDWARE = const(0)
CABLE = const(1)
TEMPERATURE = const(2)
PROFILE = const(3)  # what the charge point wants to offer: charging profiles, availability
FAILSAFE = const(4)  # no fresh orders: not more than this
# The last is the controller's own: nothing with a fault, or while a part holds.
NAMES = ("hardware", "cable", "temperature", "profile", "failsafe", "safety")
NO_LIMIT = const(0xFFFF)

# Throttling steps in degrees, each released 3 degrees lower; at _HOT_C safety.py stops altogether.
_WARM_C = const(65)
_HOTTER_C = const(68)
_RELEASE_C = const(3)


class Limits:
    """Set where a limit changes, read by every tick: the lowest is kept, not searched."""

    def __init__(self, hardware_da):
        self._da = array("H", (hardware_da, NO_LIMIT, NO_LIMIT, 0, NO_LIMIT, NO_LIMIT))
        self.lowest_da = 0
        self.winner = PROFILE  # nothing is offered before the charge point says so

    def set(self, source, limit_da):
        self._da[source] = min(max(limit_da, 0), NO_LIMIT)
        lowest, winner = NO_LIMIT + 1, 0
        for i in range(6):
            if self._da[i] <= lowest:  # of equal ones the later is the more telling
                lowest, winner = self._da[i], i
        self.lowest_da, self.winner = lowest, winner

    def get(self, source):
        return self._da[source]

    def warm(self, temperature_c):
        """Halve the hardware's current when warm, six amperes when hotter still."""
        now_da, half_da = self._da[TEMPERATURE], self._da[HARDWARE] // 2
        if temperature_c >= _HOTTER_C - (_RELEASE_C if now_da == 60 else 0):
            target = 60
        elif temperature_c >= _WARM_C - (_RELEASE_C if now_da != NO_LIMIT else 0):
            target = max(half_da, 60)
        else:
            target = NO_LIMIT
        if target != now_da:
            self.set(TEMPERATURE, target)
