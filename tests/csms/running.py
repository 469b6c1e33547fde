"""A running CSMS seen from outside: HTTP as whoever, OCPP through stations, and the facts one waits for."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from csms.api.passwords import Passwords
from csms.api.tokens import Tokens, load_secret
from csms.config import Listen, Settings
from csms.running_sessions import RunningSessions
from csms.service import Service
from csms.store import users
from csms.store.database import Database
from csms.store.migrate import migrate
from csms.store.writer import Writer
from tests.csms.station import Station, connected
from tests.csms.tells import Listening

PASSWORD = "correct horse battery"
CARD = "04A1B2C3D4E5F6"
PEOPLE = ("admin@example.org", "dora@example.org", "eve@example.org")  # ids 1, 2, 3; all with PASSWORD


class Csms:
    """One running CSMS, seen from outside: HTTP as administrator, OCPP as whoever."""

    def __init__(self, service: Service, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.tokens = Tokens(load_secret(data_dir / "secret.key"))
        self.url = f"http://127.0.0.1:{service.http_port}"
        self.ocpp_url = f"ws://127.0.0.1:{service.ocpp_port}/ocpp"
        self.admin = self.logged_in(1)

    async def new(self, path: str, **body: Any) -> dict[str, Any]:
        answer = await self.admin.post(path, json=body)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def get(self, path: str, **params: Any) -> Any:
        answer = await self.admin.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def driver(self, email: str = "dora@example.org", card: str | None = CARD) -> int:
        """One of PEOPLE, given a card; returns their id."""
        user_id = PEOPLE.index(email) + 1
        if card is not None:
            await self.new("/api/cards", id_tag=card, user_id=user_id)
        return user_id

    async def charge_point(self, identity: str = "CP1", connectors: int = 1, **more: Any) -> str:
        """Made by the operator; returns its key."""
        sites = await self.get("/api/sites")
        site = sites[0] if sites else await self.new("/api/sites", name="Yard", time_zone="Europe/Rome")
        made = await self.new(
            "/api/charge-points", identity=identity, site_id=site["id"], connectors=connectors, **more
        )
        return str(made["authorization_key"])

    def station(self, identity: str, key: str, **answers: Any) -> AbstractAsyncContextManager[Station]:
        return connected(self.ocpp_url, identity, key, answers)

    def browser(self) -> httpx.AsyncClient:
        """Somebody else, not logged in."""
        return httpx.AsyncClient(base_url=self.url, timeout=60, transport=Listening())

    def logged_in(self, user_id: int) -> httpx.AsyncClient:
        """With a token as a login gives; the login itself is slow on purpose and tested in api/test_auth.py."""
        client = self.browser()
        client.headers["Authorization"] = f"Bearer {self.tokens.issue(user_id, datetime.now(UTC))}"
        return client

    async def behind(self, statement: str, *values: Any) -> list[Any]:
        """What somebody does to the rows behind its back. In a thread: it runs in this one, and may just be writing."""

        def do() -> list[Any]:
            with closing(sqlite3.connect(self.data_dir / "csms.sqlite3", timeout=20)) as db, db:
                return db.execute(statement, values).fetchall()

        return await asyncio.to_thread(do)

    async def session(self, transaction_id: int) -> dict[str, Any]:
        found: dict[str, Any] = await self.get(f"/api/sessions/{transaction_id}")
        return found

    async def quarantined(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.get("/api/quarantine")
        return found

    async def balance_cents(self, user_id: int) -> int:
        return int((await self.get(f"/api/users/{user_id}/balance"))["balance_cents"])

    @asynccontextmanager
    async def events(self, client: httpx.AsyncClient | None = None) -> AsyncIterator["Events"]:
        async with (client or self.admin).stream("GET", "/api/events", timeout=None) as response:
            assert response.status_code == 200
            lines = response.aiter_lines()
            while (await anext(lines)) != ": connected":
                pass
            yield Events(lines)


class Events:
    def __init__(self, lines: AsyncIterator[str]) -> None:
        self._lines = lines

    async def next(self, kind: str, within_s: float = 20, **fields: Any) -> dict[str, Any]:
        """The next event of this kind with these fields; others are passed over."""
        seen = ""
        async with asyncio.timeout(within_s):
            async for line in self._lines:
                if line.startswith("event: "):
                    seen = line.removeprefix("event: ")
                elif line.startswith("data: ") and seen == kind:
                    data: dict[str, Any] = json.loads(line.removeprefix("data: "))
                    if data.items() >= fields.items():
                        return data
        raise AssertionError(f"the stream ended before {kind}")


async def make_people(settings: Settings) -> None:
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    opened = Database(settings.sqlalchemy_url)
    await migrate(opened)
    password_hash = await Passwords().hash(PASSWORD)
    async with opened.writing.begin() as db:
        for email in PEOPLE:
            name, role = email.partition("@")[0].capitalize(), "admin" if email == PEOPLE[0] else "driver"
            await users.create(db, email, name, password_hash, role, datetime.now(UTC))
    await opened.close()


def settings_in(data_dir: Path) -> Settings:
    anywhere = Listen(host="127.0.0.1", port=0)
    # Nothing is said to charge points but what a test asks for.
    quiet = {"local_list_sync_s": 0, "display_costs_every_s": 0}
    return Settings(data_dir=data_dir, http=anywhere, ocpp=anywhere, **quiet)


@asynccontextmanager
async def looked_after(csms: Csms, at: datetime) -> AsyncIterator[RunningSessions]:
    """What looks after sessions between their samples, at another time, on the same database."""
    database = Database(f"sqlite+aiosqlite:///{csms.data_dir / 'csms.sqlite3'}")
    writer = Writer(database.writing)
    writer.start()
    yield RunningSessions(database, writer, lambda: at)
    await writer.close()
    await database.close()


async def until(fact: Callable[[], Awaitable[Any]], within_s: float = 20) -> Any:
    """Wait for `fact` to become true; return what it says then."""
    async with asyncio.timeout(within_s):
        while not (found := await fact()):  # noqa: ASYNC110 (facts out there ring no bell)
            await asyncio.sleep(0.02)
    return found
