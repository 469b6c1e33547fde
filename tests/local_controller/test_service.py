"""As a service: told alive while it is, found in the network, measured, and with few rights."""

import asyncio
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families
from zeroconf.asyncio import AsyncServiceInfo, AsyncZeroconf

from local_controller import mdns, service
from local_controller.config import Settings
from local_controller.errors import SiteError
from local_controller.watchdog import Watchdog
from ocppj import log
from tests.local_controller.central import Central
from tests.local_controller.running import Process, Running
from tests.local_controller.test_commands import run
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import start_of


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[socket.socket]:
    """Its end of the notify socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(tmp_path / "notify"))
        listener.setblocking(False)
        yield listener


def heard(systemd: socket.socket) -> list[str]:
    said: list[str] = []
    while True:
        try:
            said += systemd.recv(4096).decode().splitlines()
        except BlockingIOError:
            return said


async def test_systemd_hears_that_it_is_ready_alive_and_ending(
    tmp_path: Path, central: Central, systemd: socket.socket
) -> None:
    process = Process(tmp_path / "site", central, NOTIFY_SOCKET=str(tmp_path / "notify"), WATCHDOG_USEC="300000")
    said: list[str] = []

    def often() -> bool:
        said.extend(heard(systemd))
        return said.count("WATCHDOG=1") >= 3

    try:
        await process.start()
        await eventually("ready", often)
        assert "READY=1" in said
    finally:
        assert await asyncio.to_thread(process.end, 15) == 0
    assert "STOPPING=1" in said + heard(systemd)


async def test_one_that_hangs_is_not_called_alive(tmp_path: Path, systemd: socket.socket) -> None:
    watchdog = Watchdog({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000"})
    asked = 0

    async def hung() -> None:
        nonlocal asked
        asked += 1
        raise TimeoutError

    running = asyncio.create_task(watchdog.run(hung))
    await eventually("it was asked", lambda: asked >= 3)
    running.cancel()
    assert heard(systemd) == []
    await Watchdog({}).run(hung)  # without systemd there is nothing to do
    other = Watchdog({"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "30000", "WATCHDOG_PID": "1"})
    await other.run(hung)  # meant for another process


def test_the_unit_is_written_with_few_rights(tmp_path: Path) -> None:
    status, said, wrong = run(
        tmp_path, 'data_dir = "/var/lib/bollard-site"', "install-service", "--root", str(tmp_path), "--no-start"
    )
    assert (status, wrong) == (0, "")
    path = tmp_path / "etc/systemd/system/bollard-site.service"
    assert str(path) in said
    unit = path.read_text()
    assert f"serve --stay --config {tmp_path / 'site.toml'}" in unit
    lines = ("User=bollard-site", "ProtectSystem=strict", "ReadWritePaths=/var/lib/bollard-site", "Type=notify")
    for line in (*lines, "PrivateDevices=yes"):
        assert line in unit.splitlines()
    person = (tmp_path / "etc/sysusers.d/bollard-site.conf").read_text()
    assert person.startswith("u bollard-site - ")


def test_the_service_sees_the_meters_device_and_no_other(tmp_path: Path) -> None:
    settings = Settings(meter={"connect": "/dev/ttyUSB0", "model": "sdm630"})  # type: ignore[arg-type]
    lines = service.unit(settings, tmp_path / "site.toml", tmp_path / "bollard-site").splitlines()
    assert {"DevicePolicy=closed", "DeviceAllow=/dev/ttyUSB0 rw", "SupplementaryGroups=dialout"} <= set(lines)
    assert "PrivateDevices=yes" not in lines
    far = Settings(meter={"connect": "tcp://10.0.0.9:502", "model": "sdm630"})  # type: ignore[arg-type]
    assert "PrivateDevices=yes" in service.unit(far, tmp_path / "site.toml", tmp_path / "bollard-site").splitlines()


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_itself_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    program = tmp_path / "bin" / "bollard-site"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    path = tmp_path / "bollard-site.service"
    data = tmp_path / "data"
    data.mkdir()
    path.write_text(service.unit(Settings(data_dir=data), tmp_path / "site.toml", program))
    verify = subprocess.run(["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False)
    ours = [line for line in (verify.stdout + verify.stderr).splitlines() if "bollard-site.service" in line]
    assert ours == []
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=yes", "--threshold=25", str(path)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert rated.returncode == 0, rated.stdout[-400:] + rated.stderr  # an exposure of 2.5 at most, of 10


def test_paths_that_a_unit_cannot_have_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SiteError, match="blanks"):
        service.unit(Settings(data_dir=tmp_path / "my data"), tmp_path / "site.toml", tmp_path / "bollard-site")


async def test_the_figures_of_the_site_are_there_for_prometheus(site: Running, central: Central) -> None:
    await central.connected("demo-site")
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await charge_point.call("StartTransaction", start_of())
        await site.all_delivered()
        answer = await site.web.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain")
    found = {s.name: s.value for family in text_string_to_metric_families(answer.text) for s in family.samples}
    expected = {"csms_connected": 1, "queue_messages": 0, "charge_points": 1, "charge_points_connected": 1,
                "transactions_running": 1, "quarantined_messages": 0, "troubles": 0, "clock_trusted": 1}  # fmt: skip
    assert {name: found[f"bollard_site_{name}"] for name in expected} == expected
    assert found["bollard_site_disk_free_bytes"] > 0
    assert found["process_resident_memory_bytes"] > 0
    assert "bollard_site_limit_amperes" not in found  # nobody limits the site
    assert charge_point.identity not in answer.text


async def test_whoever_looks_for_ocpp_in_the_network_finds_it() -> None:
    on = ["127.0.0.1"]
    async with mdns.announced("yard-LC", "Yard", 9100, tls=True, addresses=["192.0.2.7"], interfaces=on):
        looking = AsyncZeroconf(interfaces=on)
        try:
            found = AsyncServiceInfo(mdns.TYPE, f"yard-LC.{mdns.TYPE}")
            if not await found.async_request(looking.zeroconf, 5000):
                pytest.skip("no multicast on this machine's loopback")
            assert (found.port, found.parsed_addresses()) == (9100, ["192.0.2.7"])
            assert found.properties[b"path"] == b"/ocpp"
            assert found.properties[b"tls"] == b"1"
        finally:
            await looking.async_close()


async def test_a_network_without_multicast_costs_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
) -> None:
    log.configure("info")
    monkeypatch.setattr(mdns, "_log", log.get("tests"))   # its own may be bound to what other tests have configured
    async with mdns.announced("a", "b", 1, tls=False, addresses=["192.0.2.7"], interfaces=["192.0.2.1"]):
        pass
    assert capsys.readouterr().err.count("mdns.not_announced") == 1
