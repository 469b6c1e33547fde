"""One contactor: close, open, keep the coil's heartbeat alive, prove by the auxiliary contact what the main ones do."""
from time import ticks_diff

from micropython import const

_CLOSE_MS = const(500)  # coil and feedback need some 50 ms; a contactor that needs ten times that is broken
_DROPPED_MS = const(200)  # the hardware AND opens before the tick has seen why: give the tick time to see it
_WELDED_MS = const(1000)

NOT_CLOSING = "contactor did not close"
DROPPED = "contactor dropped out"
WELDED = "contactor welded"


class Contactor:
    """The heartbeat is written by step() itself, and only while the contactor is to be closed: a program that
    stopped, or one that wants it open but has a shorted driver, lets the coil go after the hardware's hold time."""

    def __init__(self, pin, active, feedback, feedback_active, heartbeat):
        self._pin, self._active = pin, active
        self._feedback, self._feedback_active = feedback, feedback_active
        self._heartbeat, self._beat = heartbeat, 0
        self.commanded = False
        self.closed = False  # main contacts, as the auxiliary contact tells
        self._proven = False
        self._since_ms = None  # of the last command, or of losing the feedback; None: from the next look on
        self.off()

    def off(self):
        """The pin alone, whatever else is broken."""
        self._pin.value(1 - self._active)
        self.commanded = False

    def close(self, now_ms):
        """Whether it was: contacts that are not proven open, now and at the last look, stay as they are."""
        if self.closed or self._feedback.value() == self._feedback_active:
            return False
        if not self.commanded:
            self.commanded, self._proven, self._since_ms = True, False, now_ms
            self._pin.value(self._active)
        return True

    def open(self, now_ms):
        if self.commanded:
            self.off()
            self._since_ms = now_ms

    def stalled(self, now_ms):
        """The program stood still until now: what the feedback did meanwhile took no time that was watched."""
        self._since_ms = now_ms

    def step(self, now_ms):
        """One tick: heartbeat and feedback. Returns what is wrong, or None; opens by itself when closing failed."""
        if self._since_ms is None:
            self._since_ms = now_ms
        self.closed = self._feedback.value() == self._feedback_active
        if not self.commanded:
            if not self.closed:
                self._since_ms = now_ms
            elif ticks_diff(now_ms, self._since_ms) >= _WELDED_MS:
                return WELDED
            return None
        self._beat ^= 1
        self._heartbeat.value(self._beat)
        if self.closed:
            self._proven, self._since_ms = True, None  # a loss counts from the look that shows it: ticks come late
            return None
        if ticks_diff(now_ms, self._since_ms) < (_DROPPED_MS if self._proven else _CLOSE_MS):
            return None
        self.open(now_ms)
        return DROPPED if self._proven else NOT_CLOSING
