"""One flash image: MicroPython as it came, and a file system with the compiled firmware and its settings.

Three files in a folder: firmware.bin, vfs.bin, and flasher_args.json, which says what belongs where. That is what Wokwi
loads and what esptool takes; a real board and a simulated one start from the same bytes.
"""
import importlib
import json
import os
import tempfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from littlefs import LittleFS, UserContext
from littlefs.errors import LittleFSError

from hardware.bench import board as boards
from hardware.bench import image as bench_image
from hardware.bench.errors import BenchError
from hardware.flash import micropython
from hardware.flash.errors import FlashError

config: Any = importlib.import_module("firmware.config")   # the chip's own judge of its settings; it has no types
STAND_ALONE = bench_image.REPOSITORY / "wokwi" / "stand_alone"
# Wokwi's own access point, and a central system on the same chip, which asks for no key worth keeping.
STAND_ALONE_SETTINGS = {
    "identity": "WOKWI1", "url": "ws://127.0.0.1:9000/ocpp", "authorization_key": "00" * 16,
    "wifi_ssid": "Wokwi-GUEST", "wifi_password": "",
}


def files_for(board: str, settings: Path | None, cache: Path, *, stand_alone: bool = False) -> dict[str, bytes]:
    """What lies in flash, as path to content. Without settings a board waits to be set up; one alone has its own."""
    try:
        boards.load(board)
        files = dict(bench_image.firmware_files(board, cache))
    except BenchError as error:
        raise FlashError(str(error)) from None
    if settings:
        try:
            told = config.load(str(settings))
        except config.SettingsError as error:
            raise FlashError(f"{settings}: {str(error).removeprefix(f'{settings} ')}") from None
        if told["board"] != board:
            raise FlashError(f"{settings} is for the board {told['board']!r}, not for {board!r}")
        # The clock of a board that starts for the first time starts here, so that it can tell a valid certificate.
        made = {"written_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        files["/settings.json"] = json.dumps(made | json.loads(settings.read_text())).encode()
    elif stand_alone:
        files["/settings.json"] = json.dumps(STAND_ALONE_SETTINGS | {"board": board}).encode()
    if stand_alone:
        files["/main.py"] = (STAND_ALONE / "main.py").read_bytes()
        files["/central_system.mpy"] = bench_image.compile_file(
            STAND_ALONE / "central_system.py", "central_system.py", cache)
    return files


def file_system(files: Mapping[str, bytes], size: int) -> bytes:
    """A littlefs of `size` bytes as MicroPython makes and mounts it. FlashError when the files do not fit.

    The size must be the partition's own: MicroPython refuses a file system of another, and makes a blank one instead.
    """
    context = UserContext(size)
    disk = LittleFS(context=context, block_size=bench_image.BLOCK_BYTES, block_count=size // bench_image.BLOCK_BYTES,
                    read_size=32, prog_size=32, cache_size=512, lookahead_size=32, disk_version=0x00020001, mount=False)
    disk.format()
    disk.mount()
    try:
        for name, content in files.items():
            disk.makedirs(str(PurePosixPath(name).parent), exist_ok=True)
            with disk.open(name, "wb") as file:
                file.write(content)
    except LittleFSError as error:
        needed = sum(len(content) for content in files.values())
        raise FlashError(f"{needed >> 10} KiB of files do not fit into {size >> 10} KiB of flash ({error})") from None
    disk.unmount()
    return bytes(context.buffer)


def bake(binary: Path, board: str, settings: Path | None, out: Path, cache: Path, *, flash_size: str | None = None,
         stand_alone: bool = False) -> dict[str, Any]:
    """Write the three files into `out`; returns what flasher_args.json says."""
    chip = micropython.read(binary, flash_size)
    files = files_for(board, settings, cache, stand_alone=stand_alone)
    wanted = boards.load(board)["chip"]
    if chip.chip != wanted:
        raise FlashError(f"{binary.name} is for the {chip.chip}, the board {board} has an {wanted}")
    disk = file_system(files, chip.files_end - chip.files_at)
    told = {
        "flash_settings": {"flash_mode": chip.flash_mode, "flash_freq": chip.flash_freq, "flash_size": chip.flash_size},
        "flash_files": {f"0x{chip.offset:x}": "firmware.bin", f"0x{chip.files_at:x}": "vfs.bin"},
        "extra_esptool_args": {"chip": chip.chip},
    }
    try:
        out.mkdir(parents=True, exist_ok=True)
        _write(out / "firmware.bin", binary.read_bytes())
        _write(out / "vfs.bin", disk)
        _write(out / "flasher_args.json", (json.dumps(told, indent=2) + "\n").encode())   # last: it names the others
    except OSError as error:
        raise FlashError(f"cannot write to {out}: {error.strerror}") from None
    return told


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all: a simulator may be reading."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
