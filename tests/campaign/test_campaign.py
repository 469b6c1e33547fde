"""Schedules of faults played on a whole site in virtual time: nothing lost, doubled, out of order or billed wrongly."""

from pathlib import Path

import pytest

from tests.campaign.mutants import MUTANTS
from tests.campaign.schedule import Schedule, Step, draw, load, shrink
from tests.campaign.world import play
from tests.faults import unsynced_disk

pytestmark = pytest.mark.story
SEEDS = range(20)
FOUND = sorted(Path(__file__).with_name("found").glob("*.json"))

# Every answer is lost on its way to one charge point or another, at one byte or another
LOST_ANSWERS = Schedule(1, tuple(Step(20.0 * n, "south_cut_in_answer", 0, n * 7 + 1) for n in range(300)))


@pytest.fixture(autouse=True)
def _hookable() -> None:
    try:
        unsynced_disk.install_once()
    except OSError as problem:
        pytest.skip(str(problem))



@pytest.mark.parametrize("seed", SEEDS)
def test_the_books_are_whole_after(seed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    schedule = draw(seed)
    why = play(schedule, tmp_path / "world")
    with capsys.disabled():
        print(f"\ncampaign seed {seed}: {' '.join(step.kind for step in schedule.steps)}", end=" ")
    assert not why


def test_the_books_are_whole_when_every_answer_is_lost_once(tmp_path: Path) -> None:
    assert not play(LOST_ANSWERS, tmp_path / "world")


@pytest.mark.parametrize("path", FOUND, ids=lambda path: path.stem)
def test_what_failed_once_holds_now(path: Path, tmp_path: Path) -> None:
    assert not play(load(path), tmp_path / "world")


@pytest.mark.parametrize("name", MUTANTS)
def test_a_deliberate_fault_is_caught(name: str, tmp_path: Path) -> None:
    """By one of a few schedules: where threads are at work no two runs are quite the same."""
    schedules = [LOST_ANSWERS] if "repe" in name else [draw(seed) for seed in (0, 7, 11, 9, 17, 1, 5)]
    for number, schedule in enumerate(schedules):
        with MUTANTS[name]():
            if play(schedule, tmp_path / str(number)):
                return
    pytest.fail("this fault of the controller passed for right")


def test_a_failing_schedule_is_shrunk_to_what_makes_it_fail() -> None:
    schedule = draw(3)
    wanted = {schedule.steps[1], schedule.steps[3]}
    shrunk = shrink(schedule, lambda s: wanted <= set(s.steps))
    assert set(shrunk.steps) == wanted
    assert shrunk.seed == schedule.seed
