"""Too little or too much voltage by the meter: nothing is offered until it is well again."""
from micropython import const

_SURE = const(2)  # readings in a row, one a second: a motor that starts next door is no fault

UNDER = "under voltage"
OVER = "over voltage"


class Voltage:
    fault_info = {UNDER: ("UnderVoltage", 0), OVER: ("OverVoltage", 0)}  # they end by themselves
    holds = None

    def __init__(self, min_v, max_v, phases):
        self._min_dv, self._max_dv, self._phases = min_v * 10, max_v * 10, phases
        self._read = None
        self._count = 0
        self._found = None
        self.gone = False   # the mains, or nearly: a street that comes back all at once must not

    def step(self, controller, now_ms):
        read = controller.voltage_dv
        if read is not self._read:
            self._read = read
            wrong = None
            for phase in range(min(self._phases, len(read))):
                if read[phase] < self._min_dv:
                    wrong = UNDER
                elif read[phase] > self._max_dv:
                    wrong = OVER
            self._count = self._count + 1 if wrong else 0
            if wrong is None or self._count >= _SURE:
                self._found = wrong
                self.gone = wrong is UNDER
        return self._found

    def is_ready(self, controller, now_ms):
        return True
