"""What a MicroPython binary for the ESP32 says about itself: its chip, the flash it was made for, where files go.

Such a file is what belongs into flash from the bootloader on: ESP-IDF's image header, the partition table at 0x8000 of
the flash, the program. Recent MicroPython has no `vfs` in that table and takes what lies behind the last partition.
"""
import struct
from dataclasses import dataclass
from pathlib import Path

from hardware.flash.errors import FlashError

_IMAGE_MAGIC, _PARTITION_MAGIC = 0xE9, 0x50AA
_TABLE_AT, _ENTRY_BYTES, _MAX_ENTRIES = 0x8000, 32, 95
# chip id of the image header (esp_image_format) to its name in board files, and where its bootloader lies in flash
_CHIPS = {0x0000: ("esp32", 0x1000), 0x0009: ("esp32s3", 0x0)}
_MIB = 1 << 20
SIZES = {f"{mib}MB": mib * _MIB for mib in (2, 4, 8, 16, 32)}
_SIZE_CODES = {1: "2MB", 2: "4MB", 3: "8MB", 4: "16MB", 5: "32MB"}
_MODES = {0: "qio", 1: "qout", 2: "dio", 3: "dout"}
_FREQUENCIES = {0x0: "40m", 0x1: "26m", 0x2: "20m", 0xF: "80m"}


@dataclass(frozen=True)
class MicroPython:
    chip: str
    offset: int        # in flash, of the file's first byte
    flash_size: str    # "4MB"
    flash_mode: str
    flash_freq: str
    files_at: int      # in flash, where the file system begins …
    files_end: int     # … and ends


def read(path: Path, flash_size: str | None = None) -> MicroPython:
    """Look into the file; `flash_size` is the board's where it differs from what the file was made for.

    FlashError for a file that is none, is cut off, or is for a chip that is not known.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise FlashError(f"{path}: {error.strerror}") from None
    if len(data) < 24 or data[0] != _IMAGE_MAGIC:
        raise FlashError(f"{path} is no image for an ESP32: take the .bin of a board's page on micropython.org")
    _, _, mode, size_and_speed = data[:4]
    chip_id, = struct.unpack_from("<H", data, 12)
    if chip_id not in _CHIPS:
        raise FlashError(f"{path} is for a chip that is not known here (its id is {chip_id}); ESP32 and ESP32-S3 are")
    chip, offset = _CHIPS[chip_id]
    size = flash_size or _SIZE_CODES.get(size_and_speed >> 4, "4MB")
    if size not in SIZES:
        raise FlashError(f"flash of {size} is not known; there are {', '.join(SIZES)}")
    files_at, files_end = _file_system(path, data[_TABLE_AT - offset :], SIZES[size])
    if len(data) + offset > files_at:
        raise FlashError(f"{path} reaches into its own file system at 0x{files_at:x}: it is not whole, or for OTA")
    return MicroPython(chip, offset, size, _MODES.get(mode, "dio"), _FREQUENCIES.get(size_and_speed & 0xF, "40m"),
                       files_at, files_end)


def _file_system(path: Path, table: bytes, flash_bytes: int) -> tuple[int, int]:
    behind = 0
    for at in range(0, min(len(table), _MAX_ENTRIES * _ENTRY_BYTES) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
        magic, _, _, start, size, label = struct.unpack_from("<HBBII16s", table, at)
        if magic != _PARTITION_MAGIC:
            break
        if label.rstrip(b"\0") in (b"vfs", b"ffat"):
            return start, _within(path, start, start + size, flash_bytes)
        behind = max(behind, start + size)
    if not behind:
        raise FlashError(f"{path} has no partition table at 0x{_TABLE_AT:x}: it is not the whole image of a board")
    return behind, _within(path, behind, flash_bytes, flash_bytes)


def _within(path: Path, start: int, end: int, flash_bytes: int) -> int:
    if not start < end <= flash_bytes:
        raise FlashError(f"{path} needs more flash than {flash_bytes >> 20} MB: name the board's with --flash-size")
    return end
