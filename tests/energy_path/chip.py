"""The chip that runs the energy path under CPython: `machine`, `time` and `micropython` over a world of pins.

Import this before any of `firmware`, in a process of its own: the stand-ins are nobody else's.
"""
import sys
import time
from types import ModuleType
from typing import Any

WRAP_MS = 1 << 30   # as the ESP32's ticks do


class Pins:
    """What the chip's pins carry; the world sets inputs, the program outputs. `wrote` hears of each output."""

    def __init__(self) -> None:
        self.levels = [0] * 64
        self.uv = [0] * 64
        self.duties = [65535] * 64
        self.outputs: list[int] = []   # pins in the order in which they became outputs
        self.now_ms = 0
        self.wrote: Any = lambda pin, level: None
        self.drove: Any = lambda pin, duty: None

    def release(self) -> None:
        """Reset: every pin floats, pull-downs hold the coils, a pull-up the pilot."""
        for pin in self.outputs:
            self.levels[pin] = 0
            self.duties[pin] = 65535
            self.wrote(pin, 0)
            self.drove(pin, 65535)
        self.outputs.clear()


pins = Pins()


class Pin:
    IN, OUT = 1, 3

    def __init__(self, number: int, mode: int = -1, pull: int = -1, *, value: int | None = None) -> None:
        self.number = number
        if mode == Pin.OUT:
            pins.outputs.append(number)
            self.value(value or 0)

    def value(self, level: int | None = None) -> int:
        if level is None:
            return pins.levels[self.number]
        if pins.levels[self.number] != level:
            pins.levels[self.number] = level
            pins.wrote(self.number, level)
        return level


class ADC:
    ATTN_11DB = 3

    def __init__(self, pin: Pin, *, atten: int) -> None:
        self._pin = pin.number

    def read_uv(self) -> int:
        return pins.uv[self._pin]


class PWM:
    def __init__(self, pin: Pin, *, freq: int, duty_u16: int) -> None:
        assert freq == 1000
        self._pin = pin.number
        pins.outputs.append(self._pin)
        self.duty_u16(duty_u16)

    def duty_u16(self, duty: int) -> None:
        pins.duties[self._pin] = duty
        pins.drove(self._pin, duty)


class UART:
    """Nothing is read here: the meter's values are handed to the controllers as the charge point would."""

    def __init__(self, number: int, **wires: int) -> None:
        pass


def ticks_diff(end: int, start: int) -> int:
    return (end - start + WRAP_MS // 2) % WRAP_MS - WRAP_MS // 2


def _module(name: str, **content: Any) -> None:
    module = ModuleType(name)
    for key, value in content.items():
        setattr(module, key, value)
    sys.modules[name] = module


_module("machine", Pin=Pin, ADC=ADC, PWM=PWM, UART=UART)
_module("micropython", const=lambda value: value)
_module("neopixel", NeoPixel=lambda pin, count: bytearray(3 * count))
for _name, _word in (("ticks_diff", ticks_diff), ("ticks_ms", lambda: pins.now_ms % WRAP_MS),
                     ("ticks_add", lambda ticks, delta: (ticks + delta) % WRAP_MS)):
    setattr(time, _name, _word)
