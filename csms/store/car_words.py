"""What drivers say of their cars: before a session starts, or while it runs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.battery import Needs
from csms.store.tables import car_word, charge_point, transaction

COUNTS_FOR_S = 900  # before a start: who says it earlier has left meanwhile


@dataclass(frozen=True, slots=True)
class CarWord:
    capacity_wh: int | None
    soc_percent: int | None
    target_soc_percent: int | None


async def keep(
    db: AsyncConnection,
    charge_point_id: int,
    connector_id: int,
    user_id: int,
    word: CarWord,
    at: datetime,
    *,
    transaction_id: int | None = None,
    energy_wh: int = 0,
) -> None:
    """The newest word counts. `transaction_id` none: of the session that this person starts here next."""
    values = {
        "capacity_wh": word.capacity_wh,
        "soc_percent": word.soc_percent,
        "target_soc_percent": word.target_soc_percent,
        "transaction_id": transaction_id,
        "energy_wh": energy_wh,
        "at": at,
    }
    key = ("charge_point_id", "connector_id", "user_id")
    row = dict(zip(key, (charge_point_id, connector_id, user_id), strict=True))
    await db.execute(insert(car_word).values(**row, **values).on_conflict_do_update(index_elements=key, set_=values))


async def begun(
    db: AsyncConnection, charge_point_id: int, connector_id: int, user_id: int, transaction_id: int, at: datetime
) -> None:
    """`at`: when this session began to be known. What its driver said before is of it from now on, and of no other."""
    w = car_word.c
    said = (w.charge_point_id == charge_point_id, w.connector_id == connector_id, w.user_id == user_id)
    lately = w.at.between(at - timedelta(seconds=COUNTS_FOR_S), at)
    free = update(car_word).where(*said, w.transaction_id.is_(None), lately)
    await db.execute(free.values(transaction_id=transaction_id))


async def running(db: AsyncConnection) -> Sequence[tuple[int, int, str, int]]:
    """Sessions that run where their driver has said something of the car: transaction, driver, charge point, connector.

    Whether it was said of this session `of` tells.
    """
    w, t = car_word.c, transaction.c
    rows = await db.execute(
        select(t.id, t.user_id, charge_point.c.identity, t.connector_id)
        .join_from(
            transaction,
            car_word,
            (w.charge_point_id == t.charge_point_id) & (w.connector_id == t.connector_id) & (w.user_id == t.user_id),
        )
        .join(charge_point, charge_point.c.id == t.charge_point_id)
        .where(t.ended_at.is_(None))
    )
    return [(row.id, row.user_id, row.identity, row.connector_id) for row in rows]


async def of(db: AsyncConnection, transaction_id: int) -> tuple[Needs, int | None] | None:
    """What was said of this session's car, and the charge that its driver wants; None if nothing was."""
    w, t = car_word.c, transaction.c
    said = (
        select(w.capacity_wh, w.soc_percent, w.target_soc_percent, w.energy_wh)
        .join_from(
            transaction,
            car_word,
            (w.charge_point_id == t.charge_point_id) & (w.connector_id == t.connector_id) & (w.user_id == t.user_id),
        )
        .where(t.id == transaction_id, w.transaction_id == transaction_id)
    )
    row = (await db.execute(said)).one_or_none()
    if row is None:
        return None
    return Needs(row.capacity_wh, None, row.soc_percent, row.energy_wh), row.target_soc_percent
