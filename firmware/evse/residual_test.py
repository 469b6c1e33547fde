"""The residual-current device is tested before each closing: its test coil on, it must trip; off, be well again.

Connectors may share a device. It is tested while none of them is closed, as a test would open the others; who wants to
close meanwhile waits, as none closes without a test of its own.
"""
from time import ticks_diff

from micropython import const

_IDLE = const(0)
_DRIVEN = const(1)
_CLEARING = const(2)
_PASSED = const(3)
_TRIES = const(2)
_FORGOTTEN_MS = const(100)  # nobody wants to close any more

FAILED = "residual current device failed its test"


class ResidualTest:
    fault_info = {FAILED: ("GroundFailure", 2)}  # until the next restart
    holds = None

    def __init__(self, coil, coil_active, line, line_active, trip_ms, clear_ms):
        self._coil, self._coil_active = coil, coil_active
        self._line, self._line_active = line, line_active
        self._trip_ms, self._clear_ms = trip_ms, clear_ms
        self._contactors = []
        self._state = _IDLE
        self._since_ms = self._asked_ms = None
        self._tries = 0
        self._failed = False

    def guards(self, contactor):
        self._contactors.append(contactor)

    def runs(self):
        """Whether a trip is expected now. No contactor is closed meanwhile."""
        return self._state == _DRIVEN or self._state == _CLEARING

    def _closed(self):
        for contactor in self._contactors:
            if contactor.commanded:
                return True
        return False

    def _go(self, state, now_ms):
        self._coil.value(self._coil_active if state == _DRIVEN else 1 - self._coil_active)
        self._state, self._since_ms = state, now_ms

    def step(self, controller, now_ms):
        state = self._state
        if state == _IDLE:
            return FAILED if self._failed else None
        tripped = self._line.value() == self._line_active
        waited_ms = ticks_diff(now_ms, self._since_ms)
        if state == _DRIVEN:
            if tripped:
                self._tries = 0
                self._go(_CLEARING, now_ms)
            elif waited_ms >= self._trip_ms:
                self._tries += 1
                self._failed = self._tries >= _TRIES
                self._go(_IDLE, now_ms)
        elif state == _CLEARING:
            if not tripped:
                self._go(_PASSED, now_ms)
            elif waited_ms >= self._clear_ms:  # no test any more: what trips it now is what it is for
                self._go(_IDLE, now_ms)
        elif self._closed() or ticks_diff(now_ms, self._asked_ms) >= _FORGOTTEN_MS:
            self._go(_IDLE, now_ms)
        return FAILED if self._failed else None

    def is_ready(self, controller, now_ms):
        self._asked_ms = now_ms
        if self._closed():
            return False
        if self._state == _PASSED:
            return True
        if self._tries and ticks_diff(now_ms, self._since_ms) < self._clear_ms:  # the second try is one of its own
            return False
        # One that has tripped already is no part of a test: the fault is to be seen.
        if self._state == _IDLE and not self._failed and self._line.value() != self._line_active:
            self._go(_DRIVEN, now_ms)
        return False


class TestedLine:
    """The device's output, a safety.Line: a trip that a test asked for is none."""

    def __init__(self, line, test):
        self._line, self._test = line, test

    def active(self):
        return not self._test.runs() and self._line.active()
