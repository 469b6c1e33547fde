"""Starts the product's own commands as child processes and ends them by id, never by name."""
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 5


class DemoError(Exception):
    """Something a person can mend: the message says what is wrong and what to do."""


def command(name: str) -> str:
    """Path of one of our console scripts; they stand beside the interpreter that runs us."""
    beside = Path(sys.executable).with_name(name)
    if not beside.exists():
        raise DemoError(f"the command {name} is not installed beside {sys.executable}: run `make setup`")
    return str(beside)


class Process:
    """One server: `args` start it, `ports.json` in its data folder says that it listens and where."""

    def __init__(self, name: str, args: list[str], data_dir: Path, log_dir: Path, env: dict[str, str] | None = None):
        self.name = name
        self.args = args
        self.ports_file = data_dir / "ports.json"
        self.log_file = log_dir / f"{name}.log"
        self.env = {**os.environ, **(env or {})}
        self.ports: dict[str, int] = {}
        self._popen: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        assert self._popen is not None
        return self._popen.pid

    @property
    def running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    def start(self) -> dict[str, int]:
        """Start and wait until it listens; its ports by name."""
        self.ports_file.unlink(missing_ok=True)
        with self.log_file.open("ab") as log:
            # A session of its own: Ctrl-C reaches us alone, and we end the children in order.
            self._popen = subprocess.Popen(
                self.args, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                env=self.env, start_new_session=True,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not (ports := self._listening()):
            if self._popen.poll() is not None:
                raise DemoError(f"{self.name} could not start: {self.last_line()}")
            if time.monotonic() > deadline:
                self.kill()
                raise DemoError(f"{self.name} did not listen within {START_TIMEOUT_S} s, see {self.log_file}")
            time.sleep(0.02)
        self.ports = ports
        return ports

    def _listening(self) -> dict[str, int] | None:
        try:
            ports: dict[str, int] = json.loads(self.ports_file.read_text())
        except (FileNotFoundError, ValueError):   # not there, or being written
            return None
        return ports

    def last_line(self) -> str:
        lines = self.log_file.read_text(errors="replace").strip().splitlines() if self.log_file.exists() else []
        return lines[-1] if lines else "it printed nothing"

    def kill(self) -> None:
        """SIGKILL: what a crash or a power cut looks like to the other processes."""
        if self._popen is not None:
            self._popen.kill()
            self._popen.wait()

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self, timeout_s: float) -> int:
        assert self._popen is not None
        return self._popen.wait(timeout_s)

    def stop(self) -> None:
        """Ask it to end; insist when it does not."""
        if self._popen is None or self._popen.poll() is not None:
            return
        self._popen.send_signal(signal.SIGTERM)
        try:
            self._popen.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()


def run_once(args: list[str], stdin: str = "") -> str:
    """Run a command to its end; its last line is the error a person sees."""
    done = subprocess.run(args, input=stdin, capture_output=True, text=True, timeout=START_TIMEOUT_S, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise DemoError(f"{Path(args[0]).name} {args[1]}: {said[-1] if said else f'exit {done.returncode}'}")
    return done.stdout


def wait_until(what: str, check: Any, within_s: float = 30, every_s: float = 0.02) -> Any:
    """Wait for the fact `check()` to be true and return it; DemoError names `what` when it does not come."""
    deadline = time.monotonic() + within_s
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > deadline:
            raise DemoError(f"{what} did not happen within {within_s:g} s")
        time.sleep(every_s)
