"""A board on a serial line, from nothing to accepted: the real prompt, the real transport, the whole firmware."""
import json
from pathlib import Path
from typing import Any

import pytest

from hardware.bench import image as bench_image
from hardware.bench import station
from hardware.bench.charge_point import ChargePoint
from hardware.bench.world import CACHE
from hardware.flash import main
from tests.hardware.flash.virtual import Virtual

KEY = "00112233445566778899aabbccddeeff"


@pytest.fixture
def secrets(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "key").write_text(KEY + "\n")
    (tmp_path / "password").write_text(station.PASSWORD + "\n")
    return {name: str(tmp_path / name) for name in ("key", "password")}


@pytest.fixture
def told(world: Virtual, secrets: dict[str, str]) -> list[str]:
    return ["--identity", "yard-CP1", "--url", world.central_system.url, "--key-file", secrets["key"],
            "--wifi", station.SSID, "--wifi-password-file", secrets["password"]]


@pytest.fixture(scope="module")
def board(world: Virtual) -> ChargePoint:
    return world.board("blank", firmware={})


def flash(board: ChargePoint, *arguments: str) -> int:
    assert board.serial_line
    return main.main(["write", "--port", board.serial_line, *arguments])


def settings_of(world: Virtual, board: ChargePoint) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(world.file(board, "/settings.json") or b"{}")
    return told


# One board's life, in this order: each test begins with what the one before has left on it.

def test_a_blank_board_becomes_a_charge_point_that_is_accepted(
        world: Virtual, board: ChargePoint, told: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert flash(board, "--board", "bench", *told) == 0
    out = capsys.readouterr().out
    assert "Bollard bench with ESP32, no PSRAM, MicroPython 1." in out
    assert "profile lean" in out
    assert "yard-CP1 accepted by its central system" in out
    assert world.central_system.all("BootNotification")[-1]["charge_point_serial_number"] == "yard-CP1"
    assert settings_of(world, board)["authorization_key"] == KEY
    assert world.file(board, "/a/settings.json") is None   # the firmware has taken them at its start
    assert KEY not in out


def test_new_settings_leave_the_firmware_as_it_is_though_it_is_busy(
        world: Virtual, board: ChargePoint, capsys: pytest.CaptureFixture[str]) -> None:
    before = settings_of(world, board)
    assert flash(board, "--identity", "yard-CP2") == 0
    out = capsys.readouterr().out
    assert "firmware    up to date" in out
    assert "settings    identity" in out
    assert "yard-CP2 accepted" in out
    now = settings_of(world, board)
    assert now == before | {"identity": "yard-CP2", "written_at": now["written_at"]}


def test_of_a_new_version_only_what_differs_is_sent(
        world: Virtual, board: ChargePoint, monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str]) -> None:
    files = bench_image.firmware_files("bench", CACHE)
    changed = {**files, "/firmware/log_lines.mpy": files["/firmware/log_lines.mpy"] + b"\0"}
    del changed["/firmware/diagnostics.mpy"]
    monkeypatch.setattr(bench_image, "firmware_files", lambda *_: changed)
    assert flash(board, "--identity", "yard-CP3") == 0
    out = capsys.readouterr().out
    assert f"{len(changed) - 1} files for /b: 1 to send (0 KiB), {len(changed) - 2} unchanged" in out
    assert "yard-CP3 accepted" in out
    assert world.file(board, "/main.py") == b"import os\nos.chdir('/b')\n" + files["/main.py"]
    for path, content in changed.items():
        if path != "/main.py":
            assert world.file(board, f"/b{path}") == content, path
    assert world.file(board, "/b/firmware/diagnostics.mpy") is None
    assert settings_of(world, board)["identity"] == "yard-CP3"


def test_a_dry_run_says_what_would_be_written_and_writes_nothing(
        world: Virtual, board: ChargePoint, capsys: pytest.CaptureFixture[str]) -> None:
    runs = world.file(board, "/main.py")
    assert flash(board, "--dry-run", "--identity", "yard-CP4") == 0
    dry = capsys.readouterr().out
    assert "for /a: 0 to send (0 KiB), 0 unchanged" in dry   # what was there before the new version still is
    assert "settings    identity" in dry
    assert "nothing was written (--dry-run)" in dry
    assert (world.file(board, "/main.py"), settings_of(world, board)["identity"]) == (runs, "yard-CP3")


def test_show_says_what_it_is_and_lets_the_firmware_go_on(
        world: Virtual, board: ChargePoint, capsys: pytest.CaptureFixture[str]) -> None:
    boots = len(world.central_system.all("BootNotification"))
    assert main.main(["show", "--port", str(board.serial_line)]) == 0
    assert capsys.readouterr().out.startswith("Bollard bench with ESP32, no PSRAM, MicroPython 1.")
    world.until(lambda: len(world.central_system.all("BootNotification")) > boots, "it starts again")


def test_a_firmware_out_of_an_image_moves_to_its_folder_and_without_settings_it_waits_to_be_set_up(
        world: Virtual, capsys: pytest.CaptureFixture[str]) -> None:
    files = bench_image.firmware_files("bench", CACHE)
    old = {**files, "/firmware/log_lines.mpy": files["/firmware/log_lines.mpy"] + b"\0"}
    board = world.board("imaged", firmware=old)   # as `bollard-flash image` has it: in /firmware
    assert flash(board) == 0
    out = capsys.readouterr().out
    assert "board file  bench, profile lean" in out   # the one that it has, not the usual one of its chip
    assert f"for /a: 1 to send (0 KiB), {len(files) - 2} unchanged" in out
    assert "settings    none: the board opens its own WiFi to be set up" in out
    assert "the board waits to be set up, on its own WiFi" in out
    assert world.file(board, "/firmware/main.mpy") is None
    assert world.file(board, "/a/firmware/main.mpy") == files["/firmware/main.mpy"]
