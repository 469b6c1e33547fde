"""One phase or three: a second contactor for the other two, moved only while no energy flows and with a pause.

Some cars do not survive phases that come or go under load, or sooner than they have settled.
"""
from time import ticks_diff

from micropython import const

from firmware.evse.pilot import STATE_A

_STALL_MS = const(100)
_SETTLED_MS = const(1000)  # from the main contactor's opening to the move, and what the contacts may take for it

SWITCHING = "switching phases"
STUCK = "phase contactor stuck"


class Phases:
    """used, wanted   1 or 3"""

    fault_info = {STUCK: ("PowerSwitchFailure", 2)}  # until the next restart

    def __init__(self, pin, active, feedback, feedback_active, pause_ms):
        self._pin, self._active = pin, active
        self._feedback, self._feedback_active = feedback, feedback_active
        self._pause_ms = pause_ms
        self.used, self.wanted = 1, 3
        self.holds = None
        self._open_ms = self._agreed_ms = self._last_ms = None

    def want(self, phases):
        """1 or 3, from the next moment on at which no energy flows; a car that charges is made to pause for it."""
        self.wanted = 1 if phases == 1 else 3

    def _agrees(self):
        return (self._feedback.value() == self._feedback_active) == (self.used == 3)

    def step(self, controller, now_ms):
        contactor = controller.contactor
        # After a stall: the hardware AND may have opened it a moment ago.
        stalled = self._last_ms is None or ticks_diff(now_ms, self._last_ms) > _STALL_MS
        self._last_ms = now_ms
        if contactor.commanded or contactor.closed or stalled:
            self._open_ms = now_ms
        open_ms = ticks_diff(now_ms, self._open_ms)
        if self._agreed_ms is None or self._agrees():
            self._agreed_ms = now_ms
        if self.used != self.wanted:
            self.holds = SWITCHING
            if open_ms >= _SETTLED_MS:
                self.used = self.wanted
                self._pin.value(self._active if self.used == 3 else 1 - self._active)
        elif self.holds is not None and self._agrees() and (
                open_ms >= self._pause_ms or controller.state == STATE_A):  # no car that could mind
            self.holds = None
        if ticks_diff(now_ms, self._agreed_ms) >= _SETTLED_MS:
            return STUCK
        return None

    def is_ready(self, controller, now_ms):
        return self.holds is None and self._agrees()
