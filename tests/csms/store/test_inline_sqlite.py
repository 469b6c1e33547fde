"""SQLite in place: rows are all there, waits go to a thread, and a goodbye in the middle of a commit does no harm."""

import asyncio
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import text

from csms.store.database import Database


async def test_a_statement_that_returns_more_than_is_read_does_not_keep_the_commit(database: Database) -> None:
    async with database.writing.begin() as db:
        await db.execute(text("CREATE TABLE t (a INTEGER)"))
        await db.execute(text("INSERT INTO t VALUES (1), (2), (3)"))
        half = await db.execute(text("UPDATE t SET a = a + 1 RETURNING a"))
        assert half.fetchone() is not None
    async with database.ask() as db:
        rows = await db.execute(text("SELECT a FROM t ORDER BY a"))
        assert rows.fetchmany(2) == [(2,), (3,)]
        assert rows.fetchone() == (4,)
        assert rows.fetchone() is None


async def test_who_asks_can_change_nothing(database: Database) -> None:
    async with database.ask() as db:
        with pytest.raises(Exception, match="readonly"):
            await db.execute(text("DELETE FROM site"))


async def test_the_program_goes_on_while_another_process_writes(database: Database, tmp_path: Path) -> None:
    async with database.ask() as db:
        await db.execute(text("SELECT 1"))
    other = sqlite3.connect(tmp_path / "csms.sqlite3", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")

    async def begin() -> None:
        async with database.writing.begin() as db:
            await db.execute(text("DELETE FROM site"))

    waiting = asyncio.create_task(begin())
    for _ in range(20):  # it would stand still in the first of them
        await asyncio.sleep(0.01)
    assert not waiting.done()
    other.execute("COMMIT")
    other.close()
    async with asyncio.timeout(20):
        await waiting


async def test_a_writer_that_is_cancelled_leaves_a_connection_that_works(database: Database) -> None:
    async def write() -> None:
        async with database.writing.begin() as db:
            await db.execute(text("DELETE FROM site"))

    for turns in range(6):
        task = asyncio.create_task(write())
        for _ in range(turns):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await write()
