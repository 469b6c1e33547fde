"""The time of day: kept by the chip's RTC as UTC, set from outside. Durations use time.ticks_ms, never this.

Moments are whole seconds since 2000-01-01 here, whatever the port's own epoch is.
"""
import time

from micropython import const

_LATEST_S = const(0x7FFFFFFF)   # the year 2068: a calendar of 32 bits that counts from 2000 reaches no further
_DAYS_BEFORE = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_EPOCH_S = 946_684_800 if time.gmtime(0)[0] == 1970 else 0   # the chip counts from 2000, desktop ports from 1970


def iso(moment_s):
    y, mo, d, h, mi, s = time.gmtime(min(moment_s, _LATEST_S) + _EPOCH_S)[:6]
    return "%d-%02d-%02dT%02d:%02d:%02dZ" % (y, mo, d, h, mi, s)


def parse_iso(text):
    """Seconds since 2000 of an ISO 8601 moment; fractions are dropped, zone offsets applied. ValueError otherwise."""
    if len(text) < 19 or text[4] + text[7] + text[13] + text[16] != "--::" or text[10] not in "Tt ":
        raise ValueError("no ISO 8601 moment")
    y, mo, d = int(text[:4]), int(text[5:7]), int(text[8:10])
    h, mi, s = int(text[11:13]), int(text[14:16]), int(text[17:19])
    if y < 2000 or not (1 <= mo <= 12 and 1 <= d <= 31 and h < 24 and mi < 60 and s <= 60):
        raise ValueError("no such moment")
    days = (y - 2000) * 365 + (y - 1997) // 4 - (y - 1901) // 100 + (y - 1601) // 400   # leap days before this year
    days += _DAYS_BEFORE[mo - 1] + d - 1
    if mo > 2 and y % 4 == 0 and (y % 100 or y % 400 == 0):
        days += 1
    moment_s = days * 86400 + h * 3600 + mi * 60 + s
    zone = text[19:].lstrip(".0123456789")
    if zone and zone[0] in "+-":
        offset_s = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60 if len(zone) >= 5 else int(zone[1:3]) * 3600
        moment_s += -offset_s if zone[0] == "+" else offset_s
    return moment_s


class Clock:
    """`trusted` once somebody who knows has told the time since power came on."""

    parse = staticmethod(parse_iso)

    def __init__(self, rtc):
        self._rtc = rtc
        self.trusted = False
        self.started_s = self.now_s()   # on this clock, also after it was set

    def now_s(self):
        return int(time.time()) - _EPOCH_S

    def moment_s(self, text):
        """What OCPP writes as seconds since 2000; ValueError if it is no moment."""
        return parse_iso(text)

    def stamp(self, moment_s=None):
        """A moment (or now) as OCPP writes it."""
        return iso(self.now_s() if moment_s is None else moment_s)

    def set(self, text):
        """What somebody who knows calls now, in ISO 8601; ValueError if it is no moment."""
        moment_s = parse_iso(text)
        if moment_s > _LATEST_S:
            raise ValueError("too late for this clock")
        self.trusted = True
        if abs(moment_s - self.now_s()) > 1:   # a second is the wire's own doubt
            self._write(moment_s)

    def at_least(self, moment_s):
        """It cannot be earlier than this (last record, set-up): enough for a certificate's dates, not for a bill."""
        if self.now_s() < moment_s <= _LATEST_S:
            self._write(moment_s)

    def ask_network(self):
        """By NTP where the build has it; a certificate cannot be judged in the year 2000."""
        try:
            import ntptime
            ntptime.settime()
            self.trusted = True
        except (ImportError, OSError) as error:
            print("clock.unset error=%s" % error)

    def _write(self, moment_s):
        self.started_s += moment_s - self.now_s()
        y, mo, d, h, mi, s, weekday = time.gmtime(moment_s + _EPOCH_S)[:7]
        self._rtc.datetime((y, mo, d, weekday, h, mi, s, 0))
