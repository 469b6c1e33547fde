"""StartTransaction, StopTransaction and MeterValues: committed, then confirmed, then delivered (OCPP 1.6 §3.7, 4.7-10).

What cannot be read is kept as it came and confirmed too: to refuse it would only lose it.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime
from sqlite3 import Connection

import msgspec
from msgspec import Raw

from local_controller import queue, transactions
from local_controller.authorization import Authorization, id_tag_info
from local_controller.charge_point import ChargePoint
from local_controller.delivery import Delivery
from local_controller.payloads import (
    Malformed,
    MeterValues,
    Start,
    StartAnswer,
    Stop,
    digest,
    read,
    try_read,
    utc,
    with_transaction_id,
)
from local_controller.site_state import SiteState, Transaction
from local_controller.store import Store
from ocppj import log

START_ANSWER_S = 2.0  # how long a driver at the charge point waits for the CSMS's word
CONFIRMED = Raw(b"{}")
_log = log.get(__name__)


class TransactionMessages:
    def __init__(
        self,
        store: Store,
        state: SiteState,
        authorization: Authorization,
        delivery: Delivery,
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._state, self._authorization = store, state, authorization
        self._delivery, self._clock = delivery, clock

    async def start(self, charge_point: ChargePoint, payload: Raw) -> Raw:
        """Answer with an id of ours, and with the CSMS's word on the card or, while that is away, our own."""
        try:
            start = read(Start, payload)
        except Malformed as problem:
            return await self._unreadable_start(charge_point, payload, problem)
        identity, now = charge_point.identity, self._clock()
        key = transactions.start_digest(start)

        def commit(db: Connection) -> transactions.Opened:
            opened = transactions.open_once(db, identity, start)
            if opened.new:
                queue.put_once(db, identity, "StartTransaction", payload, key, now, opened.transaction_id)
            return opened

        answer = self._delivery.answer_to(identity, key)  # before it can leave
        opened = await self._store.write(commit)
        transaction_id = opened.transaction_id
        if opened.new:
            self._began(charge_point, start, transaction_id)
        else:
            _log.info("transaction.repeated", charge_point=identity, transaction=transaction_id)
        told = opened.answer
        if told is None and await charge_point.csms() is not None:
            told = await _within(START_ANSWER_S, answer)
        self._delivery.answered(identity, key)
        if told is not None and try_read(StartAnswer, told):
            return with_transaction_id(told, transaction_id)
        verdict = self._authorization.decide(start.id_tag, now)
        _log.info("transaction.decided_here", charge_point=identity, transaction=transaction_id, status=verdict.status)
        return Raw(msgspec.json.encode({"transactionId": transaction_id, "idTagInfo": id_tag_info(verdict)}))

    async def stop(self, charge_point: ChargePoint, payload: Raw) -> Raw:
        try:
            stop = read(Stop, payload)
        except Malformed as problem:
            return await self._unreadable(charge_point, "StopTransaction", payload, problem)
        identity, now, transaction_id = charge_point.identity, self._clock(), stop.transaction_id
        key = digest("stop", transaction_id, utc(stop.timestamp).isoformat(), stop.meter_stop)

        def commit(db: Connection) -> tuple[bool, bool]:
            new = queue.put_once(db, identity, "StopTransaction", payload, key, now, transaction_id)
            return new, transactions.stop(db, identity, transaction_id, now)

        new, was_running = await self._store.write(commit)
        if was_running:
            _log.info(
                "transaction.closed", charge_point=identity, transaction=transaction_id, meter_stop_wh=stop.meter_stop,
                reason=stop.reason or "Local",
            )  # fmt: skip
            self._state.ended(identity, transaction_id)
        elif new:
            _log.warning("transaction.not_running", charge_point=identity, transaction=transaction_id)
        charge_point.changed.set()
        return CONFIRMED

    async def meter_values(self, charge_point: ChargePoint, payload: Raw) -> Raw:
        try:
            values = read(MeterValues, payload)
        except Malformed as problem:
            return await self._unreadable(charge_point, "MeterValues", payload, problem)
        identity, now, transaction_id = charge_point.identity, self._clock(), values.transaction_id
        key = digest("values", bytes(payload))

        def commit(db: Connection) -> bool:
            return queue.put_once(db, identity, "MeterValues", payload, key, now, transaction_id)

        if await self._store.write(commit):
            self._state.metered(identity, transaction_id, bytes(payload))
            charge_point.changed.set()
        return CONFIRMED

    def _began(self, charge_point: ChargePoint, start: Start, transaction_id: int) -> None:
        _log.info(
            "transaction.opened", charge_point=charge_point.identity, connector=start.connector_id,
            transaction=transaction_id, id_tag=log.short(start.id_tag), meter_start_wh=start.meter_start,
        )  # fmt: skip
        transaction = Transaction(
            transaction_id, start.connector_id, start.id_tag, utc(start.timestamp), start.meter_start
        )
        self._state.started(charge_point.identity, transaction)
        charge_point.changed.set()

    async def _unreadable_start(self, charge_point: ChargePoint, payload: Raw, problem: Malformed) -> Raw:
        """A start must be answered with an id, so it gets one; and as nobody can tell whose card it was, no energy."""
        now = self._clock()

        def commit(db: Connection) -> int:
            return transactions.open_unreadable(db, charge_point.identity, payload, now)

        transaction_id = await self._store.write(commit)
        await self._unreadable(charge_point, "StartTransaction", payload, problem)
        return Raw(msgspec.json.encode({"transactionId": transaction_id, "idTagInfo": {"status": "Invalid"}}))

    async def _unreadable(self, charge_point: ChargePoint, action: str, payload: Raw, problem: Malformed) -> Raw:
        identity, now, reason = charge_point.identity, self._clock(), str(problem)
        key = digest("unreadable", action, bytes(payload))

        def commit(db: Connection) -> bool:
            return queue.quarantine_once(db, identity, action, payload, key, reason, now)

        if await self._store.write(commit):
            _log.warning("message.quarantined", charge_point=identity, action=action, reason=reason)
        return CONFIRMED


async def _within(timeout_s: float, answer: asyncio.Future[Raw]) -> Raw | None:
    await asyncio.wait({answer}, timeout=timeout_s)
    return answer.result() if answer.done() and not answer.cancelled() else None
