"""Looks after sessions between their samples: what time alone costs is reckoned, limits that time brings are noted, and
who has reached one and still charges is told of again, as after an outage.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.charge_limits import SoFar, reached
from csms.domain.events import LimitReached, RunningCost
from csms.domain.tariffs import Tariff
from csms.store import bills, charge_limits, outbox
from csms.store.charge_limits import Running
from csms.store.database import Database
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)
_LOOK_EVERY_S = 10.0
_ANEW_AFTER = timedelta(seconds=50)  # with the time between two looks, a minute at most
_BATCH = 5  # in one piece of the writer's; sockets wait meanwhile


class RunningSessions:
    def __init__(
        self, database: Database, writer: Writer, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database, self._writer, self._clock = database, writer, clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._look_for_ever(), name="running sessions")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> None:
        now = self._clock()
        async with self._database.read() as db:
            found = await charge_limits.running(db, now)
        due = [each for each in found if each.limit is not None or _dearer(each, now)]
        for first in range(0, len(due), _BATCH):
            batch = due[first : first + _BATCH]
            try:
                await self._write(batch, now)
            except Exception as error:  # one that cannot be reckoned must not keep the others from their limits
                _log.error("running_sessions.not_reckoned", sessions=len(batch), error=repr(error))
                for each in batch if len(batch) > 1 else ():
                    await self._alone(each, now)

    async def _write(self, batch: Sequence[Running], now: datetime) -> None:
        async def work(db: AsyncConnection) -> None:
            # As they are now: one may have ended, or its driver have chosen otherwise.
            for each in await charge_limits.running(db, now, [each.transaction_id for each in batch]):
                await _one(db, each, now)

        await self._writer.write(work)

    async def _alone(self, of: Running, now: datetime) -> None:
        try:
            await self._write([of], now)
        except Exception as error:
            _log.error("running_sessions.not_reckoned", transaction=of.transaction_id, error=repr(error))

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await self.look()
            except Exception as error:
                _log.error("running_sessions.not_looked", error=repr(error))


def _there(of: Running, now: datetime) -> datetime:
    """The moment by the clock that its samples and its bill go by. That clock may be behind ours, and its start may
    have come late, with the rest still on its way: never more time than has passed since we heard of it.
    """
    behind = max(timedelta(0), of.received_at - of.started_at)
    return max(of.last_sample_at or of.started_at, now - behind)


def _dearer(of: Running, now: datetime) -> bool:
    """True if time has made it dearer since it was reckoned last."""
    if of.tariff is None or _there(of, now) - (of.cost_at or of.started_at) < _ANEW_AFTER:
        return False
    return msgspec.json.decode(of.tariff, type=Tariff).grows_with_time


async def _one(db: AsyncConnection, of: Running, now: datetime) -> None:
    where = (of.charge_point, of.connector_id, of.transaction_id, now)
    if _dearer(of, now):
        cents = await bills.so_far(db, of.transaction_id, of.energy_wh, _there(of, now), anew=True, between=True)
        of = replace(of, cost_cents=cents)
        await outbox.add(db, RunningCost(*where, of.energy_wh, of.power_w, cents), of.user_id)
    if of.limit is None:
        return
    if of.limit.reached_at is None:
        # By whichever clock says less: that of a charge point may be behind, and its start may have come late.
        charging_s = (now - max(of.started_at, of.received_at)).total_seconds()
        if not reached(of.limit, SoFar(of.energy_wh, of.cost_cents, charging_s)):
            return
        of = replace(of, limit=replace(of.limit, reached_at=now))
        await charge_limits.put(db, of.transaction_id, of.limit)
    assert of.limit is not None
    await outbox.add(db, LimitReached(*where, of.limit), of.user_id)
