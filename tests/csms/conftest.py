"""A database, or a whole CSMS on free ports with its people."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from csms.api import passwords
from csms.commands import after_boot
from csms.config import Settings
from csms.service import Service
from csms.store.database import Database
from csms.store.migrate import migrate
from csms.store.writer import Writer
from tests.csms.running import Csms, make_people, settings_in


@pytest.fixture(scope="session", autouse=True)
def _cheap_hashes() -> Iterator[None]:
    """A password's hash is slow on purpose, and nothing else hangs on that."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        yield


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'csms.sqlite3'}")
    await migrate(opened)
    yield opened
    await opened.close()


@pytest.fixture
async def writer(database: Database) -> AsyncIterator[Writer]:
    started = Writer(database.writing)
    started.start()
    yield started
    await started.close()


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a CSMS that has PEOPLE and nothing else; made once, copied for each test."""
    data_dir = tmp_path_factory.mktemp("csms") / "fresh"
    asyncio.run(make_people(settings_in(data_dir)))
    return data_dir


@pytest.fixture
def settings(fresh: Path, tmp_path: Path) -> Settings:
    shutil.copytree(fresh, tmp_path / "data")
    return settings_in(tmp_path / "data")


@pytest.fixture
async def csms(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Csms]:
    monkeypatch.setattr(after_boot, "_GRACE_S", 60)  # a charge point is told nothing but what a test asks for
    async with Service(settings) as service:
        made = Csms(service, settings.data_dir)
        yield made
        await made.admin.aclose()
