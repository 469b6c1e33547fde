"""SQLite with one writer: jobs that come together share one commit, and nobody is answered before it.

WAL with synchronous=FULL keeps every commit that returned, also through a power cut (sqlite.org/pragma.html). A whole
commit is one trip to the writer's thread: a trip costs more than most statements.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any, TypeVar

from local_controller import chain, tables
from local_controller.errors import StoreError
from ocppj import log

SYNCHRONOUS = "FULL"
MAX_BATCH = 256  # jobs in one commit: bounds how long the first of them waits
ROOM_BYTES = 100_000
BUSY_TIMEOUT_S = 10.0  # the command line writes into the same file now and then

T = TypeVar("T")
Job = Callable[[Connection], T]  # runs in the writer's thread: touches the database and what it was given, nothing else
_Outcome = tuple[Any, Exception | None]
_log = log.get(__name__)


@dataclass(slots=True)
class _Work:
    job: Job[Any]
    done: asyncio.Future[Any]


class Store:
    """Open with `await Store.open(path)`; `close` commits what was handed in before."""

    def __init__(self, writer: Connection, reader: Connection) -> None:
        self._writer, self._reader = writer, reader
        self._writing = ThreadPoolExecutor(1, "store-writer")
        self._reading = ThreadPoolExecutor(1, "store-reader")
        self._jobs: asyncio.Queue[_Work | None] = asyncio.Queue()
        self._task = asyncio.create_task(self._run(), name="store writer")
        self.commits = 0
        self.failure: str | None = None  # why a commit failed, until `recovered`

    @classmethod
    async def open(cls, path: Path) -> "Store":
        writer, reader = await asyncio.to_thread(_open, path)
        return cls(writer, reader)

    async def write(self, job: Job[T]) -> T:
        """Run `job` in the next commit; its result, once that commit is on disk."""
        return await self._enqueue(job)  # type: ignore[no-any-return]

    def write_soon(self, job: Job[Any]) -> None:
        """For what a power cut may forget: the same, without waiting."""
        self._enqueue(job).add_done_callback(_note_failure)

    def _enqueue(self, job: Job[Any]) -> asyncio.Future[Any]:
        if self._task.done():
            raise StoreError("the database is closed")
        work = _Work(job, asyncio.get_running_loop().create_future())
        self._jobs.put_nowait(work)
        return work.done

    async def recovered(self) -> bool:
        """Whether there is room again. A small row finds some on a full disk, so it is tried with a large one."""
        try:
            await self.write(_needs_room)
        except (StoreError, sqlite3.Error):
            return False
        self.failure = None
        return True

    async def read(self, query: str, values: Iterable[Any] = ()) -> list[Any]:
        """Rows of what is committed."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._reading, lambda: self._reader.execute(query, tuple(values)).fetchall())

    async def examine(self, look: Job[T]) -> T:
        """What `look` makes of what is committed, for more than one query; short, for other readers wait."""
        return await asyncio.get_running_loop().run_in_executor(self._reading, look, self._reader)

    async def close(self) -> None:
        self._jobs.put_nowait(None)
        await self._task
        for thread, connection in ((self._reading, self._reader), (self._writing, self._writer)):
            await asyncio.get_running_loop().run_in_executor(thread, connection.close)
            thread.shutdown(wait=False)

    async def _run(self) -> None:
        closing = False
        while not closing:
            batch, closing = self._take(await self._jobs.get())
            if batch:
                await self._commit(batch)

    def _take(self, first: _Work | None) -> tuple[list[_Work], bool]:
        batch: list[_Work] = []
        work = first
        while work is not None:
            batch.append(work)
            if len(batch) == MAX_BATCH or self._jobs.empty():
                return batch, False
            work = self._jobs.get_nowait()
        return batch, True

    async def _commit(self, batch: list[_Work]) -> None:
        jobs = [work.job for work in batch]
        try:
            outcomes = await asyncio.get_running_loop().run_in_executor(self._writing, _transaction, self._writer, jobs)
            self.commits += 1
        except Exception as problem:  # disk full, EIO: nothing of the batch is kept and nobody is told otherwise
            _log.error("store.commit_failed", jobs=len(batch), error=problem)
            self.failure = str(problem)
            failure = StoreError(f"not committed: {problem}")
            outcomes = [(None, failure)] * len(batch)
        for work, (result, error) in zip(batch, outcomes, strict=True):
            if work.done.done():  # its caller gave up
                continue
            if error is None:
                work.done.set_result(result)
            else:
                work.done.set_exception(error)


def _transaction(db: Connection, jobs: list[Job[Any]]) -> list[_Outcome]:
    """One commit of all of them; if it fails, none of them happened."""
    db.execute("BEGIN IMMEDIATE")
    try:
        outcomes = [_in_savepoint(db, job) for job in jobs]
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    return outcomes


def _in_savepoint(db: Connection, job: Job[Any]) -> _Outcome:
    """A bad job takes no other with it."""
    db.execute("SAVEPOINT job")
    try:
        result = job(db)
    except Exception as problem:
        if not db.in_transaction:  # SQLite itself gave the whole transaction up (disk full)
            raise
        db.execute("ROLLBACK TO job")
        db.execute("RELEASE job")
        return None, problem
    db.execute("RELEASE job")
    return result, None


def _open(path: Path) -> tuple[Connection, Connection]:
    """The writing and the reading connection."""
    try:
        _make_private(path)
        writer = _connect(path)
    except (sqlite3.Error, OSError) as problem:
        raise StoreError(f"{path}: cannot be opened: {problem}") from None
    try:
        _prepare(writer, path)
        reader = _connect(path)
        reader.execute("PRAGMA query_only=ON")
    except (sqlite3.Error, StoreError) as problem:
        writer.close()
        raise problem if isinstance(problem, StoreError) else StoreError(f"{path}: {problem}") from None
    return writer, reader


def _connect(path: Path) -> Connection:
    # Each connection is used by one thread at a time, though not always by the one that opened it.
    return sqlite3.connect(path, isolation_level=None, timeout=BUSY_TIMEOUT_S, check_same_thread=False)


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)  # before SQLite makes it; its companions take after it


def _prepare(db: Connection, path: Path) -> None:
    db.execute("PRAGMA journal_mode=WAL")
    db.execute(f"PRAGMA synchronous={SYNCHRONOUS}")
    [[version]] = db.execute("PRAGMA user_version")
    if version > tables.VERSION:
        raise StoreError(
            f"{path}: made by a newer version ({version}, this one knows {tables.VERSION}); upgrade, "
            f"or have the newer one do `bollard-site downgrade --to {tables.VERSION}`"
        )
    if version == 0:
        first_id = max(0, int((datetime.now(UTC) - tables.EPOCH).total_seconds()))  # a Pi may wake up in 1970
        db.executescript(
            f"BEGIN IMMEDIATE; {tables.SCHEMA}"
            f"INSERT INTO sqlite_sequence (name, seq) VALUES ('transactions', {first_id});"
            f"PRAGMA user_version={tables.VERSION}; COMMIT;"
        )
    elif version < tables.VERSION:
        _upgrade(db, version)


def _upgrade(db: Connection, version: int) -> None:
    """All or nothing: a power cut in the middle leaves the version it had."""
    db.execute("BEGIN IMMEDIATE")
    try:
        if version < 2:
            for statement in tables.TO_2:
                db.execute(statement)
            chain.begin(db)
            db.execute(tables.AFTER_2)
        for statement in tables.TO_3:
            db.execute(statement)
        db.execute(f"PRAGMA user_version={tables.VERSION}")
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise
    _log.info("store.upgraded", version=tables.VERSION)


def _needs_room(db: Connection) -> None:
    db.execute("INSERT OR REPLACE INTO settings (name, value) VALUES ('room', hex(zeroblob(?)))", (ROOM_BYTES // 2,))
    db.execute("DELETE FROM settings WHERE name = 'room'")


def _note_failure(done: asyncio.Future[Any]) -> None:
    if not done.cancelled() and (problem := done.exception()):
        _log.error("store.write_failed", error=problem)
