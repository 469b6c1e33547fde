"""The command, as a person types it."""
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from hardware.bench.image import REPOSITORY
from tests.firmware.on_micropython import interpreter
from tests.hardware.bench.chips import KEY

BENCH = [sys.executable, "-m", "hardware.bench.main"]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*BENCH, *arguments], cwd=REPOSITORY, capture_output=True, text=True, timeout=30, check=False)


def wait_for_port(folder: Path, process: subprocess.Popen[str]) -> int:
    deadline = time.monotonic() + 20
    while not (folder / "ports.json").exists():
        assert time.monotonic() < deadline
        assert process.poll() is None, process.communicate()[0]
        time.sleep(0.02)
    return int(json.loads((folder / "ports.json").read_text())["http"])


@pytest.mark.parametrize("command", [[], ["serve"], ["run"]])
def test_help_is_complete(command: list[str]) -> None:
    answer = run(*command, "--help")
    assert answer.returncode == 0
    serving = ["--port", "--host", "--data-dir"]
    options = {"serve": serving, "run": [*serving, "--url", "--identity", "--key", "--count", "--board"]}
    for option in options.get("".join(command), ["serve", "run"]):
        assert option in answer.stdout


def test_a_busy_port_is_one_clear_line(tmp_path: Path) -> None:
    interpreter()   # is looked for first; skips where there is none
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        answer = run("serve", "--port", str(port), "--data-dir", str(tmp_path))
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in answer.stderr


def test_a_missing_interpreter_is_one_clear_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOLLARD_MICROPYTHON", str(tmp_path / "nothing"))
    answer = run("serve", "--port", "0", "--data-dir", str(tmp_path))
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "BOLLARD_MICROPYTHON" in answer.stderr


def test_run_without_an_address_or_a_board_to_set_up_is_one_clear_line(tmp_path: Path) -> None:
    answer = run("run", "--port", "0", "--data-dir", str(tmp_path))
    assert answer.returncode == 2
    assert answer.stderr == (
        "bollard-bench: run needs --url, or --unconfigured for a charge point that is yet to be set up\n")


def test_a_wrong_option_is_one_clear_line(tmp_path: Path) -> None:
    answer = run("run", "--url", "http://x", "--data-dir", str(tmp_path), "--port", "0", "--key", KEY)
    assert answer.returncode == 2
    assert answer.stderr.count("\n") == 1
    assert "url" in answer.stderr


def start(folder: Path) -> tuple[subprocess.Popen[str], int, list[int]]:
    """A bench with two charge points; its port and their process ids."""
    process = subprocess.Popen(
        [*BENCH, "run", "--url", "ws://127.0.0.1:9/ocpp", "--key", KEY, "--count", "2", "--port", "0",
         "--data-dir", str(folder)],
        cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    port = wait_for_port(folder, process)
    url = f"http://127.0.0.1:{port}/api/charge-points"
    deadline = time.monotonic() + 20
    while len(states := httpx.get(url, trust_env=False).json()) < 2 or any(
            state["started_in_ms"] is None for state in states):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return process, port, [state["pid"] for state in states]


def runs(pid: int) -> bool:
    """A zombie that nobody has collected yet has no command line any more."""
    try:
        return b"launcher" in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def test_programs_do_not_outlive_a_bench_that_was_killed(tmp_path: Path) -> None:
    process, _, pids = start(tmp_path)
    process.kill()
    process.communicate()
    deadline = time.monotonic() + 10
    while any(runs(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_cleanly_with_all_its_programs(tmp_path: Path, number: signal.Signals) -> None:
    process, port, pids = start(tmp_path)
    with httpx.stream("GET", f"http://127.0.0.1:{port}/api/events", trust_env=False):
        process.send_signal(number)
        output, _ = process.communicate(timeout=20)
    assert process.returncode == 0, output
    assert "Traceback" not in output
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
