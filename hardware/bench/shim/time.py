"""`time` of the ESP32 port: seconds count from 2000, gmtime is the RTC's own, ticks are the built-in ones."""
import utime as _utime
from bench_wire import rtc_offset_us as _rtc_offset_us
from micropython import const
from utime import sleep, sleep_ms, sleep_us, ticks_add, ticks_diff, ticks_ms, ticks_us  # noqa: F401

_UNIX_2000_S = const(946_684_800)


def time():
    return (ticks_us() + _rtc_offset_us[0]) // 1_000_000


def gmtime(secs=None):
    return _utime.gmtime((time() if secs is None else int(secs)) + _UNIX_2000_S)[:8]


def mktime(t):
    return int(_utime.mktime(tuple(t[:8]) + (0,))) - _UNIX_2000_S   # the process runs in UTC
