"""StartTransaction (OCPP 1.6 §4.8). May come again (§3.7.1), so the same start must find the same transaction."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.events import TransactionStarted
from csms.domain.transactions import judge_start
from csms.handlers import permission, quarantine
from csms.handlers.arrival import Arrival
from csms.store import (
    car_words,
    charge_limits,
    charge_points,
    connectors,
    holds,
    outbox,
    reservations,
    tariffs,
    transactions,
)
from ocppj import log
from ocppj.v16 import IdTagInfo, StartTransaction, StartTransactionResult

_log = log.get(__name__)


async def handle(msg: StartTransaction, arrival: Arrival, db: AsyncConnection) -> StartTransactionResult:
    known = [c.number for c in await connectors.of_charge_point(db, arrival.charge_point_id)]
    trouble = judge_start(msg.connector_id, known, msg.meter_start)
    if trouble is not None:
        answer_id = await quarantine.keep(db, arrival, "StartTransaction", trouble, msg.connector_id)
        return StartTransactionResult(answer_id, IdTagInfo("Invalid"))

    judged = await permission.judge(db, msg.id_tag, arrival, msg.timestamp)
    tariff = await tariffs.at_start(
        db, arrival.charge_point_id, msg.connector_id, started_at=msg.timestamp, received_at=arrival.received_at
    )
    price = (await charge_points.get(db, arrival.charge_point_id)).price_cents_per_kwh
    if tariff is not None:
        price = tariff.energy_price_cents
    # A refused card gets a transaction too: energy may already have flowed and must be accounted for, though by
    # nobody's purse: the owner of a stolen card has not charged.
    start = transactions.Start(
        charge_point_id=arrival.charge_point_id,
        connector_id=msg.connector_id,
        id_tag=msg.id_tag,
        meter_start_wh=msg.meter_start,
        started_at=msg.timestamp,
        user_id=judged.payer,
        authorization=judged.verdict.status,
        price_cents_per_kwh=arrival.terms.default_price_cents_per_kwh if price is None else price,
        received_at=arrival.received_at,
        tariff=None if tariff is None else tariffs.to_json(tariff),
        budgeted=judged.budgeted,
    )
    transaction_id, is_new = await transactions.open_once(db, start)
    if is_new:
        if start.user_id is not None:
            await reservations.started(
                db,
                arrival.charge_point_id,
                msg.connector_id,
                start.user_id,
                msg.reservation_id,
                transaction_id,
                msg.timestamp,
            )
            await car_words.begun(
                db,
                arrival.charge_point_id,
                msg.connector_id,
                start.user_id,
                transaction_id,
                arrival.received_at,
            )
            await charge_limits.begun(
                db,
                arrival.charge_point_id,
                msg.connector_id,
                start.user_id,
                transaction_id,
                msg.timestamp,
                arrival.received_at,
            )
            await holds.place(db, transaction_id, start.user_id, arrival.terms.hold_cents, arrival.received_at)
        session = await transactions.session(db, transaction_id)
        assert session is not None  # written three lines above, in this same database transaction
        await outbox.add(db, TransactionStarted.of(session), start.user_id)
    _log.info(
        "transaction.opened" if is_new else "transaction.known",
        charge_point=arrival.identity,
        connector=msg.connector_id,
        transaction=transaction_id,
        id_tag=log.short(msg.id_tag),
        status=judged.verdict.status,
        meter_start_wh=msg.meter_start,
    )
    return StartTransactionResult(transaction_id, judged.id_tag_info)
