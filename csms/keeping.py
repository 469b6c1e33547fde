"""What is kept for how long: meter series raw for a time, then by quarters of an hour; notices; the audit and
security events.

A little at a time, so that messages of charge points do not wait behind it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store import audit, notices, rollups, security_events, site_meter_values
from csms.store.database import Database
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)
_LOOK_EVERY_S = 3600.0
_FIRST_LOOK_AFTER_S = 60.0  # a start has other things to do
_SAMPLES_AT_ONCE = 1000  # a few milliseconds
_TRANSACTIONS_AT_ONCE = 200
_REST_S = 0.02


async def _of_transaction(transaction_id: int, db: AsyncConnection) -> int:
    return await rollups.roll_up(db, transaction_id, _SAMPLES_AT_ONCE)


class Days(NamedTuple):
    """How many; 0: for ever."""

    raw: int
    notices: int
    audit: int


class Keeping:
    """`days` are asked for at each look."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        days: Callable[[], Days],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._writer, self._clock = database, writer, clock
        self._days = days
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._look_for_ever(), name="keeping")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> int:
        """Do all that is due; how many samples were rolled up."""
        now, days, rolled = self._clock(), self._days(), 0
        if days.raw:
            before = now - timedelta(days=days.raw)

            while True:
                async with self._database.read() as db:
                    due = await rollups.due(db, before, _TRANSACTIONS_AT_ONCE)
                for transaction_id in due:
                    rolled += await self._roll_up(partial(_of_transaction, transaction_id))
                if len(due) < _TRANSACTIONS_AT_ONCE:
                    break
            rolled += await self._roll_up(lambda db: rollups.roll_up_the_rest(db, before))
            await self._roll_up(lambda db: site_meter_values.forget(db, before))

        async def forget(db: AsyncConnection) -> int:
            gone = await notices.forget(db, now - timedelta(days=days.notices)) if days.notices else 0
            if days.audit:
                gone += await audit.forget(db, now - timedelta(days=days.audit))
                gone += await security_events.forget(db, now - timedelta(days=days.audit))
            return gone

        gone = await self._writer.write(forget)
        if rolled or gone:
            _log.info("kept.long_enough", samples_rolled_up=rolled, rows_forgotten=gone)
        return rolled

    async def _roll_up(self, some: Callable[[AsyncConnection], Awaitable[int]]) -> int:
        rolled = 0
        while done := await self._writer.write(some):
            rolled += done
            await asyncio.sleep(_REST_S)
        return rolled

    async def _look_for_ever(self) -> None:
        await asyncio.sleep(_FIRST_LOOK_AFTER_S)
        while True:
            try:
                await self.look()
            except Exception as error:
                _log.error("keeping.failed", error=repr(error))
            await asyncio.sleep(_LOOK_EVERY_S)
