"""Deliberate faults of the controller. A campaign that lets one of them pass proves nothing."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from local_controller import chain, delivery, queue, transaction_messages, transactions
from local_controller import store as store_module
from local_controller.clock import Clock
from local_controller.delivery import Delivery
from local_controller.store import Store


@contextmanager
def confirms_before_the_commit() -> Iterator[None]:
    real = Store.write
    early = {"TransactionMessages.meter_values": True, "TransactionMessages.stop": (True, True)}

    async def write(self: Store, job: Any) -> Any:
        method = job.__qualname__.partition(".<locals>")[0]
        if method in early:
            self.write_soon(job)
            return early[method]
        return await real(self, job)

    with patch.object(Store, "write", write):
        yield


@contextmanager
def never_syncs() -> Iterator[None]:
    with patch.object(store_module, "SYNCHRONOUS", "OFF"):
        yield


@contextmanager
def marks_before_it_is_answered() -> Iterator[None]:
    real = Delivery._send

    async def send(self: Delivery, charge_point: Any, message: Any) -> Any:
        if message.action == "MeterValues":
            await self._store.write(lambda db: queue.delivered(db, message, self._clock()))
        outcome = await real(self, charge_point, message)
        return delivery._Outcome.DONE if message.action == "MeterValues" else outcome

    def once(db: Any, message: Any, at: Any, real: Any = queue.delivered) -> None:
        [(marked,)] = db.execute("SELECT delivered_at FROM messages WHERE seq = ?", (message.seq,)).fetchall()
        if marked is None:
            real(db, message, at)

    with patch.object(Delivery, "_send", send), patch.object(queue, "delivered", once):
        yield


@contextmanager
def gives_up_at_a_dead_link() -> Iterator[None]:
    """A dead link counted as a failure to process: the bug that OCPP 1.6 §3.7.1 invites."""
    real = Delivery._send

    async def send(self: Delivery, charge_point: Any, message: Any) -> Any:
        outcome = await real(self, charge_point, message)
        if outcome is delivery._Outcome.SILENCE and message.action == "MeterValues":
            await self._store.write(lambda db: queue.delivered(db, message, self._clock()))
            return delivery._Outcome.DONE
        return outcome

    with patch.object(Delivery, "_send", send):
        yield


@contextmanager
def takes_a_repetition_for_new() -> Iterator[None]:
    with patch.object(transaction_messages, "digest", lambda *parts: secrets.token_bytes(16)):
        yield


@contextmanager
def opens_a_repeated_start_again() -> Iterator[None]:
    with patch.object(transactions, "start_digest", lambda start: secrets.token_bytes(16)):
        yield


@contextmanager
def sends_its_own_ids() -> Iterator[None]:
    with patch.object(chain, "sent", lambda action, payload, ours, theirs: payload):
        yield


@contextmanager
def newest_first() -> Iterator[None]:
    real = queue.first

    async def first(*args: Any) -> Any:
        return sorted(await real(*args), key=lambda message: -message.seq)

    with patch.object(queue, "first", first):
        yield


@contextmanager
def tells_any_time() -> Iterator[None]:
    with patch.object(Clock, "tell", lambda self, identity, answer: answer):
        yield


MUTANTS: dict[str, Callable[[], AbstractContextManager[None]]] = {
    mutant.__name__: mutant
    for mutant in (
        confirms_before_the_commit,
        never_syncs,
        marks_before_it_is_answered,
        gives_up_at_a_dead_link,
        takes_a_repetition_for_new,
        opens_a_repeated_start_again,
        sends_its_own_ids,
        newest_first,
        tells_any_time,
    )
}
