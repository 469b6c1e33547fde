from pathlib import Path

import pytest

from hardware.bench import board, image
from hardware.bench.errors import BenchError


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def source(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "part.py"
    path.write_text(text)
    return path


def test_a_source_is_compiled_once_and_again_when_it_changes(tmp_path: Path, cache: Path) -> None:
    first = image.compile_file(source(tmp_path, "x = 1\n"), "part.py", cache)
    assert image.compile_file(source(tmp_path, "x = 1\n"), "part.py", cache) == first
    assert len(list(cache.iterdir())) == 1
    assert image.compile_file(source(tmp_path, "x = 2\n"), "part.py", cache) != first
    assert first.startswith(b"M\x06"), "bytecode of mpy version 6"


def test_a_source_that_is_no_python_is_named(tmp_path: Path, cache: Path) -> None:
    with pytest.raises(BenchError, match=r"refuses firmware/part\.py"):
        image.compile_file(source(tmp_path, "def (:\n"), "firmware/part.py", cache)
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("name", board.names())
def test_the_flash_holds_the_firmware_compiled_and_one_board(cache: Path, name: str) -> None:
    files = image.firmware_files(name, cache)
    assert files["/main.py"] == b"from firmware.main import run\nrun()\n"
    assert [path for path in files if path.startswith("/firmware/boards/")] == [f"/firmware/boards/{name}.mpy"]
    assert all(path.endswith(".mpy") for path in files if path != "/main.py")


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    flash = tmp_path / "flash"
    image.write_image(flash, {"/main.py": b"pass", "/firmware/evse/pilot.mpy": bytes(9000)})
    assert flash.stat().st_size == image.BLOCK_BYTES * image.IMAGE_BLOCKS
    assert image.read_file(flash, "/firmware/evse/pilot.mpy") == bytes(9000)
    assert image.read_file(flash, "/firmware/none") is None


def test_new_firmware_leaves_the_data_area_as_it_was(tmp_path: Path) -> None:
    flash = tmp_path / "flash"
    image.write_image(flash, {"/main.py": b"1", "/firmware/old.mpy": b"x", "/data/queue": b"owed"})
    image.write_image(flash, {"/main.py": b"2", "/firmware/new.mpy": b"y"})
    assert image.read_file(flash, "/data/queue") == b"owed"
    assert image.read_file(flash, "/main.py") == b"2"
    assert image.read_file(flash, "/firmware/old.mpy") is None


def test_a_damaged_image_is_made_anew(tmp_path: Path) -> None:
    flash = tmp_path / "flash"
    flash.write_bytes(b"\x55" * image.BLOCK_BYTES * image.IMAGE_BLOCKS)
    image.write_image(flash, {"/main.py": b"1"})
    assert image.read_file(flash, "/main.py") == b"1"
