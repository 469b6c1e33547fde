"""MeterValues (OCPP 1.6 §4.7). Confirmed whatever they say: sanity checks must not hold back the answer.

They are by far the most, so those that wait for the same commit are handled together, in a handful of statements.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.charge_limits import LimitKind, SoFar, reached
from csms.domain.events import BatteryFull, CreditExhausted, Event, LimitReached, MeterSample
from csms.domain.metering import Sample, read
from csms.domain.transactions import plausible_register
from csms.handlers import quarantine
from csms.handlers.arrival import Arrival
from csms.store import bills, budgets, charge_limits, ev_needs, holds, meter_values, outbox, transactions
from csms.store.transactions import Metered
from ocppj.v16 import MeterValues, MeterValuesResult


async def handle(msg: MeterValues, arrival: Arrival, db: AsyncConnection) -> MeterValuesResult:
    return (await handle_many([(msg, arrival)], db))[0]


async def handle_many(
    arrived: Sequence[tuple[MeterValues, Arrival]], db: AsyncConnection
) -> Sequence[MeterValuesResult]:
    ids = {msg.transaction_id for msg, _ in arrived if msg.transaction_id is not None}
    running = await transactions.for_metering(db, ids)
    rows: list[dict[str, Any]] = []
    events: list[tuple[Event, int | None]] = []
    shown: list[tuple[MeterValues, Arrival, Metered, Sample]] = []
    for msg, arrival in arrived:
        metered = None
        if msg.transaction_id is not None:
            metered = running.get(msg.transaction_id)
            if metered is None or metered.transaction.charge_point_id != arrival.charge_point_id:
                trouble = "no such transaction" if metered is None else "transaction of another charge point"
                await quarantine.keep(db, arrival, "MeterValues", trouble, msg.connector_id)
                continue
        samples = [read(value.timestamp, value.sampled_value) for value in msg.meter_value]
        if unreadable := sum(s.unreadable for s in samples):
            await quarantine.keep(db, arrival, "MeterValues", f"{unreadable} values are no numbers", msg.connector_id)
        rows += [
            meter_values.row(arrival.charge_point_id, msg.connector_id, msg.transaction_id, sample)
            for sample in samples
        ]
        if metered is not None and metered.transaction.ended_at is None:
            newest = max(samples, key=lambda s: s.at)
            if metered.last_sample_at is not None and newest.at <= metered.last_sample_at:
                continue  # came late, and stays in the series
            if trouble := _show(metered, newest, arrival):
                await quarantine.keep(db, arrival, "MeterValues", trouble, msg.connector_id)
            if metered.by_tariff:
                started = metered.transaction
                used = (started.transaction_id, metered.energy_wh, newest.at)
                metered.cost_so_far_cents = await bills.so_far(db, *used, anew=_costs(metered))
            shown.append((msg, arrival, metered, newest))
            events.append((_event(msg, arrival, metered, newest), metered.user_id))
    await meter_values.add_many(db, rows)
    await transactions.metered(db, running.values())
    for msg, arrival, metered, newest in shown:
        if await _full(db, arrival, metered, newest):
            full = BatteryFull(arrival.identity, msg.connector_id, metered.transaction.transaction_id, newest.at)
            events.append((full, metered.user_id))
        if event := await _at_limit(db, msg, arrival, metered, newest):
            events.append((event, metered.user_id))
        if await _used_up(db, arrival, metered):
            started = metered.transaction
            exhausted = CreditExhausted(arrival.identity, msg.connector_id, started.transaction_id, arrival.received_at)
            events.append((exhausted, metered.user_id))
    await outbox.add_many(db, events)
    return [MeterValuesResult()] * len(arrived)


def _show(metered: Metered, newest: Sample, arrival: Arrival) -> str:
    """The newest sample becomes what the running transaction shows; returns what is wrong with its register."""
    trouble, register_wh, started = "", newest.register_wh, metered.transaction
    if register_wh is not None:
        if plausible_register(started, register_wh, min(newest.at, arrival.received_at)) and register_wh >= (
            metered.last_register_wh or 0
        ):
            metered.last_register_wh = register_wh
        else:
            trouble = f"register {register_wh} Wh cannot follow {metered.last_register_wh or started.meter_start_wh} Wh"
    metered.last_sample_at, metered.last_power_w, metered.changed = newest.at, newest.power_w, True
    return trouble


def _event(msg: MeterValues, arrival: Arrival, metered: Metered, newest: Sample) -> MeterSample:
    return MeterSample(
        charge_point=arrival.identity,
        connector_id=msg.connector_id,
        transaction_id=metered.transaction.transaction_id,
        at=newest.at,
        energy_wh=metered.energy_wh,
        power_w=newest.power_w,
        current_ma=newest.current_ma,
        voltage_dv=newest.voltage_dv,
        soc_percent=newest.soc_percent,
        temperature_c=newest.temperature_c,
        cost_cents=metered.cost_cents,
    )


def _costs(metered: Metered) -> bool:
    """True if it is to end at a cost, which then must not be an old one."""
    return metered.limit is not None and metered.limit.kind is LimitKind.COST


async def _at_limit(
    db: AsyncConnection, msg: MeterValues, arrival: Arrival, metered: Metered, newest: Sample
) -> LimitReached | None:
    """As much as its driver wanted: said with each sample until it ends, noted once."""
    limit, started = metered.limit, metered.transaction
    if limit is None:
        return None
    if limit.reached_at is None:
        battery = await ev_needs.battery(db, started.transaction_id) if limit.kind is LimitKind.SOC else None
        charging_s = charge_limits.passed(
            started.started_at, metered.start_received_at, newest.at, arrival.received_at
        ).total_seconds()
        soc = None if battery is None else battery.soc_percent
        if not reached(limit, SoFar(metered.energy_wh, metered.cost_cents, charging_s, soc)):
            return None
        estimated = battery is not None and not battery.measured
        limit = metered.limit = replace(limit, reached_at=newest.at, estimated=estimated)
        await charge_limits.put(db, started.transaction_id, limit)
    return LimitReached(arrival.identity, msg.connector_id, started.transaction_id, newest.at, limit)


_FULL_SAMPLES = 3  # one alone may be a slip of the car


async def _full(db: AsyncConnection, arrival: Arrival, metered: Metered, newest: Sample) -> bool:
    """True if the house wants it and the car has said 100 % in its last samples. Asked only of a car that says so."""
    if not arrival.terms.stop_when_full or newest.soc_percent is None or newest.soc_percent < 100:
        return False
    last = await meter_values.last_socs(db, metered.transaction.transaction_id, _FULL_SAMPLES)
    return len(last) == _FULL_SAMPLES and min(last) >= 100


async def _used_up(db: AsyncConnection, arrival: Arrival, metered: Metered) -> bool:
    """True if nothing is left of the driver's credit (where that counts), or of a budget of the card."""
    payer, id_tag = metered.user_id, metered.budgeted_id_tag
    if arrival.terms.stop_when_credit_runs_out and payer is not None and await holds.left_cents(db, payer) <= 0:
        return True
    if id_tag is None:
        return False
    limits = await budgets.of_card(db, id_tag)
    return await budgets.exceeded(db, id_tag, limits, arrival.received_at, arrival.charge_point_id) is not None
