"""Transactions as a local controller's books must show them too (ocppj.transaction_facts): read from the rows."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import meter_value, transaction
from ocppj.transaction_facts import TransactionFacts, digest_of, instant


async def of(db: AsyncConnection, charge_point_id: int, first: int, last: int, most: int) -> list[TransactionFacts]:
    """Those that ended, of this charge point, with ids from `first` to `last`, in the order of ids."""
    t, m = transaction.c, meter_value.c
    columns = (t.id, t.connector_id, t.id_tag, t.started_at, t.meter_start_wh, t.meter_stop_wh)
    wanted = (t.charge_point_id == charge_point_id, t.id.between(first, last), t.ended_at.is_not(None))
    rows = (await db.execute(select(*columns).where(*wanted).order_by(t.id).limit(most))).all()
    samples: dict[int, list[tuple[str, int | None]]] = {row.id: [] for row in rows}
    if rows:
        known = select(m.transaction_id, m.at, m.register_wh).where(m.transaction_id.in_(list(samples)))
        for transaction_id, at, register_wh in await db.execute(known):
            samples[transaction_id].append((instant(at), register_wh))
    return [
        TransactionFacts(
            row.id,
            row.connector_id,
            row.id_tag.casefold(),
            instant(row.started_at),
            row.meter_start_wh,
            row.meter_stop_wh,
            *digest_of(samples[row.id]),
        )
        for row in rows
    ]
