"""Runs a piece of MicroPython on the real interpreter, with the repository's `firmware` importable.

The interpreter is the unix port of the environment, or the one named by BOLLARD_MICROPYTHON.
"""
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]


def interpreter() -> str:
    beside_python = Path(sys.executable).with_name("micropython")
    found = os.environ.get("BOLLARD_MICROPYTHON") or (
        str(beside_python) if beside_python.exists() else shutil.which("micropython")
    )
    if not found:
        pytest.skip("no MicroPython here: put `micropython` >= 1.24 on PATH or name it in BOLLARD_MICROPYTHON")
    return found


def run(source: str, *, heap_kib: int = 400, timeout_s: float = 30, extra_path: str = "") -> str:
    """Run `source` and return what it printed; a MicroPython exception fails the test with its trace."""
    path = ":".join(filter(None, [extra_path, str(REPOSITORY), ".frozen"]))
    done = subprocess.run(
        [interpreter(), "-X", f"heapsize={heap_kib}k", "-c", textwrap.dedent(source)],
        env={**os.environ, "MICROPYPATH": path}, capture_output=True, text=True, timeout=timeout_s, check=False,
    )
    assert done.returncode == 0, f"MicroPython ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout
