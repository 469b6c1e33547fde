"""All that makes a controller this one, in one file, and back again on a new disk.

What was given out since the backup is not in it, so a restored controller begins its transaction ids above every one
that can have been given out: no charge point ever sees one twice. What is missing in its books the next audit names.
"""

import io
import os
import sqlite3
import tarfile
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from local_controller import tables
from local_controller.errors import BackupError
from local_controller.identity import FILE_NAME as SITE_KEY

DATABASE = "site.db"
FILES = (DATABASE, SITE_KEY, "serial", "ca.pem", "ca-key.pem", "server.pem")
MOST_BYTES = 16 * 2**30
# More than a site starts between two backups, should the clock be wrong; at the seconds' pace it is eleven days.
ID_GAP = 1_000_000
COPY_PAGES = 2_000  # at once; in between the controller writes


def make(data_dir: Path, to: Path) -> int:
    """Write a backup of a controller that may be running; its size in bytes. `to` is replaced whole or not at all."""
    if not (data_dir / DATABASE).exists():
        raise BackupError(f"{data_dir}: there is no database to back up")
    fresh, copy = to.with_name(f"{to.name}.new"), data_dir / "backup.db"
    try:
        _copy(data_dir / DATABASE, copy)
        with _private(fresh) as file, tarfile.open(fileobj=file, mode="w") as tar:
            for name in FILES:
                path = copy if name == DATABASE else data_dir / name
                if path.exists():
                    tar.add(path, arcname=name)
        size = fresh.stat().st_size
        fresh.replace(to)
        _note(data_dir / DATABASE)
    except (OSError, sqlite3.Error) as problem:
        raise BackupError(f"{to}: {problem}") from None
    finally:
        fresh.unlink(missing_ok=True)
        copy.unlink(missing_ok=True)
    return size


def restore(data_dir: Path, source: Path, now: datetime, *, replace: bool) -> int:
    """Put a backup into `data_dir`, which no controller may be using; the first transaction id it will give out.
    `replace`: what is there is set aside, not deleted."""
    if (data_dir / DATABASE).exists() and not replace:
        raise BackupError(f"{data_dir} has a database already: --replace sets it aside")
    data_dir.mkdir(parents=True, exist_ok=True)
    unpacked = data_dir / "restore.new"
    _empty(unpacked)
    unpacked.mkdir(mode=0o700)
    try:
        _unpack(source, unpacked)
        first_id = _go_above(unpacked / DATABASE, now, _last_id(data_dir / DATABASE))
        _exchange(data_dir, unpacked)
    except (OSError, tarfile.TarError, sqlite3.Error) as problem:
        raise BackupError(f"{source}: {problem}") from None
    finally:
        _empty(unpacked)
    return first_id


def last(value: str | None) -> datetime | None:
    """When the last one was made, from the setting."""
    return datetime.fromisoformat(value) if value else None


def _copy(database: Path, to: Path) -> None:
    to.unlink(missing_ok=True)
    to.touch(mode=0o600)
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(to)) as target:
        source.backup(target, pages=COPY_PAGES, sleep=0.01)
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without companions


def _note(database: Path) -> None:
    with closing(sqlite3.connect(database, timeout=10)) as db, db:
        db.execute(
            "INSERT INTO settings (name, value) VALUES ('backed_up', ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (datetime.now(UTC).isoformat(timespec="seconds"),),
        )


def _private(path: Path) -> io.BufferedWriter:
    path.unlink(missing_ok=True)
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _unpack(source: Path, into: Path) -> None:
    """Only files that a backup has, each where it belongs, whatever the archive says."""
    with tarfile.open(source, mode="r:") as tar:
        for member in tar:
            if member.name not in FILES or not member.isfile() or member.size > MOST_BYTES:
                raise BackupError(f"{source}: {member.name[:100]!r} does not belong into a backup")
            content = tar.extractfile(member)
            assert content is not None  # it is a file
            with _private(into / member.name) as file:
                while piece := content.read(2**20):
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
    if not (into / DATABASE).exists():
        raise BackupError(f"{source}: holds no database")


def _go_above(database: Path, now: datetime, known_id: int) -> int:
    with closing(sqlite3.connect(database)) as db, db:
        [(state,)] = db.execute("PRAGMA quick_check").fetchall()[:1]
        if state != "ok":
            raise BackupError(f"the database in the backup is damaged: {state}")
        [(version,)] = db.execute("PRAGMA user_version")
        if not 0 < version <= tables.VERSION:
            raise BackupError(f"the backup is of version {version}, this one knows {tables.VERSION}: upgrade first")
        [(given,)] = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'transactions'")
        by_clock = int((now - tables.EPOCH).total_seconds())
        last_id: int = max(given + ID_GAP, known_id, by_clock)
        db.execute("UPDATE sqlite_sequence SET seq = ? WHERE name = 'transactions'", (last_id,))
    return last_id + 1


def _last_id(database: Path) -> int:
    """The last id given out by what is there now; 0 if that cannot be read."""
    if not database.exists():
        return 0
    try:
        with closing(sqlite3.connect(database)) as db:
            rows = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'transactions'").fetchall()
    except sqlite3.Error:
        return 0
    return int(rows[0][0]) if rows else 0


def _exchange(data_dir: Path, unpacked: Path) -> None:
    suffix = f".before-{int(time.time())}"
    for name in (*FILES, f"{DATABASE}-wal", f"{DATABASE}-shm"):
        path = data_dir / name
        if path.exists() and (name.startswith(DATABASE) or (unpacked / name).exists()):
            path.rename(path.with_name(name + suffix))
    for name in FILES:
        if (unpacked / name).exists():
            (unpacked / name).rename(data_dir / name)
    folder = os.open(data_dir, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def _empty(folder: Path) -> None:
    if folder.is_dir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
