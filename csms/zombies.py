"""Ends transactions whose end was never told, by a rule, so that nobody pays for ever and no connector looks busy.

The rule: the charge point is connected, nothing has come of the transaction for `after_s`, and for as long the charge
point has shown its connector free, or has run another transaction there. It is ended as by a StopTransaction with the
last reading of its meter, and flagged; a real one that comes after all is kept in quarantine.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.events import Alert
from csms.handlers import stop_transaction
from csms.handlers.arrival import Arrival, Terms
from csms.store import leftovers, outbox
from csms.store.database import Database
from csms.store.leftovers import Zombie
from csms.store.writer import Writer
from ocppj import log, payloads
from ocppj.v16 import StopTransaction

_log = log.get(__name__)
_LOOK_EVERY_S = 60.0


class Zombies:
    """Terms and `after_s` are asked for at each look; `after_s` 0: the rule is off."""

    def __init__(
        self,
        database: Database,
        writer: Writer,
        terms: Callable[[], Terms],
        after_s: Callable[[], int],
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._writer, self._terms = database, writer, terms
        self._after_s, self._clock = after_s, clock
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._look_for_ever(), name="zombies")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> int:
        """End those there are now; how many."""
        now, after_s = self._clock(), self._after_s()
        if not after_s:
            return 0
        async with self._database.read() as db:
            found = await leftovers.zombies(db, now - timedelta(seconds=after_s))
        for zombie in found:
            await self._end(zombie, now)
        return len(found)

    async def _end(self, zombie: Zombie, now: datetime) -> None:
        message = StopTransaction(zombie.transaction_id, zombie.register_wh, zombie.at, reason="Other")
        payload = bytes(payloads.encode(message))
        arrival = Arrival(zombie.identity, zombie.charge_point_id, now, payload, self._terms())

        async def work(db: AsyncConnection) -> None:
            await stop_transaction.handle(message, arrival, db)
            await leftovers.mark(db, zombie.transaction_id)
            text = f"transaction {zombie.transaction_id} was never ended: closed with its last reading"
            await outbox.add(db, Alert(zombie.identity, None, "zombie", text, now))

        await self._writer.write(work)
        _log.warning("transaction.closed_by_rule", charge_point=zombie.identity, transaction=zombie.transaction_id)

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await self.look()
            except Exception as error:  # one that cannot be ended waits for people to look
                _log.error("zombies.failed", error=repr(error))
