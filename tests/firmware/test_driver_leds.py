"""Plain LEDs: a rhythm a status, for one LED as for three."""
import itertools

import pytest

from firmware.drivers import lamps
from firmware.drivers.leds import LOOKS, Leds

TICKS = 20


class Pin:
    def __init__(self) -> None:
        self.level = 0
        self.writes = 0

    def value(self, level: int) -> None:
        self.level = level
        self.writes += 1


def film(status: str, count: int, active: int = 1) -> list[tuple[bool, ...]]:
    pins = [Pin() for _ in range(count)]
    shown = Leds([pins], active)
    frames = []
    for tick in range(TICKS):
        shown.show(0, status, tick)
        frames.append(tuple(pin.level == active for pin in pins))
    return frames


def test_plain_leds_know_what_rings_know() -> None:
    assert set(LOOKS) == set(lamps.LOOKS)


def test_no_two_statuses_have_the_same_rhythm_wherever_one_begins_to_look() -> None:
    """Who sees no colour, and a board with a single LED, still tells them apart."""
    films = {status: [frame[0] for frame in film(status, 1)] for status in LOOKS}
    for one, other in itertools.combinations(LOOKS, 2):
        turned = [films[other][i:] + films[other][:i] for i in range(TICKS)]
        assert films[one] not in turned, (one, other)


@pytest.mark.parametrize("status", LOOKS)
def test_one_of_three_is_lit_at_most_and_each_status_lights_one(status: str) -> None:
    frames = film(status, 3)
    assert all(sum(frame) <= 1 for frame in frames)
    assert len({frame.index(True) for frame in frames if any(frame)}) == 1


def test_a_fault_is_red_and_hurried() -> None:
    frames = film("Faulted", 3)
    assert frames[:4] == [(False, False, True), (False, False, False)] * 2


def test_active_low_leds_are_lit_by_a_zero() -> None:
    assert film("Charging", 3, active=0) == film("Charging", 3)


def test_what_does_not_change_is_not_written() -> None:
    pins = [Pin() for _ in range(3)]
    shown = Leds([pins], 1)
    for tick in range(2 * TICKS):
        shown.show(0, "Available", tick)
    assert [pin.writes for pin in pins] == [1, 1, 1]


def test_an_unknown_status_shows_as_unavailable() -> None:
    assert film("Sleeping", 3) == film("Unavailable", 3)
