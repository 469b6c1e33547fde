"""Espressif's esptool, the program that writes MicroPython itself. It is the person's own: nothing here installs it."""
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from hardware.flash.errors import FlashError
from hardware.flash.micropython import MicroPython

_BAUD = 460800
_HOW = ("esptool is needed to write MicroPython, and it is not here: `pipx install esptool` (or your system's "
        "package), then run this again; or name it in BOLLARD_ESPTOOL")


def program() -> list[str]:
    """How to start it; FlashError where there is none."""
    named = os.environ.get("BOLLARD_ESPTOOL")
    if named:
        words = shlex.split(named)
        if not shutil.which(words[0]):
            raise FlashError(f"BOLLARD_ESPTOOL names {words[0]}, which is no program")
        return words
    for name in ("esptool", "esptool.py"):
        if found := shutil.which(name):
            return [found]
    raise FlashError(_HOW)


def major(words: Sequence[str]) -> int:
    """Its version: from 5 on commands are written with dashes."""
    try:
        said = subprocess.run([*words, "version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FlashError(f"{words[0]} does not run: {error}") from None
    found = re.search(r"(?:esptool(?:\.py)?\s+v|^)(\d+)\.\d+", said.stdout, re.MULTILINE)
    if not found:
        raise FlashError(f"{words[0]} does not say which version of esptool it is: {said.stdout.strip()[:80]!r}")
    return int(found[1])


def command(port: str, image: MicroPython, binary: Path) -> list[str]:
    words = program()
    write = "write-flash" if major(words) >= 5 else "write_flash"
    return [*words, "--chip", image.chip, "--port", port, "--baud", str(_BAUD), write, f"0x{image.offset:x}",
            str(binary)]


def write(port: str, image: MicroPython, binary: Path) -> None:
    """Write MicroPython from the bootloader on; the file system behind it stays. It shows its own progress."""
    words = command(port, image, binary)
    try:
        done = subprocess.run(words, check=False)
    except OSError as error:
        raise FlashError(f"{words[0]} does not run: {error}") from None
    if done.returncode:
        raise FlashError(f"esptool has failed (see above): if it says that the chip is another one, {binary.name} is "
                         f"for the {image.chip}; if it cannot connect, hold the board's BOOT button while it tries")
