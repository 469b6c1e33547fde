"""Names that are shortened before compiling: the program does the same, and what others may ask for keeps its name."""
import ast
import subprocess
from pathlib import Path

import pytest

from hardware.bench import board, image
from hardware.bench.names import names_to_keep, shortened
from hardware.bench.process import interpreter

# MicroPython's tables of names hold 10, 20, 40 … 640 of them; the next would take 14 kB of the lean heap.
MOST_NAMES = 1270
WITH_EV_LINKS = ("ev_link", "ev_link_keys", "ev_link_values", "ev_link_wiring", "ev_needs", "modbus_write",
                 "shared_station")
RARE_PARTS = ("ssd1306", "hd44780", "mfrc522", "pn532_buses", "leds", "meter_s0")
ENERGY_PARTS = (
    "bolt", "cable", "energy_check", "energy_parts", "phases", "residual_test", "start_delay", "switched_phases",
    "voltage")
SPARE_NAMES = 40   # the boards' other parts, a line here and there

PROGRAM = """
class Queue:
    def __init__(self, first, later=2):
        self._held, self.told = [first], later
        self._add(first + later)
    def _add(self, item):
        self._held.append(item)
    def each(self, wanted):
        return [item for item in self._held if wanted(item)]

def adder(amount):
    def add(value):
        amount_now = amount + value
        return amount_now
    return add, lambda value: amount - value

def shadowed(value):
    def inner(value):
        return value * 2
    return inner(value) + sum([value for value in (1, 2)])

def bound(value, other):
    value = value or other
    try:
        raise ValueError(value)
    except ValueError as other:
        return str(other)

def counted(start):
    def up():
        nonlocal start
        start += 1
        return start
    return up() + up()

def named(amount=1, *, only=2):
    return amount - only

add, take = adder(10)
queue = Queue(1, later=4)
result = (queue.each(lambda item: item > 1), queue.told, add(5), take(3), shadowed(4), bound(0, 9), counted(6),
          named(only=7), getattr(queue, "_held"))
"""


def result_of(source: str) -> object:
    scope: dict[str, object] = {}
    exec(compile(source, "program", "exec"), scope)
    return scope["result"]


def test_a_program_does_the_same_with_fewer_names() -> None:
    short = shortened(PROGRAM, names_to_keep([PROGRAM]))
    assert result_of(short) == result_of(PROGRAM)
    arguments = {node.arg for node in ast.walk(ast.parse(short)) if isinstance(node, ast.arg)}
    assert {"p0", "p1"} <= arguments
    assert {"later", "only", "amount"} <= arguments, "given by name somewhere"
    assert not {"first", "item", "wanted"} & arguments


def test_private_data_is_short_but_functions_keep_what_a_traceback_shows() -> None:
    source = "class A:\n    def __init__(self):\n        self._data = self._made()\n    def _made(self): pass\n"
    assert "self._0 = self._made()" in shortened(source, names_to_keep([source]))


def test_what_another_module_may_ask_of_an_object_keeps_its_name() -> None:
    source = "class A:\n    def __init__(self):\n        self._data = 1\n"
    for other in ("print(a._data)", "getattr(a, '_data')", "def _data(): pass", "f(_data=1)"):
        assert "_data" in shortened(source, names_to_keep([source, other])), other


def test_a_class_and_its_base_in_another_module_do_not_share_short_names() -> None:
    base = "class A:\n    def __init__(self):\n        self._a = self._c = 1\n"
    extended = "from one import A\nclass B(A):\n    def __init__(self):\n        self._b = self._c = 2\n"
    kept = names_to_keep([base, extended])
    assert "self._0 = self._c" in shortened(base, kept)
    assert "self._b = self._c" in shortened(extended, kept)


@pytest.mark.parametrize("name", [name for name in board.names() if board.load(name)["profile"] == "lean"])
def test_all_names_of_the_firmware_and_the_shims_fit_the_tables_there_are(tmp_path: Path, name: str) -> None:
    for path, code in image.firmware_files(name, tmp_path / "cache").items():
        (tmp_path / path[1:]).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path[1:]).write_bytes(code)
    modules = [str(p.relative_to(tmp_path).with_suffix("")).replace("/", ".")
               for p in sorted((tmp_path / "firmware").rglob("*.mpy"))]
    # Only a board without settings loads these, and restarts when it has some.
    modules = [module for module in modules if ".setup." not in module]
    data = board.load(name)
    if not any(f"'{part}'" in str(data) for part in ("lock", "test", "proximity", "phase_contactor", "voltage")):
        modules = [module for module in modules if module.rpartition(".")[2] not in ENERGY_PARTS]
    if not data.get("ev_link"):   # not even their names are known then
        modules = [module for module in modules if module.rpartition(".")[2] not in WITH_EV_LINKS]
    if not data.get("panel"):
        modules = [module for module in modules
                   if ".panel." not in module and module.rpartition(".")[2] not in RARE_PARTS]
    if not (data.get("ev_link") or data.get("meter_map")):
        modules.remove("firmware.register_map_check")
        if data["connectors"][0]["meter"]["driver"].startswith("sdm"):
            modules = [module for module in modules if not module.endswith("_map")]
    shims = image.shim_folder(tmp_path / "cache")
    program = f"""
import sys, micropython
sys.path[:] = [{str(shims)!r}, {str(tmp_path)!r}, ".frozen"]
import time, socket, machine, network, neopixel, ntptime, esp32, flash, tls_stall
for name in {modules}:
    __import__(name)
import asyncio
asyncio.Event, asyncio.Lock, asyncio.StreamReader, asyncio.wait_for
micropython.qstr_info()
"""
    printed = subprocess.run(
        [interpreter(), "-X", "heapsize=4m", "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert printed.returncode == 0, printed.stderr + printed.stdout
    names = int(printed.stdout.partition("n_qstr=")[2].partition(",")[0])
    spare = SPARE_NAMES // 2 if name == "bench_pzem" else SPARE_NAMES   # its meter is one of those other parts
    assert 500 < names <= MOST_NAMES - spare, printed.stdout
