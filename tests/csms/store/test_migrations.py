from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, inspect, text

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
