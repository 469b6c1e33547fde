from hypothesis import given
from hypothesis import strategies as st

from firmware.evse.limits import CABLE, FAILSAFE, HARDWARE, NAMES, NO_LIMIT, PROFILE, TEMPERATURE, Limits

CURRENT = st.integers(0, 800)


def limits(profile_da: int = 320) -> Limits:
    made = Limits(320)
    made.set(PROFILE, profile_da)
    return made


@given(CURRENT, CURRENT, CURRENT, CURRENT)
def test_the_lowest_limit_wins_and_is_named(cable_da: int, profile_da: int, failsafe_da: int, heat_da: int) -> None:
    made = limits(profile_da)
    given_da = {HARDWARE: 320, CABLE: cable_da, TEMPERATURE: heat_da, PROFILE: profile_da, FAILSAFE: failsafe_da}
    for source in (CABLE, TEMPERATURE, FAILSAFE):
        made.set(source, given_da[source])
    assert made.lowest_da == min(given_da.values())
    assert given_da[made.winner] == made.lowest_da
    assert NAMES[made.winner] in {"hardware", "cable", "temperature", "profile", "failsafe"}


def test_nothing_is_offered_before_a_profile_says_so() -> None:
    assert Limits(320).lowest_da == 0


@given(st.integers(-1000, 100_000))
def test_a_limit_beyond_its_range_is_brought_into_it(limit_da: int) -> None:
    made = limits(limit_da)
    assert made.get(PROFILE) == min(max(limit_da, 0), NO_LIMIT)
    assert made.lowest_da == min(made.get(PROFILE), 320)


def test_heat_halves_then_leaves_six_amperes_and_returns_three_degrees_lower() -> None:
    made = limits()
    seen = []
    for degrees in (25, 64, 65, 67, 68, 70, 66, 65, 64, 62, 61, 25):
        made.warm(degrees)
        seen.append(made.lowest_da)
    assert seen == [320, 320, 160, 160, 60, 60, 60, 60, 160, 160, 320, 320]


@given(st.lists(st.integers(20, 70), min_size=1))
def test_heat_never_raises_the_current_above_the_hardware(degrees: list[int]) -> None:
    made = limits(800)
    for c in degrees:
        made.warm(c)
        assert 60 <= made.lowest_da <= 320
