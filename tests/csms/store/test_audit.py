"""The audit log in the database: chained as it is written, whole when its oldest rows are forgotten."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import text, update

from csms.domain.audit_chain import BEGINNING, Mark
from csms.store import audit, users
from csms.store.audit import AuditCheck
from csms.store.database import Database
from csms.store.tables import audit_head
from csms.store.writer import Writer

START = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)


async def written(writer: Writer, rows: int) -> None:
    async def work(db: object) -> None:
        admin = await users.create(db, "a@x.example", "A", "hash", "admin", START)  # type: ignore[arg-type]
        for number in range(rows):
            at = START + timedelta(days=number)
            await audit.add(db, admin.id, "POST", "/api/sites", "/api/sites", 201, "::1", at, "ü")  # type: ignore[arg-type]

    await writer.write(work)


async def checked(database: Database, noted: Mark | None = None) -> AuditCheck:
    async with database.read() as db:
        return await audit.check(db, noted)


async def tampered(database: Database, sql: str) -> AuditCheck:
    async with database.writing.begin() as db:
        await db.execute(text(sql))
    return await checked(database)


async def test_an_empty_log_is_whole_and_has_no_head(database: Database) -> None:
    assert await checked(database) == AuditCheck(0, None, [])


async def test_what_is_written_is_chained_and_the_newest_row_is_the_head(database: Database, writer: Writer) -> None:
    await written(writer, 4)
    found = await checked(database)
    assert (found.rows, found.findings) == (4, [])
    assert found.head is not None
    assert (found.head.id, found.head.at, len(found.head.hash)) == (4, START + timedelta(days=3), 64)
    assert (await checked(database, Mark(4, found.head.hash))).findings == []
    assert (await checked(database, Mark(4, "f" * 64))).findings != []


async def test_a_row_that_was_tampered_with_is_named(database: Database, writer: Writer) -> None:
    await written(writer, 4)
    found = await tampered(database, "UPDATE audit SET path = '/api/elsewhere' WHERE id = 4")
    assert found.findings == ["row 4 was changed after it was written"]
    found = await tampered(database, "DELETE FROM audit WHERE id = 2")
    assert found.findings == ["row 2 was deleted", "row 4 was changed after it was written"]
    assert (await tampered(database, "DELETE FROM audit_head")).findings == ["the head of the log is gone"]


async def test_forgetting_the_oldest_leaves_a_whole_chain_and_all_of_them_too(
    database: Database, writer: Writer
) -> None:
    await written(writer, 4)
    before = await checked(database)
    assert before.head is not None
    assert await writer.write(lambda db: audit.forget(db, START + timedelta(days=2))) == 2
    found = await checked(database, Mark(4, before.head.hash))
    assert (found.rows, found.findings, found.head) == (2, [], before.head)
    assert await writer.write(lambda db: audit.forget(db, START + timedelta(days=9))) == 2
    assert await checked(database) == AuditCheck(0, None, [])
    await writer.write(lambda db: audit.add(db, 1, "POST", "/", "/", 200, "::1", START))
    found = await checked(database)
    assert (found.rows, found.findings) == (1, [])
    assert found.head is not None
    assert found.head.id == 5


async def test_rows_from_before_the_chain_are_left_as_they_are(database: Database, writer: Writer) -> None:
    """As the migration finds them: without a hash, the chain begins behind them."""
    await written(writer, 3)
    async with database.writing.begin() as db:
        await db.execute(text("UPDATE audit SET hash = ''"))
        begins = {"forgotten_id": 3, "forgotten_hash": BEGINNING, "last_hash": BEGINNING}
        await db.execute(update(audit_head).values(begins))
    assert (await checked(database)).findings == []
    await writer.write(lambda db: audit.add(db, 1, "POST", "/", "/", 200, "::1", START + timedelta(days=5)))
    assert await writer.write(lambda db: audit.forget(db, START + timedelta(days=1))) == 1
    found = await checked(database)
    assert (found.rows, found.findings) == (1, [])
