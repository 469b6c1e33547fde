"""MeterValues (OCPP 1.6 §4.7). Confirmed whatever they say: sanity checks must not hold back the answer."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.events import CreditExhausted, MeterSample
from csms.domain.metering import Sample, read
from csms.domain.transactions import Open, plausible_register
from csms.handlers import quarantine
from csms.handlers.arrival import Arrival
from csms.store import budgets, holds, meter_values, outbox, transactions
from csms.store.transactions import SoFar
from ocppj import log
from ocppj.v16 import MeterValues, MeterValuesResult

_log = log.get(__name__)


async def handle(msg: MeterValues, arrival: Arrival, db: AsyncConnection) -> MeterValuesResult:
    running = None
    if msg.transaction_id is not None:
        running = await transactions.find(db, msg.transaction_id)
        if running is None or running.charge_point_id != arrival.charge_point_id:
            trouble = "no such transaction" if running is None else "transaction of another charge point"
            await quarantine.keep(db, arrival, "MeterValues", trouble, msg.connector_id)
            return MeterValuesResult()

    samples = [read(value.timestamp, value.sampled_value) for value in msg.meter_value]
    unreadable = sum(s.unreadable for s in samples)
    if unreadable:
        await quarantine.keep(db, arrival, "MeterValues", f"{unreadable} values are no numbers", msg.connector_id)
    await meter_values.add(db, arrival.charge_point_id, msg.connector_id, msg.transaction_id, samples)
    if running is not None and running.ended_at is None:
        await _show(db, arrival, msg.connector_id, running, samples)
    return MeterValuesResult()


async def _show(db: AsyncConnection, arrival: Arrival, connector_id: int, running: Open, samples: list[Sample]) -> None:
    """The newest sample becomes what the running transaction shows; what comes late is in the series only."""
    newest = max(samples, key=lambda s: s.at)
    if running.last_sample_at is not None and newest.at <= running.last_sample_at:
        return
    register_wh = newest.register_wh
    if register_wh is not None and not (
        plausible_register(running, register_wh, min(newest.at, arrival.received_at))
        and register_wh >= (running.last_register_wh or 0)
    ):
        trouble = f"register {register_wh} Wh cannot follow {running.last_register_wh or running.meter_start_wh} Wh"
        await quarantine.keep(db, arrival, "MeterValues", trouble, connector_id)
        register_wh = None
    so_far = await transactions.sampled(db, running.transaction_id, register_wh, newest.power_w, newest.at)
    event = MeterSample(
        charge_point=arrival.identity,
        connector_id=connector_id,
        transaction_id=running.transaction_id,
        at=newest.at,
        energy_wh=so_far.energy_wh,
        power_w=newest.power_w,
        current_ma=newest.current_ma,
        voltage_dv=newest.voltage_dv,
        soc_percent=newest.soc_percent,
        temperature_c=newest.temperature_c,
        cost_cents=so_far.cost_cents,
    )
    await outbox.add(db, event, so_far.user_id)
    if await _used_up(db, arrival, so_far):
        exhausted = CreditExhausted(arrival.identity, connector_id, running.transaction_id, newest.at)
        await outbox.add(db, exhausted, so_far.user_id)


async def _used_up(db: AsyncConnection, arrival: Arrival, so_far: SoFar) -> bool:
    """True if nothing is left of the driver's credit (where that counts), or of a budget of the card."""
    id_tag = so_far.budgeted_id_tag
    payer = so_far.user_id if arrival.terms.stop_when_credit_runs_out else None
    if payer is not None and await holds.left_cents(db, payer) <= 0:
        return True
    if id_tag is None:
        return False
    limits = await budgets.of_card(db, id_tag)
    return await budgets.exceeded(db, id_tag, limits, arrival.received_at, arrival.charge_point_id) is not None
