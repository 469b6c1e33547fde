"""Many charging sessions in the lean heap of 200 kB: does the live heap grow, does the free heap crumble?

    .venv/bin/python docs/benchmarks/firmware_sessions.py [sessions, 300 unless told]

The firmware as compiled for a board runs on MicroPython in simulated time, so that a session of some 20 s takes 10 ms
(firmware_sessions_chip.py says what is real in it). Of ten sessions one is offline from end to end, one loses the
answer to its Start, one its link while it charges, one its car; one is asked for its configuration and its values, and
three get a request of 8 kB, the longest that is held whole, and must answer it.
"""
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from hardware.bench.image import BLOCK_BYTES, REPOSITORY, compile_file, firmware_files
from hardware.bench.process import interpreter

HEAP_KIB = 200
FLASH_BLOCKS = 240   # the smallest area for files, 983,040 bytes
CHIP = Path(__file__).with_name("firmware_sessions_chip.py")
FAKE_CONNECTOR = REPOSITORY / "tests" / "firmware" / "fake_connector.py"
HANDSHAKE = "async def connect(*_):\n    import central\n    return await central.connect()\n"
REPORT = re.compile(
    r"session (\d+) live (\d+) seconds (\d+) starts \d+ values (\d+) repeats (\d+) long (\d+).*?max free sz: (\d+)",
    re.DOTALL)


@dataclass(frozen=True, slots=True)
class Moment:
    session: int
    live_bytes: int
    largest_free_bytes: int
    seconds: int
    meter_values: int
    repeats: int   # a Start or a Stop whose answer was lost, sent again
    long_answers: int


def play(sessions: int, *, heap_kib: int = HEAP_KIB, timeout_s: float | None = None) -> list[Moment]:
    """The heap at every hundredth session, in a shorter run at each third; SystemExit if it fails."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cache = folder / "cache"
        files = firmware_files("bench", cache)
        handshake = folder / "handshake.py"
        handshake.write_text(HANDSHAKE)
        files["/firmware/net/handshake.mpy"] = compile_file(handshake, "handshake.py", cache)
        files["/fake_connector.mpy"] = compile_file(FAKE_CONNECTOR, "fake_connector.py", cache)
        files["/firmware_sessions_chip.mpy"] = compile_file(CHIP, CHIP.name, cache)
        del files["/main.py"]
        for path, code in files.items():
            file = folder / path[1:]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(code)
        flash = folder / "flash"
        flash.write_bytes(b"\xff" * BLOCK_BYTES * FLASH_BLOCKS)
        done = subprocess.run(
            [interpreter(), "-X", f"heapsize={heap_kib}k", "-m", "firmware_sessions_chip", str(sessions), str(flash)],
            env={**os.environ, "MICROPYPATH": f"{folder}:.frozen", "TZ": "UTC"}, capture_output=True, text=True,
            cwd=folder, timeout=timeout_s, check=False)
    failed = re.findall(r"task\.failed.*|.*MemoryError.*", done.stdout)
    if done.returncode or failed or not done.stdout.endswith("done\n"):
        raise SystemExit(f"ended with {done.returncode} {failed}\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return [Moment(int(session), int(live), 16 * 2 * int(free), int(seconds), int(values), int(repeats), int(long))
            for session, live, seconds, values, repeats, long, free in REPORT.findall(done.stdout)]


def main() -> None:
    moments = play(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
    print(f"Heap of {HEAP_KIB * 1024:,} bytes, the fakes and the interpreter's start included\n")
    print("| session | live bytes | largest free piece | meter values | sent again | of 8 kB answered | s |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    for m in moments:
        print(f"| {m.session:,} | {m.live_bytes:,} | {m.largest_free_bytes:,} | {m.meter_values:,} | {m.repeats} "
              f"| {m.long_answers:,} | {m.seconds} |")


if __name__ == "__main__":
    main()
