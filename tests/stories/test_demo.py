"""`bollard-demo`, as a script and as a person run it."""
import json
import re
import signal
import socket
import ssl
import subprocess
import time
from pathlib import Path

import httpx
import pytest

from hardware.demo.processes import command

pytestmark = [pytest.mark.story, pytest.mark.usefixtures("_micropython")]
UP = "The chain stays up"


def test_once_prints_one_json_object_with_the_bill() -> None:
    done = subprocess.run([command("bollard-demo"), "--once", "--json"], capture_output=True, text=True, timeout=100,
                          check=False)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["meter_wh"] == result["billed_wh"] > 0
    assert result["cost_cents"] > 0
    assert {"charge_points", "tap_to_authorized_ms", "c_to_contactor_ms", "balance_cents"} <= result.keys()


def test_a_busy_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", 8000))
            taken.listen()
        except OSError:
            pass   # somebody else has it: just as busy
        done = subprocess.run([command("bollard-demo")], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "port 8000" in done.stderr


def test_on_the_lan_it_speaks_https_and_ctrl_c_ends_every_process(tmp_path: Path) -> None:
    ca = tmp_path / "ca"
    demo = subprocess.Popen(
        [command("bollard-demo"), "--any-ports", "--charge-points", "1", "--keep", str(tmp_path / "kept"),
         "--lan", "127.0.0.1", "--lan-ca", str(ca)], stdout=subprocess.PIPE, text=True)
    try:
        assert demo.stdout is not None
        told = ""
        for line in demo.stdout:
            told += line
            if UP in line:
                break
        assert UP in told, "it ended by itself"
        app = re.search(r"(https://127\.0\.0\.1:\d+)/app/", told)
        assert app is not None, told
        believes = ssl.create_default_context(cafile=str(ca / "ca.pem"))
        assert httpx.get(f"{app[1]}/api/about", verify=believes, trust_env=False).json()["currency"] == "EUR"
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(f"{app[1]}/api/about", trust_env=False)
        processes = family(demo.pid)
        assert len(processes) >= 5, "demo, central system, controller, bench and a charge point"
        demo.send_signal(signal.SIGINT)
        assert demo.wait(20) == 0
    finally:
        demo.kill()
    deadline = time.monotonic() + 10
    while left := [pid for pid in processes if alive(pid)]:
        assert time.monotonic() < deadline, f"still running: {left}"
        time.sleep(0.05)


def family(pid: int) -> list[int]:
    """This process and all below it."""
    parents = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue   # it has ended meanwhile
        parents[int(stat.parent.name)] = int(fields[1])
    found = [pid]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False
