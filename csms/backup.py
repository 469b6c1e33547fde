"""One file with everything a CSMS would miss: the database as it is at one moment, its keys, and what was uploaded.

With SQLite it may be made while the CSMS runs. PostgreSQL has its own tools (pg_dump), which are better at it.
"""

import contextlib
import io
import json
import os
import shutil
import socket
import sqlite3
import tarfile
import tempfile
from pathlib import Path

from csms.config import Settings
from csms.domain.errors import CannotStart
from csms.store.migrate import newest

_DATABASE = "csms.sqlite3"
_KEYS = ("secret.key", "push.key", "charge-point-ca.pem", "charge-point-ca-key.pem")
_FOLDERS = ("uploads", "firmware")
_ABOUT = "about.json"
_FORM = 1


class CannotBackUp(CannotStart):
    """One line for the person at the keyboard."""


def back_up(settings: Settings, to: Path) -> int:
    """Write it and return its size in bytes. There is either the whole file or none. Readable by its owner alone."""
    _must_be_sqlite(settings)
    source = settings.data_dir / _DATABASE
    if not source.is_file():
        raise CannotBackUp(f"{source}: there is no database to back up")
    if to.exists():
        raise CannotBackUp(f"{to} exists: a backup overwrites nothing")
    with tempfile.TemporaryDirectory(dir=to.absolute().parent, prefix=".backup-") as folder:
        copy = Path(folder) / _DATABASE
        revision = _copy(source, copy)
        draft = Path(folder) / "draft.tar"
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w:gz", compresslevel=3) as tar:
                about = json.dumps({"form": _FORM, "revision": revision}).encode()
                head = tarfile.TarInfo(_ABOUT)
                head.size = len(about)
                tar.addfile(head, io.BytesIO(about))
                tar.add(copy, _DATABASE)
                for name in (*_KEYS, *_FOLDERS):
                    if (settings.data_dir / name).exists():
                        tar.add(settings.data_dir / name, name)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(to)
    return to.stat().st_size


def restore(settings: Settings, from_file: Path) -> Path | None:
    """Put it in the place of what is there; return where that was moved to (None: there was nothing).

    CannotBackUp, and nothing changed, if a CSMS runs on the data folder, or the file is none of ours, damaged, or from
    a newer version.
    """
    _must_be_sqlite(settings)
    if _runs(settings):
        raise CannotBackUp("a CSMS is running on this data folder: stop it first")
    parent = settings.data_dir.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=".restore-") as folder:
        fresh = Path(folder) / "data"
        fresh.mkdir(mode=0o700)
        _unpack(from_file, fresh)
        moved = None
        if settings.data_dir.exists():
            moved = _free_name(settings.data_dir)
            settings.data_dir.rename(moved)
        fresh.rename(settings.data_dir)
    return moved


def _copy(source: Path, copy: Path) -> str:
    """By SQLite itself, page by page: what is committed meanwhile is in it or not, but never half."""
    with (
        contextlib.closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as live,
        contextlib.closing(sqlite3.connect(copy)) as out,
    ):
        live.backup(out)
        return _revision(out, source)


def _unpack(file: Path, to: Path) -> None:
    try:
        with tarfile.open(file, "r:gz") as tar:
            for member in tar:
                _put(tar, member, to)
        about = json.loads((to / _ABOUT).read_text())
        if about["form"] != _FORM:
            raise CannotBackUp(f"{file} is from a version that this one does not know")
    except FileNotFoundError:
        raise CannotBackUp(f"{file}: there is no such file, or it is no backup of a CSMS") from None
    except (tarfile.TarError, OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise CannotBackUp(f"{file} is no backup of a CSMS, or it is damaged: {error}") from None
    (to / _ABOUT).unlink()
    try:
        with contextlib.closing(sqlite3.connect(to / _DATABASE)) as db:
            word = db.execute("PRAGMA integrity_check").fetchone()[0]
            revision = _revision(db, file)
    except sqlite3.Error as error:
        raise CannotBackUp(f"{file}: its database is damaged: {error}") from None
    if word != "ok":
        raise CannotBackUp(f"{file}: its database is damaged: {word}")
    if revision > newest():
        raise CannotBackUp(f"{file} is at revision {revision}, which this version does not know")


def _put(tar: tarfile.TarFile, member: tarfile.TarInfo, to: Path) -> None:
    """Only what a backup holds, and only where it belongs."""
    parts = Path(member.name).parts
    ours = member.name in (_ABOUT, _DATABASE, *_KEYS) or (parts[0] in _FOLDERS and len(parts) <= 2)
    if not ours or ".." in parts or not (member.isfile() or member.isdir()):
        raise ValueError(f"{member.name[:100]!r} does not belong there")
    if member.isdir():
        (to / member.name).mkdir(mode=0o700)
        return
    content = tar.extractfile(member)
    assert content is not None  # a file has one
    with open(os.open(to / member.name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        shutil.copyfileobj(content, out)


def _revision(db: sqlite3.Connection, of: Path) -> str:
    try:
        return str(db.execute("SELECT version_num FROM alembic_version").fetchone()[0])
    except (sqlite3.Error, TypeError):
        raise CannotBackUp(f"{of} holds no database of a CSMS") from None


def _must_be_sqlite(settings: Settings) -> None:
    if settings.database_url:
        raise CannotBackUp("the setting database_url names another database: use its own tools (pg_dump, pg_restore)")


def _runs(settings: Settings) -> bool:
    """Who runs has written where it listens, and listens."""
    try:
        port = json.loads((settings.data_dir / "ports.json").read_text())["http"]
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _free_name(folder: Path) -> Path:
    number = 1
    while (to := folder.with_name(f"{folder.name}.before-restore-{number}")).exists():
        number += 1
    return to
