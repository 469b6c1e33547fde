import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.bench import pilot


@pytest.mark.parametrize(("state", "high_v"), [("A", 12), ("B", 9), ("C", 6), ("D", 3), ("E", 0)])
def test_each_state_gives_its_voltage(state: str, high_v: float) -> None:
    levels = pilot.levels(0.2667, pilot.resistance_ohm(state))
    assert levels.high_v == pytest.approx(high_v, abs=0.1)
    assert pilot.state_of(levels) == state


@pytest.mark.parametrize("state", ["A", "B", "C", "D"])
def test_a_diode_keeps_the_negative_half_whole(state: str) -> None:
    assert pilot.levels(0.5, pilot.resistance_ohm(state)).low_v == -12


def test_without_a_diode_the_car_loads_the_negative_half_too() -> None:
    assert pilot.levels(0.5, pilot.resistance_ohm("B"), diode=False).low_v == pytest.approx(-8.8, abs=0.1)


def test_a_steady_pilot_has_one_half_only() -> None:
    assert pilot.levels(1.0, pilot.resistance_ohm("B")).low_v == 0
    off = pilot.levels(0.0, None)
    assert (off.high_v, pilot.state_of(off)) == (0, "F")


@pytest.mark.parametrize(("percent", "amperes"), [
    (5, 0), (7.9, 0), (8, 6), (10, 6), (16, 9.6), (26.67, 16), (53.33, 32),
    (85, 51), (90, 65), (97, 80), (98, 0), (100, 0),
])
def test_the_duty_cycle_tells_the_current(percent: float, amperes: float) -> None:
    assert pilot.offered_a(percent / 100) == pytest.approx(amperes, abs=0.01)


@given(st.floats(-12, 12))
def test_what_the_adc_reads_is_the_voltage_within_a_step(volts: float) -> None:
    read_mv = pilot.adc_uv(volts, mv_per_v=180, offset_mv=150) / 1000
    assert (read_mv - 150) / 180 == pytest.approx(abs(volts), abs=0.005)
