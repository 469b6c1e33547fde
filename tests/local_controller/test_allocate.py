"""How the site's current is shared, and what the CSMS's schedules say of it at a moment."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local_controller import site_schedule
from local_controller.allocation.allocate import MIN_A, Demand, allocate, share
from ocppj.v16 import ChargingProfile, ChargingSchedule, ChargingSchedulePeriod

demands = st.lists(
    st.builds(Demand, st.text("abc123", min_size=1), st.integers(0, 63)), unique_by=lambda d: d.charge_point
)


@given(st.integers(-50, 400), demands)
def test_shares_fit_the_limit_and_every_charge_point(budget_a: int, wanting: list[Demand]) -> None:
    shares = allocate(budget_a, wanting)
    assert sum(shares.values()) <= max(0, budget_a)
    assert all(shares[d.charge_point] == 0 or MIN_A <= shares[d.charge_point] <= d.max_a for d in wanting)


@given(st.integers(0, 400), demands)
def test_no_ampere_lies_idle_while_somebody_who_charges_could_take_it(budget_a: int, wanting: list[Demand]) -> None:
    shares = allocate(budget_a, wanting)
    assert sum(shares.values()) == budget_a or all(shares[d.charge_point] in (0, d.max_a) for d in wanting)


@given(st.integers(0, 400), demands)
def test_those_that_share_the_rise_differ_by_one_ampere(budget_a: int, wanting: list[Demand]) -> None:
    shares = allocate(budget_a, wanting)
    rising = [shares[d.charge_point] for d in wanting if 0 < shares[d.charge_point] < d.max_a]
    assert not rising or max(rising) - min(rising) <= 1


@pytest.mark.parametrize(
    ("limit_a", "expected"),
    [(20, [10, 10, 0, 0]), (80, [32, 32, 8, 8]), (14, [7, 7, 0, 0]), (10, [10, 0, 0, 0]), (5, [0, 0, 0, 0])],
)
def test_as_the_note_says(limit_a: int, expected: list[int]) -> None:
    a, b, c, d = (Demand(name, 32) for name in "ABCD")
    assert list(share(limit_a, [a, b], [c, d]).values()) == expected


AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def profile(
    level: int, *periods: tuple[int, float], kind: Any = "Absolute", unit: Any = "A", **more: Any
) -> ChargingProfile:
    schedule = ChargingSchedule(
        unit, [ChargingSchedulePeriod(start, limit) for start, limit in periods],
        more.pop("duration", None), more.pop("start", AT),
    )  # fmt: skip
    return ChargingProfile(level + 1, level, "ChargePointMaxProfile", kind, schedule, **more)


def at(hours: float) -> datetime:
    return AT + timedelta(hours=hours)


def test_the_highest_level_that_says_something_decides() -> None:
    base, hour = profile(0, (0, 40.0)), profile(5, (0, 20.0), (1800, 10.0), duration=3600)
    assert [site_schedule.limit_a([base, hour], at(h)) for h in (0, 0.5, 1, 2)] == [20, 10, 40, 40]
    assert site_schedule.limit_a([base, hour], at(-1)) is None
    assert site_schedule.changes([base, hour], AT, at(3)) == [(AT, 20), (at(0.5), 10), (at(1), 40)]


def test_schedules_that_come_again_and_those_that_hold_for_a_time() -> None:
    daily = profile(1, (0, 16.0), duration=7200, kind="Recurring", recurrency_kind="Daily")
    assert [site_schedule.limit_a([daily], at(h)) for h in (1, 3, 25, 27)] == [16, None, 16, None]
    valid = profile(1, (0, 16.0), valid_from=at(1), valid_to=at(2))
    assert [site_schedule.limit_a([valid], at(h)) for h in (0, 1, 2)] == [None, 16, None]
    assert site_schedule.changes([daily], AT, at(30)) == [(AT, 16), (at(2), None), (at(24), 16), (at(26), None)]


def test_watts_are_of_three_phases() -> None:
    assert site_schedule.limit_a([profile(0, (0, 13800.0), unit="W")], AT) == 20


def test_what_cannot_be_the_sites_is_refused() -> None:
    assert site_schedule.trouble(profile(0, (0, 16.0))) == ""
    assert site_schedule.trouble(profile(0, (5, 16.0)))
    assert site_schedule.trouble(profile(0, (0, 16.0), (0, 8.0)))
    assert site_schedule.trouble(profile(0, (0, 16.0), kind="Relative"))
    assert site_schedule.trouble(profile(0, (0, 16.0), kind="Recurring"))
