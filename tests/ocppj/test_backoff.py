"""Waiting longer after each failure."""

from ocppj import backoff
from ocppj.backoff import FailureBackoff, jittered_s


def test_the_wait_doubles_up_to_the_longest() -> None:
    full = [jittered_s(n, 1.0, 60.0, chance=lambda: 1.0) for n in range(8)]
    assert full == [1, 2, 4, 8, 16, 32, 60, 60]
    assert jittered_s(10_000, 1.0, 60.0, chance=lambda: 1.0) == 60


def test_half_of_the_wait_is_chance() -> None:
    assert jittered_s(3, 1.0, 60.0, chance=lambda: 0.0) == 4.0
    assert len({jittered_s(3, 1.0, 60.0) for _ in range(20)}) > 10


def test_the_first_failures_are_free_and_then_it_doubles() -> None:
    guesses = FailureBackoff(free=2, first_s=1.0, longest_s=10.0)
    waits = []
    for _ in range(7):
        guesses.failed("CP7", 100.0)
        waits.append(guesses.wait_s("CP7", 100.0))
    assert waits == [0, 1, 2, 4, 8, 10, 10]
    assert guesses.wait_s("CP7", 105.0) == 5.0
    assert guesses.wait_s("CP7", 110.0) == 0.0
    assert guesses.wait_s("CP8", 100.0) == 0.0


def test_success_and_time_forget() -> None:
    guesses = FailureBackoff(free=1, forget_s=600.0)
    guesses.failed("a", 0.0)
    guesses.failed("b", 0.0)
    guesses.succeeded("a")
    assert guesses.wait_s("a", 0.0) == 0.0
    assert guesses.wait_s("b", 601.0) == 0.0
    guesses.failed("b", 602.0)
    assert guesses.wait_s("b", 602.0) == 1.0


def test_an_attacker_with_many_addresses_does_not_fill_the_memory() -> None:
    guesses = FailureBackoff(free=1)
    for n in range(backoff._MAX_KEYS + 500):
        guesses.failed(n, float(n))
    assert len(guesses._failures) == backoff._MAX_KEYS
    assert guesses.wait_s(backoff._MAX_KEYS + 499, backoff._MAX_KEYS + 499.0) > 0
