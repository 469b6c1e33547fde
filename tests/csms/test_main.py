"""The program as people run it: its own process, its signals, its one-line complaints."""

import asyncio
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from csms.api.tokens import Tokens, load_secret
from csms.config import Settings
from csms.store import audit
from csms.store.database import Database
from ocppj import log
from tests.csms.running import CARD, until
from tests.csms.station import connected

pytestmark = pytest.mark.story

PROGRAM = [sys.executable, "-m", "csms.main"]


def write_settings(folder: Path, **ports: int) -> Path:
    file = folder / "csms.toml"
    http, ocpp = ports.get("http", 0), ports.get("ocpp", 0)
    file.write_text(f'data_dir = "{folder / "data"}"\n[http]\nport = {http}\n[ocpp]\nport = {ocpp}\n')
    return file


class Program:
    """`bollard-csms serve` as a child; its ports once it listens."""

    def __init__(self, data_dir: Path, child: subprocess.Popen[bytes]) -> None:
        self.child = child
        self.data_dir = data_dir
        self.http_port = self.ocpp_port = 0

    async def listens(self) -> None:
        async def ports() -> bool:
            assert self.child.poll() is None, "it ended"
            file = self.data_dir / "ports.json"
            return file.exists()

        await until(ports, within_s=20)
        found = json.loads((self.data_dir / "ports.json").read_text())
        self.http_port, self.ocpp_port = found["http"], found["ocpp"]

    @property
    def ocpp_url(self) -> str:
        return f"ws://127.0.0.1:{self.ocpp_port}/ocpp"

    def as_admin(self) -> httpx.AsyncClient:
        token = Tokens(load_secret(self.data_dir / "secret.key")).issue(1, datetime.now(UTC))
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.http_port}", headers=headers, timeout=10)

    async def end(self, number: int, within_s: float) -> int:
        self.child.send_signal(number)
        return await asyncio.to_thread(self.child.wait, within_s)


Serve = Callable[[], Program]


@pytest.fixture
async def serve(fresh: Path, tmp_path: Path) -> AsyncIterator[Serve]:
    shutil.copytree(fresh, tmp_path / "data")
    file = write_settings(tmp_path)
    programs: list[Program] = []

    def start() -> Program:
        (tmp_path / "data" / "ports.json").unlink(missing_ok=True)  # of one that was killed
        child = subprocess.Popen([*PROGRAM, "serve", "--config", str(file)], stderr=subprocess.DEVNULL)
        programs.append(Program(tmp_path / "data", child))
        return programs[-1]

    yield start
    for program in programs:
        if program.child.poll() is None:
            program.child.kill()
            program.child.wait()


async def test_a_killed_csms_has_kept_every_word_it_confirmed(serve: Serve) -> None:
    program = serve()
    await program.listens()
    async with program.as_admin() as admin:
        await admin.post("/api/sites", json={"name": "Yard"})
        await admin.post("/api/cards", json={"id_tag": CARD, "user_id": 2})
        made = await admin.post("/api/charge-points", json={"identity": "CP1", "site_id": 1})
        key = made.json()["authorization_key"]
    async with connected(program.ocpp_url, "CP1", key) as station:
        first = (await station.start(CARD, meter_start=0)).transaction_id
        await program.end(signal.SIGKILL, 5)

    program = serve()
    await program.listens()
    async with connected(program.ocpp_url, "CP1", key) as station, program.as_admin() as admin:
        again = (await station.start(CARD, meter_start=0)).transaction_id  # its answer might have been lost
        assert again == first
        await station.stop(first, 10_000)
        await program.end(signal.SIGKILL, 5)

    program = serve()
    await program.listens()
    async with connected(program.ocpp_url, "CP1", key) as station, program.as_admin() as admin:
        await station.stop(first, 10_000)
        (session,) = (await admin.get("/api/sessions")).json()
        assert (session["state"], session["energy_wh"], session["cost_cents"]) == ("ended", 10_000, 450)
        assert (await admin.get("/api/users/2/balance")).json() == {"balance_cents": -450, "held_cents": 0}
    assert await program.end(signal.SIGTERM, 5) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_signal_ends_it_within_two_seconds_whoever_is_connected(serve: Serve, number: int) -> None:
    program = serve()
    await program.listens()
    async with program.as_admin() as admin:
        await admin.post("/api/sites", json={"name": "Yard"})
        made = await admin.post("/api/charge-points", json={"identity": "CP1", "site_id": 1})
        key = made.json()["authorization_key"]
        async with (
            connected(program.ocpp_url, "CP1", key) as station,
            admin.stream("GET", "/api/events", timeout=None) as events,
        ):
            await station.boot()
            began_s = time.monotonic()
            assert await program.end(number, 5) == 0
            assert time.monotonic() - began_s < 2
            assert "retry: 2000" in [line async for line in events.aiter_lines()]
    assert not (program.data_dir / "ports.json").exists()


def complaint(*args: str, env: dict[str, str] | None = None, stdin: str = "") -> str:
    """What it says on stderr, in one line, with status 1."""
    done = subprocess.run(
        [*PROGRAM, *args], capture_output=True, text=True, timeout=30, input=stdin, env={**os.environ, **(env or {})}
    )
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr


@pytest.mark.parametrize("which", ["http", "ocpp"])
def test_a_busy_port_is_one_clear_line(tmp_path: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        said = complaint("serve", "--config", str(write_settings(tmp_path, **{which: port})))
    assert f"port {port}" in said
    assert f"{which}.port" in said
    assert "in use" in said


def test_a_wrong_setting_is_one_clear_line(tmp_path: Path) -> None:
    file = tmp_path / "csms.toml"
    file.write_text("colour = 1")
    assert "colour: unknown key" in complaint("serve", "--config", str(file))
    assert "no such file" in complaint("serve", "--config", str(tmp_path / "none.toml"))


def test_an_administrator_is_made_with_a_password_of_ones_own_only(tmp_path: Path) -> None:
    create = ("create-admin", "--config", str(write_settings(tmp_path)), "--email")
    assert "10 to 200 characters" in complaint(*create, "a@b.example", stdin="short\n")
    assert "10 to 200 characters" in complaint(*create, "a@b.example", stdin="")
    assert "no e-mail address" in complaint(*create, "me", stdin="a long password\n")
    subprocess.run([*PROGRAM, *create, "a@b.example"], input="a long password\n", text=True, check=True, timeout=30)
    assert "there is an account" in complaint(*create, "a@b.example", stdin="a long password\n")


def test_the_audit_log_is_checked_and_a_tampered_row_is_named(settings: Settings, tmp_path: Path) -> None:
    async def write() -> str:
        database = Database(settings.sqlalchemy_url)
        async with database.writing.begin() as db:
            for number in range(3):
                await audit.add(db, 1, "POST", "/api/sites", f"/api/sites/{number}", 201, "::1", datetime.now(UTC))
            head = await audit.head(db)
        await database.close()
        assert head is not None
        return head.hash

    def check(noted: str) -> tuple[int, list[str]]:
        command = [*PROGRAM, "check-audit", "--config", str(write_settings(tmp_path)), "--noted", noted]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        return done.returncode, done.stdout.splitlines()

    assert settings.data_dir == tmp_path / "data"
    newest = asyncio.run(write())
    assert check(f"3:{newest}") == (0, [f"3 rows, 0 findings, head 3:{newest}"])
    with closing(sqlite3.connect(settings.data_dir / "csms.sqlite3")) as db, db:
        db.execute("UPDATE audit SET user_id = 2 WHERE id = 1")
    assert check(f"2:{newest}") == (1, [
        "row 1 was changed after it was written",
        "row 2 has not the hash that was noted down: the log was written anew",
        f"3 rows, 2 findings, head 3:{newest}",
    ])  # fmt: skip


def test_every_command_explains_itself() -> None:
    for command in ([], ["serve"], ["migrate"], ["create-admin"], ["check-ledger"], ["check-audit"]):
        done = subprocess.run([*PROGRAM, *command, "--help"], capture_output=True, text=True, timeout=30, check=True)
        assert "usage: bollard-csms" in done.stdout


def test_the_log_never_holds_a_whole_card() -> None:
    assert CARD not in log.short(CARD)
