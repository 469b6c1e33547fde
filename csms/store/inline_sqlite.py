"""SQLite without a hand-over to a thread for each statement: short statements run where they are asked for.

A look-up or an insert takes microseconds, the way to a thread and back a hundred of them, and the thread fights for
the interpreter all the while. What may wait for the disk or for another process, BEGIN IMMEDIATE and COMMIT, still
goes to a thread. So does a query that turns out to be long: on a connection that only reads, SQLite asks every so
many steps, and one that takes longer than a short one does is broken off and begun anew in a thread, where it holds up
nobody.
"""

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable, Generator, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy.engine import AdaptedConnection
from sqlalchemy.util.concurrency import await_, in_greenlet

T = TypeVar("T")

# SQLite's own steps of a statement, some 20 for a row of a page: 2 ms on a small machine. It counts them on from one
# execution of a statement that it keeps to the next, so steps say when to look at the clock, and no more.
_SHORT_STEPS = 20_000
_SHORT_S = 0.002


class _Nothing:
    def __await__(self) -> Generator[Any, None, None]:
        return
        yield


_NOTHING: Awaitable[None] = _Nothing()


def _as_asynchronous() -> None:
    """SQLAlchemy takes a driver that never waits within its asynchronous engine for a mistake; so wait for nothing."""
    if in_greenlet():
        await_(_NOTHING)


class _Cursor(sqlite3.Cursor):
    """Fetches all rows at once: a statement that is half read would keep the transaction from its end."""

    _rows: Sequence[Any] = ()
    budget: "_Budget | None" = None  # none: every statement is taken for a short one

    def execute(self, operation: str, parameters: Any = ()) -> "_Cursor":
        _as_asynchronous()
        if self.budget is None:
            return self._run(operation, parameters)
        try:
            with self.budget:
                return self._run(operation, parameters)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_INTERRUPT:
                raise
        return await_(_in_thread(lambda: self._run(operation, parameters)))

    def _run(self, operation: str, parameters: Any) -> "_Cursor":
        super().execute(operation, parameters)
        self._rows = super().fetchall() if self.description else ()
        return self

    def executemany(self, operation: str, parameters: Iterable[Any]) -> "_Cursor":
        _as_asynchronous()
        super().executemany(operation, parameters)
        self._rows = ()
        return self

    def fetchone(self) -> Any:
        if not self._rows:
            return None
        first, self._rows = self._rows[0], self._rows[1:]
        return first

    def fetchmany(self, size: int | None = 1) -> list[Any]:
        some, self._rows = self._rows[:size], self._rows[size or 1 :]
        return list(some)

    def fetchall(self) -> list[Any]:
        rows, self._rows = self._rows, ()
        return list(rows)

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]
        return iter(self.fetchall())

    async def _async_soft_close(self) -> None:
        """SQLAlchemy asks this of asynchronous drivers; here the rows are fetched already."""


class _Budget:
    """Within it, SQLite breaks a statement off that takes longer than a short one."""

    def __init__(self, sqlite: sqlite3.Connection) -> None:
        self._counts = False
        self._since_s = 0.0
        sqlite.set_progress_handler(self._spent, _SHORT_STEPS)

    def _spent(self) -> bool:
        return self._counts and time.perf_counter() - self._since_s >= _SHORT_S

    def __enter__(self) -> None:
        self._since_s = time.perf_counter()
        self._counts = True

    def __exit__(self, *_: object) -> None:
        self._counts = False


class InlineConnection(AdaptedConnection):
    """A driver's connection as SQLAlchemy's asynchronous engines want it; used within their greenlets only.

    `only_reads`: a long statement is broken off and goes to a thread. A write is never broken off, that would roll
    back all that came before it.
    """

    def __init__(self, path: str, *, only_reads: bool) -> None:
        self._sqlite = sqlite3.connect(path, check_same_thread=False, isolation_level=None, cached_statements=256)
        self._connection: Any = self._sqlite  # where SQLAlchemy looks for it
        self._closed = False
        self._budget = _Budget(self._sqlite) if only_reads else None

    def cursor(self, server_side: bool = False) -> _Cursor:
        made = self._sqlite.cursor(_Cursor)
        made.budget = self._budget
        return made

    def execute(self, operation: str, parameters: Any = ()) -> sqlite3.Cursor:
        return self.cursor().execute(operation, parameters)

    def create_function(self, *args: Any, **kwargs: Any) -> None:
        self._sqlite.create_function(*args, **kwargs)

    def begin_immediate(self) -> None:
        """May wait for another process that writes."""
        await_(_in_thread(lambda: self._sqlite.execute("BEGIN IMMEDIATE")))

    def commit(self) -> None:
        if self._sqlite.in_transaction:
            await_(_in_thread(self._sqlite.commit))

    def rollback(self) -> None:
        if not self._closed:
            self._sqlite.rollback()

    def close(self) -> None:
        self._closed = True
        self._sqlite.close()

    terminate = close


async def _in_thread(work: Callable[[], T]) -> T:
    """To its end, whatever happens to the caller: two threads in one connection would be worse than a late goodbye."""
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise
