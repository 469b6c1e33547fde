"""The running hashes: whatever is done to the rows of either side behind its back is found, with its place."""

import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec import Raw

from local_controller import chain, queue, tables, transactions
from local_controller.audit import Finding, check
from local_controller.downgrade import BACK_TO
from local_controller.payloads import Start, digest, read
from local_controller.store import Store
from tests.local_controller.wire import start_of, stop_of, values_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def database(tmp_path: Path) -> Path:
    """Two charge points with ten messages each, of which the first seven are delivered."""
    path = tmp_path / "site.db"
    store = await Store.open(path)
    for name in ("CP1", "CP2"):
        await store.write(lambda db, name=name: fill(db, name))  # type: ignore[misc]
        for message in (await queue.first(store, name, 7)):
            await store.write(lambda db, message=message: deliver(db, message))  # type: ignore[misc]
    await store.close()
    return path


def fill(db: sqlite3.Connection, name: str) -> None:
    payload = msgspec.json.encode(start_of())
    ours = transactions.open_once(db, name, read(Start, payload)).transaction_id
    for number in range(10):
        if number == 0:
            action = "StartTransaction"
        elif number < 9:
            action, payload = "MeterValues", msgspec.json.encode(values_of(ours, 1000 + number))
        else:
            action, payload = "StopTransaction", msgspec.json.encode(stop_of(ours))
        assert queue.put_once(db, name, action, Raw(payload), digest(name, number), NOW, ours)
        assert not queue.put_once(db, name, action, Raw(payload), digest(name, number), NOW, ours)


def deliver(db: sqlite3.Connection, message: queue.Message) -> None:
    if message.action == "StartTransaction":
        db.execute("UPDATE transactions SET csms_id = 7 WHERE id = ?", (message.transaction_id,))
    else:
        [(csms_id,)] = db.execute("SELECT csms_id FROM transactions WHERE id = ?", (message.transaction_id,)).fetchall()
        message = replace(message, csms_id=csms_id)
    queue.delivered(db, message, NOW)


def tamper(path: Path, *statements: str) -> list[Finding]:
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)
    return check(path)[1]


def places(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(f.charge_point, f.where) for f in findings]


async def test_whole_books_are_found_whole(database: Path) -> None:
    assert check(database) == (20, [])


OF_CP1 = "WHERE charge_point = 'CP1'"


@pytest.mark.parametrize(
    ("what", "statements", "where"),
    [
        ("one deleted", [f"DELETE FROM messages {OF_CP1} AND number = 4"], ["message 4"]),
        ("some deleted", [f"DELETE FROM messages {OF_CP1} AND number IN (4, 5)"], ["message 4 to 5"]),
        ("the newest deleted", [f"DELETE FROM messages {OF_CP1} AND number > 8"], ["message 9 to 10"]),
        ("the oldest deleted", [f"DELETE FROM messages {OF_CP1} AND number < 3"], ["message 1 to 2"]),
        ("all deleted", [f"DELETE FROM messages {OF_CP1}"], ["message 1 to 10"]),
        (
            "a register lowered",
            [f"UPDATE messages SET payload = replace(payload, '1003', '1001') {OF_CP1} AND number = 4"],
            ["message 4", "message 4"],  # it was delivered too, and not so
        ),
        (
            "two payloads swapped, not delivered yet",
            [
                f"CREATE TEMP TABLE s AS SELECT number, payload FROM messages {OF_CP1} AND number IN (8, 9)",
                f"UPDATE messages SET payload = (SELECT payload FROM s WHERE s.number = 17 - messages.number) {OF_CP1}"
                " AND number IN (8, 9)",
            ],
            ["message 8", "message 9"],
        ),
        (
            "the order changed",
            [f"UPDATE messages SET seq = (SELECT max(seq) + 1 FROM messages) {OF_CP1} AND number = 8"],
            ["message 8", "message 8", "message 10"],  # gone there, out of place here, and the wrong end
        ),
        ("never delivered", [f"UPDATE messages SET delivered_at = 1 {OF_CP1} AND number = 8"], ["message 8"]),
        ("to go again", [f"UPDATE messages SET delivered_at = NULL {OF_CP1} AND number = 7"], ["message 7"]),
        (
            "its time changed",
            [f"UPDATE messages SET received_at = received_at + 1 {OF_CP1} AND number = 10"],
            ["message 10"],
        ),
        (
            "the id of a transaction changed",
            ["UPDATE transactions SET csms_id = 8 WHERE charge_point = 'CP1'"],
            [f"message {n}" for n in range(2, 8)],
        ),
        ("the head deleted", [f"DELETE FROM heads {OF_CP1}"], ["all messages"]),
    ],
)  # fmt: skip
async def test_what_is_done_to_rows_is_found_in_its_place(
    database: Path, what: str, statements: list[str], where: list[str]
) -> None:
    found = places(tamper(database, *statements))
    assert [name for name, _ in found] == ["CP1"] * len(where)
    assert [one for _, one in found] == where


async def test_a_row_that_is_put_in_is_found(database: Path) -> None:
    found = tamper(
        database,
        "INSERT INTO messages (charge_point, number, action, payload, digest, received_at, confirmed_head)"
        " VALUES ('CP1', 11, 'MeterValues', '{}', 'x', 0, 'y')",
    )
    assert ("CP1", "message 11 to 11") in places(found)


async def test_what_is_old_enough_is_forgotten_and_the_rest_still_holds(database: Path) -> None:
    store = await Store.open(database)
    later = NOW + queue.KEEP_DELIVERED + timedelta(hours=1)
    await store.write(lambda db: queue.forget_delivered(db, later))
    await store.close()
    assert check(database) == (6, [])  # three of each wait
    assert places(tamper(database, f"DELETE FROM messages {OF_CP1} AND number = 8")) == [("CP1", "message 8")]
    assert places(tamper(database, "DELETE FROM messages WHERE charge_point = 'CP2'")) == [
        ("CP1", "message 8"),
        ("CP2", "message 8 to 10"),
    ]


async def test_a_database_from_before_the_local_list_keeps_its_books_and_its_cards(database: Path) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        db.execute("INSERT INTO id_tags (id_tag, status, seen_at) VALUES ('a1', 'Blocked', 1)")
        for statement in (*BACK_TO[2], "PRAGMA user_version=2"):
            db.execute(statement)
    store = await Store.open(database)
    assert await store.read("PRAGMA user_version") == [(tables.VERSION,)]
    assert await store.read("SELECT id_tag, status, parent FROM id_tags") == [("a1", "Blocked", None)]
    await store.close()
    assert check(database) == (20, [])


async def test_a_database_from_before_the_running_hashes_is_taken_over_whole(database: Path, tmp_path: Path) -> None:
    """Made a version 1 again, with what is in it."""
    with closing(sqlite3.connect(database, isolation_level=None)) as db:
        before = db.execute("SELECT seq, charge_point, payload, delivered_at FROM messages ORDER BY seq").fetchall()
        for statement in (
            *BACK_TO[2], "DROP INDEX messages_numbered", "DROP TABLE heads", "DROP TABLE spans",
            *(f"ALTER TABLE messages DROP COLUMN {c}" for c in ("number", "confirmed_head", "delivered_head")),
            "CREATE INDEX messages_delivered ON messages (delivered_at) WHERE delivered_at > 0",
            "PRAGMA user_version=1",
        ):  # fmt: skip
            db.execute(statement)
    store = await Store.open(database)
    after = await store.read("SELECT seq, charge_point, payload, delivered_at FROM messages ORDER BY seq")
    [[version]] = await store.read("PRAGMA user_version")
    await store.write(lambda db: queue.put_once(db, "CP1", "MeterValues", Raw(b"{}"), b"new", NOW, None))
    await store.close()
    assert (version, after) == (tables.VERSION, before)
    assert check(database) == (21, [])
    assert places(tamper(database, f"DELETE FROM messages {OF_CP1} AND number = 4")) == [("CP1", "message 4")]


async def test_the_command_says_where_and_ends_with_one(database: Path) -> None:
    config = database.with_name("site.toml")
    config.write_text(f'data_dir = "{database.parent}"\n')
    command = [sys.executable, "-m", "local_controller.main", "audit", "--config", str(config)]
    whole = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: ASYNC221
    assert (whole.returncode, whole.stdout.splitlines()[-1]) == (0, "the books are whole")
    tamper(database, f"DELETE FROM messages {OF_CP1} AND number = 4")
    torn = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: ASYNC221
    assert torn.returncode == 1
    assert "CP1: message 4: was deleted" in torn.stdout


def test_no_part_of_a_link_can_lend_to_the_next() -> None:
    assert chain.link(b"", "ab", "c") != chain.link(b"", "a", "bc")
