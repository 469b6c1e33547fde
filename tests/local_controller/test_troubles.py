"""What goes wrong is one line, a safe state, and on the page."""

import asyncio
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest

from local_controller import site as site_module
from local_controller import troubles
from local_controller.troubles import Storage
from ocppj.client import Client
from ocppj.peer import Peer
from tests.local_controller.central import Central
from tests.local_controller.running import SITE_KEY, Running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import CallError, start_of


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_module, "WATCH_S", 0.05)


async def shown(site: Running) -> list[str]:
    return list((await site.web.get("/api/status")).json()["troubles"])


async def test_a_full_disk_confirms_nothing_says_so_and_is_forgotten_when_there_is_room(site: Running) -> None:
    await site.log_in()
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        assert await shown(site) == []
        [[pages]] = await site.store.read("PRAGMA page_count")
        site.store._writer.execute(f"PRAGMA max_page_count={pages}")  # as if the disk were full

        async def fill() -> None:
            for number in range(500):
                await charge_point.call("StartTransaction", start_of(meter_wh=number, id_tag="x" * 200))

        with pytest.raises(CallError):
            await fill()
        [line] = await eventually("it is said", lambda: shown(site))
        assert "full" in line
        assert "Charge points keep" in line
        site.store._writer.execute("PRAGMA max_page_count=1000000")

        async def gone() -> bool:
            return await shown(site) == []

        await eventually("it is over", gone)
        assert (await charge_point.call("StartTransaction", start_of()))["transactionId"]


async def test_little_room_is_told_before_there_is_none(
    site: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    await site.log_in()
    status = (await site.web.get("/api/status")).json()
    assert status["storage"]["total_bytes"] >= status["storage"]["free_bytes"] > 0
    assert status["storage"]["database_bytes"] > 0
    usage = type(shutil.disk_usage("/"))
    monkeypatch.setattr(troubles.shutil, "disk_usage", lambda path: usage(32 * 2**30, 0, 100 * 2**20))
    [line] = await shown(site)
    assert line == "The disk is nearly full: 100 MB are left. Make room."
    assert not Storage(1, 2**30, 32 * 2**30).low


async def test_another_controller_with_this_identity_is_told_and_not_fought(site: Running, central: Central) -> None:
    await site.log_in()
    await central.connected("demo-site")

    async def other(peer: Peer) -> None:
        await peer.serve(site.site._own_link._answer)

    rival = asyncio.create_task(Client(central.url, "demo-site", SITE_KEY, on_connect=other).run())
    [line] = await eventually("it is said", lambda: shown(site))
    assert "Another controller speaks to the central system as demo-site" in line
    assert not (await site.web.get("/api/status")).json()["csms"]["connected"]  # it waits, and the other has its link
    rival.cancel()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


async def page_says(url: str, words: str) -> httpx.Response:
    async def told() -> Any:
        async with httpx.AsyncClient(trust_env=False) as web:
            try:
                answer = await web.get(url)
            except httpx.HTTPError:
                return None
        return answer if words in answer.text else None

    answer: httpx.Response = await eventually(f"{words!r} on the page", told, 20)
    return answer


async def test_what_keeps_it_from_starting_is_on_the_page_until_it_is_mended(tmp_path: Path) -> None:
    port, config, data = free_port(), tmp_path / "site.toml", tmp_path / "site-data"
    web = f'[web]\nhost = "127.0.0.1"\nport = {port}\n[ocpp]\nhost = "127.0.0.1"\nport = 0\n'
    config.write_text(f"{web}prot = 7\n")
    command = [sys.executable, "-m", "local_controller.main", "serve", "--stay", "0.5", "--config", str(config)]
    log = (tmp_path / "log").open("wb")
    process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: ASYNC220
    try:
        answer = await page_says(f"http://127.0.0.1:{port}/", "ocpp.prot: no such setting")
        assert answer.status_code == 503
        assert (await page_says(f"http://127.0.0.1:{port}/api/status", "no such setting")).status_code == 503
        config.write_text(web)
        await page_says(f"http://127.0.0.1:{port}/", "adopt first")
        data.mkdir(exist_ok=True)
        with sqlite3.connect(data / "site.db") as db:
            db.execute("PRAGMA user_version=99")
        (data / "site-key.json").write_text(
            '{"identity": "a", "site_key": "b", "site_name": "c", "time_zone": "UTC",'
            ' "ocpp_url": "ws://127.0.0.1:9/ocpp", "api_url": "http://127.0.0.1:9"}'
        )
        (data / "site-key.json").chmod(0o600)
        await page_says(f"http://127.0.0.1:{port}/", "made by a newer version")
        (data / "site.db").unlink()
        await page_says(f"http://127.0.0.1:{port}/healthz", "ok")
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(process.wait, 15) == 0
        log.close()
    assert "Traceback" not in (tmp_path / "log").read_text()
