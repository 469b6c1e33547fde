"""Flash images: what they say belongs where, that the real MicroPython mounts their file system, and bad input."""
import hashlib
import json
import struct
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hardware.bench import image as bench_image
from hardware.bench.world import CACHE
from hardware.flash import image, main, micropython
from hardware.flash.errors import FlashError
from tests.firmware.on_micropython import run

SETTINGS = {
    "identity": "WOKWI1", "url": "ws://host.wokwi.internal:9100/ocpp", "authorization_key": "00" * 20,
    "board": "wokwi_esp32_devkitc", "wifi_ssid": "Wokwi-GUEST", "wifi_password": "",
}


def partition(label: str, start: int, size: int, kind: int = 1) -> bytes:
    return struct.pack("<HBBII16sI", 0x50AA, kind, 0x82, start, size, label.encode(), 0)


def binary(path: Path, *, chip: int = 0, size_code: int = 2, table: bytes | None = None, length: int = 0x60000) -> Path:
    """A file with the header and partition table of the official images of 1.27, and nothing that runs."""
    offset = {0: 0x1000}.get(chip, 0)
    data = bytearray(b"\x5a" * length)
    data[:24] = struct.pack("<BBBBIB3xH10x", 0xE9, 3, 2, size_code << 4, 0x400805E4, 0xEE, chip)
    if table is None:
        table = (partition("nvs", 0x9000, 0x6000) + partition("phy_init", 0xF000, 0x1000)
                 + partition("factory", 0x10000, 0x1F0000, kind=0))
    at = 0x8000 - offset
    data[at : at + 0xC00] = table.ljust(0xC00, b"\xff")
    path.write_bytes(data)
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    path = tmp_path / "settings.json"
    path.write_text(json.dumps(SETTINGS))
    return path


@pytest.mark.parametrize(("chip", "size_code", "name", "offset", "size"), [
    (0, 2, "esp32", 0x1000, "4MB"), (9, 3, "esp32s3", 0, "8MB"),
])
def test_the_file_system_lies_behind_the_last_partition(
        tmp_path: Path, chip: int, size_code: int, name: str, offset: int, size: str) -> None:
    found = micropython.read(binary(tmp_path / "m.bin", chip=chip, size_code=size_code))
    assert (found.chip, found.offset, found.flash_size) == (name, offset, size)
    assert (found.files_at, found.files_end) == (0x200000, micropython.SIZES[size])


def test_a_table_that_names_the_file_system_is_believed(tmp_path: Path) -> None:
    table = partition("factory", 0x10000, 0x180000, kind=0) + partition("vfs", 0x190000, 0x100000)
    found = micropython.read(binary(tmp_path / "m.bin", table=table))
    assert (found.files_at, found.files_end) == (0x190000, 0x290000)


def test_a_board_with_more_flash_gets_all_of_it(tmp_path: Path) -> None:
    assert micropython.read(binary(tmp_path / "m.bin"), "16MB").files_end == 16 << 20


@pytest.mark.parametrize(("make", "complaint"), [
    (lambda path: path.write_bytes(b"MZ" + bytes(100)), "no image for an ESP32"),
    (lambda path: path.write_bytes(b""), "no image for an ESP32"),
    (lambda path: binary(path, chip=5), "chip that is not known here"),
    (lambda path: binary(path, table=b""), "no partition table"),
    (lambda path: path.write_bytes(binary(path).read_bytes()[:0x7000]), "no partition table"),
    (lambda path: binary(path, size_code=1), "needs more flash than 2 MB"),
    (lambda path: binary(path, length=0x200000), "reaches into its own file system"),
    (lambda path: None, "No such file"),
])
def test_a_binary_that_will_not_do_is_refused_with_the_reason(tmp_path: Path, make, complaint: str) -> None:  # type: ignore[no-untyped-def]
    make(tmp_path / "m.bin")
    with pytest.raises(FlashError, match=complaint):
        micropython.read(tmp_path / "m.bin")


def test_the_image_has_all_files_and_micropython_mounts_it(tmp_path: Path, settings: Path) -> None:
    made = binary(tmp_path / "m.bin")
    told = image.bake(made, "wokwi_esp32_devkitc", settings, tmp_path / "out", CACHE)
    assert json.loads((tmp_path / "out" / "flasher_args.json").read_text()) == told
    assert told["flash_files"] == {"0x1000": "firmware.bin", "0x200000": "vfs.bin"}
    assert (tmp_path / "out" / "firmware.bin").read_bytes() == made.read_bytes()
    assert (tmp_path / "out" / "vfs.bin").stat().st_size == 0x200000
    seen = json.loads(run(f"""
        import hashlib, json, os, vfs
        class Flash:
            def __init__(self):
                self.file = open({str(tmp_path / "out" / "vfs.bin")!r}, "rb")
            def readblocks(self, block, buf, offset=0):
                self.file.seek(block * 4096 + offset)
                self.file.readinto(buf)
            def writeblocks(self, block, buf, offset=0):
                raise OSError("nothing is written to it by looking")
            def ioctl(self, request, argument):
                return {{4: 0x200000 // 4096, 5: 4096}}.get(request, 0)
        vfs.mount(vfs.VfsLfs2(Flash()), "/flash")
        found = {{}}
        def walk(folder):
            for name, kind, *_ in os.ilistdir(folder):
                if kind == 0x4000:
                    walk(folder + "/" + name)
                else:
                    with open(folder + "/" + name, "rb") as file:
                        found[folder[6:] + "/" + name] = hashlib.sha256(file.read()).digest().hex()
        walk("/flash")
        with open("/flash/settings.json") as file:
            print(json.dumps([found, json.load(file)]))
    """, heap_kib=2000))
    digests, told_settings = seen
    expected = bench_image.firmware_files("wokwi_esp32_devkitc", CACHE)
    assert digests.pop("/settings.json")
    assert digests == {name: hashlib.sha256(content).hexdigest() for name, content in expected.items()}
    begun = told_settings.pop("written_at")
    assert told_settings == SETTINGS
    assert abs(datetime.now(UTC) - datetime.fromisoformat(begun)) < timedelta(minutes=10)


def test_settings_that_say_when_they_were_made_are_believed(settings: Path) -> None:
    settings.write_text(json.dumps(SETTINGS | {"written_at": "2026-01-02T03:04:05Z"}))
    files = image.files_for("wokwi_esp32_devkitc", settings, CACHE)
    assert json.loads(files["/settings.json"])["written_at"] == "2026-01-02T03:04:05Z"


def test_the_command_says_what_to_do_next(
        tmp_path: Path, settings: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    made = binary(tmp_path / "m.bin")
    assert main.main(["image", "--micropython", str(made), "--board", "wokwi_esp32_devkitc",
                      "--settings", str(settings), "--out", str(out)]) == 0
    assert "esptool --chip esp32 write-flash 0x1000 firmware.bin 0x200000 vfs.bin" in capsys.readouterr().out


@pytest.mark.parametrize(("arguments", "changes", "complaint"), [
    (["--board", "nonsense"], {}, "there is no board 'nonsense'"),
    (["--board", "wokwi_esp32_s3"], {"board": "wokwi_esp32_s3"}, "m.bin is for the esp32, the board"),
    (["--board", "wokwi_esp32_devkitc"], {"board": "bench"}, "is for the board 'bench'"),
    (["--board", "wokwi_esp32_devkitc"], {"url": "http://x"}, "settings.json: url must start with ws://"),
    (["--board", "wokwi_esp32_devkitc"], {"colour": "blue"}, "settings.json: unknown key colour"),
])
def test_bad_input_is_one_line_and_writes_nothing(
        tmp_path: Path, settings: Path, arguments: list[str], changes: dict[str, str], complaint: str,
        capsys: pytest.CaptureFixture[str]) -> None:
    settings.write_text(json.dumps(SETTINGS | changes))
    out = tmp_path / "out"
    assert main.main(["image", "--micropython", str(binary(tmp_path / "m.bin")), "--settings", str(settings),
                      "--out", str(out), *arguments]) == 1
    said = capsys.readouterr().err
    assert complaint in said
    assert said.count("\n") == 1
    assert not out.exists()


def test_only_a_stand_alone_image_has_the_small_central_system() -> None:
    usual = image.files_for("wokwi_esp32_s3", None, CACHE)
    alone = image.files_for("wokwi_esp32_s3", None, CACHE, stand_alone=True)
    assert alone.keys() - usual.keys() == {"/central_system.mpy", "/settings.json"}
    assert b"central_system" in alone["/main.py"]
    assert b"central_system" not in usual["/main.py"]


def test_the_settings_of_a_stand_alone_image_are_what_the_firmware_takes(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(image.files_for("wokwi_esp32_s3", None, CACHE, stand_alone=True)["/settings.json"])
    assert image.config.load(str(path))["board"] == "wokwi_esp32_s3"


def test_files_that_do_not_fit_are_told() -> None:
    with pytest.raises(FlashError, match="do not fit into 64 KiB"):
        image.file_system({"/big": bytes(100_000)}, 0x10000)
