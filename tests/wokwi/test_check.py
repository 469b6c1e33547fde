"""The checker of the Wokwi projects: silent on ours, and one clear line for each thing that can be wrong."""
import importlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hardware.wokwi import build, check
from tests.wokwi.simulation import Simulation

PROJECTS = sorted(path.parent.name for path in check.WOKWI.glob("*/diagram.json"))
Change = Callable[[dict[str, Any]], object]


def test_our_projects_are_as_they_should_be() -> None:
    assert check.complaints() == []
    assert check.main([]) == 0


@pytest.fixture
def wokwi(tmp_path: Path) -> Path:
    shutil.copytree(check.WOKWI, tmp_path / "wokwi")
    assert check.complaints(tmp_path / "wokwi") == []
    return tmp_path / "wokwi"


def part(diagram: dict[str, Any], name: str) -> dict[str, Any]:
    return next(each for each in diagram["parts"] if each["id"] == name)


def rewire(diagram: dict[str, Any], old: str, new: str) -> None:
    """Let every wire that ends at `old` end at `new`."""
    for wire in diagram["connections"]:
        wire[:2] = [new if end == old else end for end in wire[:2]]


def cut(diagram: dict[str, Any], end: str) -> None:
    diagram["connections"] = [wire for wire in diagram["connections"] if end not in wire]


def also(diagram: dict[str, Any], one: str, other: str) -> None:
    diagram["connections"].append([one, other, "", []])


@pytest.mark.parametrize(("change", "complaint"), [
    (lambda d: d.update(version=2), "version must be 1"),
    (lambda d: d["parts"].append(dict(part(d, "reader"))), "'reader'.*used once"),
    (lambda d: part(d, "lamp1").update(type="wokwi-lamp"), "no type 'wokwi-lamp'"),
    (lambda d: part(d, "ev1").update(type="chip-evv"), "no type 'chip-evv'"),
    (lambda d: part(d, "meter")["attrs"].update(units=1), "units must be text"),
    (lambda d: part(d, "meter")["attrs"].update(units="two"), "units must be a whole number"),
    (lambda d: also(d, "esp:2", "ghost:A"), "no part 'ghost'"),
    (lambda d: also(d, "esp:99", "lamp1:A"), "esp has no pin '99'"),
    (lambda d: rewire(d, "ev1:CP", "ev1:PILOT"), "ev1 has no pin 'PILOT'"),
    (lambda d: also(d, "reader:RX", "esp:4"), "is there twice"),
    (lambda d: also(d, "esp:4", "esp:4"), "to itself"),
    (lambda d: d["connections"].append(["esp:4", "reader:RX"]), "a wire is"),
    (lambda d: cut(d, "chain:PILOT1"), "chain: pin PILOT1 is not wired"),
    (lambda d: cut(d, "chain:VCC"), "chain: pin VCC is not wired"),
    (lambda d: [cut(d, f"ring1:{pin}") for pin in ("VCC", "GND", "DIN")], "part ring1 is wired to nothing"),
    (lambda d: also(d, "esp:3V3", "esp:GND.1"), "on one net"),
    (lambda d: also(d, "esp:26", "esp:5V"), "on one net"),
    (lambda d: cut(d, "ev1:CP"), "pilot_pwm: esp:25 must lead to pin CP"),
    (lambda d: [rewire(d, "ev1:HIGH", "x"), rewire(d, "ev1:LOW", "ev1:HIGH"), rewire(d, "x", "ev1:LOW")],
     "pilot_high: esp:32 must lead to pin HIGH"),
    (lambda d: [rewire(d, "esp:4", "x"), rewire(d, "esp:23", "esp:4"), rewire(d, "x", "esp:23")],
     "reader.tx: esp:4 must lead to pin RX of a chip-pn532"),
    (lambda d: rewire(d, "chain:BEAT1", "chain:BEAT2"), "heartbeat: esp:27 must lead to pin BEAT1"),
    (lambda d: also(d, "esp:21", "lamp1:A"), "esp:21 is wired, and the board file does not use it"),
    (lambda d: part(d, "chain")["attrs"].update(holdMs="900"), "holdMs is 900, the board file says 5000"),
    (lambda d: part(d, "meter")["attrs"].update(baud="19200"), "baud is 19200, the board file says 9600"),
    (lambda d: part(d, "ev1")["attrs"].update(mvPerV="200"), "mvPerV is 200"),
    (lambda d: part(d, "ring1")["attrs"].update(pixels="16"), "16 pixels"),
    (lambda d: part(d, "esp").update(type="board-esp32-s3-devkitc-1"), "has no pin"),
])
def test_what_is_wrong_in_a_diagram_is_said(wokwi: Path, change: Change, complaint: str) -> None:
    path = wokwi / "esp32-devkitc" / "diagram.json"
    diagram = json.loads(path.read_text())
    change(diagram)
    path.write_text(json.dumps(diagram))
    found = check.complaints(wokwi)
    assert any(re.search(complaint, line) for line in found), found
    assert all(line.startswith("esp32-devkitc: ") for line in found)


def test_a_part_of_the_board_file_that_nothing_simulates_is_said(wokwi: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    board = importlib.import_module("firmware.boards.wokwi_esp32_devkitc").BOARD
    monkeypatch.setitem(board["connectors"][0], "lock", {"pin": 19, "active": 1, "feedback": {"pin": 22, "active": 0}})
    assert check.complaints(wokwi) == [
        "esp32-devkitc: lock 1: this checker knows no simulated part for pin 19",
        "esp32-devkitc: lock 1: feedback: this checker knows no simulated part for pin 22"]


PANEL = {"display": {"i2c": {"scl": 22, "sda": 21}}, "buzzer": {"pin": 5}, "stop_buttons": [{"pin": 19}]}
PANEL_PARTS = [{"id": "display", "type": "board-ssd1306"}, {"id": "buzzer", "type": "wokwi-buzzer"},
               {"id": "stop", "type": "wokwi-pushbutton"}]
PANEL_WIRES = [["esp:22", "display:SCL"], ["esp:21", "display:SDA"], ["esp:3V3", "display:VCC"],
               ["esp:GND.1", "display:GND"], ["esp:5", "buzzer:2"], ["esp:GND.1", "buzzer:1"],
               ["esp:19", "stop:1.l"], ["esp:GND.1", "stop:2.l"]]


@pytest.mark.parametrize(("missing", "complaint"), [
    (None, None), (0, "display.scl: esp:22 must lead to pin SCL of a board-ssd1306"),
    (4, "buzzer: esp:5 must lead to pin 2"), (6, "stop_button: esp:19 must lead to pin 1.l"),
])
def test_a_panel_of_the_board_file_is_wired_too(wokwi: Path, missing: int | None, complaint: str | None) -> None:
    path = wokwi / "esp32-devkitc" / "diagram.json"
    diagram = json.loads(path.read_text())
    diagram["parts"] += PANEL_PARTS
    for number, wire in enumerate(PANEL_WIRES):
        if number != missing:
            also(diagram, *wire)
    path.write_text(json.dumps(diagram))
    chips = {name: check.chip_file(wokwi / "chips" / f"{name}.chip.json")[0] for name in build.chips()}
    board = importlib.import_module("firmware.boards.wokwi_esp32_devkitc").BOARD | {"panel": PANEL}
    found = list(check.board_complaints(check.Diagram(path, chips), board))
    assert found == ([complaint] if complaint else []) or complaint in found[0]


def test_a_second_connectors_pilot_may_not_be_mixed_with_the_first(wokwi: Path) -> None:
    path = wokwi / "esp32-s3" / "diagram.json"
    text = path.read_text()
    path.write_text(text.replace("ev1:LOW", "x").replace("ev2:LOW", "ev1:LOW").replace("x", "ev2:LOW", 1))
    assert any("its pilot is spread over ev1, ev2" in line for line in check.complaints(wokwi))


@pytest.mark.parametrize(("file", "old", "new", "complaint"), [
    ("esp32-s3/wokwi.toml", "version = 1", "version = 2", "needs version = 1"),
    ("esp32-s3/wokwi.toml", 'name = "ev"', 'name = "car"', "chip ev is in the diagram and not listed"),
    ("esp32-s3/wokwi.toml", "../chips/ev", "chips/ev", "there is no chips/ev.chip.wasm"),
    ("esp32-s3/wokwi.toml", "[wokwi]", "[wokwi", "is not TOML"),
    ("esp32-s3/diagram.json", '"parts"', "parts", "is not JSON"),
    ("chips/ev.chip.json", '"CP", ', '"CP", "CP", ', "pin CP is there twice"),
    ("chips/ev.chip.json", '"VCC", ', "", "needs a pin VCC"),
    ("chips/ev.chip.json", '"max": 32', '"max": 6', "min must be less than max"),
    ("chips/ev.chip.json", '"type": "range"', '"type": "knob"', "must be a range"),
    ("chips/ev.chip.json", '"author": "Bollard"', '"author": ""', "needs a name and an author"),
    ("chips/ev.chip.c", "TICK_US = 10000", "TICK_US = 10001", "built from other sources"),
    ("scenarios/charge.test.yaml", "version: 1", "version: 2", "needs a name and version"),
    ("scenarios/charge.test.yaml", "value: 1 }", "value: 9 }", "ev1: car goes from 0 to 5, not to 9"),
    ("scenarios/charge.test.yaml", "control: car", "control: bus", "ev1 has no control 'bus'"),
    ("scenarios/charge.test.yaml", "part-id: ev1", "part-id: ev9", "there is no part 'ev9'"),
    ("scenarios/charge.test.yaml", "pin: LIVE1", "pin: LIFE1", "chain has no pin 'LIFE1'"),
    ("scenarios/charge.test.yaml", "pin: LIVE1, value", "pin: LIVE1, expected", "value must be 0 or 1"),
    ("scenarios/charge.test.yaml", "delay: 2s", "delay: 2", "needs a unit"),
    ("scenarios/charge.test.yaml", "transaction.started", "transaction.begun", "prints no line"),
    ("scenarios/charge.test.yaml", "- delay: 2s", "- sleep: 2s", "must be one of"),
    ("scenarios/charge.test.yaml", "steps:", "steps: [", "is not YAML"),
])
def test_what_is_wrong_in_any_other_file_is_said(
        wokwi: Path, file: str, old: str, new: str, complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = wokwi / file
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))
    assert check.main([str(wokwi)]) == 1
    assert complaint in capsys.readouterr().err


def test_a_project_without_board_file_or_parts_is_told(wokwi: Path) -> None:
    (wokwi / "esp32-s3").rename(wokwi / "esp32-c6")
    (wokwi / "esp32-c6" / "wokwi.toml").unlink()
    found = check.complaints(wokwi)
    assert any("there is no board file firmware.boards.wokwi_esp32_c6" in line for line in found)
    assert any("wokwi.toml is missing" in line for line in found)
    for path in wokwi.glob("*/diagram.json"):
        shutil.rmtree(path.parent)
    assert any("there is no project" in line for line in check.complaints(wokwi))


# -- what no text can tell: the chips themselves, in the simulator

@pytest.fixture(params=PROJECTS)
def simulation(request: pytest.FixtureRequest) -> Simulation:
    return Simulation.of_project(check.WOKWI / request.param)


def test_a_project_starts_and_no_two_outputs_fight(simulation: Simulation) -> None:
    simulation.run(1)
    assert {simulation.level(f"{part}:{pin}") for part, chip in simulation.chips.items()
            for pin in chip.pin_names} <= {0, 1}


def test_what_the_diagram_and_the_sliders_set_is_what_the_chips_read(simulation: Simulation) -> None:
    for name, chip in simulation.chips.items():
        described, _ = check.chip_file(build.CHIPS / f"{chip.kind}.chip.json")
        attrs = simulation.parts[name].get("attrs", {})
        assert set(attrs) <= set(chip.attributes), f"{name} knows no {set(attrs) - set(chip.attributes)}"
        assert set(described.controls) <= set(chip.attributes)
        assert all(low <= chip.attributes[each] <= high for each, (low, high) in described.controls.items())
        assert set(chip.pin_names) == described.pins - {"VCC", "GND"}


def test_the_defaults_that_the_checker_believes_in_are_the_chips() -> None:
    simulation = Simulation.of_project(check.WOKWI / "esp32-s3")
    told = {name: value for chip in simulation.chips.values() for name, value in chip.attributes.items()}
    assert {name: told[name] for name in check.DEFAULTS} == check.DEFAULTS
