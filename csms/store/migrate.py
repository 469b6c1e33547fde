"""Brings a database to this version's tables. A database from a newer version is refused."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, inspect, text

from csms.domain.errors import CannotStart
from csms.store.database import Database

_SCRIPTS = Path(__file__).parent / "migrations"


class NewerDatabase(CannotStart):
    pass


async def migrate(database: Database) -> str:
    """Upgrade to the newest revision; return it."""
    async with database.writing.connect() as connection, connection.begin():
        await connection.run_sync(_upgrade)
    return newest()


def newest() -> str:
    head = ScriptDirectory(str(_SCRIPTS)).get_current_head()
    assert head is not None  # the package always holds one
    return head


def config(connection: Connection) -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(_SCRIPTS))
    settings.attributes["connection"] = connection
    return settings


def _upgrade(connection: Connection) -> None:
    try:
        command.upgrade(config(connection), "head")
    except CommandError as error:
        found = "an unknown revision"
        if inspect(connection).has_table("alembic_version"):
            found = str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())
        raise NewerDatabase(f"the database is at revision {found}, which this version does not know") from error
