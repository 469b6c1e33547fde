"""A controller in this process, and one in a process of its own that can be killed."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx

from local_controller import identity
from local_controller.api import Api
from local_controller.clock import Clock
from local_controller.config import Csms, Meter, Ocpp, Power, Settings, Web
from local_controller.identity import Identity
from local_controller.login import Logins, set_password
from local_controller.site import Site
from local_controller.store import Store
from tests.local_controller.central import Central
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import ChargePoint

PASSWORD = "open sesame"
SITE_KEY = "5a" * 20


def known_to(central: Central) -> Identity:
    return Identity("demo-site", SITE_KEY, "Demo", "Europe/Rome", central.url, "http://127.0.0.1:9/none")


@dataclass
class Running:
    """The parts of a controller that tests touch."""

    site: Site
    store: Store
    port: int
    data_dir: Path
    web: httpx.AsyncClient

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ocpp"

    async def adopt(self, serial: str = "SERIAL-1") -> ChargePoint:
        code, _ = await self.site.new_code()
        adopted = await self.site.adopt(code, serial)
        return ChargePoint(self.url, adopted.identity, adopted.authorization_key)

    async def log_in(self) -> None:
        answer = await self.web.post("/api/login", json={"password": PASSWORD})
        assert answer.status_code == 204, answer.text

    async def connector(self, charge_point: ChargePoint, connector_id: int = 1) -> dict[str, Any]:
        rows = (await self.web.get("/api/charge-points")).json()
        mine = next(row for row in rows if row["identity"] == charge_point.identity)
        return dict(next(c for c in mine["connectors"] if c["connector_id"] == connector_id))

    async def waiting(self) -> int:
        [(count,)] = await self.store.read("SELECT count(*) FROM messages WHERE delivered_at IS NULL")
        return int(count)

    async def all_delivered(self, within_s: float = 10.0) -> None:
        async def empty() -> bool:
            return await self.waiting() == 0

        await eventually("everything delivered", empty, within_s)


@asynccontextmanager
async def running(
    data_dir: Path, central: Central, csms: Csms | None = None, clock: Clock | None = None,
    mode: Literal["autonomous", "transparent"] = "autonomous", power: Power | None = None,
    meter: Meter | None = None,
) -> AsyncIterator[Running]:
    settings = Settings(
        data_dir=data_dir, mode=mode, ocpp=Ocpp(host="127.0.0.1", port=0), web=Web(port=0),
        csms=csms or Csms(answer_within_s=5), power=power or Power(), meter=meter,
    )  # fmt: skip
    store = await Store.open(data_dir / "site.db")
    clock = clock or Clock(trusts=lambda goes_on: True)
    site = Site(settings, known_to(central), store, clock)
    try:
        port = await site.start()
        await set_password(store, PASSWORD)
        app = Api(site, Logins(store), clock).app()
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://site", headers={"X-Requested-With": "bollard"}
        ) as web:
            yield Running(site, store, port, data_dir, web)
    finally:
        await site.close()
        await store.close()


class Process:
    """`bollard-site serve` as a program of its own."""

    def __init__(self, data_dir: Path, central: Central, **env: str) -> None:
        self.data_dir, self.config, self.log = data_dir, data_dir / "site.toml", data_dir / "log"
        data_dir.mkdir(parents=True, exist_ok=True)
        identity.save(data_dir, known_to(central))
        self.config.write_text(
            f'data_dir = "{data_dir}"\n[ocpp]\nhost = "127.0.0.1"\nport = 0\n[web]\nhost = "127.0.0.1"\nport = 0\n'
        )
        self.env = {**os.environ, **env}
        self.process: subprocess.Popen[bytes] | None = None

    async def start(self) -> dict[str, int]:
        ports = self.data_dir / "ports.json"
        ports.unlink(missing_ok=True)
        self.process = await asyncio.to_thread(self._spawn)
        await eventually("ports.json", lambda: ports.exists() or self.process.poll() is not None, 20)
        assert self.process.poll() is None, self.log.read_text()
        known: dict[str, int] = json.loads(ports.read_text())
        pinned = self.config.read_text()
        for table, name in (("[ocpp]", "ocpp"), ("[web]", "web")):
            head = f'{table}\nhost = "127.0.0.1"\nport = '
            pinned = pinned.replace(f"{head}0", f"{head}{known[name]}")
        self.config.write_text(pinned)
        return known

    def _spawn(self) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "local_controller.main", "serve", "--config", str(self.config)]
        with self.log.open("ab") as out:
            return subprocess.Popen(command, stdout=out, stderr=out, env=self.env)

    async def adopt(self, serial: str = "SERIAL-1") -> ChargePoint:
        """Through the command line and HTTP, as people do it."""
        done = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "local_controller.main", "adoption-code", "--config", str(self.config),
            stdout=subprocess.PIPE,
        )  # fmt: skip
        out, _ = await done.communicate()
        ports = json.loads((self.data_dir / "ports.json").read_text())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports['web']}", trust_env=False) as web:
            body = {"code": out.decode().split()[0], "serial": serial, "kind": "charge_point"}
            told = (await web.post("/api/adopt", json=body)).raise_for_status().json()
        return ChargePoint(told["ocpp_url"], told["identity"], told["authorization_key"])

    async def set_password(self) -> None:
        setting = await asyncio.create_subprocess_exec(
            *[sys.executable, "-m", "local_controller.main", "set-password", "--config", str(self.config)],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        await setting.communicate(PASSWORD.encode())
        assert setting.returncode == 0

    def end(self, number: int = signal.SIGKILL) -> int:
        """Send it a signal and wait for its end; its exit status."""
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(10)
