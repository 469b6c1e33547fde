"""`machine` of the ESP32 port: pins, ADC, LEDC PWM, UART, RTC, watchdog, reset.

Reads are local cells, writes are sent and forgotten. Pin.value(), ADC.read_uv() and PWM.duty_u16() allocate nothing,
as on the chip.
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

PWRON_RESET, HARD_RESET, WDT_RESET, DEEPSLEEP_RESET, SOFT_RESET = 1, 2, 3, 4, 5


class Pin:
    IN, OUT, OPEN_DRAIN = 1, 3, 7
    PULL_DOWN, PULL_UP = 1, 2

    def __init__(self, id, mode=-1, pull=-1, *, value=None, drive=0, hold=None):
        if not 0 <= id < 49:
            raise ValueError("invalid pin")
        self._n = id
        self._out = False
        self.init(mode, pull, value=value)

    def init(self, mode=-1, pull=-1, *, value=None, drive=0, hold=None):
        if mode == -1:
            return
        self._out = mode != Pin.IN
        if not self._out:
            put(_RELEASED | self._n, 0)
        elif value is not None:
            cells[self._n] = 1 if value else 0
            put(_LEVEL | self._n, cells[self._n])
        else:
            put(_LEVEL | self._n, cells[self._n])

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

    __call__ = value

    def on(self):
        self.value(1)

    def off(self):
        self.value(0)

    def toggle(self):
        self.value(not cells[self._n])


class ADC:
    ATTN_0DB, ATTN_2_5DB, ATTN_6DB, ATTN_11DB = 0, 1, 2, 3
    WIDTH_9BIT, WIDTH_10BIT, WIDTH_11BIT, WIDTH_12BIT = 9, 10, 11, 12

    def __init__(self, id, *, sample_ns=0, atten=0):
        self._cell = _ADC + (id if isinstance(id, int) else id._n)

    def init(self, *, sample_ns=0, atten=0):
        pass

    def atten(self, atten):
        pass

    def width(self, bits):
        pass

    def read_uv(self):
        drain()
        return cells[self._cell]

    def read_u16(self):
        return min(65535, self.read_uv() * 65535 // 3_100_000)

    def read(self):
        return self.read_u16() >> 4


class PWM:
    def __init__(self, dest, *, freq=5000, duty_u16=None, duty_ns=None, duty=None, invert=False):
        self._n = dest if isinstance(dest, int) else dest._n
        self._freq = 0
        self._duty = -1
        self.init(freq=freq, duty_u16=duty_u16, duty_ns=duty_ns, duty=duty)
        if self._duty < 0:
            self.duty_u16(32768)

    def init(self, *, freq=None, duty_u16=None, duty_ns=None, duty=None, invert=False):
        if freq is not None:
            self.freq(freq)
        if duty_u16 is not None:
            self.duty_u16(duty_u16)
        elif duty_ns is not None:
            self.duty_ns(duty_ns)
        elif duty is not None:
            self.duty(duty)

    def deinit(self):
        self._duty = -1
        put(_RELEASED | self._n, 0)

    def freq(self, hz=None):
        if hz is None:
            return self._freq
        if hz != self._freq:
            self._freq = hz
            put(_FREQ | self._n, hz)
        return None

    def duty_u16(self, duty=None):
        if duty is None:
            return self._duty
        if not 0 <= duty <= 65536:
            raise ValueError("duty_u16 must be from 0 to 65536")
        if duty != self._duty:
            self._duty = duty
            put(_DUTY | self._n, duty)
        return None

    def duty_ns(self, ns=None):
        if ns is None:
            return self._duty * 1_000_000_000 // (65535 * self._freq)
        self.duty_u16(ns * self._freq * 65535 // 1_000_000_000)
        return None

    def duty(self, duty=None):
        if duty is None:
            return self._duty >> 6
        self.duty_u16(duty << 6)
        return None


_uart_files = [None, None, None]   # opened once: a collected file would close the wire under its successor


class UART(io.IOBase):
    INV_TX, INV_RX = 32, 4

    def __init__(self, id, baudrate=115200, bits=8, parity=None, stop=1, **pins):
        self._id = id
        self._sent_at = ticks_us()
        if _uart_files[id] is None:
            _uart_files[id] = open(cells[_UART_FD + id], "r+b")
        self._file = _uart_files[id]
        self._poller = select.poll()
        self._poller.register(self._file, select.POLLIN)
        self._char_us = 0
        self._timeout_ms = 0
        self.init(baudrate, bits, parity, stop, **pins)

    def init(self, baudrate=115200, bits=8, parity=None, stop=1, *, tx=None, rx=None, rts=None, cts=None,
             txbuf=256, rxbuf=256, timeout=0, timeout_char=0, invert=0, flow=0):
        self._char_us = (1 + bits + (parity is not None) + stop) * 1_000_000 // baudrate
        self._timeout_ms = timeout
        put(_UART_OPEN | self._id, baudrate)

    def deinit(self):
        pass

    def ioctl(self, request, argument):
        if request == 10:   # MP_STREAM_GET_FILENO: asyncio then waits on the wire itself
            return cells[_UART_FD + self._id]
        return 0

    def _wait(self):
        left_ms = self._timeout_ms
        while left_ms > 0 and not self.any():
            sleep_ms(1)
            left_ms -= 1

    def any(self):
        return 1 if self._poller.poll(0) else 0   # 1 may stand for more, as the documentation allows

    def read(self, n=-1):
        self._wait()
        return (self._file.read(256 if n < 0 else n) or None) if n else b""

    def readinto(self, buf, n=-1):
        self._wait()
        return (self._file.readinto(buf) if n < 0 else self._file.readinto(buf, n)) or None

    def readline(self):
        self._wait()
        return self._file.readline() or None

    def write(self, data):
        n = len(data)
        put(_UART_SENT | self._id, n)   # ahead of the bytes: it says when the first one left
        now = ticks_us()
        start = self._sent_at if ticks_diff(self._sent_at, now) > 0 else now
        self._sent_at = ticks_add(start, n * self._char_us)
        return self._file.write(data)

    def txdone(self):
        return ticks_diff(self._sent_at, ticks_us()) <= 0

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

    init = datetime


class WDT:
    def __init__(self, id=0, timeout=5000):
        self._told_ms = ticks_ms()
        put(_WDT_START, timeout)

    def feed(self):
        now_ms = ticks_ms()
        if ticks_diff(now_ms, self._told_ms) >= 200:   # programs feed each tick; the world need not hear all of it
            self._told_ms = now_ms
            put(_WDT_FEED, 0)


def reset(soft=False):
    put(_RESET, 5 if soft else 2)
    while True:   # the world ends this process: no `finally` block runs, as on the chip
        sleep_ms(1000)


def soft_reset():
    reset(True)


def reset_cause():
    return cells[_RESET_CAUSE]


def unique_id():
    return cells[_UNIQUE_HI].to_bytes(3, "big") + cells[_UNIQUE_LO].to_bytes(3, "big")


def freq(hz=None):
    if hz is None:
        return 160_000_000
    return None


def disable_irq():
    return 0


def enable_irq(state):
    pass


def idle():
    sleep_ms(1)
