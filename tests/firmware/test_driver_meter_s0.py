"""A pulse meter's driver on the real interpreter: counts, power from time, and what a power cut leaves."""
import textwrap
from pathlib import Path

from tests.firmware.on_micropython import run


def play(source: str, folder: Path, **options: object) -> str:
    """`pulses(n)` come, then `at(ms)` reads the meter at that moment; time is the test's own."""
    prologue = f"""
        import asyncio, time
        now = [0]
        class Ticks:
            def ticks_ms(self): return now[0]
            def ticks_diff(self, a, b): return a - b
        from firmware.drivers import meter_s0
        meter_s0.time = Ticks()
        class Counter:
            count = 0
            def value(self): return self.count
        counter = Counter()
        def begin(per_kwh=1000, phases=1):
            counter.count = 0
            return meter_s0.Meter(counter, per_kwh, phases, 32_000, "{folder}/s0_1")
        meter = begin()
        def pulses(n):
            counter.count += n
        def at(ms):
            now[0] = ms
            asyncio.run(meter.read())
    """
    return run(textwrap.dedent(prologue) + textwrap.dedent(source))


def test_each_pulse_is_its_piece_of_energy_and_never_rounded_up(tmp_path: Path) -> None:
    play("""
        meter = begin(per_kwh=800)
        at(0)
        assert meter.energy_wh == 0
        pulses(3)
        at(1000)
        assert meter.energy_wh == 3   # 3.75 Wh
        pulses(1)
        at(2000)
        assert meter.energy_wh == 5
    """, tmp_path)


def test_power_is_what_came_in_the_time_it_took(tmp_path: Path) -> None:
    play("""
        meter = begin(phases=3)
        at(0)
        pulses(6)
        at(1000)
        assert meter.power_w == 21_600 and list(meter.current_ma) == [31304] * 3, (meter.power_w, meter.current_ma)
        assert list(meter.voltage_dv) == [2300] * 3
        pulses(100)
        at(2000)
        assert list(meter.current_ma) == [32_000] * 3   # its fuse would not let more through
    """, tmp_path)


def test_without_pulses_power_falls_as_time_tells_and_then_is_none(tmp_path: Path) -> None:
    play("""
        at(0)
        pulses(1)
        at(1000)
        assert meter.power_w == 3600
        at(2000)
        assert meter.power_w == 3600   # the next one is due just now
        at(5000)
        assert meter.power_w == 900
        at(62_000)
        assert meter.power_w == 0
    """, tmp_path)


def test_a_stall_loses_nothing_as_the_chip_counts(tmp_path: Path) -> None:
    play("""
        at(0)
        pulses(24)
        at(4000)   # a handshake long
        assert meter.energy_wh == 24 and meter.power_w == 21_600
    """, tmp_path)


def test_after_a_power_cut_the_register_goes_on_from_what_was_written(tmp_path: Path) -> None:
    play("""
        at(0)
        pulses(100)
        at(59_000)
        pulses(10)
        at(60_000)      # written
        pulses(7)
        at(65_000)      # not yet
        meter = begin()
        at(66_000)
        assert meter.energy_wh == 110
        pulses(1)
        at(67_000)
        assert meter.energy_wh == 111
    """, tmp_path)


def test_the_end_of_a_charge_is_written_soon_and_a_slow_one_not_at_each_pulse(tmp_path: Path) -> None:
    play("""
        import os
        writes = []
        class Os:
            def rename(self, old, new):
                writes.append(now[0])
                os.rename(old, new)
        meter_s0.os = Os()
        at(0)
        for second in range(1, 21):
            pulses(1)
            at(second * 1000)
        at(21_000)
        assert writes == []
        at(22_000)      # two seconds without a pulse
        assert writes == [22_000]
        for second in range(23, 123):
            if second % 4 == 0:
                pulses(1)
            at(second * 1000)
        assert 4 <= len(writes) <= 6, writes
    """, tmp_path)


def test_a_full_flash_or_a_damaged_file_stops_no_counting(tmp_path: Path) -> None:
    (tmp_path / "s0_1").write_text("12x")
    out = play("""
        class Os:
            def rename(self, old, new):
                raise OSError(28)
        meter_s0.os = Os()
        at(0)
        pulses(5)
        at(61_000)
        assert meter.energy_wh == 5
    """, tmp_path)
    assert out == "meter.register_lost\nmeter.unsaved error=28\n"


def test_a_counter_that_goes_back_is_an_error_and_the_reading_stays(tmp_path: Path) -> None:
    play("""
        pulses(5)
        at(1000)
        counter.count = 2
        try:
            at(2000)
            raise AssertionError("no error")
        except meter_s0.MeterError as error:
            assert str(error) == "pulses fell from 5 to 2"
        assert meter.energy_wh == 5
    """, tmp_path)
