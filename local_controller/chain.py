"""Two running hashes for each charge point: over what was confirmed to it, and over what was delivered to the CSMS.

Each link takes in the one before, so a row that was changed, deleted, swapped or put back breaks the chain at its
place; `audit.py` walks it. Kept in the same commit as the row itself. What cannot be read is in quarantine, not here.
"""

import hashlib
from sqlite3 import Connection

from local_controller.payloads import with_transaction_id

NO_ID = -1  # what a charge point itself says when it never learnt an id (OCPP 1.6 errata 3.18)
START = bytes(16)


def link(head: bytes, *parts: object) -> bytes:
    """The head after an entry of these parts; each is framed by its length, so that none can lend to the next."""
    running = hashlib.blake2b(head, digest_size=16)
    for part in parts:
        data = part if isinstance(part, bytes) else str(part).encode()
        running.update(len(data).to_bytes(4, "big") + data)
    return running.digest()


def confirmed(
    head: bytes, number: int, action: str, transaction_id: int | None, payload: bytes, received_at: int
) -> bytes:
    return link(head, number, action, transaction_id, payload, received_at)


def delivered(head: bytes, number: int, action: str, outgoing: bytes) -> bytes:
    """`outgoing`: the payload with the CSMS's transaction id, as it was sent."""
    return link(head, number, action, outgoing)


def next_confirmed(db: Connection, charge_point: str) -> tuple[int, bytes]:
    """The number of the next message of this charge point, and the head it follows."""
    row = db.execute("SELECT confirmed, confirmed_head FROM heads WHERE charge_point = ?", (charge_point,)).fetchone()
    return (row[0] + 1, row[1]) if row else (1, START)


def note_confirmed(db: Connection, charge_point: str, number: int, head: bytes) -> None:
    db.execute(
        "INSERT INTO heads (charge_point, confirmed, confirmed_head) VALUES (?, ?, ?) ON CONFLICT (charge_point)"
        " DO UPDATE SET confirmed = excluded.confirmed, confirmed_head = excluded.confirmed_head",
        (charge_point, number, head),
    )


def note_delivered(db: Connection, charge_point: str, number: int, action: str, outgoing: bytes) -> bytes:
    """The head after this delivery."""
    [before] = db.execute("SELECT delivered_head FROM heads WHERE charge_point = ?", (charge_point,)).fetchone()
    head = delivered(before, number, action, outgoing)
    db.execute(
        "UPDATE heads SET delivered = delivered + 1, delivered_head = ? WHERE charge_point = ?", (head, charge_point)
    )
    return head


def begin(db: Connection) -> None:
    """For a database from before the chain: link what is there. What was delivered then is taken on trust."""
    heads: dict[str, tuple[int, bytes]] = {}
    last = 0
    while rows := db.execute(_ROWS, (last, _AT_ONCE)).fetchall():
        for seq, charge_point, action, transaction_id, payload, received_at, delivered_at, csms_id in rows:
            number, head = heads.get(charge_point, (0, START))
            number += 1
            head = confirmed(head, number, action, transaction_id, payload, received_at)
            heads[charge_point] = number, head
            note_confirmed(db, charge_point, number, head)
            north = None
            if delivered_at is not None and delivered_at > 0:
                outgoing = sent(action, payload, transaction_id, csms_id)
                north = note_delivered(db, charge_point, number, action, outgoing)
            db.execute(
                "UPDATE messages SET number = ?, confirmed_head = ?, delivered_head = ? WHERE seq = ?",
                (number, head, north, seq),
            )
            last = seq


_AT_ONCE = 1000
_ROWS = (
    "SELECT m.seq, m.charge_point, m.action, m.transaction_id, m.payload, m.received_at, m.delivered_at, t.csms_id"
    " FROM messages m LEFT JOIN transactions t ON t.id = m.transaction_id AND t.charge_point = m.charge_point"
    " WHERE m.seq > ? ORDER BY m.seq LIMIT ?"
)


def sent(action: str, payload: bytes, transaction_id: int | None, csms_id: int | None) -> bytes:
    """What the CSMS gets: with its own id, or -1 for one of ours that it never gave an id."""
    if transaction_id is None or action == "StartTransaction":
        return payload
    return bytes(with_transaction_id(payload, NO_ID if csms_id is None else csms_id))
