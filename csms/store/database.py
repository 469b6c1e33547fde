"""Opens a database: one connection that writes, several that read.

SQLite in WAL mode lets readers go on while the writer commits; synchronous=FULL puts a commit on the disk
before it returns. Short statements run in place, long queries in threads (inline_sqlite.py).
"""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import Connection, event, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from csms.store.inline_sqlite import InlineConnection

SYNCHRONOUS = "FULL"  # a confirmation means it is on disk
_BUSY_TIMEOUT_MS = 5000  # another process writing (create-admin), never one of our own
_READERS = 4
_ASKERS = 2


class Database:
    def __init__(self, url: str) -> None:
        self.url = url
        self.writing = _engine(url, 1, write=True)
        self._reading = _engine(url, _READERS)
        # Connections of its own: a request that holds one to read, and waits for another to learn who asks, would
        # with as many others like it wait for ever.
        self._asking = _engine(url, _ASKERS)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees what is committed and can change nothing."""
        async with self._reading.connect() as connection:
            yield connection

    @asynccontextmanager
    async def ask(self) -> AsyncIterator[AsyncConnection]:
        """As `read`, for a look-up of a few rows; never held while waiting for anything else."""
        async with self._asking.connect() as connection:
            yield connection

    async def close(self) -> None:
        await self._reading.dispose()
        await self._asking.dispose()
        await self.writing.dispose()


def _engine(url: str, connections: int, *, write: bool = False) -> AsyncEngine:
    path = make_url(url).database if url.startswith("sqlite") else None
    if path:
        engine = create_async_engine(
            url, pool_size=connections, max_overflow=0, creator=lambda: InlineConnection(path, only_reads=not write)
        )
    else:
        engine = create_async_engine(url, pool_size=connections, max_overflow=0)
    if engine.dialect.name == "sqlite":
        _prepare_sqlite(engine, write)
    return engine


def _prepare_sqlite(engine: AsyncEngine, write: bool) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def configure(dbapi: Any, _record: Any) -> None:
        dbapi.isolation_level = None  # sqlite3 would begin transactions by its own rules
        cursor = dbapi.cursor()
        cursor.execute(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
        if write:
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
            cursor.execute("PRAGMA foreign_keys=ON")
        else:
            cursor.execute("PRAGMA query_only=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: one that upgrades later can find the door closed and must start again.
        driver = connection.connection.dbapi_connection
        if write and isinstance(driver, InlineConnection):
            driver.begin_immediate()
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


async def driver_of(connection: AsyncConnection) -> sqlite3.Connection | None:
    """SQLite's own connection, which knows whether it is `in_transaction`; none with another database."""
    if connection.dialect.name != "sqlite":
        return None
    driver: sqlite3.Connection | None = (await connection.get_raw_connection()).driver_connection
    return driver
