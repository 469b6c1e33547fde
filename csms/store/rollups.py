"""Old meter series, by quarters of an hour. Signed values, and what begins or ends a transaction, stay as they came."""

from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import groupby
from statistics import fmean
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import meter_rollup, meter_value, transaction

m = meter_value.c
SLOT_S = 900
_STAYS = ("Transaction.Begin", "Transaction.End")
_COLUMNS = (
    m.id, m.transaction_id, m.charge_point_id, m.connector_id, m.at, m.register_wh, m.power_w, m.current_ma,
    m.voltage_dv, m.soc_percent, m.temperature_c,
)  # fmt: skip
_ROLLABLE = select(*_COLUMNS).where(m.signed.is_(None), m.context.not_in(_STAYS))


async def due(db: AsyncConnection, before: datetime, most: int) -> Sequence[int]:
    """Transactions that ended before then and whose series is still raw."""
    t = transaction.c
    old = select(t.id).where(t.ended_at < before, ~t.rolled_up).order_by(t.ended_at).limit(most)
    return list((await db.execute(old)).scalars())


async def roll_up(db: AsyncConnection, transaction_id: int, most: int) -> int:
    """Up to `most` samples of an ended transaction, oldest first; how many there were. 0: it is done, and marked so.

    What is told after that stays raw: it is little.
    """
    mine = _ROLLABLE.where(m.transaction_id == transaction_id).order_by(m.at, m.id).limit(most)
    done = await _put(db, (await db.execute(mine)).all(), most)
    if done == 0:
        await db.execute(update(transaction).where(transaction.c.id == transaction_id).values(rolled_up=True))
    return done


async def roll_up_the_rest(db: AsyncConnection, before: datetime) -> int:
    """The oldest quarter of what was told outside of transactions; how many samples there were."""
    loose = (m.transaction_id == 0, m.at < before)
    oldest = (await db.execute(_ROLLABLE.where(*loose).order_by(m.at).limit(1))).first()
    if oldest is None:
        return 0
    over = datetime.fromtimestamp((_slot(oldest.at) + 1) * SLOT_S, UTC)
    rows = (await db.execute(_ROLLABLE.where(*loose, m.at < over).order_by(m.at, m.id))).all()
    return await _put(db, rows, len(rows) + 1)


async def _put(db: AsyncConnection, rows: Sequence[Any], most: int) -> int:
    """The last quarter waits for the next turn if more of it may come; unless it alone is too much for one."""
    whole = [row for row in rows if len(rows) < most or _slot(row.at) < _slot(rows[-1].at)] or rows

    def of(row: Any) -> tuple[int, int, int, int]:
        return (row.transaction_id, row.charge_point_id, row.connector_id, _slot(row.at))

    for key, members in groupby(sorted(whole, key=lambda row: (of(row), row.at)), key=of):
        await db.execute(insert(meter_rollup).values(_rolled(key, list(members))).on_conflict_do_nothing())
    for start in range(0, len(whole), 500):
        await db.execute(delete(meter_value).where(m.id.in_([row.id for row in whole[start : start + 500]])))
    return len(whole)


def _rolled(key: tuple[int, int, int, int], rows: Sequence[Any]) -> dict[str, Any]:
    def known(name: str) -> list[int]:
        return [value for row in rows if (value := getattr(row, name)) is not None]

    def last(name: str) -> int | None:
        return known(name)[-1] if known(name) else None

    def mean(name: str) -> int | None:
        return round(fmean(known(name))) if known(name) else None

    return {
        "transaction_id": key[0],
        "charge_point_id": key[1],
        "connector_id": key[2],
        "at": rows[-1].at,
        "register_wh": last("register_wh"),
        "power_w": mean("power_w"),
        "current_ma": max(known("current_ma"), default=None),
        "voltage_dv": mean("voltage_dv"),
        "soc_percent": last("soc_percent"),
        "temperature_c": max(known("temperature_c"), default=None),
        "samples": len(rows),
    }


def _slot(at: datetime) -> int:
    return int(at.timestamp()) // SLOT_S
