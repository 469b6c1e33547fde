"""The chip as a process: the real MicroPython with a limited heap, started by shim/launcher.py. Knows no world.

Ending it is SIGKILL, always: power cuts, resets and the end of the bench run no `finally`, as on the chip.
"""
import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from hardware.bench.errors import BenchError

MAX_LINE_BYTES = 2000


def interpreter() -> str:
    """The MicroPython to run: BOLLARD_MICROPYTHON, else the environment's own, else the one on PATH."""
    named = os.environ.get("BOLLARD_MICROPYTHON")
    own = Path(sys.executable).with_name("micropython")
    found = named or (str(own) if own.exists() else shutil.which("micropython"))
    if not found:
        raise BenchError("no MicroPython here: put `micropython` >= 1.24 on PATH or name it in BOLLARD_MICROPYTHON")
    if not shutil.which(found):
        raise BenchError(f"BOLLARD_MICROPYTHON names {found}, which is no program")
    return found


class Process:
    def __init__(self, on_line: Callable[[str], None], on_exit: Callable[[], None]) -> None:
        self._on_line, self._on_exit = on_line, on_exit
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self.running and self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    async def start(self, shims: Path, heap_kib: int, image: Path, wire_fd: int, uart_fds: Sequence[int]) -> None:
        self._process = await asyncio.create_subprocess_exec(
            interpreter(), "-X", f"heapsize={heap_kib}k", "-m", "launcher", str(wire_fd), str(image),
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            pass_fds=(wire_fd, *uart_fds), limit=MAX_LINE_BYTES * 4,
            env={"MICROPYPATH": f"{shims}:.frozen", "TZ": "UTC", "HOME": "/", "PATH": os.defpath},
        )
        self._watcher = asyncio.create_task(self._watch(self._process))

    async def kill(self) -> None:
        """End it this instant and wait until it is gone."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.kill()
        if self._watcher:
            await self._watcher
        self._process = self._watcher = None

    def hard_reset(self) -> None:
        """What starts next does not follow from what was typed before."""

    async def close(self) -> None:
        """The board is gone for good."""

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        while True:
            try:
                line = await process.stdout.readline()
            except ValueError:   # a line without end: the reader has dropped it
                self._on_line("(a line too long to show)")
                continue
            if not line:
                break
            self._on_line(line[:MAX_LINE_BYTES].decode("utf-8", "replace").rstrip("\r\n"))
        await process.wait()
        self._on_exit()
