"""Keeps charge points and reservations in step: ends what has expired, and tells each charge point what it missed.

Told is what stands (again after each outage: a charge point may have lost its memory) and what was cancelled meanwhile.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.commands.cancel_reservation import cancel_reservation
from csms.commands.reserve_now import reserve_now
from csms.domain import reservations as rules
from csms.domain.errors import CommandFailed
from csms.domain.events import ChargePointConnected
from csms.domain.reservations import Reservation
from csms.store import cards, reservations
from csms.store.database import Database
from csms.store.writer import Writer
from ocppj import log

_log = log.get(__name__)
_LOOK_EVERY_S = 2.0
_TELL_AGAIN_EVERY_S = 30.0
_GRACE_S = 1.0  # a charge point that comes back says BootNotification and its states first


class ReservationKeeper:
    def __init__(
        self,
        bus: InProcessBus,
        database: Database,
        writer: Writer,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bus = bus
        self._database = database
        self._writer = writer
        self._clock = clock
        self._one_at_a_time: dict[str, asyncio.Lock] = {}  # by charge point, so that its words come in order
        self._tasks: set[asyncio.Task[None]] = set()
        self._leave = bus.subscribe(messages.EVENTS, self._on_event)

    def start(self) -> None:
        self._own(self._expire_for_ever(), "reservations expire")
        self._own(self._tell_for_ever(), "reservations are told")

    async def close(self) -> None:
        self._leave()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def tell(self, of: Reservation, *, again: bool = False) -> Reservation:
        """Say to the charge point what it is to know of this one. CommandFailed if it cannot be asked now.

        `again`: even if somebody has told it meanwhile.
        """
        async with self._one_at_a_time.setdefault(of.charge_point, asyncio.Lock()):
            async with self._database.read() as db:  # it may have been cancelled while others were told
                of = await reservations.get(db, of.reservation_id)
                card = await cards.find(db, of.id_tag)
            if of.told and not again:
                return of
            telling = rules.to_tell(of.state, of.told, of.expires_at, self._clock())
            if telling == "CancelReservation":
                await cancel_reservation(self._bus, of.charge_point, of.reservation_id)
                return await self._writer.write(lambda db: reservations.cancelling_told(db, of.reservation_id))
            if telling == "ReserveNow":
                answer = await reserve_now(
                    self._bus,
                    of.charge_point,
                    of.reservation_id,
                    of.connector_id,
                    of.id_tag,
                    of.expires_at,
                    None if card is None else card.parent_id_tag,
                )
                return await self._writer.write(
                    lambda db: reservations.answered(db, of.reservation_id, answer, self._clock())
                )
        return of

    def _on_event(self, data: bytes) -> None:
        event = messages.decode(messages.Event, data)
        if event.type == ChargePointConnected.__name__:
            identity = msgspec.json.decode(event.data, type=ChargePointConnected).charge_point
            self._own(self._came_back(identity), f"reservations of {identity}")

    async def _came_back(self, identity: str) -> None:
        await asyncio.sleep(_GRACE_S)
        await self._tell_all(identity)

    async def _tell_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_TELL_AGAIN_EVERY_S)
            await self._tell_all(None)

    async def _tell_all(self, identity: str | None) -> None:
        try:
            async with self._database.read() as db:
                untold = await reservations.to_tell(db, self._clock(), identity=identity)
            for each in untold:
                try:
                    await self.tell(each, again=identity is not None)
                except CommandFailed:
                    pass  # call() has told the log; it is said again at the next turn
        except Exception as error:
            _log.error("reservations.not_told", error=repr(error))

    async def _expire_for_ever(self) -> None:
        async def work(db: AsyncConnection) -> int:
            return await reservations.expire(db, self._clock())

        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                async with self._database.ask() as db:
                    due = await reservations.any_over(db, self._clock())
                if due:
                    _log.info("reservations.expired", reservations=await self._writer.write(work))
            except Exception as error:
                _log.error("reservations.not_expired", error=repr(error))

    def _own(self, what: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(what, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
