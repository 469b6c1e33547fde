"""A cable that is pulled, or power that fails, at any moment: the old firmware starts or the new, with its settings.

Twice: over the real prompt, at bytes drawn by a seeded dice; and, the same statements on littlefs in RAM, at every
second write of flash, whole, and every third torn.
"""
import json
import random
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.bench.charge_point import ChargePoint
from hardware.bench.image import MAIN_PY, compile_file
from hardware.bench.world import CACHE
from hardware.flash import install, write
from hardware.flash.errors import FlashError
from hardware.flash.prompt import Prompt
from hardware.flash.settings import Wanted
from tests.firmware.on_micropython import run
from tests.hardware.flash.virtual import Virtual

CUTS = 4
SEED = 8


def version(folder: Path, number: int) -> dict[str, bytes]:
    """A small firmware that says its number, and which settings it finds; with the real one's first step."""
    folder.mkdir(exist_ok=True)
    source = folder / "main.py"
    source.write_text(
        "import os\n"
        "def run():\n"
        "    for name in ('ca.der', 'settings.json'):\n"
        "        try:\n"
        "            os.rename(name, '/' + name)\n"
        "        except OSError:\n"
        "            pass\n"
        "    with open('/settings.json') as file:\n"
        f"        print('runs', {number}, file.read(), 'firmware', os.getcwd())\n")
    main = compile_file(source, "main", CACHE)
    same = {f"/firmware/part{n}.mpy": bytes([n]) * 1500 for n in range(2)}
    return {"/main.py": MAIN_PY, "/firmware/main.mpy": main, **same,
            "/firmware/more/large.mpy": bytes([number]) * 4800, "/firmware/more/small.mpy": bytes([number])}


def bring(prompt: Prompt, files: dict[str, bytes], number: int) -> None:
    """As `bollard-flash write` does."""
    prompt.load("files")
    main = prompt.read(install.MAIN)
    install.settle(prompt, main)
    plan = install.planned(install.listed(prompt), main, files)
    wanted = Wanted({"number": str(number)}, changed=True)
    if plan:
        install.written(prompt, plan, lambda what, count: None)
    write._put_settings(prompt, plan, wanted)
    if plan:
        install.swapped(prompt, plan)


class Cable:
    """Between program and board; breaks after so many bytes to the board."""

    def __init__(self, board_port: int, holds_bytes: int | None, broken: Callable[[], None]) -> None:
        self._left, self._broken = holds_bytes, broken
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"socket://127.0.0.1:{self._listener.getsockname()[1]}"
        self.carried = 0
        self._board = socket.create_connection(("127.0.0.1", board_port))
        threading.Thread(target=self._carry, daemon=True).start()

    def _carry(self) -> None:
        program, _ = self._listener.accept()
        program.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._board.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        threading.Thread(target=self._back, args=(program,), daemon=True).start()
        while typed := program.recv(4096):
            if self._left is not None and self.carried + len(typed) > self._left:
                self._board.sendall(typed[: self._left - self.carried])
                self._broken()
                program.shutdown(socket.SHUT_RDWR)
                break
            self._board.sendall(typed)
            self.carried += len(typed)
        program.close()
        self._board.close()
        self._listener.close()

    def _back(self, program: socket.socket) -> None:
        try:
            while said := self._board.recv(4096):
                program.sendall(said)
        except OSError:
            pass


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, bytes]]:
    folder = tmp_path_factory.mktemp("versions")
    return [version(folder / str(number), number) for number in range(2)]


@pytest.fixture
def board(world: Virtual, versions: list[dict[str, bytes]], request: pytest.FixtureRequest) -> Iterator[ChargePoint]:
    made = world.board(request.node.name[:40], firmware={**versions[0], "/settings.json": b'{"number": "0"}'})
    yield made
    world.run(world.world.remove(made.options.identity))


def says(world: Virtual, board: ChargePoint) -> str:
    """What main.py says after the power came back."""
    world.power(board, False)
    world.call(board.console.clear)
    world.power(board, True)
    line: str = world.until(lambda: next((line for line in board.console if line.startswith("runs ")), None),
                            f"it starts; it said {list(board.console)}")
    return line


def test_a_pulled_cable_leaves_the_old_firmware_or_the_new_one_each_with_its_settings(
        world: Virtual, board: ChargePoint, versions: list[dict[str, bytes]]) -> None:
    port = int(str(board.serial_line).rsplit(":", 1)[1])
    dice = random.Random(SEED)
    running, at = 0, 0
    total = 30_000
    for turn in range(CUTS):
        wanted = 1 - running
        at = dice.randrange(total * turn // CUTS, total * (turn + 1) // CUTS)
        cut_power = dice.random() < 0.5
        cable = Cable(port, at, lambda cut=cut_power: world.power(board, False) if cut else None)
        try:
            with Prompt(cable.url) as prompt:
                prompt.enter()
                bring(prompt, versions[wanted], wanted)
            total = cable.carried
        except FlashError as error:
            if "is lost" not in str(error):
                raise
        said = says(world, board)
        number = int(said.split()[1])
        assert number in (running, wanted), said
        assert json.loads(said.split(" ", 2)[2].split(" firmware")[0]) == {"number": str(number)}, (at, said)
        running = number
    wanted = 1 - running
    with Prompt(str(board.serial_line)) as prompt:   # and what all of that has left is no hindrance
        prompt.enter()
        bring(prompt, versions[wanted], wanted)
    assert says(world, board).startswith(f"runs {wanted} ")


def statements(world: Virtual, board: ChargePoint, files: dict[str, bytes], number: int) -> list[str]:
    """What is sent to the board's prompt to bring a version there."""
    sent: list[str] = []

    class Noting(Prompt):
        def run(self, code: str) -> str:
            sent.append(code)
            return super().run(code)

    with Noting(str(board.serial_line)) as prompt:
        prompt.enter()
        sent.clear()
        bring(prompt, files, number)
    return sent


def test_at_any_write_of_flash_the_power_may_go(
        world: Virtual, board: ChargePoint, versions: list[dict[str, bytes]]) -> None:
    """Three versions on top of each other: out of an image, to /a, to /b. What counts is what the next start finds."""
    steps = [statements(world, board, versions[1], 1), statements(world, board, versions[0], 2)]
    assert all(any("os.rename('/main.py.new'" in code for code in step) for step in steps)
    wanted = [{name: content.hex() for name, content in files.items() if name != "/main.py"} for files in versions]
    program = PROGRAM % {"steps": json.dumps(steps), "files": json.dumps(wanted), "main": MAIN_PY}
    told: dict[str, Any] = json.loads(run(program, heap_kib=40_000, timeout_s=60).splitlines()[-1])
    assert told["wrong"] == []
    assert told["old"] > 50, told
    assert told["new"] > 3, told


PROGRAM = r"""
import binascii, json, os, sys, vfs
sys.path.insert(0, ".")
from tests.firmware import ram_flash
steps, wanted, plain = json.loads(r'''%(steps)s'''), json.loads(r'''%(files)s'''), %(main)r
steps = [[compile(code, "prompt", "exec") for code in step] for step in steps]
wanted = [{name: binascii.unhexlify(text) for name, text in files.items()} for files in wanted]

def boot(flash):
    vfs.umount("/")
    flash.cut_at = None
    ram_flash._mounted[:] = [ram_flash._Power(flash)]
    vfs.mount(vfs.VfsLfs2(ram_flash._mounted[0], readsize=32, progsize=32, lookahead=32), "/")

def fresh(image):
    if ram_flash._mounted:
        ram_flash._mounted[0].flash = None   # what a dead boot left open must not write
    flash = ram_flash.Flash(len(image) // 4096)
    flash.data[:] = image
    boot(flash)
    return flash

def make(path, content):
    for at in range(1, len(path)):
        if path[at] == "/":
            try:
                os.mkdir(path[:at])
            except OSError:
                pass
    with open(path, "wb") as file:
        file.write(content)

def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return None

def starts():
    # (which version is whole where main.py leads, which settings it will have), as the firmware's first step does it
    main = read("/main.py")
    if main is None or not main.endswith(plain):
        return None
    slot = main.split(b"'")[1].decode() if b"chdir" in main else ""
    for version, files in enumerate(wanted):
        if all(read(slot + name) == content for name, content in files.items()):
            return version, json.loads((slot and read(slot + "/settings.json")) or read("/settings.json"))["number"]
    return None

def play(step):
    space = {}
    for code in step:
        exec(code, space)

blank = ram_flash.formatted(40)
boot(blank)
make("/main.py", plain)
for name, content in wanted[0].items():
    make(name, content)
make("/settings.json", b'{"number": "0"}')
images = [bytes(blank.data)]
expected = [(0, "0"), (1, "1"), (0, "2")]
for i, step in enumerate(steps):
    flash = fresh(images[i])
    play(step)
    images.append(bytes(flash.data))
print_really, print = print, lambda *words: None
told = {"cuts": 0, "old": 0, "new": 0, "wrong": []}
for i, step in enumerate(steps):
    for torn in (False, True):
        cut = done = 0
        while not done:
            flash = fresh(images[i])
            flash.cut_at, flash.torn = flash.writes + cut, torn
            try:
                play(step)
                done = flash.writes <= flash.cut_at
            except (ram_flash.PowerCut, OSError):
                pass
            kept = bytes(flash.data)
            fresh(kept)
            found = starts()
            if done:
                assert found == expected[i + 1], found
                break
            told["cuts"] += 1
            if found == expected[i]:
                told["old"] += 1
            elif found == expected[i + 1]:
                told["new"] += 1
            else:
                told["wrong"].append((i, torn, cut, found))
            cut += 3 if torn else 2   # each costs a boot
print_really(json.dumps(told))
"""
