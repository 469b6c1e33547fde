"""The wire between this program and the world around the chip; the other modules here are written on it.

The world writes (cell, value) pairs into a packet socket; `drain()` copies what has come into `cells` and returns at
once. Outputs leave as one packet each: code, value and the moment in ticks_us, which is CLOCK_MONOTONIC here and
there, so that the world measures latencies exactly. Nothing below allocates. The numbers are hardware/bench/wire.py's.
"""
import gc
from array import array

from micropython import const
from utime import sleep_ms, ticks_us

_CELLS = const(160)
_PACKET = const(128)   # ints, two a pair: the world never sends a longer packet
_RTC_S = const(135)
_RTC_US = const(136)
_HEAP_PROBE = const(139)
_HEAP = const(15)

cells = array("i", bytes(4 * _CELLS))
rtc_offset_us = array("q", [0])   # RTC = ticks_us() + this
_in = array("i", bytes(4 * _PACKET))
_out = array("q", [0, 0, 0])
_readinto = _write = None


def attach(fd):
    global _readinto, _write
    wire = open(fd, "r+b")
    _readinto, _write = wire.readinto, wire.write
    drain()
    rtc_offset_us[0] = cells[_RTC_S] * 1_000_000 + cells[_RTC_US]


def drain():
    n = _readinto(_in)
    while n:
        n >>= 2
        i = 0
        while i < n:
            cells[_in[i]] = _in[i + 1]
            i += 2
        if cells[_HEAP_PROBE]:
            cells[_HEAP_PROBE] = 0
            gc.collect()
            put(_HEAP << 8, gc.mem_alloc())
        n = _readinto(_in)
    if n is not None:   # not "nothing waits" but the end: the world was killed, and no chip outlives it
        raise SystemExit


def put(code, value):
    _out[0] = code
    _out[1] = value
    _out[2] = ticks_us()
    send(_out)


def send(packet):
    while _write(packet) is None:   # the world is slow, a real pin would not be: wait rather than lose an edge
        sleep_ms(1)


def put_bytes(code, value, data):
    _out[0] = code
    _out[1] = value
    _out[2] = ticks_us()
    send(bytes(_out) + data)
