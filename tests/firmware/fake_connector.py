"""A connector to be controlled, on MicroPython: pins that remember, a car, a contactor, a clock wound by hand."""
from time import ticks_add

from firmware.evse.contactor import Contactor
from firmware.evse.controller import Controller
from firmware.evse.limits import Limits
from firmware.evse.pilot import Pilot
from firmware.evse.safety import Line, Safety, Thermometer

STEADY = 65535
CALIBRATION = {"mv_per_v": 180, "offset_mv": 150}
VOLTS = {"A": 12, "B": 9, "C": 6, "D": 3, "E": 0, "F": 0}


class FakePin:
    def __init__(self, level=0):
        self.level = level
        self.edges = 0
        self.broken = False

    def value(self, level=None):
        if self.broken:
            raise OSError(5)
        if level is not None:
            self.edges += level != self.level
            self.level = level
        return self.level


class FakeAdc:
    def __init__(self):
        self.uv = 0
        self.broken = False

    def read_uv(self):
        if self.broken:
            raise OSError(5)
        return self.uv


class FakePwm:
    def __init__(self):
        self.duty = 0

    def duty_u16(self, duty):
        self.duty = duty


class Connector:
    """`car` is the car's state as a letter; main and auxiliary contacts follow the coil after 30 ms."""

    def __init__(self, start_ms=1000, ventilated=False, hold_ms=5000, parts=(), residual=None):
        self.now_ms = start_ms
        self.car, self.diode = "A", True
        self.stuck_open = self.welded = False
        self.coil, self.auxiliary, self.heartbeat = FakePin(1), FakePin(1), FakePin()
        self.high, self.low, self.heat, self.pwm = FakeAdc(), FakeAdc(), FakeAdc(), FakePwm()
        self.residual, self.earth, self.stop = FakePin(), FakePin(), FakePin()
        self.heat_c = 25
        limits = Limits(320)
        self.controller = Controller(
            Pilot(self.pwm, self.high, CALIBRATION, self.low, CALIBRATION),
            Contactor(self.coil, 1, self.auxiliary, 0, self.heartbeat),
            Safety(residual or Line(self.residual, 1), Line(self.earth, 1), Line(self.stop, 1),
                   Thermometer(self.heat, 10, 500)),
            limits,
            hold_ms,
            ventilated,
            parts,
        )
        self._coil_since_ms, self._coil_was = start_ms, 0

    @property
    def closed(self):
        return self.coil.level == 1

    def tick(self, ms=20):
        self.now_ms = ticks_add(self.now_ms, ms)
        self.high.uv = (150 + 180 * VOLTS[self.car]) * 1000
        pulsing = self.pwm.duty != STEADY
        negative = 12 if self.car == "F" or (pulsing and self.car != "E" and (self.diode or self.car == "A")) else 0
        if pulsing and not self.diode and self.car in "BCD":
            negative = VOLTS[self.car]
        self.low.uv = (150 + 180 * negative) * 1000
        self.heat.uv = (500 + 10 * self.heat_c) * 1000
        if self.coil.level != self._coil_was:
            self._coil_was, self._coil_since_ms = self.coil.level, self.now_ms
        if self.welded:
            self.auxiliary.level = 0
        elif self.now_ms - self._coil_since_ms >= 30:
            self.auxiliary.level = 0 if self.coil.level and not self.stuck_open else 1
        self.controller.step(self.now_ms)

    def run(self, ms):
        for _ in range(ms // 20):
            self.tick()

    def until(self, is_so, within_ms):
        """Milliseconds until `is_so(self)`."""
        for i in range(within_ms // 20 + 1):
            if is_so(self):
                return i * 20
            self.tick()
        raise AssertionError(f"not within {within_ms} ms")


def plugged(**options):
    connector = Connector(**options)
    connector.run(200)
    connector.car = "B"
    connector.run(200)
    return connector


def charging(**options):
    connector = plugged(**options)
    connector.controller.offer(160)
    connector.controller.permit(True)
    connector.run(200)
    connector.car = "C"
    connector.until(lambda c: c.controller.charging, 1000)
    return connector
