"""StopTransaction (OCPP 1.6 §4.10): ended, priced and booked in one database transaction. May come again (§3.7.1)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import authorization, ledger
from csms.domain.events import TransactionEnded
from csms.domain.metering import read
from csms.domain.transactions import Settled, judge_stop
from csms.handlers import quarantine
from csms.handlers.arrival import Arrival
from csms.store import cards, holds, meter_values, outbox, transactions
from csms.store import ledger as ledger_rows
from ocppj import log
from ocppj.v16 import IdTagInfo, StopTransaction, StopTransactionResult

_log = log.get(__name__)


async def handle(msg: StopTransaction, arrival: Arrival, db: AsyncConnection) -> StopTransactionResult:
    known = await transactions.find(db, msg.transaction_id)
    verdict = judge_stop(known, arrival.charge_point_id, msg.meter_stop, msg.timestamp, arrival.received_at)
    if verdict.quarantine is not None:
        await quarantine.keep(db, arrival, "StopTransaction", verdict.quarantine)
    if verdict.settle is not None:
        await _settle(db, msg, arrival, verdict.settle)
    if msg.id_tag is None:
        return StopTransactionResult()
    judged = authorization.decide(await cards.find(db, msg.id_tag), at=arrival.received_at)
    return StopTransactionResult(IdTagInfo(judged.status, judged.expires_at, judged.parent_id_tag))


async def _settle(db: AsyncConnection, msg: StopTransaction, arrival: Arrival, settled: Settled) -> None:
    session = await transactions.session(db, msg.transaction_id)
    assert session is not None  # judged just now, in this same database transaction
    if msg.transaction_data:
        samples = [read(value.timestamp, value.sampled_value) for value in msg.transaction_data]
        unreadable = sum(s.unreadable for s in samples)
        if unreadable:
            await quarantine.keep(db, arrival, "StopTransaction", f"{unreadable} values are no numbers")
        await meter_values.add(db, arrival.charge_point_id, session.connector_id, msg.transaction_id, samples)

    reason = msg.reason or "Local"  # left out means Local
    payer, cost = await transactions.end(db, msg.transaction_id, settled, reason, msg.timestamp, arrival.received_at)
    held_cents = await holds.end(db, msg.transaction_id)
    await ledger_rows.book(db, ledger.charge(msg.transaction_id, payer, cost, held_cents), arrival.received_at)
    ended = await transactions.session(db, msg.transaction_id)
    assert ended is not None
    await outbox.add(db, TransactionEnded.of(ended), payer)
    _log.info(
        "transaction.ended",
        charge_point=arrival.identity,
        connector=session.connector_id,
        transaction=msg.transaction_id,
        reason=reason,
        energy_wh=settled.energy_wh,
        cost_cents=cost,
    )
