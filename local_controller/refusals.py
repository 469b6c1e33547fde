"""A start that the CSMS refused after the charge point was answered: told it as a RemoteStop, until it is heard."""

import asyncio

import msgspec
from msgspec import Raw

from local_controller import transactions
from local_controller.charge_point import ChargePoint
from local_controller.payloads import Wire, try_read
from local_controller.store import Store
from ocppj import log
from ocppj.errors import CallErrorReceived, CallTimeout
from ocppj.peer import Peer

ASK_AGAIN_S = 20.0
_log = log.get(__name__)


class _Answer(Wire):
    status: str


async def run(store: Store, charge_point: ChargePoint, south: Peer) -> None:
    """For the life of one connection of the charge point; runs until cancelled or the connection is lost."""
    while True:
        await charge_point.refused.wait()
        charge_point.refused.clear()
        for transaction_id in await transactions.refused_late(store, charge_point.identity):
            if not await _tell(store, south, transaction_id):
                charge_point.refused.set()
        if charge_point.refused.is_set():
            await asyncio.sleep(ASK_AGAIN_S)


async def _tell(store: Store, south: Peer, transaction_id: int) -> bool:
    """False if it was not heard."""
    payload = Raw(msgspec.json.encode({"transactionId": transaction_id}))
    try:
        told = try_read(_Answer, await south.call_raw("RemoteStopTransaction", payload))
    except (CallTimeout, CallErrorReceived) as problem:
        _log.warning("transaction.stop_unheard", charge_point=south.identity, transaction=transaction_id, why=problem)
        return False
    status = told.status if told else "unreadable"
    _log.info("transaction.stop_told", charge_point=south.identity, transaction=transaction_id, status=status)
    await store.write(lambda db: transactions.told_to_stop(db, transaction_id))
    return True
