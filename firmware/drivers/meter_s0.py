"""An energy meter with a pulse output (S0, IEC 62053-31): each pulse is a fixed piece of energy.

The chip's own counter counts, also while a TLS handshake or an erase of flash stops all Python. Not exact across power
cuts: pulses that come while the board is off are never seen, and those since the count was last written to flash, a
minute's worth at most, are lost too. A cut wire looks like a car that takes nothing. Not for billing by the law.
"""
import os
import time
from array import array

from micropython import const

_SAVE_MS = const(60_000)    # each write wears the flash
_PAUSE_MS = const(2000)     # without a pulse: a charge may be over, and its energy should be on flash …
_SOON_MS = const(20_000)    # … but a slow one must not write after every pulse
_FORGET_MS = const(60_000)  # without a pulse: no power to speak of
_FILTER_NS = const(12_000)  # what is shorter is noise: the counter's longest filter, a pulse takes 30 ms
_VOLTS = const(230)         # nominal: such a meter tells neither voltage nor current


class MeterError(Exception):
    pass


class Meter:
    """The fields of drivers/meter_sdm.py. power_w is worked out from the time between pulses, current_ma from that: a
    guess, so never above what can flow."""

    def __init__(self, counter, pulses_per_kwh, phases, max_ma, path):
        """`counter`: value() is the number of pulses since the start; `max_ma`: what the fuse lets through."""
        self._max_ma = max_ma
        self._counter, self._per_kwh, self._path = counter, pulses_per_kwh, path
        self._base = self._saved = _kept(path)
        self._seen = 0
        self._pulse_ms = self._saved_ms = time.ticks_ms()
        self.energy_wh = None
        self.power_w = 0
        self.current_ma, self.voltage_dv = array("i", (0,) * phases), array("i", (_VOLTS * 10,) * phases)
        self.read_at_ms = None

    async def read(self):
        """MeterError when the counter went back: it counts for somebody else too."""
        now_ms = time.ticks_ms()
        count = self._counter.value()
        new = count - self._seen
        if new < 0:
            raise MeterError("pulses fell from %d to %d" % (self._seen, count))
        self._seen = count
        self._measure(new, time.ticks_diff(now_ms, self._pulse_ms))
        if new:
            self._pulse_ms = now_ms
        self.energy_wh = (self._base + count) * 1000 // self._per_kwh
        for i in range(len(self.current_ma)):
            self.current_ma[i] = min(self.power_w * 1000 // (_VOLTS * len(self.current_ma)), self._max_ma)
        self.read_at_ms = now_ms
        self._save(now_ms)

    def _measure(self, new, passed_ms):
        """One pulse may be due any moment: without one the power is at most what would just not have made it come."""
        if passed_ms <= 0:
            return
        most_w = max(new, 1) * 3_600_000 // self._per_kwh * 1000 // passed_ms
        if new:
            self.power_w = most_w
        elif passed_ms >= _FORGET_MS:
            self.power_w = 0
        elif most_w < self.power_w:
            self.power_w = most_w

    def _save(self, now_ms):
        pulses, since_ms = self._base + self._seen, time.ticks_diff(now_ms, self._saved_ms)
        pausing = time.ticks_diff(now_ms, self._pulse_ms) >= _PAUSE_MS
        if pulses == self._saved or since_ms < (_SOON_MS if pausing else _SAVE_MS):
            return
        self._saved_ms = now_ms
        try:
            with open(self._path + ".new", "w") as file:
                file.write("%d" % pulses)
            os.rename(self._path + ".new", self._path)
            self._saved = pulses
        except OSError as error:   # the count goes on; it is tried again
            print("meter.unsaved error=%s" % error)


def _kept(path):
    try:
        with open(path) as file:
            return max(0, int(file.read(20)))
    except OSError:
        return 0   # nothing was ever counted
    except ValueError:
        print("meter.register_lost")   # a new one begins; what was billed is billed
        return 0


def begin(connector):
    """The meter of a board file's connector. ImportError where this MicroPython has no pulse counter."""
    from machine import Counter, Pin

    meter = connector["meter"]
    unit = meter["unit"]
    counter = Counter(unit - 1, Pin(meter["pin"], Pin.IN), edge=Counter.FALLING, filter_ns=_FILTER_NS)
    return Meter(
        counter, meter["pulses_per_kwh"], connector["phases"], connector["max_a"] * 1000, "/data/s0_%d" % unit)
