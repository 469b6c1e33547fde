"""Transaction messages on their way to the CSMS: in the order they came, each once, until answered (OCPP 1.6 §3.7).

A payload is stored as it came and never changed; the ids in it are replaced on the way out. The CSMS's id of a
transaction is written once and before any later message of it leaves, so every try of a message has the same bytes.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection

from msgspec import Raw

from local_controller import chain
from local_controller.store import Store
from local_controller.tables import from_ms, to_ms

KEEP_DELIVERED = timedelta(days=30)  # as long as a charge point may come again with a message it saw no answer to


@dataclass(frozen=True, slots=True)
class Message:
    seq: int
    charge_point: str
    number: int  # counts the messages of this charge point
    action: str
    transaction_id: int | None
    payload: bytes
    digest: bytes
    failures: int
    csms_id: int | None

    def outgoing(self) -> Raw:
        return Raw(chain.sent(self.action, self.payload, self.transaction_id, self.csms_id))


def put_once(
    db: Connection,
    charge_point: str,
    action: str,
    payload: Raw,
    digest: bytes,
    at: datetime,
    transaction_id: int | None,
) -> bool:
    """Append it; False if it is there already. `transaction_id` as the message has it: noted if it is one of ours."""
    number, head = chain.next_confirmed(db, charge_point)
    [ours] = db.execute("SELECT (SELECT id FROM transactions WHERE id = ?)", (transaction_id,)).fetchone()
    head = chain.confirmed(head, number, action, ours, bytes(payload), to_ms(at))
    cursor = db.execute(
        "INSERT INTO messages (charge_point, number, action, transaction_id, payload, digest, received_at,"
        " confirmed_head) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (charge_point, digest) DO NOTHING",
        (charge_point, number, action, ours, bytes(payload), digest, to_ms(at), head),
    )
    if cursor.rowcount == 1:
        chain.note_confirmed(db, charge_point, number, head)
    return cursor.rowcount == 1


async def first(store: Store, charge_point: str, most: int) -> list[Message]:
    """The messages whose turn it is next, oldest first. What the CSMS calls their transactions is as of now: a start
    among them changes that for all behind it."""
    rows = await store.read(
        "SELECT m.seq, m.charge_point, m.number, m.action, m.transaction_id, m.payload, m.digest, m.failures, t.csms_id"
        " FROM messages m"
        " LEFT JOIN transactions t ON t.id = m.transaction_id AND t.charge_point = m.charge_point"
        " WHERE m.charge_point = ? AND m.delivered_at IS NULL ORDER BY m.seq LIMIT ?",
        (charge_point, most),
    )
    return [Message(*row) for row in rows]


def delivered(db: Connection, message: Message, at: datetime) -> None:
    head = chain.note_delivered(db, message.charge_point, message.number, message.action, bytes(message.outgoing()))
    db.execute(
        "UPDATE messages SET delivered_at = ?, delivered_head = ? WHERE seq = ?", (to_ms(at), head, message.seq)
    )


def failed(db: Connection, seq: int) -> None:
    db.execute("UPDATE messages SET failures = failures + 1 WHERE seq = ?", (seq,))


def set_aside(db: Connection, seq: int, reason: str) -> None:
    """Out of the queue and into quarantine, so that the rest can go on."""
    db.execute(
        "INSERT INTO quarantine (charge_point, action, payload, digest, reason, received_at)"
        " SELECT charge_point, action, payload, digest, ?, received_at FROM messages WHERE seq = ?"
        " ON CONFLICT DO NOTHING",
        (reason, seq),
    )
    db.execute("UPDATE messages SET delivered_at = -1 WHERE seq = ?", (seq,))


def quarantine_once(
    db: Connection, charge_point: str, action: str, payload: Raw, digest: bytes, reason: str, at: datetime
) -> bool:
    """Keep a message that cannot be read; False if it is there already."""
    cursor = db.execute(
        "INSERT INTO quarantine (charge_point, action, payload, digest, reason, received_at)"
        " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
        (charge_point, action, bytes(payload), digest, reason, to_ms(at)),
    )
    return cursor.rowcount == 1


async def waiting(store: Store) -> tuple[int, datetime | None]:
    """How many messages wait, and since when the oldest does. Asked often: it reads an index and one row."""
    [(count, oldest)] = await store.read(
        "SELECT count, (SELECT received_at + coalesce((SELECT offset_ms FROM spans"
        "  WHERE seq BETWEEN first_seq AND last_seq), 0) FROM messages WHERE seq = first) FROM"
        " (SELECT count(*) AS count, min(seq) AS first FROM messages WHERE delivered_at IS NULL)"
    )
    return count, None if oldest is None else from_ms(oldest)


async def quarantined(store: Store) -> int:
    [(count,)] = await store.read("SELECT count(*) FROM quarantine")
    return int(count)


def forget_delivered(db: Connection, now: datetime) -> None:
    """The oldest messages of each charge point, up to the first that still waits or is not old enough."""
    before = to_ms(now - KEEP_DELIVERED)
    for (charge_point,) in db.execute("SELECT charge_point FROM heads").fetchall():
        [kept] = db.execute(
            "SELECT min(number) FROM messages WHERE charge_point = ?"
            " AND (delivered_at IS NULL OR delivered_at >= ?)",
            (charge_point, before),
        ).fetchone()
        old = (charge_point, 2**62 if kept is None else kept)
        last = "FROM messages WHERE charge_point = ? AND number < ? AND {} ORDER BY number DESC LIMIT 1"
        confirmed = db.execute("SELECT number, confirmed_head " + last.format("1"), old).fetchone()
        if confirmed is None:
            continue
        delivered = db.execute("SELECT delivered_head " + last.format("delivered_head IS NOT NULL"), old).fetchone()
        db.execute(
            "UPDATE heads SET forgotten = ?, forgotten_head = ?,"
            " forgotten_delivered_head = coalesce(?, forgotten_delivered_head) WHERE charge_point = ?",
            (*confirmed, delivered[0] if delivered else None, charge_point),
        )
        db.execute("DELETE FROM messages WHERE charge_point = ? AND number < ?", old)
