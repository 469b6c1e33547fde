"""The one task that writes: BEGIN, each job in a SAVEPOINT, COMMIT, and only then the answers.

Jobs that wait while a commit is on its way to the disk share the next one (group commit), so a burst costs few syncs.
Jobs of a kind that comes very often are done together, in few statements for all of them (write_together).
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from csms.store.database import driver_of
from ocppj import log

_log = log.get("csms.store.writer")
_MOST_JOBS = 256  # a commit; more would only make the first one wait
_MOST_WAITING = 20_000
_MOST_TOGETHER = 40  # done together hold up the sockets for as long as they take: some 5 ms
_YIELD_EVERY_S = 0.005  # statements run in place: sockets want their turn between the jobs of a long batch

T = TypeVar("T")
Item = TypeVar("Item")
Work = Callable[[AsyncConnection], Awaitable[T]]
# Does the work of several items at once; one result for each, in their order.
WorkOnMany = Callable[[Sequence[Item], AsyncConnection], Awaitable[Sequence[T]]]


class WriteFailed(Exception):
    """Nothing of it is in the database."""


class _Job:
    __slots__ = ("done", "error", "item", "result", "work")

    def __init__(self, work: Any, item: Any = None) -> None:
        self.work = work
        self.item = item  # none: `work` is a Work, else a WorkOnMany
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.result: Any = None
        self.error: Exception | None = None


class Writer:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._jobs: deque[_Job] = deque()
        self._work = asyncio.Event()  # there are jobs, or it is time to end
        self._room = asyncio.Event()  # fewer than _MOST_WAITING
        self._room.set()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self.committed = asyncio.Event()  # set after each commit; the outbox waits for it

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="database writer")

    async def write(self, work: Work[T]) -> T:
        """Run `work` on the writing connection; return its result once it is committed.

        What `work` raises comes out here, and undoes that work alone. WriteFailed if the commit itself failed.
        """
        result: T = await self._done(_Job(work))
        return result

    async def write_together(self, work: WorkOnMany[Item, T], item: Item) -> T:
        """As `write`, but all items that wait for the same `work` are given to it at once.

        Should that fail, each is tried alone, so that what is wrong with one item concerns no other.
        """
        result: T = await self._done(_Job(work, item))
        return result

    async def _done(self, job: _Job) -> Any:
        while not self._room.is_set():
            await self._room.wait()
        if self._closed:
            raise WriteFailed("the database is closing")
        self._jobs.append(job)
        self._work.set()
        if len(self._jobs) >= _MOST_WAITING:
            self._room.clear()
        return await job.done

    async def close(self) -> None:
        """Finish what was handed in, then end."""
        self._closed = True
        self._work.set()
        if self._task is not None:
            await self._task

    async def _run(self) -> None:
        while self._jobs or not self._closed:
            await self._work.wait()
            batch = [self._jobs.popleft() for _ in range(min(len(self._jobs), _MOST_JOBS))]
            if not self._jobs and not self._closed:
                self._work.clear()
            self._room.set()
            if batch:
                await self._commit(batch)
                self.committed.set()

    async def _commit(self, batch: list[_Job]) -> None:
        try:
            async with self._engine.connect() as connection, connection.begin():
                driver = await driver_of(connection)
                began_s = time.monotonic()
                for jobs in _gathered(batch):
                    await _do(jobs, connection)
                    # SQLite may roll back by itself (a full disk, say): a COMMIT would then quietly do nothing
                    if driver is not None and not driver.in_transaction:
                        raise WriteFailed("the database has rolled back by itself") from jobs[-1].error
                    if time.monotonic() - began_s > _YIELD_EVERY_S:
                        await asyncio.sleep(0)
                        began_s = time.monotonic()
        except Exception as error:
            _log.error("database.commit_failed", jobs=len(batch), error=str(error).splitlines()[0])
            for job in batch:
                job.error = WriteFailed(str(error))
        for job in batch:
            if job.done.done():  # its caller has gone away
                continue
            if job.error is not None:
                job.done.set_exception(job.error)
            else:
                job.done.set_result(job.result)


def _gathered(batch: Sequence[_Job]) -> list[list[_Job]]:
    """Jobs that can be done together at the place of the first of them, each other one by itself.

    Never more than _MOST_TOGETHER at once: the others are a group of their own.
    """
    groups: list[list[_Job]] = []
    together: dict[Any, list[_Job]] = {}
    for job in batch:
        if job.item is None:
            groups.append([job])
        elif (group := together.get(job.work)) is not None and len(group) < _MOST_TOGETHER:
            group.append(job)
        else:
            together[job.work] = group = [job]
            groups.append(group)
    return groups


async def _do(jobs: list[_Job], connection: AsyncConnection) -> None:
    """In a SAVEPOINT; what goes wrong becomes the job's error, for its caller to judge."""
    first = jobs[0]
    try:
        async with connection.begin_nested():
            if first.item is None:
                first.result = await first.work(connection)
                return
            results = await first.work([job.item for job in jobs], connection)
            for job, result in zip(jobs, results, strict=True):
                job.result = result
    except Exception as error:
        if len(jobs) == 1:
            first.error = error
            return
        for job in jobs:
            await _do([job], connection)
