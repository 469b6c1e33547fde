from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csms.domain.budgets import Budget, Period, Spent, begins_at, used_up

ROME = ZoneInfo("Europe/Rome")
periods: st.SearchStrategy[Period] = st.sampled_from(["day", "week", "month"])
times = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC))


@given(periods, times)
def test_a_period_begins_at_a_midnight_of_the_site_before_now(period: Period, at: datetime) -> None:
    begins = begins_at(period, at, ROME)
    local = begins.astimezone(ROME)
    assert begins <= at
    assert (local.hour, local.minute, local.second) == (0, 0, 0)
    assert at - begins <= timedelta(days={"day": 1, "week": 7, "month": 31}[period], hours=1)
    assert period != "week" or local.weekday() == 0
    assert period != "month" or local.day == 1


@given(periods, times)
def test_everything_within_a_period_has_the_same_beginning(period: Period, at: datetime) -> None:
    begins = begins_at(period, at, ROME)
    assert begins_at(period, begins, ROME) == begins
    assert begins_at(period, begins - timedelta(seconds=1), ROME) < begins


@pytest.mark.parametrize(
    ("budget", "spent", "over"),
    [
        (Budget("day", most_wh=1000), Spent(999, 10**6), False),
        (Budget("day", most_wh=1000), Spent(1000, 0), True),
        (Budget("day", most_cents=50), Spent(10**9, 49), False),
        (Budget("day", most_cents=50), Spent(0, 50), True),
        (Budget("day", most_cents=0), Spent(0, 0), True),
        (Budget("day"), Spent(10**9, 10**9), False),
    ],
)
def test_a_budget_is_used_up_when_nothing_is_left(budget: Budget, spent: Spent, over: bool) -> None:
    assert used_up([budget], lambda _: spent) == (budget if over else None)
