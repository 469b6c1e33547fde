from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from csms.domain import ledger as bookings
from csms.store import cards, charge_points, connectors, ledger, sites, transactions, users
from csms.store.database import Database
from csms.store.migrate import NewerDatabase, config, migrate, newest
from csms.store.tables import metadata


async def test_a_migrated_database_has_the_tables_the_code_knows(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with database.writing.connect() as db:
        assert await db.run_sync(differences) == []


async def test_migrating_again_changes_nothing(database: Database) -> None:
    assert await migrate(database) == newest()


async def test_the_way_down_leaves_nothing_behind(database: Database) -> None:
    def down(connection: Connection) -> list[str]:
        command.downgrade(config(connection), "base")
        return inspect(connection).get_table_names()

    async with database.writing.connect() as db, db.begin():
        assert set(await db.run_sync(down)) <= {"alembic_version", "sqlite_sequence"}
    assert await migrate(database) == newest()


async def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'newer.sqlite3'}")
    await migrate(opened)
    async with opened.writing.begin() as db:
        await db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerDatabase, match="9999"):
        await migrate(opened)
    await opened.close()


async def test_each_step_down_and_up_again_keeps_what_people_had(database: Database) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)
    async with database.writing.connect() as db, db.begin():
        dora = await users.create(db, "dora@example.org", "Dora", "hash", "driver", now)
        site = await sites.create(db, "Yard", "UTC", now)
        point = await charge_points.create(db, "CP1", site.id, now)
        await connectors.ensure(db, point, 2)
        await cards.create(db, "CARD", dora.id, None, now)
        await ledger.book(db, bookings.start_credit(dora.id, 500), now)
        start = transactions.Start(point, 1, "CARD", 0, now, dora.id, "Accepted", 45, now)
        await transactions.open_once(db, start)

    def kept(connection: Connection) -> list[object]:
        asked = (
            'SELECT email, name, role FROM "user"',
            "SELECT id_tag, user_id FROM card",
            "SELECT identity FROM charge_point",
            "SELECT number FROM connector",
            'SELECT id_tag, meter_start_wh FROM "transaction"',
            "SELECT amount_cents FROM ledger_entry ORDER BY id",
            "SELECT kind, reason FROM booking",
        )
        return [connection.execute(text(sql)).fetchall() for sql in asked]

    def down_and_up(connection: Connection) -> None:
        before = kept(connection)
        steps = list(ScriptDirectory.from_config(config(connection)).walk_revisions())
        for step in steps[:-1]:  # all but the first revision, which makes the tables themselves
            command.downgrade(config(connection), step.down_revision)
            assert kept(connection) == before, f"down from {step.revision}"
        for step in reversed(steps[:-1]):
            command.upgrade(config(connection), step.revision)
            assert kept(connection) == before, f"up to {step.revision}"

    async with database.writing.connect() as db, db.begin():
        await db.run_sync(down_and_up)
        assert (await ledger.totals(db)).sound
        assert await ledger.balance_cents(db, dora.id) == 500
    async with database.writing.connect() as db, db.begin():  # and what was booked before is as final as ever
        with pytest.raises(DBAPIError, match="final"):
            await db.execute(text("UPDATE booking SET reason = 'other'"))
