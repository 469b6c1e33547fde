"""One writer, group commit, and what a bad job or a bad file costs."""

import asyncio
import sqlite3
import stat
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import pytest

from local_controller import store as store_module
from local_controller.errors import StoreError
from local_controller.store import Job, Store


def insert(name: str) -> Job[Any]:
    return lambda db: db.execute("INSERT INTO settings (name, value) VALUES (?, '')", (name,))


async def names(store: Store) -> set[str]:
    return {name for (name,) in await store.read("SELECT name FROM settings")}


async def test_jobs_that_come_together_share_a_commit(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db")
    await asyncio.gather(*(store.write(insert(f"n{i}")) for i in range(100)))
    assert len(await names(store)) == 100
    assert store.commits <= 3
    await store.close()


async def test_a_job_that_fails_takes_no_other_with_it(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db")

    def half(db: Connection) -> None:
        db.execute("INSERT INTO settings (name, value) VALUES ('half', '')")
        raise RuntimeError("no")

    outcomes = await asyncio.gather(
        store.write(insert("a")), store.write(half), store.write(insert("a")), store.write(insert("b")),
        return_exceptions=True,
    )  # fmt: skip
    assert [type(o).__name__ for o in outcomes] == ["Cursor", "RuntimeError", "IntegrityError", "Cursor"]
    assert await names(store) == {"a", "b"}
    await store.close()


async def test_nothing_is_answered_when_the_commit_fails(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db")
    [[pages]] = await store.read("PRAGMA page_count")
    store._writer.execute(f"PRAGMA max_page_count={pages + 2}")  # as if the disk were full

    def big(db: Connection) -> None:
        db.execute("INSERT INTO settings (name, value) VALUES ('big', ?)", ("x" * 100_000,))

    with pytest.raises((StoreError, sqlite3.Error)):
        await store.write(big)
    await store.write(insert("small"))  # and it goes on
    assert await names(store) == {"small"}
    await store.close()


async def test_close_commits_what_was_handed_in(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db")
    store.write_soon(insert("late"))
    await store.close()
    with pytest.raises(StoreError):
        await store.write(insert("too late"))
    again = await Store.open(tmp_path / "a.db")
    assert await names(again) == {"late"}
    await again.close()


async def test_every_commit_is_synced_unless_a_mutant_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for synchronous, number in (("FULL", 2), ("OFF", 0)):
        monkeypatch.setattr(store_module, "SYNCHRONOUS", synchronous)
        store = await Store.open(tmp_path / f"{synchronous}.db")
        [[mode]] = store._writer.execute("PRAGMA synchronous")
        [[journal]] = store._writer.execute("PRAGMA journal_mode")
        assert (mode, journal) == (number, "wal")
        await store.close()


async def test_nobody_else_may_read_the_database(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db")
    await store.write(insert("a"))
    modes = await asyncio.to_thread(lambda: {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()})
    assert modes == {0o600}
    await store.close()


async def test_a_database_from_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version=99")
    with pytest.raises(StoreError, match="newer version"):
        await Store.open(path)


async def test_what_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_text("not a database, but long enough to look like one" * 100)
    with pytest.raises(StoreError, match="not a database"):
        await Store.open(path)
