"""`machine` of the ESP32 port: pins, ADC, LEDC PWM, UART, RTC, watchdog, reset.

Reads are local cells, writes are sent and forgotten. Pin.value(), ADC.read_uv() and PWM.duty_u16() allocate nothing,
as on the chip. What the firmware does not use is not here: on the chip this module is C in flash, but each of its names
and functions would take its part of the heap that is measured.
"""
import io
import select

from bench_wire import cells, drain, put, rtc_offset_us
from micropython import const
from utime import sleep_ms, sleep_us, ticks_add, ticks_diff, ticks_ms, ticks_us

_ADC = const(64)
_RESET_CAUSE = const(130)
_UNIQUE_HI = const(137)
_UNIQUE_LO = const(138)
_UART_FD = const(144)

_LEVEL = const(0x100)
_RELEASED = const(0x200)
_DUTY = const(0x300)
_FREQ = const(0x400)
_UART_OPEN = const(0x500)
_UART_SENT = const(0x600)
_RESET = const(0x800)
_WDT_START = const(0x900)
_WDT_FEED = const(0xA00)
_RTC_SET = const(0xB00)

PWRON_RESET, HARD_RESET, WDT_RESET = 1, 2, 3


class Pin:
    IN, OUT = 1, 3

    def __init__(self, id, mode=-1, pull=-1, *, value=None):
        if not 0 <= id < 49:
            raise ValueError("invalid pin")
        self._n = id
        self._out = mode == Pin.OUT
        if self._out:
            if value is not None:
                cells[id] = 1 if value else 0
            put(_LEVEL | id, cells[id])
        elif mode == Pin.IN:
            put(_RELEASED | id, 0)

    def value(self, x=None):
        n = self._n
        if x is None:
            drain()
            return cells[n]
        x = 1 if x else 0
        if self._out and cells[n] != x:
            cells[n] = x
            put(_LEVEL | n, x)
        return None

    def toggle(self):
        self.value(not cells[self._n])


class ADC:
    ATTN_11DB = 3

    def __init__(self, id, *, atten=0):
        self._cell = _ADC + id._n

    def read_uv(self):
        drain()
        return cells[self._cell]


class PWM:
    def __init__(self, dest, *, freq=5000, duty_u16=32768):
        self._n = dest._n
        self._duty = -1
        put(_FREQ | self._n, freq)
        self.duty_u16(duty_u16)

    def duty_u16(self, duty):
        if not 0 <= duty <= 65536:
            raise ValueError("duty_u16 must be from 0 to 65536")
        if duty != self._duty:
            self._duty = duty
            put(_DUTY | self._n, duty)


_uart_files = [None, None, None]   # opened once: a collected file would close the wire under its successor


class UART(io.IOBase):
    def __init__(self, id, baudrate=115200, *, timeout=0, **pins):
        self._id = id
        self._sent_at = ticks_us()
        if _uart_files[id] is None:
            _uart_files[id] = open(cells[_UART_FD + id], "r+b")
        self._file = _uart_files[id]
        self._poller = select.poll()
        self._poller.register(self._file, select.POLLIN)
        self._char_us = 10_000_000 // baudrate   # 8 bits, no parity
        put(_UART_OPEN | id, baudrate)

    def ioctl(self, request, argument):
        if request == 10:   # MP_STREAM_GET_FILENO: asyncio then waits on the wire itself
            return cells[_UART_FD + self._id]
        return 0

    def any(self):
        return 1 if self._poller.poll(0) else 0   # 1 may stand for more, as the documentation allows

    def read(self, n=256):
        return self._file.read(n) or None

    def readinto(self, buf):
        return self._file.readinto(buf) or None

    def write(self, data):
        n = len(data)
        put(_UART_SENT | self._id, n)   # ahead of the bytes: it says when the first one left
        now = ticks_us()
        start = self._sent_at if ticks_diff(self._sent_at, now) > 0 else now
        self._sent_at = ticks_add(start, n * self._char_us)
        return self._file.write(data)

    def flush(self):
        left_us = ticks_diff(self._sent_at, ticks_us())
        if left_us > 0:
            sleep_us(left_us)


class RTC:
    def __init__(self, id=0):
        pass

    def datetime(self, when=None):
        import time
        if when is None:
            us = ticks_us() + rtc_offset_us[0]
            y, m, d, h, mi, s, wd, _ = time.gmtime(us // 1_000_000)
            return y, m, d, wd, h, mi, s, us % 1_000_000
        y, m, d, _, h, mi, s, us = when
        rtc_offset_us[0] = time.mktime((y, m, d, h, mi, s, 0, 0)) * 1_000_000 + us - ticks_us()
        put(_RTC_SET, rtc_offset_us[0])
        return None


class WDT:
    def __init__(self, id=0, timeout=5000):
        self._told_ms = ticks_ms()
        put(_WDT_START, timeout)

    def feed(self):
        now_ms = ticks_ms()
        if ticks_diff(now_ms, self._told_ms) >= 200:   # programs feed each tick; the world need not hear all of it
            self._told_ms = now_ms
            put(_WDT_FEED, 0)


def reset():
    put(_RESET, 2)
    while True:   # the world ends this process: no `finally` block runs, as on the chip
        sleep_ms(1000)


def reset_cause():
    return cells[_RESET_CAUSE]


def unique_id():
    return cells[_UNIQUE_HI].to_bytes(3, "big") + cells[_UNIQUE_LO].to_bytes(3, "big")
