"""A limit is reached when what was wanted is there, and never before."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from csms.domain.charge_limits import BOUNDS, ChargeLimit, LimitKind, SoFar, reached

limits = st.sampled_from(LimitKind).flatmap(
    lambda kind: st.builds(ChargeLimit, st.just(kind), st.integers(*BOUNDS[kind]))
)
charges = st.lists(
    st.tuples(st.integers(0, 5_000), st.integers(0, 300), st.floats(0, 3600, allow_nan=False), st.integers(0, 3)),
    min_size=1,
    max_size=200,
)


def samples(steps: list[tuple[int, int, float, int]]) -> list[SoFar]:
    """A charge as its samples show it: each figure only grows."""
    energy_wh, cost_cents, charging_s, soc = 0, 0, 0.0, 0
    shown = []
    for more_wh, more_cents, more_s, more_soc in steps:
        energy_wh, cost_cents, charging_s = energy_wh + more_wh, cost_cents + more_cents, charging_s + more_s
        soc = min(100, soc + more_soc)
        shown.append(SoFar(energy_wh, cost_cents, charging_s, soc))
    return shown


@given(limits, charges)
def test_it_ends_at_the_first_sample_that_has_it_and_at_none_before(
    limit: ChargeLimit, steps: list[tuple[int, int, float, int]]
) -> None:
    shown = samples(steps)
    units = {
        LimitKind.ENERGY: lambda s: s.energy_wh,
        LimitKind.COST: lambda s: s.cost_cents,
        LimitKind.SOC: lambda s: s.soc_percent,
        LimitKind.TIME: lambda s: s.charging_s / 60,
    }
    has = units[limit.kind]
    ends = next((i for i, s in enumerate(shown) if reached(limit, s)), None)
    if ends is None:
        assert all(has(s) < limit.value for s in shown)
        return
    assert has(shown[ends]) >= limit.value
    assert all(has(s) < limit.value for s in shown[:ends])
    before = has(shown[ends - 1]) if ends else 0
    one_sample = has(shown[ends]) - before
    assert has(shown[ends]) - limit.value <= one_sample  # no more than what came between two samples


@given(limits)
def test_what_nobody_knows_ends_nothing(limit: ChargeLimit) -> None:
    assert not reached(limit, SoFar(0, 0, 0.0, None))


def test_every_kind_has_bounds_within_which_it_makes_sense() -> None:
    assert set(BOUNDS) == set(LimitKind)
    assert all(0 < least < most for least, most in BOUNDS.values())
    assert ChargeLimit(LimitKind.SOC, 80, datetime(2026, 1, 1, tzinfo=UTC)).reached_at is not None
