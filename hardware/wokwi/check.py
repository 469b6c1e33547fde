"""Judge the projects in wokwi/ without Wokwi: diagrams, chips, wokwi.toml, scenarios, and the board file of each.

    python -m hardware.wokwi.check [folder]

A project's board file is firmware/boards/wokwi_<folder>.py. Each pin that it uses must lead to the part that it is for,
and no other pin may be wired. `make lint` runs this; each complaint is one line that says what to do.
"""
import argparse
import importlib
import json
import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.wiring import pins as board_pins
from hardware.wokwi import build
from hardware.wokwi.parts import BOARDS, CONTROLS, PARTS, ROLES, SERIAL_MONITOR
from hardware.wokwi.scenario import scenario_complaints

WOKWI = build.CHIPS.parent
OPTIONAL_PINS = {
    "chip-pn532": {"SDA", "SCL", "TX", "RX"}, "wokwi-led-ring": {"DOUT"}, "wokwi-relay-module": {"NC"},
    "wokwi-pushbutton": {"1.l", "1.r", "2.l", "2.r"}, "board-mfrc522": {"IRQ", "RST"},
}
UNWIRED_PARTS = {"wokwi-text"}
# What the chips do unless the diagram says otherwise.
DEFAULTS = {"units": 1, "baud": 9600, "holdMs": 5000, "mvPerV": 180, "offsetMv": 150}


@dataclass(frozen=True)
class ChipFile:
    """What <name>.chip.json says."""
    pins: frozenset[str]
    controls: Mapping[str, tuple[float, float]]   # lowest and highest


def chip_file(path: Path) -> tuple[ChipFile, list[str]]:
    """The chip's description, and what is wrong with it."""
    said = _json(path)
    if isinstance(said, str):
        return ChipFile(frozenset(), {}), [said]
    found = []
    pins = [pin for pin in said.get("pins", []) if pin]
    if not said.get("name") or not said.get("author"):
        found.append(f"{path.name}: needs a name and an author")
    found += [f"{path.name}: pin {pin} is there twice" for pin, count in Counter(pins).items() if count > 1]
    found += [f"{path.name}: needs a pin {pin}" for pin in ("VCC", "GND") if pin not in pins]
    controls = {}
    for control in said.get("controls", []):
        name = control.get("id")
        if control.get("type") != "range" or not control.get("label") or not name:
            found.append(f"{path.name}: control {name!r} must be a range with an id and a label")
        elif not control.get("min", 0) < control.get("max", 0) or control.get("step", 0) <= 0:
            found.append(f"{path.name}: control {name}: min must be less than max, step more than 0")
        else:
            controls[name] = (control["min"], control["max"])
    return ChipFile(frozenset(pins), controls), found


def _json(path: Path) -> Any:
    """The file's content, or a complaint as text."""
    try:
        return json.loads(path.read_text())
    except OSError:
        return f"{path.name} is missing"
    except ValueError as error:
        return f"{path.name} is not JSON: {error}"


class Diagram:
    """One diagram.json with what its types mean. `complaints` gathers what is wrong with the file itself."""

    def __init__(self, path: Path, chips: Mapping[str, ChipFile]) -> None:
        self.complaints: list[str] = []
        said = _json(path)
        if isinstance(said, str):
            self.complaints.append(said)
            said = {}
        if said.get("version") != 1:
            self.complaints.append("diagram.json: version must be 1")
        self.parts: dict[str, dict[str, Any]] = {}
        self._chips = chips
        for part in said.get("parts", []):
            self._add_part(part)
        self.wires: list[tuple[str, str]] = []
        for connection in said.get("connections", []):
            self._add_wire(connection)
        self._check_loose_ends()
        self._check_power()

    def _add_part(self, part: dict[str, Any]) -> None:
        name = part.get("id", "")
        if not re.fullmatch(r"[A-Za-z][A-Za-z0-9]*", name) or name in self.parts:
            self.complaints.append(f"part {name!r}: an id is letters and digits, and used once")
            return
        self.parts[name] = part
        if self.pins(name) is None:
            self.complaints.append(
                f"part {name}: there is no type {part.get('type')!r} here; see hardware/wokwi/parts.py")
        for attribute, value in part.get("attrs", {}).items():
            if not isinstance(value, str):
                self.complaints.append(f"part {name}: {attribute} must be text, as Wokwi keeps its attributes")
            elif self.chip(name) is not None and not value.isdecimal():
                self.complaints.append(f"part {name}: {attribute} must be a whole number")

    def type(self, part: str) -> str:
        return str(self.parts[part].get("type", ""))

    def chip(self, part: str) -> str | None:
        """The name of a chip of ours, None for a part of Wokwi's."""
        kind = self.type(part)
        return kind.removeprefix("chip-") if kind.startswith("chip-") else None

    def number(self, part: str, attribute: str, default: int) -> int:
        told = str(self.parts[part].get("attrs", {}).get(attribute, default))
        return int(told) if told.isdecimal() else default

    def pins(self, part: str) -> frozenset[str] | None:
        """Of a part, by its id; None for one whose type is not known."""
        if part in SERIAL_MONITOR:
            return SERIAL_MONITOR[part]
        kind, chip = self.type(part), self.chip(part)
        if kind in BOARDS:
            return frozenset(BOARDS[kind])
        if chip is not None:
            return self._chips[chip].pins if chip in self._chips else None
        return PARTS.get(kind)

    def _add_wire(self, connection: Any) -> None:
        if not (isinstance(connection, list) and len(connection) == 4 and isinstance(connection[3], list)):
            self.complaints.append(f"connection {connection!r}: a wire is [from, to, colour, [bends]]")
            return
        one, other = connection[:2]
        for end in (one, other):
            part, _, pin = end.partition(":")
            if part not in self.parts and part not in SERIAL_MONITOR:
                self.complaints.append(f"wire {one} to {other}: there is no part {part!r}")
                return
            pins = self.pins(part)
            if pins is not None and pin not in pins:
                self.complaints.append(f"wire {one} to {other}: {part} has no pin {pin!r}")
                return
        if one == other:
            self.complaints.append(f"wire {one} to itself")
        if (one, other) in self.wires or (other, one) in self.wires:
            self.complaints.append(f"wire {one} to {other} is there twice")
        self.wires.append((one, other))

    def _check_loose_ends(self) -> None:
        wired = {end for wire in self.wires for end in wire}
        channels = sum(self.type(part) == "chip-ev" for part in self.parts)
        for part in self.parts:
            kind, pins = self.type(part), self.pins(part) or frozenset()
            if kind in BOARDS or kind in UNWIRED_PARTS:
                continue
            if not any(f"{part}:{pin}" in wired for pin in pins):
                self.complaints.append(f"part {part} is wired to nothing")
                continue
            for pin in sorted(pins - OPTIONAL_PINS.get(kind, set())):
                number = re.search(r"\d+$", pin)
                absent = number is not None and self.chip(part) is not None and int(number[0]) > channels
                if f"{part}:{pin}" not in wired and not absent:
                    self.complaints.append(f"part {part}: pin {pin} is not wired")

    def joined(self, end: str) -> set[str]:
        """All that is on the same net."""
        net, grew = {end}, True
        while grew:
            more = {other for wire in self.wires if net & set(wire) for other in wire}
            grew = not more <= net
            net |= more
        return net

    def _check_power(self) -> None:
        for name in self.parts:
            if self.type(name) in BOARDS:
                rails = BOARDS[self.type(name)]
                for pin, rail in rails.items():
                    others = {rails[end.partition(":")[2]] for end in self.joined(f"{name}:{pin}")
                              if end.startswith(f"{name}:")}
                    if isinstance(rail, str) and len(others) > 1:
                        self.complaints.append(f"{name}:{pin} is on one net with {sorted(map(str, others - {rail}))}")


def used_pins(board: Mapping[str, Any]) -> Iterator[tuple[str, int, int]]:
    """Each pin of a board file: what for, its number, the connector's (0 for the whole board's)."""
    for name in ("reader", "meter_bus"):
        for wire in ("tx", "rx", "de"):
            if (part := board.get(name)) and part.get(wire) is not None:
                yield f"{name}.{wire}", part[wire], 0
    for bus, lines in (("i2c", ("scl", "sda")), ("spi", ("cs", "sck", "mosi", "miso"))):
        for line in lines if bus in (board.get("reader") or {}) else ():
            yield f"reader.{bus}.{line}", board["reader"][bus][line], 0
    panel = board.get("panel") or {}
    for line in ("scl", "sda") if panel.get("display") else ():
        yield f"display.{line}", panel["display"]["i2c"][line], 0
    if panel.get("buzzer"):
        yield "buzzer", panel["buzzer"]["pin"], 0
    for number, button in enumerate(panel.get("stop_buttons") or (), 1):
        if button:
            yield "stop_button", button["pin"], number
    for name in ("lamps", "emergency_stop", "residual_current", "earth_lost", "temperature"):
        if board.get(name):
            yield name, board[name]["pin"], 0
    for number, connector in enumerate(board["connectors"], 1):
        for name in ("pilot_pwm", "heartbeat"):
            yield name, connector[name], number
        for name in ("pilot_high", "pilot_low", "contactor", "contactor_feedback"):
            yield name, connector[name]["pin"], number


def board_complaints(diagram: Diagram, board: Mapping[str, Any]) -> Iterator[str]:
    """Is every pin of the board file wired to what it is for, and none besides?"""
    boards = [name for name in diagram.parts if diagram.type(name) in BOARDS]
    if len(boards) != 1:
        yield f"there must be one board in the diagram, there are {len(boards)}"
        return
    esp = boards[0]
    by_gpio = {gpio: pin for pin, gpio in BOARDS[diagram.type(esp)].items() if isinstance(gpio, int)}
    allowed = {f"{esp}:{pin}" for pin in ("TX", "RX")}
    pilots: dict[int, set[str]] = {}
    judged = {gpio for _, gpio, _ in used_pins(board)}
    for each in board_pins.pins(board):
        if each.gpio not in judged:
            yield f"{each.what}: this checker knows no simulated part for pin {each.gpio}"
    for what, gpio, connector in used_pins(board):
        if gpio not in by_gpio:
            yield f"{what}: {diagram.type(esp)} has no pin {gpio}"
            continue
        end = f"{esp}:{by_gpio[gpio]}"
        allowed.add(end)
        kind, pin = ROLES.get(what, ("", ""))
        goal = pin.format(n=connector)
        reached = [other for other in diagram.joined(end) - {end}
                   if other.partition(":")[0] in diagram.parts
                   and diagram.type(other.partition(":")[0]) == kind and other.endswith(f":{goal}")]
        if not kind:
            yield f"{what}: no part of Wokwi's is known for it; see hardware/wokwi/parts.py"
        elif not reached:
            yield f"{what}: {end} must lead to pin {goal} of a {kind}"
        elif kind == "chip-ev":
            pilots.setdefault(connector, set()).update(other.partition(":")[0] for other in reached)
    for connector, cars in pilots.items():
        if len(cars) > 1:
            yield f"connector {connector}: its pilot is spread over {', '.join(sorted(cars))}"
    for one, other in diagram.wires:
        for end in (one, other):
            known = end.partition(":")[0] == esp and isinstance(BOARDS[diagram.type(esp)][end.partition(":")[2]], int)
            if known and end not in allowed:
                yield f"{end} is wired, and the board file does not use it"
    yield from _value_complaints(diagram, board)


def _value_complaints(diagram: Diagram, board: Mapping[str, Any]) -> Iterator[str]:
    """Do the chips behave as the board file believes?"""
    front = board["connectors"][0]["pilot_high"]
    expected = {
        "chip-sdm630": {"units": len(board["connectors"]), "baud": board["meter_bus"]["baud"]},
        "chip-safety-chain": {"holdMs": board["heartbeat_hold_ms"]},
        "chip-ev": {"mvPerV": front["mv_per_v"], "offsetMv": front["offset_mv"]},
    }
    for part in diagram.parts:
        for name, value in expected.get(diagram.type(part), {}).items():
            told = diagram.number(part, name, DEFAULTS[name])
            if told != value:
                yield f"part {part}: {name} is {told}, the board file says {value}"
    lamps = sum(diagram.number(part, "pixels", 16) for part in diagram.parts if diagram.type(part) == "wokwi-led-ring")
    if board.get("lamps") and lamps != board["lamps"]["per_connector"] * len(board["connectors"]):
        yield f"the rings have {lamps} pixels, the board file lights {board['lamps']['per_connector']} a connector"


def toml_complaints(path: Path, diagram: Diagram) -> Iterator[str]:
    try:
        said = tomllib.loads(path.read_text())
    except OSError:
        yield f"{path.name} is missing"
        return
    except tomllib.TOMLDecodeError as error:
        yield f"{path.name} is not TOML: {error}"
        return
    wokwi = said.get("wokwi", {})
    if wokwi.get("version") != 1 or not wokwi.get("firmware"):
        yield f"{path.name}: [wokwi] needs version = 1 and firmware"
    listed = {chip.get("name"): chip.get("binary", "") for chip in said.get("chip", [])}
    used = {chip for part in diagram.parts if (chip := diagram.chip(part)) is not None}
    for name in sorted(used - listed.keys()):
        yield f"{path.name}: chip {name} is in the diagram and not listed"
    for name in sorted(listed.keys() - used):
        yield f"{path.name}: chip {name} is listed and not in the diagram"
    for name, binary in listed.items():
        wasm = path.parent / binary
        if not wasm.is_file() or wasm.name != f"{name}.chip.wasm":
            yield f"{path.name}: chip {name}: there is no {binary}"
        elif not wasm.with_suffix(".json").is_file():
            yield f"{path.name}: chip {name}: its .chip.json must lie beside {binary}"


def scenarios(folder: Path) -> list[Path]:
    """Those that a project can play: what is for all with the reader of ours, and its own."""
    diagram = folder / "diagram.json"
    shared = diagram.is_file() and "chip-pn532" in diagram.read_text()
    places = (folder.parent, folder) if shared else (folder,)
    return [path for place in places for path in sorted((place / "scenarios").glob("*.test.yaml"))]


def project_complaints(folder: Path, chips: Mapping[str, ChipFile]) -> Iterator[str]:
    diagram = Diagram(folder / "diagram.json", chips)
    yield from diagram.complaints
    yield from toml_complaints(folder / "wokwi.toml", diagram)
    board = f"firmware.boards.wokwi_{folder.name.replace('-', '_')}"
    try:
        yield from board_complaints(diagram, importlib.import_module(board).BOARD)
    except ModuleNotFoundError:
        yield f"there is no board file {board}"
    controls: dict[str, Mapping[str, tuple[float, float]]] = {}
    for part in diagram.parts:
        chip = chips.get(diagram.chip(part) or "")
        controls[part] = chip.controls if chip else CONTROLS.get(diagram.type(part), {})
    pins = {part: diagram.pins(part) or frozenset() for part in diagram.parts}
    for path in scenarios(folder):
        yield from (f"{path.name}: {complaint}" for complaint in scenario_complaints(path.read_text(), controls, pins))


def complaints(wokwi: Path = WOKWI) -> list[str]:
    """All that is wrong in a folder of projects, one line each."""
    found = list(build.stale(wokwi / "chips"))
    chips = {}
    for name in build.chips(wokwi / "chips"):
        chips[name], wrong = chip_file(wokwi / "chips" / f"{name}.chip.json")
        found += wrong
    projects = sorted(path.parent for path in wokwi.glob("*/diagram.json"))
    if not projects:
        found.append(f"there is no project in {wokwi.name}/")
    for folder in projects:
        found += [f"{folder.name}: {complaint}" for complaint in project_complaints(folder, chips)]
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("folder", nargs="?", type=Path, default=WOKWI)
    found = complaints(parser.parse_args(arguments).folder)
    print("\n".join(found), end="\n" if found else "", file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
