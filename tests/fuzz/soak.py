"""Fuzz for as long as one likes: guided by coverage, with atheris where it is installed and without it otherwise.

    .venv/bin/python -m tests.fuzz.soak --minutes 5 [target ...]

What breaks an invariant is kept in tests/fuzz/found/<target>/, shortened, and told; tests/fuzz/test_fuzz.py runs these
again for ever. Cases that lead somewhere new are kept in build/fuzz/<target>/ and are where the next soak begins.
"""
from tests.fuzz import chip  # noqa: I001  (first: it makes the firmware importable)

import argparse
import hashlib
import random
import subprocess
import sys
import time
import traceback
import zlib
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from tests.fuzz.cases import TARGETS, Target, from_seed, spoil

REPOSITORY = Path(__file__).resolve().parents[2]
FOUND = Path(__file__).with_name("found")
KEPT = REPOSITORY / "build" / "fuzz"
TRACED = 4   # one of so many cases is watched for where it leads
_FIRMWARE = str(REPOSITORY / "firmware")

assert chip


def why(target: Target, data: bytes) -> str:
    """What is wrong with how this case ends, in one line; "" when nothing is."""
    try:
        target.check(data)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        where = next((f for f in reversed(frames) if f.filename.startswith(_FIRMWARE)), frames[-1])
        return f"{type(error).__name__} {error} at {Path(where.filename).name}:{where.lineno}"
    return ""


def kind_of(reason: str) -> str:
    return "".join(c for c in reason if not c.isdigit())[:60]


def shortened(target: Target, data: bytes, seconds: float = 10) -> bytes:
    """The case without what its failure does not need."""
    wanted, end, size = kind_of(why(target, data)), time.monotonic() + seconds, len(data) // 2
    while size and time.monotonic() < end:
        at = 0
        while at < len(data) and time.monotonic() < end:
            less = data[:at] + data[at + size:]
            if kind_of(why(target, less)) == wanted:
                data = less
            else:
                at += size
        size //= 2
    return data


def keep(target: Target, data: bytes) -> Path:
    path = FOUND / target.name / hashlib.sha256(data).hexdigest()[:12]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


class Coverage:
    """Which line follows which in firmware/: what a case did that no case before it did."""

    def __init__(self) -> None:
        self.known: set[tuple[str, int, int]] = set()
        self._new: set[tuple[str, int, int]] = set()

    def of(self, do: Callable[[], str]) -> tuple[str, int]:
        """What `do` returns, and how many steps were new."""
        self._new = set()
        sys.settrace(self._call)
        try:
            result = do()
        finally:
            sys.settrace(None)
        self._new -= self.known
        self.known |= self._new
        return result, len(self._new)

    def _call(self, frame: FrameType, event: str, argument: object) -> Callable[..., object] | None:
        name = frame.f_code.co_filename
        if not name.startswith(_FIRMWARE):
            return None
        last = frame.f_lineno

        def line(frame: FrameType, event: str, argument: object) -> Callable[..., object]:
            nonlocal last
            self._new.add((name, last, frame.f_lineno))
            last = frame.f_lineno
            return line

        return line


def play(name: str, cases: list[bytes]) -> int:
    """How many of these fail; each is told with its bytes."""
    failed = 0
    for data in cases:
        reason = why(TARGETS[name], data)
        if reason:
            failed += 1
            print(f"{name}: {reason}\n  {data!r}")
    return failed


def soak(target: Target, seconds: float, seed: str) -> int:
    """Guided by its own coverage; how many different failures it found."""
    chance, coverage = random.Random(f"{target.name} {seed}"), Coverage()
    kept = [path.read_bytes() for path in sorted((KEPT / target.name).glob("*"))]
    failures: set[str] = set()
    count, end = 0, time.monotonic() + seconds
    for data in kept:
        coverage.of(lambda data=data: why(target, data))   # type: ignore[misc]
    while time.monotonic() < end:
        data = target.case(chance, kept)
        count += 1
        if count % TRACED:   # unseen, it takes a tenth of the time
            reason, new = why(target, data), 0
        else:
            reason, new = coverage.of(lambda data=data: why(target, data))   # type: ignore[misc]
        if reason and kind_of(reason) not in failures:
            failures.add(kind_of(reason))
            path = keep(target, shortened(target, data))
            print(f"{target.name}: {reason}\n  kept as {path.relative_to(REPOSITORY)}", flush=True)
        elif new:
            kept.append(data)
            path = KEPT / target.name / hashlib.sha256(data).hexdigest()[:12]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    print(f"{target.name}: {count:,} cases, {len(coverage.known):,} steps of the firmware, {len(failures)} failures",
          flush=True)
    return len(failures)


def soak_with_atheris(target: Target, seconds: float, seed: str) -> None:
    """libFuzzer's own loop, which ends the process; every second case is made or spoilt as without it."""
    import atheris

    with atheris.instrument_imports(include=["firmware"]):
        __import__(f"tests.fuzz.targets.{target.name}")
        for path in sorted((REPOSITORY / "firmware").rglob("*.py")):
            if "boards" not in path.parts and path.stem not in ("main", "board_parts", "wifi"):
                __import__(".".join(path.relative_to(REPOSITORY).with_suffix("").parts))

    def one(data: bytes) -> None:
        reason = why(target, data)
        if reason:
            path = keep(target, shortened(target, data))
            print(f"{target.name}: {reason}\n  kept as {path.relative_to(REPOSITORY)}", flush=True)
            raise AssertionError(reason)

    def mutate(data: bytes, most: int, number: int) -> bytes:
        chance = random.Random(number)
        way = chance.random()
        if way < 0.1:
            return target.make(chance)[:most]
        made: bytes = spoil(chance, data) if way < 0.5 else atheris.Mutate(data, most)
        return made[:most]

    corpus = KEPT / target.name
    corpus.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    for _ in range(50):
        data = target.make(chance)
        (corpus / hashlib.sha256(data).hexdigest()[:12]).write_bytes(data)
    options = [f"-max_total_time={max(1, round(seconds))}", f"-seed={zlib.crc32(seed.encode()) >> 1}", "-verbosity=0",
               "-max_len=16384", "-timeout=20", "-rss_limit_mb=2048", "-print_final_stats=1",
               f"-artifact_prefix={KEPT}/", str(corpus)]
    atheris.Setup([sys.argv[0], *options], one, custom_mutator=mutate)
    atheris.Fuzz()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("targets", nargs="*", choices=[*TARGETS, []], help="which; all when none is named")
    parser.add_argument("--minutes", type=float, default=1, help="for each target")
    parser.add_argument("--seed", default=str(int(time.time())))
    parser.add_argument("--cases", type=int, help="only so many, without guidance: those of this seed")
    parser.add_argument("--file", type=Path, nargs="+", help="only these, of found/<target>/")
    parser.add_argument("--plain", action="store_true", help="without atheris even where it is installed")
    chosen = parser.parse_args()
    names = chosen.targets or list(TARGETS)
    if chosen.file:
        return sum(play(path.parent.name, [path.read_bytes()]) for path in chosen.file) > 0
    if chosen.cases:
        return sum(play(name, from_seed(name, chosen.seed, chosen.cases)) for name in names) > 0
    try:
        import atheris
        guided = bool(atheris) and not chosen.plain
    except ImportError:
        guided = False
    if guided and len(names) == 1:
        soak_with_atheris(TARGETS[names[0]], chosen.minutes * 60, chosen.seed)
    failed = 0
    for name in names:
        if guided:
            failed += subprocess.run([sys.executable, "-m", "tests.fuzz.soak", name, "--seed", chosen.seed,
                                      "--minutes", str(chosen.minutes)], check=False).returncode != 0
        else:
            failed += soak(TARGETS[name], chosen.minutes * 60, chosen.seed)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
