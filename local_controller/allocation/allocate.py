"""Share the site's current among its charge points. Pure: same demands, same shares. Why this rule: NOTES.md."""

from collections.abc import Sequence
from dataclasses import dataclass

MIN_A = 6  # no car may be offered less and still charge, IEC 61851-1 Annex A


@dataclass(frozen=True, slots=True)
class Demand:
    """`max_a`: per phase, what the charge point can use at most."""

    charge_point: str
    max_a: int


def share(limit_a: int, charging: Sequence[Demand], resting: Sequence[Demand]) -> dict[str, int]:
    """Amperes per phase for each charge point; those that charge come first, oldest first, and the others get what is
    left, so that whoever comes next need not wait for orders."""
    shares = allocate(limit_a, charging)
    return shares | allocate(limit_a - sum(shares.values()), resting)


def allocate(budget_a: int, demands: Sequence[Demand]) -> dict[str, int]:
    """Nobody gets 1 to 5 A; `demands` come in the order in which they are given their first six."""
    shares, left_a = {demand.charge_point: 0 for demand in demands}, max(0, budget_a)
    for demand in demands:
        if demand.max_a >= MIN_A <= left_a:
            shares[demand.charge_point] = MIN_A
            left_a -= MIN_A
    hungry = [demand for demand in demands if 0 < shares[demand.charge_point] < demand.max_a]
    while left_a and hungry:  # the rest rises evenly
        step = max(1, min(left_a // len(hungry), *(d.max_a - shares[d.charge_point] for d in hungry)))
        for demand in hungry[: left_a // step]:
            shares[demand.charge_point] += step
            left_a -= step
        hungry = [demand for demand in hungry if shares[demand.charge_point] < demand.max_a]
    return shares
