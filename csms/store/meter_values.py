"""The series of what meters showed. Written in bulk with the values as they are, past any object mapping."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.metering import Sample
from csms.store.bulk import Row, execute_many
from csms.store.tables import meter_rollup, meter_value

_INSERT = insert(meter_value).on_conflict_do_nothing()
_NO_TRANSACTION = 0


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """Field names are those of the HTTP API."""

    at: datetime
    energy_wh: int | None  # since the start of the transaction
    register_wh: int | None
    power_w: int | None
    current_ma: int | None
    voltage_dv: int | None
    soc_percent: int | None
    temperature_c: int | None


async def add(
    db: AsyncConnection, charge_point_id: int, connector_id: int, transaction_id: int | None, samples: Sequence[Sample]
) -> None:
    """Samples that came before are known by their time and context, and left as they are."""
    await add_many(db, [row(charge_point_id, connector_id, transaction_id, sample) for sample in samples])


async def add_many(db: AsyncConnection, rows: Sequence[Row]) -> None:
    """As `add`, of many transactions at once."""
    await execute_many(db, _INSERT, rows)


def row(charge_point_id: int, connector_id: int, transaction_id: int | None, sample: Sample) -> Row:
    return {
        "charge_point_id": charge_point_id,
        "connector_id": connector_id,
        "transaction_id": transaction_id or _NO_TRANSACTION,
        "at": sample.at,
        "context": sample.context,
        "register_wh": sample.register_wh,
        "power_w": sample.power_w,
        "current_ma": sample.current_ma,
        "voltage_dv": sample.voltage_dv,
        "soc_percent": sample.soc_percent,
        "temperature_c": sample.temperature_c,
        "signed": json.dumps(sample.signed, ensure_ascii=False) if sample.signed else None,
    }


async def last_socs(db: AsyncConnection, transaction_id: int, most: int) -> Sequence[int]:
    """What the car said of its battery in the newest samples that say anything of it, newest first."""
    m = meter_value.c
    said = select(m.soc_percent).where(m.transaction_id == transaction_id, m.soc_percent.is_not(None))
    return list((await db.execute(said.order_by(m.at.desc(), m.id.desc()).limit(most))).scalars())


async def series(db: AsyncConnection, transaction_id: int, meter_start_wh: int, most: int) -> Sequence[SeriesPoint]:
    """The newest `most` points of a transaction, oldest first; what is old, by quarters of an hour."""
    m = meter_value.c
    columns = (m.at, m.register_wh, m.power_w, m.current_ma, m.voltage_dv, m.soc_percent, m.temperature_c)
    newest = select(*columns).where(m.transaction_id == transaction_id).order_by(m.at.desc(), m.id.desc()).limit(most)
    r = meter_rollup.c
    same = (r.at, r.register_wh, r.power_w, r.current_ma, r.voltage_dv, r.soc_percent, r.temperature_c)
    older = select(*same).where(r.transaction_id == transaction_id).order_by(r.at.desc()).limit(most)
    rows = [*await db.execute(newest), *await db.execute(older)]
    points = [
        SeriesPoint(row.at, None if row.register_wh is None else row.register_wh - meter_start_wh, *row[1:])
        for row in rows
    ]
    return sorted(points, key=lambda point: point.at)[-most:]
