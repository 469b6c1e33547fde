"""Tells the bus what the outbox holds, in order, once committed. A crash may tell an event twice: see its id."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.store import outbox
from csms.store.database import Database
from csms.store.outbox import OutboxRow
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)
_PAGE = 500
_FORGET_EVERY_S = 10.0  # each time costs a commit
_RETRY_S = 1.0
_REST_S = 0.01  # what is committed meanwhile is told together; nobody sees the difference


class Reader(Protocol):
    """Takes rows in at its own pace, and loses none: what it has not noted yet, the outbox keeps."""

    @property
    def noted_id(self) -> int: ...

    def take(self, rows: Sequence[OutboxRow]) -> None: ...


class OutboxRelay:
    def __init__(
        self, bus: InProcessBus, database: Database, writer: Writer, readers: Sequence[Reader] = ()
    ) -> None:
        self._readers = readers
        self._bus = bus
        self._database = database
        self._writer = writer
        self._told_id = 0
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._tell_for_ever(), name="outbox"),
            asyncio.create_task(self._forget_for_ever(), name="outbox clean-up"),
        ]

    @property
    def running(self) -> bool:
        return bool(self._tasks) and not any(task.done() for task in self._tasks)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell_for_ever(self) -> None:
        while True:
            self._writer.committed.clear()
            try:
                while await self._tell_page() == _PAGE:
                    pass
            except Exception as error:  # a database that is busy now will be read at the next turn
                _log.error("outbox.failed", error=repr(error))
                await asyncio.sleep(_RETRY_S)
                continue
            await self._writer.committed.wait()
            await asyncio.sleep(_REST_S)

    async def _tell_page(self) -> int:
        async with self._database.ask() as db:
            rows = await outbox.after(db, self._told_id, _PAGE)
        for row in rows:
            event = messages.Event(row.id, row.type, msgspec.Raw(row.data.encode()), row.user_id)
            self._bus.publish(messages.EVENTS, messages.encode(event))
            self._told_id = row.id
        for reader in self._readers:
            reader.take(rows)
        return len(rows)

    async def _forget_for_ever(self) -> None:
        forgotten_id = 0
        while True:
            await asyncio.sleep(_FORGET_EVERY_S)
            told_id = min([self._told_id, *(reader.noted_id for reader in self._readers)])
            if told_id > forgotten_id:
                await self._forget(told_id)
                forgotten_id = told_id

    async def _forget(self, up_to_id: int) -> None:
        async def work(db: AsyncConnection) -> None:
            await outbox.forget(db, up_to_id)

        try:
            await self._writer.write(work)
        except Exception as error:
            _log.warning("outbox.not_cleaned", error=repr(error))
