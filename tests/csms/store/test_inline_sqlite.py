"""SQLite in place: rows are all there, waits go to a thread, and a goodbye in the middle of a commit does no harm."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from csms.store import inline_sqlite
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


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :most)"
COUNTED = f"{NUMBERS} SELECT count(*), here() FROM n"


async def test_a_long_query_goes_on_in_a_thread_and_a_short_one_stays(database: Database) -> None:
    async with database.read() as db:
        inline = (await db.get_raw_connection()).dbapi_connection
        assert inline is not None
        inline.create_function("here", 0, threading.get_ident)
        for most, in_place in ((10, True), (1_000_000, False), (10, True)):  # it is no worse for the one after it
            counted, where = (await db.execute(text(COUNTED), {"most": most})).one()
            assert counted == most
            assert (where == threading.get_ident()) is in_place


async def test_a_short_query_stays_however_often_it_is_asked(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inline_sqlite, "_SHORT_S", 60.0)  # on a machine that stands still now and then, too
    async with database.read() as db:
        inline = (await db.get_raw_connection()).dbapi_connection
        assert inline is not None
        inline.create_function("here", 0, threading.get_ident)
        places = {(await db.execute(text(COUNTED), {"most": 100})).one()[1] for _ in range(100)}
    assert places == {threading.get_ident()}  # all of them together are many steps


async def test_what_is_wrong_with_a_query_is_told_as_it_is(database: Database) -> None:
    async with database.read() as db:
        with pytest.raises(Exception, match="no such table"):
            await db.execute(text("SELECT 1 FROM not_there"))


async def test_a_long_statement_that_writes_is_never_broken_off(database: Database) -> None:
    many = f"INSERT INTO t {NUMBERS} SELECT i FROM n"
    async with database.writing.begin() as db:
        await db.execute(text("CREATE TABLE t (a INTEGER)"))
        await db.execute(text("INSERT INTO t VALUES (0)"))
        await db.execute(text(many), {"most": 50_000})
    async with database.read() as db:
        assert (await db.execute(text("SELECT count(*) FROM t"))).scalar_one() == 50_001
