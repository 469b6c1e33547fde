"""Moments on the real interpreter: what OCPP writes is read back, fractions and zones included."""
import textwrap

from tests.firmware.on_micropython import run


def play(source: str) -> str:
    imports = "from firmware.clock import Clock, iso\nfrom firmware.iso8601 import parse_iso\n"
    return run(imports + textwrap.dedent(source))


def test_every_day_of_a_century_is_read_back_as_it_was_written() -> None:
    play("""
        for moment_s in range(0, 100 * 366 * 86400, 86400 - 61):
            assert parse_iso(iso(moment_s)) == moment_s
    """)


def test_fractions_are_dropped_and_zones_applied() -> None:
    play("""
        utc = parse_iso("2026-03-01T00:30:00Z")
        for text in ("2026-03-01T00:30:00.999Z", "2026-03-01T01:30:00+01:00", "2026-02-28T19:30:00.5-05:00",
                     "2026-03-01T06:00:00+0530", "2026-03-01T02:30:00+02", "2026-03-01 00:30:00"):
            assert parse_iso(text) == utc, text
    """)


def test_what_is_no_moment_is_refused() -> None:
    play("""
        for text in ("", "now", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-01-01T24:00:00Z",
                     "1999-12-31T23:59:59Z", "2026/01/01T00:00:00Z", "2026-01-01T00:00", "20x6-01-01T00:00:00Z"):
            try:
                parse_iso(text)
            except ValueError:
                continue
            raise AssertionError(text)
    """)


def test_a_clock_that_is_told_the_time_writes_it_once_and_a_lower_bound_never_sets_it_back() -> None:
    play("""
        class Rtc:
            written = []
            def datetime(self, when):
                self.written.append(when)
        clock = Clock(Rtc())
        now_s = clock.now_s()
        clock.at_least(now_s - 1000)
        assert not Rtc.written and not clock.trusted
        clock.at_least(now_s + 1000)
        assert len(Rtc.written) == 1 and not clock.trusted
        clock.set(iso(now_s))
        assert len(Rtc.written) == 1 and clock.trusted
        clock.set("2030-02-28T23:59:58Z")
        y, mo, d, weekday, h, mi, s, us = Rtc.written[1]
        assert (y, mo, d, h, mi, s, us) == (2030, 2, 28, 23, 59, 58, 0)
    """)
