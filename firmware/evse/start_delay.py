"""After the mains return not all cars of a street start in the same second: each waits for a time of its own."""
from time import ticks_diff

from micropython import const

WAITING = "start delay"
_SLICE_MS = const(60_000)  # ticks wrap, and a delay may be longer than half their round: it is counted down


class StartDelay:
    fault_info = {}  # type: dict

    def __init__(self, delay_ms, mains):
        """`delay_ms()`: how long to wait this time. `mains`: says whether they are `gone`, or None: nobody knows."""
        self._delay_ms, self._mains = delay_ms, mains
        self._gone = False
        self._begin()

    def _begin(self):
        self._left_ms = self._delay_ms()
        self._slice_ms = None
        self.holds = WAITING if self._left_ms else None

    def step(self, controller, now_ms):
        if self._mains is not None and self._mains.gone:  # while this program went on
            if not self._gone:
                self._gone = True
                self._begin()
            self._slice_ms = now_ms
        else:
            self._gone = False
        if self.holds is not None:
            if self._slice_ms is None:
                self._slice_ms = now_ms
            passed_ms = ticks_diff(now_ms, self._slice_ms)
            if passed_ms >= self._left_ms:
                self.holds = None
            elif passed_ms >= _SLICE_MS:
                self._left_ms -= passed_ms
                self._slice_ms = now_ms

    def is_ready(self, controller, now_ms):
        return self.holds is None


def begin(controllers, longest_s, getrandbits):
    """Let each connector wait for a random time of its own, up to `longest_s` seconds, now and after under-voltage."""
    def delay_ms():
        return (getrandbits(15) * longest_s >> 10) * 1000 >> 5  # within a small integer: the tick may ask

    for controller in controllers:
        mains = [part for part in controller.parts if hasattr(part, "gone")]
        controller.parts = list(controller.parts) + [StartDelay(delay_ms, mains[0] if mains else None)]
