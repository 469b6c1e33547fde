"""How much a card may take in a day, a week or a month of the site's calendar."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Literal

Period = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Field names are those of the HTTP API. None: no limit of that kind."""

    period: Period
    most_wh: int | None = None
    most_cents: int | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    energy_wh: int
    cost_cents: int


def begins_at(period: Period, at: datetime, zone: tzinfo) -> datetime:
    """The midnight at which the period around `at` began; weeks begin on Monday."""
    day = at.astimezone(zone).date()
    if period == "week":
        day -= timedelta(days=day.weekday())
    elif period == "month":
        day = day.replace(day=1)
    return datetime.combine(day, time(0), zone).astimezone(UTC)


def used_up(budgets: Sequence[Budget], spent: Callable[[Budget], Spent]) -> Budget | None:
    """The first budget of which nothing is left."""
    for budget in budgets:
        so_far = spent(budget)
        if budget.most_wh is not None and so_far.energy_wh >= budget.most_wh:
            return budget
        if budget.most_cents is not None and so_far.cost_cents >= budget.most_cents:
            return budget
    return None
