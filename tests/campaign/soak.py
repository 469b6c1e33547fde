"""Many runs of the campaign, each from its own seed:

    .venv/bin/python -m tests.campaign.soak [--runs 1000] [--from 1000]

A schedule that fails is shrunk and kept in tests/campaign/found/; tests/campaign/test_campaign.py plays these for ever.
"""

import argparse
import contextlib
import io
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from tests.campaign.schedule import Schedule, draw, shrink
from tests.campaign.world import play

FOUND = Path(__file__).with_name("found")
EVERY = 50


def main() -> None:
    parser = argparse.ArgumentParser(description="The local controller under schedules of faults, in virtual time.")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--from", type=int, default=1000, dest="first", metavar="SEED")
    options = parser.parse_args()
    kinds: Counter[str] = Counter()
    failed = 0
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        worlds = (Path(folder) / f"world-{number}" for number in range(10**9))

        def why(schedule: Schedule) -> str:
            with contextlib.redirect_stderr(io.StringIO()):  # disks fail by the thousand here
                return play(schedule, next(worlds))

        for number, seed in enumerate(range(options.first, options.first + options.runs), 1):
            schedule = draw(seed)
            kinds.update(step.kind for step in schedule.steps)
            if trouble := why(schedule):
                failed += 1
                print(f"seed {seed}: {trouble}", flush=True)
                short = shrink(schedule, lambda s: bool(why(s)))
                FOUND.mkdir(exist_ok=True)
                short.save(FOUND / f"seed-{seed}.json", trouble[:300])
                print(f"seed {seed}: kept {len(short.steps)} of {len(schedule.steps)} steps", flush=True)
            if number % EVERY == 0 or number == options.runs:
                took_s = time.monotonic() - began
                print(f"{number} runs, {failed} failed, {kinds.total()} faults, {took_s:.0f} s", flush=True)
    print(", ".join(f"{kind} {count}" for kind, count in kinds.most_common()))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
