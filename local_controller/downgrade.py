"""The way back: what a database needs so that an older version of the controller opens it, with all that it holds.

Only what the older version does not know is lost: the local list (the CSMS sends it again), names, groups of cards.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from local_controller import tables
from local_controller.errors import StoreError

# To that version, from the one after it. A retired charge point has no key any more: the older version would let it in.
BACK_TO: dict[int, tuple[str, ...]] = {
    2: (
        "UPDATE charge_points SET key_hash = '' WHERE retired_at IS NOT NULL",
        "DROP TABLE local_list",
        "DELETE FROM settings WHERE name = 'local_list'",
        "ALTER TABLE id_tags DROP COLUMN parent",
        "ALTER TABLE charge_points DROP COLUMN name",
        "ALTER TABLE charge_points DROP COLUMN retired_at",
        "ALTER TABLE charge_points DROP COLUMN next_key_hash",
    ),
}


def downgrade(database: Path, to: int) -> int:
    """All or nothing; nothing may be running on it. The version it had; StoreError if there is no way."""
    if not database.exists():
        raise StoreError(f"{database}: there is no database")
    try:
        with closing(sqlite3.connect(database, isolation_level=None)) as db:
            db.execute("PRAGMA synchronous=FULL")
            [[version]] = db.execute("PRAGMA user_version")
            if version > tables.VERSION:
                raise StoreError(f"{database}: of version {version}, which this program does not know: use a newer one")
            steps = range(version - 1, to - 1, -1)
            if to >= version or not all(step in BACK_TO for step in steps):
                known = ", ".join(str(step) for step in sorted(BACK_TO) if step < version) or "none"
                raise StoreError(f"{database}: is of version {version}; the ways back are to: {known}")
            db.execute("BEGIN IMMEDIATE")
            try:
                if to < 3:
                    _no_key_is_half_changed(db, database)
                for step in steps:
                    for statement in BACK_TO[step]:
                        db.execute(statement)
                db.execute(f"PRAGMA user_version={to}")
                db.execute("COMMIT")
            except BaseException:
                db.execute("ROLLBACK")
                raise
    except sqlite3.Error as problem:
        raise StoreError(f"{database}: {problem}") from None
    return int(version)


def _no_key_is_half_changed(db: sqlite3.Connection, database: Path) -> None:
    """Version 2 knows the old one alone: who has taken its new key already would find the door locked."""
    told = db.execute(
        "SELECT identity FROM charge_points WHERE next_key_hash IS NOT NULL AND retired_at IS NULL ORDER BY identity"
    ).fetchall()
    if told:
        names = ", ".join(identity for (identity,) in told)
        raise StoreError(
            f"{database}: {names} got a new key and did not come with it yet; version 2 would know the old one alone:"
            " run this version until they have connected with it, or retire them"
        )
