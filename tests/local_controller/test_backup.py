"""A backup of a running site, restored on a new disk: nothing of it is lost, and no transaction id comes twice."""

import io
import json
import sqlite3
import stat
import tarfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local_controller import backup, identity, tables
from local_controller.errors import BackupError
from tests.local_controller.central import Central
from tests.local_controller.running import Running, known_to, running
from tests.local_controller.test_commands import run
from tests.local_controller.wire import start_of, stop_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


async def test_it_is_made_while_the_site_works_and_no_id_comes_twice(tmp_path: Path, central: Central) -> None:
    kept = tmp_path / "kept.tar"
    async with running(tmp_path / "site", central) as site:
        identity.save(tmp_path / "site", known_to(central))
        async with await site.adopt() as charge_point:
            await charge_point.boot()
            first = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
            assert backup.make(tmp_path / "site", kept) == kept.stat().st_size
            assert stat.S_IMODE(kept.stat().st_mode) == 0o600
            await charge_point.call("StopTransaction", stop_of(first))
            later = (await charge_point.call("StartTransaction", start_of(meter_wh=9000)))["transactionId"]
            assert later == first + 1
            await site.all_delivered()
    # the disk is gone; the new one's clock begins in 1970
    new_id = backup.restore(tmp_path / "new", kept, datetime(1970, 1, 1, tzinfo=UTC), replace=False)
    assert new_id > later
    assert identity._read(tmp_path / "new" / identity.FILE_NAME) == known_to(central)
    async with running(tmp_path / "new", central) as site:
        charge_point.url = site.url  # its key is in the backup
        async with charge_point:
            await charge_point.boot()
            # what it says of a transaction that the backup knows goes to the same one up there
            await charge_point.call("StopTransaction", stop_of(first, meter_wh=5000))
            third = await charge_point.call("StartTransaction", start_of(meter_wh=12000))
            assert third["transactionId"] == new_id
            await site.all_delivered()
    assert [stop["transactionId"] for stop in central.got("StopTransaction")][-1] == 101


def test_ids_begin_above_those_of_the_clock_the_backup_and_the_database_set_aside(tmp_path: Path) -> None:
    def given(data_dir: Path, number: int) -> None:
        data_dir.mkdir(exist_ok=True)
        with closing(sqlite3.connect(data_dir / "site.db")) as db:
            db.executescript(tables.SCHEMA)
            db.execute("INSERT INTO sqlite_sequence (name, seq) VALUES ('transactions', ?)", (number,))
            db.execute(f"PRAGMA user_version={tables.VERSION}")
            db.commit()

    by_clock = int((NOW - tables.EPOCH).total_seconds())
    given(tmp_path / "a", 1000)
    backup.make(tmp_path / "a", tmp_path / "a.tar")
    assert backup.restore(tmp_path / "b", tmp_path / "a.tar", NOW, replace=False) == by_clock + 1
    early = tables.EPOCH + timedelta(seconds=5)
    assert backup.restore(tmp_path / "c", tmp_path / "a.tar", early, replace=False) == 1000 + backup.ID_GAP + 1
    given(tmp_path / "d", 2_000_000_000)
    assert backup.restore(tmp_path / "d", tmp_path / "a.tar", NOW, replace=True) == 2_000_000_001
    [aside] = (tmp_path / "d").glob("site.db.before-*")
    assert backup._last_id(aside) == 2_000_000_000


def archive(path: Path, **files: bytes) -> Path:
    with tarfile.open(path, "w") as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name.replace("__", "/").replace("_db", ".db"))
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return path


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({"..__evil": b"x"}, "does not belong"),
        ({"site-key.json": b"{}"}, "holds no database"),
        ({"site_db": b"this is no database" * 100}, "not a database"),
    ],
)
def test_what_is_no_backup_is_refused_and_changes_nothing(tmp_path: Path, files: Any, words: str) -> None:
    data = tmp_path / "site"
    with pytest.raises(BackupError, match=words):
        backup.restore(data, archive(tmp_path / "bad.tar", **files), NOW, replace=False)
    assert list(data.iterdir()) == []
    assert not (tmp_path / "evil").exists()


def test_a_backup_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "newer.db")) as db:
        db.execute("CREATE TABLE a (b)")
        db.execute("PRAGMA user_version=99")
    made = archive(tmp_path / "newer.tar", site_db=(tmp_path / "newer.db").read_bytes())
    with pytest.raises(BackupError, match="upgrade first"):
        backup.restore(tmp_path / "site", made, NOW, replace=False)
    assert list((tmp_path / "site").iterdir()) == []


async def test_at_the_terminal_and_on_the_page(tmp_path: Path, site: Running) -> None:
    toml, kept = f'data_dir = "{site.data_dir}"', tmp_path / "kept.tar"
    await site.log_in()
    assert (await site.web.get("/api/status")).json()["backed_up_at"] is None
    status, said, _ = run(tmp_path, toml, "backup", "--to", str(kept))
    assert (status, str(kept) in said) == (0, True)
    assert (await site.web.get("/api/status")).json()["backed_up_at"] is not None
    assert run(tmp_path, toml, "restore", "--from", str(kept))[0] == 2  # there is a database
    fresh = f'data_dir = "{tmp_path / "fresh"}"'
    status, said, _ = run(tmp_path, fresh, "restore", "--from", str(kept))
    assert (status, "the next transaction will be" in said) == (0, True)
    answer = await site.web.get("/api/backup")
    with tarfile.open(fileobj=io.BytesIO(answer.content)) as tar:
        assert "site.db" in tar.getnames()
    assert not list(site.data_dir.glob("backup*"))
    site.web.cookies.clear()
    assert (await site.web.get("/api/backup")).status_code == 401


def test_json_of_the_key_is_kept_as_it_was(tmp_path: Path) -> None:
    data = tmp_path / "site"
    data.mkdir()
    (data / "site-key.json").write_text(json.dumps({"old": 1}))
    with pytest.raises(BackupError, match="no database"):
        backup.make(data, tmp_path / "a.tar")
