"""Garbage does no harm: 5,000 cases from one seed on CPython, some of them in a chip's heap, and all that ever failed.

The invariants are the targets' own (tests/fuzz/targets/); longer runs: `make soak`.
"""
import subprocess
import sys
from pathlib import Path

import pytest

from tests.fuzz.cases import from_seed
from tests.fuzz.chip_replay import REPOSITORY, play
from tests.fuzz.words import CALLS

FOUND = sorted(path for path in Path(__file__).with_name("found").glob("*/*") if path.is_file())
SEED = "a new day"
CASES = {"websocket": 2400, "upgrade": 1200, "serial": 550, "charge_point": 400, "files": 150, "setup": 300}   # 5,000
ON_CHIP = {"websocket": (300, 200), "upgrade": (200, 200), "serial": (100, 200), "charge_point": (40, 400),
           "files": (30, 400), "setup": (100, 300)}   # cases, heap in KiB: in two the flash and the world take 200


def soaked(*arguments: str) -> None:
    """In a process of its own: the chip's stand-ins are nobody else's."""
    done = subprocess.run([sys.executable, "-m", "tests.fuzz.soak", *arguments], cwd=REPOSITORY, capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


@pytest.mark.parametrize("name", CASES)
def test_garbage_does_no_harm(name: str) -> None:
    soaked(name, "--seed", SEED, "--cases", str(CASES[name]))


def test_the_peers_words_reach_every_handler() -> None:
    """Or the rest proves nothing: each request that OCPP 1.6 has is at times taken, most are at times refused."""
    program = ("from tests.fuzz import chip, words; from tests.fuzz.cases import as_meant, from_seed; "
               "from tests.fuzz.targets import charge_point as target; "
               "[target.check(as_meant(story)) for story in words.STORIES]; "
               "[target.check(b'\\x0f' + as_meant((call,))) for call in words.CALLS]; "
               f"[target.check(data) for data in from_seed('charge_point', {SEED!r}, 150)]; "
               "print(*(action + ':' + outcome for action, outcome in target.reached if action.isalpha()))")
    done = subprocess.run([sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    reached = dict.fromkeys({action for action, _ in CALLS}, frozenset[str]())
    for word in done.stdout.split():
        action, _, outcome = word.partition(":")
        reached[action] = reached.get(action, frozenset()) | {outcome}
    taken = {"GetConfiguration": "answered", "GetDiagnostics": "answered", "GetLocalListVersion": "answered",
             "UpdateFirmware": "answered", "UnlockConnector": "Unlocked", "ExtendedTriggerMessage": "NotSupported"}
    for action, _ in CALLS:
        assert taken.get(action, "Accepted") in reached[action], (action, reached[action])
    assert sum(len(outcomes) > 1 for outcomes in reached.values()) > 12


@pytest.mark.parametrize("name", ON_CHIP)
def test_garbage_does_no_harm_in_a_small_heap(name: str) -> None:
    count, heap_kib = ON_CHIP[name]
    replayed(name, from_seed(name, SEED, count), heap_kib)


def replayed(name: str, data: list[bytes], heap_kib: int = 400) -> None:
    printed = play(name, data, heap_kib)
    assert f"PLAYED {len(data)} failed 0" in printed, printed[-4000:]


def test_what_once_failed_does_so_no_more() -> None:
    soaked("--file", *map(str, FOUND))


@pytest.mark.parametrize("name", sorted({path.parent.name for path in FOUND}))
def test_what_once_failed_does_so_no_more_on_the_chip(name: str) -> None:
    replayed(name, [path.read_bytes() for path in FOUND if path.parent.name == name])
