"""The time of day: kept by the chip's RTC as UTC, set from outside. Durations use time.ticks_ms, never this.

Moments are whole seconds since 2000-01-01 here, whatever the port's own epoch is.
"""
import time

from firmware.modules import on_demand

_EPOCH_S = 946_684_800 if time.gmtime(0)[0] == 1970 else 0   # the chip counts from 2000, desktop ports from 1970


def iso(moment_s):
    y, mo, d, h, mi, s = time.gmtime(moment_s + _EPOCH_S)[:6]
    return "%d-%02d-%02dT%02d:%02d:%02dZ" % (y, mo, d, h, mi, s)


class Clock:
    """`trusted` once somebody who knows has told the time since power came on."""

    def __init__(self, rtc):
        self._rtc = rtc
        self.trusted = False
        self.started_s = self.now_s()   # on this clock, also after it was set

    def now_s(self):
        return int(time.time()) - _EPOCH_S

    def parse(self, text):
        """What OCPP writes as seconds since 2000; ValueError if it is no moment."""
        return on_demand("iso8601").parse_iso(text)

    def stamp(self, moment_s=None):
        """A moment (or now) as OCPP writes it."""
        return iso(self.now_s() if moment_s is None else moment_s)

    def set(self, text):
        """What somebody who knows calls now, in ISO 8601; ValueError if it is no moment."""
        moment_s = self.parse(text)
        self.trusted = True
        if abs(moment_s - self.now_s()) > 1:   # a second is the wire's own doubt
            self._write(moment_s)

    def at_least(self, moment_s):
        """It cannot be earlier than this (last record, set-up): enough for a certificate's dates, not for a bill."""
        if self.now_s() < moment_s:
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
