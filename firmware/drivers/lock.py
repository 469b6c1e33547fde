"""A socket's cable lock on one output, with a feedback contact that its bolt closes.

The output is a level, not a pulse: at a reset or without power the pin floats, the pull-down lets go, and nobody's
cable stays behind a program that does not run. A bolt that wants pulses has a driver that makes them from the level's
edges, and keeps the charge for the last one.
"""


class Lock:
    def __init__(self, pin, active, feedback, feedback_active):
        self._pin, self._active = pin, active
        self._feedback, self._feedback_active = feedback, feedback_active
        self.drive(False)

    def drive(self, locked):
        """Begin to lock or to unlock; a bolt takes some 100 ms."""
        self._pin.value(self._active if locked else 1 - self._active)

    def is_locked(self):
        return self._feedback.value() == self._feedback_active
