"""Compiles firmware and a target as for the chip and plays cases on the real interpreter in a small heap."""
import os
import subprocess
import tempfile
from pathlib import Path

from hardware.bench.image import compile_file, firmware_files
from tests.firmware.on_micropython import REPOSITORY, interpreter

FLASH_BLOCKS = 12
JUDGING = "-O0"   # else what the targets assert is compiled away
PREPARE = """
import sys, vfs
sys.path[:] = [FOLDER, ".frozen"]
import ram_flash
ram_flash.boot(ram_flash.formatted(BLOCKS))
import tests.fuzz.replay
"""


def play(target: str, cases: list[bytes], heap_kib: int, timeout_s: float = 60) -> str:
    """What it printed; the last line counts."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cache = folder / "cache"
        for path, code in firmware_files("bench", cache).items():
            if path.endswith(".mpy"):
                put(folder / path[1:], code)
        fuzz = REPOSITORY / "tests" / "fuzz"
        for source in (fuzz / "chip.py", fuzz / "replay.py", fuzz / "world.py",
                       *sorted((fuzz / "targets").glob("*.py"))):
            inside = source.relative_to(REPOSITORY)
            put(folder / inside.with_suffix(".mpy"), compile_file(source, str(inside), cache, optimise=JUDGING))
        put(folder / "tests/fuzz/targets/__init__.py", f"from tests.fuzz.targets import {target} as TARGET\n".encode())
        put(folder / "ram_flash.py", (REPOSITORY / "tests/firmware/ram_flash.py").read_bytes())
        file = folder / "cases"
        file.write_bytes(b"".join(len(case).to_bytes(4, "little") + case for case in cases))
        program = PREPARE.replace("FOLDER", repr(name)).replace("BLOCKS", str(FLASH_BLOCKS))
        (folder / "start.py").write_text(program)
        done = subprocess.run([interpreter(), "-X", f"heapsize={heap_kib}k", str(folder / "start.py"), str(file)],
                              env={**os.environ, "MICROPYPATH": f"{name}:.frozen"}, capture_output=True, text=True,
                              errors="replace", timeout=timeout_s, check=False)
        assert done.returncode == 0, f"MicroPython ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr}"
        return done.stdout


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
