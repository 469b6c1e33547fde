"""A socket's cable lock, as far as energy depends on it: closed only while locked, open as soon as it is not."""
from micropython import const

_SURE = const(2)  # readings in a row

UNLOCKED = "cable unlocked"


class Bolt:
    fault_info = {UNLOCKED: ("ConnectorLockFailure", 1)}  # until the car has left
    holds = None

    def __init__(self, lock):
        """`lock`: drivers/lock.py's; cable_lock.py moves it."""
        self._lock = lock
        self._count = 0

    def step(self, controller, now_ms):
        if self._lock.is_locked() or not controller.contactor.commanded:
            self._count = 0
        else:
            self._count += 1
            if self._count >= _SURE:
                return UNLOCKED
        return None

    def is_ready(self, controller, now_ms):
        return self._lock.is_locked()
