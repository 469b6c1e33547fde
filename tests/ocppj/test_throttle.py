"""A token bucket on the test's own clock."""

import pytest

from ocppj.throttle import Throttle


def test_a_burst_is_free_and_then_the_rate_holds() -> None:
    throttle = Throttle(per_s=10, burst=5)
    assert [throttle.wait_s(0.0) for _ in range(5)] == [0.0] * 5
    assert throttle.wait_s(0.0) == pytest.approx(0.1)
    assert throttle.wait_s(0.1) == pytest.approx(0.1)


def test_who_keeps_to_the_rate_never_waits() -> None:
    throttle = Throttle(per_s=10, burst=5)
    assert all(throttle.wait_s(n * 0.1001) == 0.0 for n in range(1000))


def test_silence_earns_the_burst_again_but_no_more() -> None:
    throttle = Throttle(per_s=10, burst=5)
    for _ in range(10):
        throttle.wait_s(0.0)
    assert sum(throttle.wait_s(1000.0) == 0.0 for _ in range(20)) == 5
