"""Carries the queue to the CSMS: one lane a charge point, one message at a time, again until it is answered.

A dead link or a silent CSMS is no failure (OCPP 1.6 §3.7.1 counts only failures to process) and is waited out for ever.
The lanes of all charge points run side by side and share the store's commits; a call that must not wait (Authorize)
waits for at most the one message of its own charge point that is on its way.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from datetime import datetime
from enum import Enum
from sqlite3 import Connection
from typing import Protocol

from msgspec import Raw

from local_controller import queue, transactions
from local_controller.charge_point import ChargePoint
from local_controller.errors import StoreError
from local_controller.payloads import Start, StartAnswer, Stop, try_read
from local_controller.queue import Message
from local_controller.store import Job, Store, T
from ocppj import log
from ocppj.backoff import jittered_s
from ocppj.errors import CallErrorReceived, CallTimeout, ConnectionLost

# Codes that call the message itself wrong: it will not be right the next time either. Any other may pass.
REFUSALS = {
    "NotImplemented", "NotSupported", "ProtocolError", "SecurityError", "FormationViolation",
    "PropertyConstraintViolation", "OccurenceConstraintViolation", "TypeConstraintViolation",
}  # fmt: skip
MAX_REFUSALS = 3
MAX_FAILURES = 100  # at LONGEST_WAIT_S about eight hours; then it stands aside, so that one message cannot hold up all
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 300.0
SILENCE_WAIT_S, LONGEST_SILENCE_WAIT_S = 1.0, 5.0
READ_AT_ONCE = 50  # messages of one lane in memory: 100 charge points with 1 kB each are 5 MB

_log = log.get(__name__)


class _Outcome(Enum):
    """Of one try: it left the queue, it must be tried again, or nobody answered."""

    DONE = 1
    AGAIN = 2
    SILENCE = 3


class Uplink(Protocol):
    """The northbound connection of one charge point, open while it is wanted."""

    def want(self, wanted: bool) -> None: ...


class Delivery:
    """`verdict(id_tag, answer)` is told what the CSMS says of cards, `moved()` that the queue is shorter."""

    def __init__(
        self,
        store: Store,
        verdict: Callable[[str, Raw], None],
        moved: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._verdict, self._moved, self._clock = store, verdict, moved, clock
        self._answers: dict[tuple[str, bytes], asyncio.Future[Raw]] = {}

    def answer_to(self, identity: str, digest: bytes) -> asyncio.Future[Raw]:
        """Where the CSMS's answer to a start will appear; `answered` ends the wait."""
        return self._answers.setdefault((identity, digest), asyncio.get_running_loop().create_future())

    def answered(self, identity: str, digest: bytes) -> None:
        self._answers.pop((identity, digest), None)

    async def run(self, charge_point: ChargePoint, uplink: Uplink) -> None:
        """The lane of one charge point; runs until cancelled."""
        silences = 0
        while True:
            try:
                silences = 0 if await self._turn(charge_point, uplink) else silences + 1
            except Exception as problem:  # a lane never ends: what it carries would be lost without a word
                _log.error("delivery.failed", charge_point=charge_point.identity, error=repr(problem))
                silences += 1
            if silences:
                await asyncio.sleep(jittered_s(silences - 1, SILENCE_WAIT_S, LONGEST_SILENCE_WAIT_S))

    async def _turn(self, charge_point: ChargePoint, uplink: Uplink) -> bool:
        """The next few messages, or the wait for one. False if the CSMS did not answer."""
        charge_point.changed.clear()
        messages = await queue.first(self._store, charge_point.identity, READ_AT_ONCE)
        # Also without the charge point: what it left behind must arrive.
        uplink.want(bool(messages) or charge_point.south is not None)
        if not messages:
            await charge_point.changed.wait()
        for message in messages:
            await charge_point.introduced.wait()
            outcome = await self._send(charge_point, message)
            self._moved()
            if outcome is not _Outcome.DONE:
                return outcome is not _Outcome.SILENCE
            if message.action == "StartTransaction":
                break  # those behind it were read without the id that it has now
        return True

    async def _send(self, charge_point: ChargePoint, message: Message) -> _Outcome:
        north = charge_point.north
        if north is None:
            return _Outcome.AGAIN  # it went between two lines; the lane waits for it again
        try:
            answer = await north.call_raw(message.action, message.outgoing())
        except (CallTimeout, ConnectionLost):
            return _Outcome.SILENCE
        except CallErrorReceived as error:
            return await self._refused(charge_point, message, error)
        await self._arrived(charge_point, message, answer)
        return _Outcome.DONE

    async def _keep(self, charge_point: ChargePoint, job: Job[T]) -> T:
        """Write down what the CSMS answered, until it is written: a full disk must not make the message go twice."""
        attempt = 0
        while True:
            try:
                return await self._store.write(job)
            except (StoreError, sqlite3.OperationalError) as problem:
                if attempt == 0:
                    _log.error("delivery.not_noted", charge_point=charge_point.identity, error=problem)
            await asyncio.sleep(jittered_s(attempt, SILENCE_WAIT_S, LONGEST_SILENCE_WAIT_S))
            attempt += 1

    async def _arrived(self, charge_point: ChargePoint, message: Message, answer: Raw) -> None:
        identity, now = charge_point.identity, self._clock()
        if message.action == "StartTransaction":
            waiting = self._answers.pop((identity, message.digest), None)
            late = waiting is None or waiting.done()
            if waiting is not None and not waiting.done():
                waiting.set_result(answer)
            await self._start_arrived(charge_point, message, answer, late=late)
            return
        if message.action == "StopTransaction" and (stop := try_read(Stop, message.payload)) and stop.id_tag:
            self._verdict(stop.id_tag, answer)
        await self._keep(charge_point, lambda db: queue.delivered(db, message, now))

    async def _start_arrived(self, charge_point: ChargePoint, message: Message, answer: Raw, *, late: bool) -> None:
        identity, now, told = charge_point.identity, self._clock(), try_read(StartAnswer, answer)
        transaction_id = message.transaction_id
        assert transaction_id is not None  # every start in the queue was given one
        if start := try_read(Start, message.payload):
            self._verdict(start.id_tag, answer)
        if told is None:
            _log.error("start.answer_unreadable", charge_point=identity, transaction=transaction_id)

        def commit(db: Connection) -> bool:
            queue.delivered(db, message, now)
            return transactions.answered(db, transaction_id, answer, told, late=late)

        must_stop = await self._keep(charge_point, commit)
        _log.info(
            "transaction.mapped", charge_point=identity, transaction=transaction_id,
            csms_transaction=told.transaction_id if told else None, status=told.id_tag_info.status if told else None,
        )  # fmt: skip
        if must_stop:
            _log.warning("transaction.refused_late", charge_point=identity, transaction=transaction_id)
            charge_point.refused.set()

    async def _refused(self, charge_point: ChargePoint, message: Message, error: CallErrorReceived) -> _Outcome:
        failures = message.failures + 1
        give_up = failures >= (MAX_REFUSALS if error.code in REFUSALS else MAX_FAILURES)

        def commit(db: Connection) -> None:
            if give_up:
                queue.set_aside(db, message.seq, str(error))
            else:
                queue.failed(db, message.seq)

        await self._keep(charge_point, commit)
        _log.warning(
            "message.quarantined" if give_up else "message.refused", charge_point=charge_point.identity,
            action=message.action, message=message.seq, failures=failures, error=str(error),
        )  # fmt: skip
        if give_up:
            return _Outcome.DONE
        await asyncio.sleep(jittered_s(failures - 1, FIRST_WAIT_S, LONGEST_WAIT_S))
        return _Outcome.AGAIN
