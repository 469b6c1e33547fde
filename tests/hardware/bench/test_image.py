from pathlib import Path

import pytest

from hardware.bench import board, image
from hardware.bench.errors import BenchError
from tests.firmware.on_micropython import run


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


def test_an_image_without_a_file_system_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    flash = tmp_path / "flash"
    garbage = b"\x55" * image.BLOCK_BYTES * image.IMAGE_BLOCKS
    flash.write_bytes(garbage)
    with pytest.raises(BenchError, match="holds no file system"):
        image.write_image(flash, {"/main.py": b"1"})
    assert flash.read_bytes() == garbage


def test_what_micropython_wrote_into_the_image_outlives_new_firmware(tmp_path: Path) -> None:
    """Its littlefs raises the version on disk at its first write."""
    flash = tmp_path / "flash"
    image.write_image(flash, {"/main.py": b"1"})
    run(f"""
        import os, vfs
        class Flash:
            def __init__(self, path):
                self.file = open(path, "r+b")
            def readblocks(self, n, buf, off=0):
                self.file.seek(n * 4096 + off); self.file.readinto(buf)
            def writeblocks(self, n, buf, off=None):
                self.file.seek(n * 4096 + (off or 0)); self.file.write(buf)
            def ioctl(self, op, arg):
                return {image.IMAGE_BLOCKS} if op == 4 else 4096 if op == 5 else 0
        flash = Flash({str(flash)!r})
        os.umount("/")
        vfs.mount(vfs.VfsLfs2(flash, readsize=32, progsize=32, lookahead=32), "/")
        os.mkdir("/data")
        with open("/data/queue", "wb") as file:
            file.write(b"owed")
        os.umount("/")
        flash.file.close()
    """)
    image.write_image(flash, {"/main.py": b"2"})
    assert image.read_file(flash, "/data/queue") == b"owed"
    assert image.read_file(flash, "/main.py") == b"2"
