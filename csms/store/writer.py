"""The one task that writes: BEGIN, each job in a SAVEPOINT, COMMIT, and only then the answers.

Jobs that wait while a commit is on its way to the disk share the next one (group commit), so a burst costs few syncs.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from csms.store.database import in_transaction
from ocppj import log

_log = log.get("csms.store.writer")
_MOST_JOBS = 256  # a commit; more would only make the first one wait
_MOST_WAITING = 20_000

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]


class WriteFailed(Exception):
    """Nothing of it is in the database."""


class _Job:
    def __init__(self, work: Work[Any]) -> None:
        self.work = work
        self.done: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.result: Any = None
        self.error: Exception | None = None


class Writer:
    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._jobs: asyncio.Queue[_Job | None] = asyncio.Queue(_MOST_WAITING)
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self.committed = asyncio.Event()  # set after each commit; the outbox waits for it

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name="database writer")

    async def write(self, work: Work[T]) -> T:
        """Run `work` on the writing connection; return its result once it is committed.

        What `work` raises comes out here, and undoes that work alone. WriteFailed if the commit itself failed.
        """
        if self._closed:
            raise WriteFailed("the database is closing")
        job = _Job(work)
        await self._jobs.put(job)
        result: T = await job.done
        return result

    async def close(self) -> None:
        """Finish what was handed in, then end."""
        self._closed = True
        if self._task is not None:
            await self._jobs.put(None)
            await self._task

    async def _run(self) -> None:
        while True:
            batch, last = await self._next_batch()
            if batch:
                await self._commit(batch)
                self.committed.set()
            if last:
                return

    async def _next_batch(self) -> tuple[list[_Job], bool]:
        batch: list[_Job] = []
        job = await self._jobs.get()
        while job is not None:
            batch.append(job)
            if len(batch) == _MOST_JOBS or self._jobs.empty():
                return batch, False
            job = self._jobs.get_nowait()
        return batch, True

    async def _commit(self, batch: list[_Job]) -> None:
        try:
            async with self._engine.connect() as connection, connection.begin():
                for job in batch:
                    try:
                        async with connection.begin_nested():
                            job.result = await job.work(connection)
                    except Exception as error:  # the caller's to judge
                        job.error = error
                    if not await in_transaction(connection):
                        raise WriteFailed("the database has rolled back by itself") from job.error
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
