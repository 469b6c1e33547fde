"""The site's own transaction ids and their map to the CSMS's. Charge points only see ours, the CSMS only its own.

Writing functions take a connection: the store's writer owns the database transaction. A CSMS's id is written once.
"""

from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection, Cursor
from typing import Any

from msgspec import Raw

from local_controller.payloads import Start, StartAnswer, digest, utc
from local_controller.store import Store
from local_controller.tables import from_ms, to_ms


@dataclass(frozen=True, slots=True)
class Opened:
    transaction_id: int
    new: bool
    answer: bytes | None  # the CSMS's, once it has answered


def start_digest(start: Start) -> bytes:
    """A clock may restart at boot, the register does not: together they name one start."""
    return digest("start", start.connector_id, start.id_tag, utc(start.timestamp).isoformat(), start.meter_start)


def open_once(db: Connection, charge_point: str, start: Start) -> Opened:
    """Give `start` an id of ours, or find the one it has."""
    key = start_digest(start)
    known = _one(
        db, "SELECT id, answer FROM transactions WHERE charge_point = ? AND start_digest = ?", charge_point, key
    )
    if known is not None:
        return Opened(known[0], False, known[1])
    values = (charge_point, start.connector_id, start.id_tag, to_ms(utc(start.timestamp)), start.meter_start, key)
    cursor = db.execute(
        "INSERT INTO transactions (charge_point, connector_id, id_tag, started_at, meter_start_wh, start_digest)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        values,
    )
    return Opened(_given(cursor), True, None)


def open_unreadable(db: Connection, charge_point: str, payload: Raw, at: datetime) -> int:
    """An id for a start that cannot be read: the charge point must be answered, and no other transaction be meant."""
    key = digest("unreadable", bytes(payload))
    known = _one(db, "SELECT id FROM transactions WHERE charge_point = ? AND start_digest = ?", charge_point, key)
    if known is not None:
        return int(known[0])
    cursor = db.execute(
        "INSERT INTO transactions (charge_point, connector_id, id_tag, started_at, meter_start_wh, start_digest,"
        " stopped_at) VALUES (?, 0, '', ?, 0, ?, ?)",
        (charge_point, to_ms(at), key, to_ms(at)),
    )
    return _given(cursor)


def stop(db: Connection, charge_point: str, transaction_id: int, at: datetime) -> bool:
    """Close it; False if this charge point has no such transaction running."""
    cursor = db.execute(
        "UPDATE transactions SET stopped_at = ?, refused_late = 0"
        " WHERE id = ? AND charge_point = ? AND stopped_at IS NULL",
        (to_ms(at), transaction_id, charge_point),
    )
    return cursor.rowcount == 1


def answered(
    db: Connection, transaction_id: int, payload: Raw, answer: StartAnswer | None, *, late: bool
) -> bool:
    """Keep what the CSMS said to a start. `late`: the charge point was answered without it.

    True if a refusal came late for a transaction that is still running: the charge point must be told to stop.
    """
    refused = answer is not None and late and answer.id_tag_info.status != "Accepted"
    db.execute(
        "UPDATE transactions SET csms_id = coalesce(csms_id, ?), answer = coalesce(answer, ?),"
        " refused_late = (stopped_at IS NULL AND ?) WHERE id = ?",
        (answer.transaction_id if answer else None, bytes(payload), refused, transaction_id),
    )
    row = _one(db, "SELECT refused_late FROM transactions WHERE id = ?", transaction_id)
    return row is not None and bool(row[0])


def told_to_stop(db: Connection, transaction_id: int) -> None:
    db.execute("UPDATE transactions SET refused_late = 0 WHERE id = ?", (transaction_id,))


async def refused_late(store: Store, charge_point: str) -> list[int]:
    """Running transactions whose refusal the charge point has not been told yet."""
    rows = await store.read(
        "SELECT id FROM transactions WHERE charge_point = ? AND refused_late = 1 AND stopped_at IS NULL ORDER BY id",
        (charge_point,),
    )
    return [row[0] for row in rows]


async def ours_of(store: Store, charge_point: str, csms_id: int) -> int | None:
    """Our id of the CSMS's. Some central systems give 0 to every start they refuse: the one still running is meant."""
    rows = await store.read(
        "SELECT id FROM transactions WHERE charge_point = ? AND csms_id = ?"
        " ORDER BY stopped_at IS NULL DESC, id DESC LIMIT 1",
        (charge_point, csms_id),
    )
    return rows[0][0] if rows else None


async def given_out(store: Store, transaction_id: int) -> bool:
    """Whether this id is one of ours, of whichever charge point."""
    return bool(await store.read("SELECT 1 FROM transactions WHERE id = ?", (transaction_id,)))


@dataclass(frozen=True, slots=True)
class Running:
    transaction_id: int
    charge_point: str
    connector_id: int
    id_tag: str
    started_at: datetime
    meter_start_wh: int
    last_values: bytes | None  # the newest MeterValues, as they came


async def running(store: Store) -> list[Running]:
    rows = await store.read(
        "SELECT id, charge_point, connector_id, id_tag, started_at, meter_start_wh,"
        " (SELECT payload FROM messages m WHERE m.transaction_id = t.id AND m.action = 'MeterValues'"
        "  ORDER BY seq DESC LIMIT 1)"
        " FROM transactions t WHERE stopped_at IS NULL ORDER BY id"
    )
    return [
        Running(number, charge_point, connector_id, id_tag, from_ms(started_at), meter_start_wh, last_values)
        for number, charge_point, connector_id, id_tag, started_at, meter_start_wh, last_values in rows
    ]


def _given(cursor: Cursor) -> int:
    assert cursor.lastrowid is not None  # an INSERT that did not raise gave one
    return cursor.lastrowid


def _one(db: Connection, query: str, *values: object) -> tuple[Any, ...] | None:
    row: tuple[Any, ...] | None = db.execute(query, values).fetchone()
    return row
