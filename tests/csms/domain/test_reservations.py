"""The life of a reservation over any course of events."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from csms.domain import reservations as rules
from csms.domain.reservations import ACTIVE, Answer, State

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LATER = NOW + timedelta(minutes=15)
states: st.SearchStrategy[State] = st.sampled_from(["pending", "confirmed", "refused", "used", "cancelled", "expired"])
answers: st.SearchStrategy[Answer] = st.sampled_from(["Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"])
minutes = st.integers(0, 40)


@given(st.lists(st.tuples(minutes, st.one_of(answers, st.sampled_from(["cancel", "start"])))))
def test_what_is_over_stays_over_but_for_a_start_that_was_told_late(course: list[tuple[int, str]]) -> None:
    state: State = "pending"
    for minute, what in sorted(course, key=lambda step: step[0]):
        before = state = rules.after_time(state, LATER, NOW + timedelta(minutes=minute))
        if what == "cancel":
            state = rules.after_cancelling(state)
        elif what == "start":
            state = rules.after_start(state)
            assert (state == "used") == (before in (*ACTIVE, "expired", "used"))
        else:
            state = rules.after_answer(state, what)  # type: ignore[arg-type]
        if before not in ACTIVE:
            assert state == before or (before, state) == ("expired", "used")
        if before == "confirmed" and what not in ("cancel", "start"):
            assert state == "confirmed"


@given(states, st.integers(0, 40))
def test_a_reservation_holds_while_it_is_active_and_not_a_moment_longer(state: State, minute: int) -> None:
    at = NOW + timedelta(minutes=minute)
    assert rules.holds(state, LATER, at) == (state in ACTIVE and minute < 15)
    assert rules.holds(rules.after_time(state, LATER, at), LATER, at) == rules.holds(state, LATER, at)


@given(states, st.booleans(), st.integers(0, 40))
def test_a_charge_point_is_told_of_what_stands_and_of_each_end_it_has_not_heard_of(
    state: State, told: bool, minute: int
) -> None:
    telling = rules.to_tell(state, told, LATER, NOW + timedelta(minutes=minute))
    if minute >= 15:
        assert telling is None
    elif state in ACTIVE:
        assert telling == "ReserveNow"
    else:
        assert telling == ("CancelReservation" if state == "cancelled" and not told else None)
