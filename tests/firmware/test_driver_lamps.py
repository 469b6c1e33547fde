import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.drivers.lamps import LOOKS, Lamps, lit

STATUSES = sorted(LOOKS)


class Pixels:
    def __init__(self, n: int) -> None:
        self.n = n
        self.colours: list[tuple[int, int, int]] = [(0, 0, 0)] * n
        self.writes = 0

    def __setitem__(self, i: int, colour: tuple[int, int, int]) -> None:
        self.colours[i] = colour

    def write(self) -> None:
        self.writes += 1


def test_the_lamps_know_every_ocpp_status() -> None:
    assert set(STATUSES) == {
        "Available", "Preparing", "Charging", "SuspendedEV", "SuspendedEVSE",
        "Finishing", "Reserved", "Unavailable", "Faulted",
    }  # fmt: skip


def test_no_two_statuses_look_alike_to_someone_who_sees_no_colour() -> None:
    films = [tuple(lit(look & 15, tick, 8) for tick in range(40)) for look in LOOKS.values()]
    assert len(set(films)) == len(films)


@given(st.integers(0, 8), st.integers(0, 10_000), st.integers(1, 15))
def test_a_pattern_stays_within_its_ring(pattern: int, tick: int, count: int) -> None:
    assert 0 <= lit(pattern, tick, count) < 1 << count


@pytest.mark.parametrize("status", STATUSES)
def test_an_unchanged_frame_is_not_written_again(status: str) -> None:
    pixels = Pixels(8)
    lamps = Lamps(pixels, 8)
    frames = []
    for tick in range(100):
        lamps.show(0, status, tick)
        if not frames or frames[-1] != pixels.colours:
            frames.append(list(pixels.colours))
    assert pixels.writes <= len(frames)


def test_each_connector_has_its_own_ring() -> None:
    pixels = Pixels(16)
    lamps = Lamps(pixels, 8)
    lamps.show(0, "Available", 0)
    lamps.show(1, "Faulted", 1)
    assert pixels.colours == [(0, 60, 0)] * 8 + [(90, 0, 0)] * 8


def test_an_unknown_status_shows_as_unavailable() -> None:
    known, unknown = Pixels(8), Pixels(8)
    Lamps(known, 8).show(0, "Unavailable", 3)
    Lamps(unknown, 8).show(0, "Sleeping", 3)
    assert known.colours == unknown.colours
