"""What cars have said of themselves, by connector; and what is known of the battery of a running session."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.battery import USUAL_TARGET_PERCENT, Battery, Needs, complete, reckon
from csms.domain.charge_limits import LimitKind
from csms.store import car_words, meter_values
from csms.store.tables import ev_needs, reservation, transaction


@dataclass(frozen=True, slots=True)
class _Running:
    transaction_id: int
    energy_wh: int


async def keep(
    db: AsyncConnection, charge_point_id: int, connector_id: int, needs: Needs, at: datetime
) -> None:
    """The newest word of a connector's car; with the transaction that runs there, if one does."""
    running = await _running(db, charge_point_id, connector_id)
    values = {
        "capacity_wh": needs.capacity_wh,
        "max_power_w": needs.max_power_w,
        "soc_percent": needs.soc_percent,
        "transaction_id": None if running is None else running.transaction_id,
        "energy_wh": 0 if running is None else running.energy_wh,
        "at": at,
    }
    once = insert(ev_needs).values(charge_point_id=charge_point_id, connector_id=connector_id, **values)
    await db.execute(once.on_conflict_do_update(index_elements=["charge_point_id", "connector_id"], set_=values))


async def battery(
    db: AsyncConnection, transaction_id: int, usual_target_percent: int = USUAL_TARGET_PERCENT
) -> Battery | None:
    """Of a running transaction; None if nothing is known of its car, or it has ended. Where the car says nothing of
    its own, its driver's word counts; where nobody has said to where it shall charge, `usual_target_percent`.

    What a car said before the plug of this session was in is another car's: it counts from a quarter of an hour before
    the start, and only if no other transaction was meant.
    """
    t, n, r = transaction.c, ev_needs.c, reservation.c
    row = (
        await db.execute(
            select(
                t.received_at, t.meter_start_wh, t.last_register_wh, t.last_power_w, t.limit_kind, t.limit_value,
                r.target_soc_percent,
                n.capacity_wh, n.max_power_w, n.soc_percent, n.energy_wh, n.transaction_id, n.at,
            )
            .join_from(
                transaction,
                ev_needs,
                (n.charge_point_id == t.charge_point_id) & (n.connector_id == t.connector_id),
                isouter=True,
            )
            .join(reservation, r.transaction_id == t.id, isouter=True)
            .where(t.id == transaction_id, t.ended_at.is_(None))
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        return None
    needs = None
    said_of_this = row.at is not None and (
        row.transaction_id == transaction_id
        or (row.transaction_id is None and abs((row.received_at - row.at).total_seconds()) <= 900)
    )
    if said_of_this:
        needs = Needs(row.capacity_wh, row.max_power_w, row.soc_percent, row.energy_wh)
    wanted_soc = row.target_soc_percent
    if (said := await car_words.of(db, transaction_id)) is not None:
        needs = complete(needs, said[0])
        wanted_soc = wanted_soc if said[1] is None else said[1]
    if row.limit_kind == LimitKind.SOC:
        wanted_soc = row.limit_value
    socs = await meter_values.last_socs(db, transaction_id, 1)
    if needs is None and not socs:
        return None
    energy_wh = 0 if row.last_register_wh is None else row.last_register_wh - row.meter_start_wh
    target = usual_target_percent if wanted_soc is None else wanted_soc
    return reckon(needs, socs[0] if socs else None, energy_wh, row.last_power_w, target)


async def _running(db: AsyncConnection, charge_point_id: int, connector_id: int) -> _Running | None:
    t = transaction.c
    mine = (t.charge_point_id == charge_point_id, t.connector_id == connector_id, t.ended_at.is_(None))
    columns = select(t.id, t.meter_start_wh, t.last_register_wh).where(*mine).order_by(t.id.desc()).limit(1)
    row = (await db.execute(columns)).one_or_none()
    if row is None:
        return None
    return _Running(row.id, 0 if row.last_register_wh is None else row.last_register_wh - row.meter_start_wh)
