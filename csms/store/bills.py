"""What a transaction costs by the tariff it started with: as it runs, and at its end. The sums: csms.domain.pricing."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

import msgspec
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.pricing import Bill, Line, Reading, Reserved, parking_since, price, usage
from csms.domain.tariffs import Tariff, per_kwh
from csms.store.tables import charge_point, meter_value, reservation, site, transaction
from csms.store.zones import zone

# A tariff that asks when the energy flowed needs the whole series. What is shown of a long session may be a hundredth
# of it old, and a minute at most: otherwise the work would grow with the square of its length.
_ANEW_AFTER = timedelta(minutes=1)
_OLD_ENOUGH = 100


@dataclass(frozen=True, slots=True)
class _Facts:
    started_at: datetime
    meter_start_wh: int
    tariff: Tariff
    held: bool
    zone: tzinfo
    so_far_cents: int | None
    so_far_at: datetime | None
    reserved_at: datetime | None


def to_json(bill: Bill) -> str:
    return msgspec.json.encode(bill.lines).decode()


async def so_far(
    db: AsyncConnection,
    transaction_id: int,
    energy_wh: int,
    at: datetime,
    *,
    anew: bool = False,
    between: bool = False,
) -> int:
    """Cents for what has been used until `at`; noted, to be shown.

    anew      even if it was reckoned just now
    between   no sample tells of `at`: who charged at the last one still does, who was full is still parked
    """
    facts = await _facts(db, transaction_id)
    old_after = min(_ANEW_AFTER, (at - facts.started_at) / _OLD_ENOUGH)
    fresh = facts.so_far_at is not None and timedelta(0) <= at - facts.so_far_at < old_after
    if not anew and facts.tariff.needs_series and fresh and facts.so_far_cents is not None:
        return facts.so_far_cents
    cents = (await _price(db, transaction_id, facts, energy_wh, at, between=between)).total_cents
    noted = update(transaction).where(transaction.c.id == transaction_id)
    await db.execute(noted.values(cost_so_far_cents=cents, cost_so_far_at=at))
    return cents


async def final(db: AsyncConnection, transaction_id: int, energy_wh: int, ended_at: datetime) -> Bill:
    return await _price(db, transaction_id, await _facts(db, transaction_id), energy_wh, ended_at)


async def find(db: AsyncConnection, transaction_id: int, energy_wh: int, at: datetime) -> Bill:
    """The bill of a transaction that has ended; of one that runs, what it comes to at `at`."""
    t = transaction.c
    ended = select(t.ended_at, t.cost_cents, t.vat_cents, t.bill, t.flags).where(t.id == transaction_id)
    row = (await db.execute(ended)).one()
    if row.ended_at is None or row.bill is None:
        bill = await _price(db, transaction_id, await _facts(db, transaction_id), energy_wh, row.ended_at or at)
        return bill if row.ended_at is None else Bill(row.cost_cents, 0, bill.lines)
    lines = msgspec.json.decode(row.bill, type=tuple[Line, ...])
    return Bill(row.cost_cents, row.vat_cents, lines, tuple(row.flags.split()))


async def _facts(db: AsyncConnection, transaction_id: int) -> _Facts:
    t = transaction.c
    columns = select(
        t.started_at,
        t.meter_start_wh,
        t.tariff,
        t.price_cents_per_kwh,
        t.held_since,
        t.cost_so_far_cents,
        t.cost_so_far_at,
        site.c.time_zone,
        reservation.c.reserved_at,
    )
    there = (
        columns.join_from(transaction, charge_point)
        .join(site)
        .join(reservation, reservation.c.transaction_id == t.id, isouter=True)
        .where(t.id == transaction_id)
    )
    row = (await db.execute(there)).one()
    tariff = per_kwh(row.price_cents_per_kwh) if row.tariff is None else msgspec.json.decode(row.tariff, type=Tariff)
    return _Facts(
        row.started_at,
        row.meter_start_wh,
        tariff,
        row.held_since is not None,
        zone(row.time_zone),
        row.cost_so_far_cents,
        row.cost_so_far_at,
        row.reserved_at,
    )


async def _price(
    db: AsyncConnection, transaction_id: int, facts: _Facts, energy_wh: int, until: datetime, *, between: bool = False
) -> Bill:
    readings: list[Reading] = []
    if facts.tariff.needs_series:
        m = meter_value.c
        mine = (m.transaction_id == transaction_id, m.register_wh.is_not(None))
        rows = await db.execute(select(m.at, m.register_wh).where(*mine).order_by(m.at))
        readings = [Reading(at, register - facts.meter_start_wh) for at, register in rows]
    reserved = None if facts.reserved_at is None else Reserved(facts.reserved_at, facts.started_at)
    held = facts.held
    if between and not held:
        last_at = readings[-1].at if readings else facts.started_at
        held = parking_since(usage(facts.started_at, last_at, energy_wh, readings)) >= last_at
    of = usage(facts.started_at, until, energy_wh, readings, held=held, reserved=reserved)
    return price(facts.tariff, of, facts.zone)
