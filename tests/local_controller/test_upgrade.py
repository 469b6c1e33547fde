"""Upgrade and rollback of a full database: nothing is lost, nothing goes twice, the books stay whole."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from local_controller import adoption, downgrade, keeping, queue, store, tables, transactions
from local_controller.audit import check
from local_controller.backup import DATABASE
from local_controller.charge_point import ChargePoint as Known
from local_controller.errors import StoreError
from local_controller.payloads import Start, digest, read
from local_controller.store import Store
from tests.local_controller.central import Central
from tests.local_controller.running import running
from tests.local_controller.wire import start_of, values_of

NOW = datetime.now(UTC)  # what is older than thirty days goes
SAMPLES = 500


@pytest.fixture
async def full(tmp_path: Path) -> Path:
    """Three charge points, one of them retired; two charge, one has told of all but the last of its samples."""
    path = tmp_path / "site" / DATABASE
    opened = await Store.open(path)
    names = []
    for serial in ("S1", "S2", "S3"):
        code, _ = await adoption.new_code(opened, NOW)
        names.append((await adoption.redeem(opened, code, serial, "demo", NOW)).identity)
    await keeping.rename(opened, names[0], "By the gate")
    await keeping.retire(opened, Known(names[2]), 0, NOW)
    for name in names[:2]:
        await opened.write(lambda db, name=name: _charge(db, name))  # type: ignore[misc]
    for message in await queue.first(opened, names[0], SAMPLES):
        await opened.write(lambda db, message=message: _delivered(db, message))  # type: ignore[misc]
    await opened.write(_cards)
    await opened.close()
    return path


def _charge(db: sqlite3.Connection, name: str) -> None:
    payload = msgspec.json.encode(start_of())
    start = read(Start, payload)
    ours = transactions.open_once(db, name, start).transaction_id
    queue.put_once(db, name, "StartTransaction", Raw(payload), transactions.start_digest(start), NOW, ours)
    for number in range(SAMPLES):
        payload = msgspec.json.encode(values_of(ours, 1000 + number))
        queue.put_once(db, name, "MeterValues", Raw(payload), digest("values", payload), NOW, ours)


def _delivered(db: sqlite3.Connection, message: queue.Message) -> None:
    if message.action == "StartTransaction":
        db.execute("UPDATE transactions SET csms_id = 7 WHERE id = ?", (message.transaction_id,))
    message = queue.Message(*[7 if name == "csms_id" else getattr(message, name) for name in message.__slots__])
    queue.delivered(db, message, NOW)


def _cards(db: sqlite3.Connection) -> None:
    db.execute("INSERT INTO id_tags (id_tag, status, seen_at, parent) VALUES ('a1', 'Blocked', 1, 'family')")
    db.execute("INSERT INTO local_list (edition, id_tag, status) VALUES (1, 'b2', 'Accepted')")
    db.execute("INSERT INTO settings (name, value) VALUES ('local_list', '{\"version\":4,\"edition\":1}')")
    db.execute(
        "INSERT INTO quarantine (charge_point, action, payload, digest, reason, received_at)"
        " VALUES ('demo-CP1', 'MeterValues', '{', 'd', 'no JSON', 1)"
    )


def told(path: Path) -> dict[str, list[Any]]:
    """What both versions know of, row by row."""
    with closing(sqlite3.connect(path)) as db:
        found = {
            table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall()
            for table in ("messages", "transactions", "heads", "spans", "quarantine", "connectors", "adoption_codes")
        }
        found["sequence"] = db.execute("SELECT name, seq FROM sqlite_sequence ORDER BY name").fetchall()
        found["cards"] = db.execute("SELECT id_tag, status, seen_at FROM id_tags").fetchall()
        return found


def version(path: Path) -> int:
    with closing(sqlite3.connect(path)) as db:
        return int(db.execute("PRAGMA user_version").fetchone()[0])


async def test_back_to_the_version_before_and_up_again_with_everything_in_it(full: Path, central: Central) -> None:
    before, books = told(full), check(full)
    assert downgrade.downgrade(full, 2) == 3
    assert (version(full), told(full), check(full)) == (2, before, books)
    with closing(sqlite3.connect(full)) as db:
        # what version 2 has no word for must not open a door there
        assert db.execute("SELECT count(*) FROM charge_points WHERE key_hash = ''").fetchone() == (1,)
        assert "retired_at" not in [row[1] for row in db.execute("PRAGMA table_info(charge_points)")]
    await (await Store.open(full)).close()
    assert (version(full), told(full), check(full)) == (tables.VERSION, before, books)
    assert books == (2 * (SAMPLES + 1), [])
    assert sum(row[-3] is None for row in before["messages"]) == SAMPLES + 2  # wait for the central system
    async with running(full.parent, central) as site:
        await site.all_delivered(60)
    assert check(full) == books
    kept = {name: [r for r in central.received if r.identity == name and r.action != "BootNotification"]
            for name in ("demo-CP1", "demo-CP2")}  # fmt: skip
    # one message of the one waited, and all of the other
    assert [r.payload["transactionId"] for r in kept["demo-CP1"]] == [7]
    assert [r.action for r in kept["demo-CP2"]] == ["StartTransaction"] + ["MeterValues"] * SAMPLES


@pytest.mark.parametrize("broken_at", range(len(tables.TO_3)))
async def test_an_upgrade_that_is_interrupted_leaves_the_version_it_had(
    full: Path, broken_at: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    downgrade.downgrade(full, 2)
    before = told(full)
    steps = (*tables.TO_3[:broken_at], "INSERT INTO nowhere VALUES (1)", *tables.TO_3[broken_at:])
    monkeypatch.setattr(store.tables, "TO_3", steps)
    with pytest.raises(StoreError):
        await Store.open(full)
    assert (version(full), told(full)) == (2, before)
    monkeypatch.undo()
    await (await Store.open(full)).close()
    assert (version(full), told(full)) == (tables.VERSION, before)


def test_there_is_no_way_back_to_what_nobody_remembers_or_from_what_is_not_known(full: Path, tmp_path: Path) -> None:
    for to in (0, 1, 3, 4):
        with pytest.raises(StoreError, match="the ways back are to: 2"):
            downgrade.downgrade(full, to)
    assert version(full) == 3
    with closing(sqlite3.connect(full)) as db:
        db.execute("PRAGMA user_version=99")
    with pytest.raises(StoreError, match="use a newer one"):
        downgrade.downgrade(full, 2)
    with pytest.raises(StoreError, match="no database"):
        downgrade.downgrade(tmp_path / "none.db", 2)


def test_nobody_is_locked_out_whose_new_key_version_2_would_not_know(full: Path) -> None:
    with closing(sqlite3.connect(full)) as db, db:
        db.execute("UPDATE charge_points SET next_key_hash = 'new' WHERE identity IN ('demo-CP1', 'demo-CP3')")
    with pytest.raises(StoreError, match=r": demo-CP1 got a new key"):  # the third is retired
        downgrade.downgrade(full, 2)
    assert version(full) == 3
    with closing(sqlite3.connect(full)) as db, db:
        db.execute("UPDATE charge_points SET next_key_hash = NULL WHERE identity = 'demo-CP1'")
    assert downgrade.downgrade(full, 2) == 3
