"""What a board says it is, and whether that fits a board file."""
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hardware.bench import board as boards
from hardware.bench.errors import BenchError
from hardware.flash.errors import FlashError
from hardware.flash.prompt import Prompt

OLDEST = (1, 24)
_CHIPS = {"ESP32S3": "esp32s3", "ESP32": "esp32"}   # as the end of `sys.implementation._machine` has it
_PSRAM_BYTES = 1 << 20      # no ESP32 has so much RAM of its own
# What a board with this chip, with PSRAM or without, is taken for unless somebody says. A plain ESP32 for nothing: on
# the relay board a pin that esp32_devkitc drives as its pilot is a relay's.
_USUAL = {("esp32s3", True): "esp32_s3_devkitc_1"}


@dataclass(frozen=True)
class Found:
    chip: str
    machine: str                 # in MicroPython's words
    version: tuple[int, ...]
    mpy: int                     # of compiled files
    ram_bytes: int
    unique_id: str

    @property
    def has_psram(self) -> bool:
        return self.ram_bytes >= _PSRAM_BYTES

    def __str__(self) -> str:
        psram = f"PSRAM, {self.ram_bytes / _PSRAM_BYTES:.1f} MB of heap" if self.has_psram else "no PSRAM"
        return f"{self.machine}, {psram}, MicroPython {'.'.join(map(str, self.version))}, {self.unique_id}"


def look(prompt: Prompt) -> Found:
    """FlashError for what is no ESP32, or has a MicroPython that is too old."""
    return read(prompt.load("look"))


def read(said: str) -> Found:
    try:
        told = json.loads(said.strip().splitlines()[-1])
        version = tuple(int(part) for part in told["version"])
        machine, platform = str(told["machine"]), told["platform"]
        found = Found(_chip(machine), machine, version, int(told["mpy"]), int(told["ram_bytes"]),
                      str(told["unique_id"]))
    except (ValueError, KeyError, IndexError, TypeError):
        raise FlashError(f"the board does not say what it is: {said.strip()[:100]!r}") from None
    name = ".".join(map(str, version))
    if platform != "esp32" or not found.chip:
        raise FlashError(f"this is no board for the firmware: {machine or platform}; it wants an ESP32 or an ESP32-S3")
    if version < OLDEST:
        raise FlashError(f"MicroPython {name} is too old, {'.'.join(map(str, OLDEST))} or newer is needed: "
                         "--micropython FILE writes one (of micropython.org)")
    return found


def _chip(machine: str) -> str:
    last = machine.rsplit(" ", 1)[-1].replace("-", "").upper()
    return _CHIPS.get(last, "")


def check_name(name: str) -> None:
    """FlashError for a board file that is none, before anything is touched."""
    try:
        boards.load(name)
    except BenchError as error:
        raise FlashError(str(error)) from None


def board_for(found: Found, named: str | None, before: str | None) -> Mapping[str, Any]:
    """The board file: the one that was named, else the one that the board's settings name, else the usual one of such a
    chip. FlashError if it does not fit."""
    name = named or before or _USUAL.get((found.chip, found.has_psram))
    if not name:
        fit = [each for each in boards.names() if boards.load(each)["chip"] == found.chip]
        raise FlashError(f"which board is it? {found.machine} {'with' if found.has_psram else 'without'} PSRAM may be "
                         f"{', '.join(fit)}: say so with --board")
    try:
        board = boards.load(name)
    except BenchError as error:
        raise FlashError(f"{error}: say which it is with --board") from None
    if board["chip"] != found.chip:
        raise FlashError(f"the board {name} has an {board['chip']}, this one is an {found.chip}: wrong board, or wrong "
                         "--board")
    if board["profile"] == "full" and not found.has_psram:
        raise FlashError(f"the board {name} needs PSRAM, and MicroPython finds none: take an image for it (for an S3 "
                         "with octal PSRAM …-SPIRAM_OCT), or a board of the lean profile")
    return board
