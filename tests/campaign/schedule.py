"""What is done to a world and when: drawn from a seed, or read from a file that an earlier failure left."""

import json
import random
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

STATIONS = 3
# kind: how likely, and the longest it lasts in seconds
KINDS: dict[str, tuple[int, float]] = {
    "north_cut": (3, 7200),
    "north_silent": (3, 3600),
    "north_slow": (1, 1800),
    "north_cut_in_frame": (2, 0),
    "north_cut_in_answer": (2, 0),
    "north_cut_in_drain": (4, 7200),  # cut, and again in the middle of making up for it
    "north_orphaned": (2, 0),
    "south_cut": (2, 3600),
    "south_silent": (2, 1800),
    "south_slow": (1, 900),
    "south_cut_in_frame": (1, 0),
    "south_cut_in_answer": (4, 0),
    "south_orphaned": (2, 0),
    "csms_restart": (2, 1800),
    "csms_mute": (2, 900),
    "kill": (4, 60),
    "power_cut": (4, 600),
    "disk_full": (2, 900),
    "disk_broken": (2, 900),
    "clock_jump": (2, 0),
    "long_outage": (1, 3 * 86400),
}


@dataclass(frozen=True)
class Step:
    at_s: float
    kind: str
    lasts_s: float
    number: int  # of a station, of bytes, or of seconds, as the kind needs


@dataclass(frozen=True)
class Schedule:
    seed: int  # of the stations
    steps: tuple[Step, ...]

    def save(self, path: Path, why: str) -> None:
        path.write_text(json.dumps({"why": why, "seed": self.seed, "steps": [asdict(s) for s in self.steps]}, indent=1))


def load(path: Path) -> Schedule:
    told = json.loads(path.read_text())
    return Schedule(told["seed"], tuple(Step(**step) for step in told["steps"]))


def draw(seed: int) -> Schedule:
    chance = random.Random(seed)
    kinds = list(KINDS)
    weights = [KINDS[kind][0] for kind in kinds]
    steps = []
    at_s = 0.0
    for _ in range(chance.randrange(4, 12)):
        at_s += chance.expovariate(1 / 900)
        kind = chance.choices(kinds, weights)[0]
        lasts_s = chance.uniform(0.1, 1) * KINDS[kind][1]
        steps.append(Step(round(at_s, 3), kind, round(lasts_s, 3), chance.randrange(1, 5000)))
    return Schedule(seed, tuple(steps))


def shrink(schedule: Schedule, fails: Callable[[Schedule], bool]) -> Schedule:
    """The fewest steps with which it still fails; `fails` runs a world."""
    changed = True
    while changed:
        changed = False
        for number in range(len(schedule.steps)):
            fewer = Schedule(schedule.seed, schedule.steps[:number] + schedule.steps[number + 1 :])
            if fails(fewer):
                schedule, changed = fewer, True
                break
    return schedule
