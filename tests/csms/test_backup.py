"""A backup made while it runs holds all that was confirmed, and is refused where it would do harm."""

import io
import os
import sqlite3
import tarfile
from pathlib import Path

import pytest

from csms.backup import CannotBackUp, back_up, restore
from csms.config import Settings
from csms.service import Service
from tests.csms.running import CARD, Csms, settings_in
from tests.csms.station import START


async def charged(csms: Csms, settings: Settings, to: Path) -> None:
    """A session, and a backup while the next one runs."""
    await csms.driver()
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        started = await there.start(CARD)
        await there.stop(started.transaction_id, 3000)
        await there.start(CARD, 3000, at=START.replace(hour=12))
        back_up(settings, to)
        await there.stop(2, 4000, minutes=240)


async def test_what_was_confirmed_before_it_is_in_it_and_it_comes_back_elsewhere(
    csms: Csms, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "backup.tar.gz"
    image = (await csms.admin.post("/api/firmware-images", content=b"firmware")).json()
    await charged(csms, settings, file)
    assert file.stat().st_mode & 0o077 == 0
    elsewhere = settings_in(tmp_path / "elsewhere")
    assert restore(elsewhere, file) is None
    async with Service(elsewhere) as service:
        other = Csms(service, elsewhere.data_dir)
        assert (await other.session(1))["energy_wh"] == 2000
        assert (await other.session(2))["state"] == "active"
        assert await other.balance_cents(2) == -90
        assert await other.get("/api/firmware-images") == [image]
        assert (elsewhere.data_dir / "firmware" / str(image["id"])).read_bytes() == b"firmware"
        dora = csms.logged_in(2)  # a token of the one holds at the other: the key came along
        async with other.browser() as browser:
            there = await browser.get("/api/user", headers={"Authorization": dora.headers["Authorization"]})
            assert there.json()["email"] == "dora@example.org"
        await dora.aclose()
        await other.admin.aclose()
        with pytest.raises(CannotBackUp, match="is running"):
            restore(elsewhere, file)
    moved = restore(elsewhere, file)
    assert moved is not None
    assert (moved / "csms.sqlite3").is_file()
    with pytest.raises(CannotBackUp, match="overwrites nothing"):
        back_up(settings, file)


@pytest.mark.parametrize("wrong", ["none", "text", "cut", "foreign", "newer", "escaping"])
async def test_what_is_no_good_backup_changes_nothing(
    csms: Csms, settings: Settings, tmp_path: Path, wrong: str
) -> None:
    file = tmp_path / "backup.tar.gz"
    if wrong != "none":
        back_up(settings, file)
    if wrong == "text":
        file.write_text("hello")
    elif wrong == "cut":
        file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    elif wrong in ("foreign", "newer", "escaping"):
        unpacked = tmp_path / "unpacked"
        with tarfile.open(file) as tar:
            tar.extractall(unpacked, filter="data")
        if wrong == "foreign":
            (unpacked / "csms.sqlite3").write_bytes(b"SQLite format 3\0" + bytes(5000))
        if wrong == "newer":
            with sqlite3.connect(unpacked / "csms.sqlite3") as db:
                db.execute("UPDATE alembic_version SET version_num = '9999'")
        with tarfile.open(file, "w:gz") as tar:
            for each in unpacked.iterdir():
                tar.add(each, each.name)
            if wrong == "escaping":
                info = tarfile.TarInfo("../escaped")
                info.size = 1
                tar.addfile(info, io.BytesIO(b"x"))
    target = settings_in(tmp_path / "target")
    target.data_dir.mkdir()
    (target.data_dir / "mine").write_text("precious")
    with pytest.raises(CannotBackUp):
        restore(target, file)
    assert [each.name for each in target.data_dir.iterdir()] == ["mine"]
    assert not (tmp_path / "escaped").exists()
    assert not [each for each in os.listdir(tmp_path) if each.startswith(".restore-")]


def test_another_database_is_left_to_its_own_tools(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, database_url="postgresql+asyncpg://x/y")
    with pytest.raises(CannotBackUp, match="pg_dump"):
        back_up(settings, tmp_path / "b.tar.gz")
