"""A hundred thousand random events on boards of each kind, the judge looking on; `make soak` plays a million."""
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def play(*arguments: str) -> str:
    """In a process of its own: the chip's stand-ins are nobody else's."""
    done = subprocess.run([sys.executable, "-m", "tests.energy_path.play", *arguments], cwd=REPOSITORY,
                          capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.parametrize(
    ("arguments", "steps"), [
        (("bench", "bench_socket", "bench_phases", "esp32_s3_devkitc_1"), 50_000),
        (("bench", "--no-chain"), 30_000), (("bench_phases", "bench_socket", "--no-chain"), 20_000)],
    ids=["with the hardware AND", "the program alone", "the program alone and all parts"])
def test_whatever_happens_nothing_is_live_that_may_not_be_and_what_may_be_is(
        arguments: tuple[str, ...], steps: int) -> None:
    told = dict(word.split("=") for word in play(*arguments, "--steps", str(steps), "--seed", "7").split())
    assert int(told["closings"]) > steps // 50, "hardly anything was ever live: the rest proves little"
