import pytest
from hypothesis import given
from hypothesis import strategies as st

from csms.domain import ledger
from csms.domain.ledger import Booking, Entry

cents = st.integers(0, 10**12)


@given(st.integers(1, 10**9), st.none() | st.integers(1, 10**9), cents)
def test_a_charge_takes_from_one_what_it_gives_to_the_house(
    transaction_id: int, user_id: int | None, cost: int
) -> None:
    booking = ledger.charge(transaction_id, user_id, cost)
    assert sum(e.amount_cents for e in booking.entries) == 0
    assert {e.account: e.amount_cents for e in booking.entries}[ledger.REVENUE] == cost


@given(st.integers(1, 10**9), st.integers(-(10**12), 10**12))
def test_credit_balances_both_ways(user_id: int, amount: int) -> None:
    booking = ledger.credit(user_id, amount, "top-up", booked_by=1)
    assert sum(e.amount_cents for e in booking.entries) == 0


@given(st.lists(st.builds(Entry, st.text("abc"), st.integers(-1000, 1000))))
def test_a_booking_that_does_not_balance_cannot_be_made(entries: list[Entry]) -> None:
    if sum(e.amount_cents for e in entries) == 0:
        Booking("charge", tuple(entries), "test")
    else:
        with pytest.raises(ValueError, match="does not balance"):
            Booking("charge", tuple(entries), "test")


def test_a_charge_is_never_negative() -> None:
    with pytest.raises(ValueError, match="cannot cost"):
        ledger.charge(1, 1, -1)
