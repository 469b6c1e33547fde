from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csms.domain.tariffs import cost_cents

energies_wh = st.integers(0, 10**12)
prices = st.integers(0, 100_000)


@given(energies_wh, prices)
def test_a_cost_is_never_more_than_half_a_cent_from_the_exact_one(energy_wh: int, price: int) -> None:
    exact = Decimal(energy_wh) * price / 1000
    assert -Decimal("0.5") < cost_cents(energy_wh, price) - exact <= Decimal("0.5")


@given(energies_wh, energies_wh, prices)
def test_more_energy_never_costs_less(a_wh: int, b_wh: int, price: int) -> None:
    low, high = sorted((a_wh, b_wh))
    assert cost_cents(low, price) <= cost_cents(high, price)


@given(energies_wh, energies_wh, prices)
def test_a_session_cut_in_two_costs_at_most_a_cent_more_or_less(a_wh: int, b_wh: int, price: int) -> None:
    assert abs(cost_cents(a_wh, price) + cost_cents(b_wh, price) - cost_cents(a_wh + b_wh, price)) <= 1


@pytest.mark.parametrize(
    ("energy_wh", "price", "cost"),
    [(1000, 45, 45), (0, 45, 0), (10, 50, 1), (9, 50, 0), (30, 50, 2), (11_111, 45, 500)],
)
def test_half_a_cent_goes_up(energy_wh: int, price: int, cost: int) -> None:
    assert cost_cents(energy_wh, price) == cost


@pytest.mark.parametrize(("energy_wh", "price"), [(-1, 45), (1, -45)])
def test_money_never_flows_to_a_car(energy_wh: int, price: int) -> None:
    with pytest.raises(ValueError, match="cannot price"):
        cost_cents(energy_wh, price)
