from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.evse.pilot import STATE_A, STATE_E, STATE_F, duty_u16, state_of

STATES = st.integers(STATE_A, STATE_F)


def amperes(duty: int) -> Fraction:
    """What a car reads from a duty cycle, IEC 61851-1 Annex A."""
    percent = Fraction(duty * 100, 65535)
    return percent * Fraction(6, 10) if percent <= 85 else (percent - 64) * Fraction(5, 2)


def test_a_car_never_reads_more_than_is_offered_and_hardly_less() -> None:
    for limit_da in range(60, 801):
        told_apart_da = 510 if 510 < limit_da <= 525 else limit_da
        read = amperes(duty_u16(limit_da))
        assert Fraction(told_apart_da, 10) - Fraction(1, 100) <= read <= Fraction(told_apart_da, 10), limit_da


@pytest.mark.parametrize(("limit_da", "percent"), [(60, 10), (160, 26.67), (320, 53.33), (510, 85), (800, 96)])
def test_known_currents_have_the_standards_duty(limit_da: int, percent: float) -> None:
    assert duty_u16(limit_da) / 655.35 == pytest.approx(percent, abs=0.01)


@given(st.integers(-10, 59))
def test_below_six_amperes_the_pilot_is_steady(limit_da: int) -> None:
    assert duty_u16(limit_da) == 65535


@given(st.integers(801, 2000))
def test_above_eighty_amperes_eighty_are_offered(limit_da: int) -> None:
    assert duty_u16(limit_da) == duty_u16(800)


@given(st.integers(-1000, 1000), STATES, st.sampled_from(list(enumerate((12000, 9000, 6000, 3000)))))
def test_a_level_within_its_band_is_its_state_whatever_was_before(
    off_mv: int, last: int, level: tuple[int, int]
) -> None:
    state, high_mv = level
    assert state_of(high_mv + off_mv, 0, last) == state


@given(st.integers(-1000, 1000), STATES)
def test_no_positive_half_is_e_or_with_twelve_volts_below_f(high_mv: int, last: int) -> None:
    assert state_of(high_mv, 0, last) == STATE_E
    assert state_of(high_mv, 12000, last) == STATE_F


@given(st.sampled_from(list(enumerate((10500, 7500, 4500, 1500)))), st.integers(0, 1), st.integers(-300, 299))
def test_noise_at_a_border_does_not_move_a_state(border: tuple[int, int], below: int, noise_mv: int) -> None:
    state, border_mv = border[0] + below, border[1]
    assert state_of(border_mv + noise_mv, 0, state) == state


@given(st.integers(-1000, 14000), STATES)
def test_a_steady_level_gives_a_steady_state(high_mv: int, last: int) -> None:
    state = state_of(high_mv, 0, last)
    assert state_of(high_mv, 0, state) == state
