"""docs/hardware is what its data say, and an electrician can read it."""
import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import pytest

from hardware import board_files
from hardware.wiring import pages, parts
from hardware.wiring.drawing import Sheet
from hardware.wiring.firmware_numbers import board, constant
from hardware.wiring.pins import pin, pins
from hardware.wiring.sheets import SHEETS
from local_controller import main

DRAWN = [(name, sheet) for name in pages.drawn_boards() for sheet in SHEETS]
MARK = re.compile(r"^(?:RV|RC |[BCDEFKNPQRSTUVX])\d+")


def test_nothing_in_docs_hardware_is_out_of_date() -> None:
    assert pages.stale() == []


def test_a_changed_table_an_old_drawing_and_a_stray_one_are_each_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    docs = tmp_path / "hardware"
    shutil.copytree(pages.DOCS, docs)
    monkeypatch.setattr(pages, "DOCS", docs)
    assert pages.stale() == []
    table = docs / "pins.md"
    table.write_text(table.read_text().replace("| 26 | contactor 1 |", "| 27 | contactor 1 |"))
    (docs / "esp32_devkitc" / "pilot.svg").unlink()
    (docs / "old.svg").write_text("<svg/>")
    assert pages.stale() == [
        "docs/hardware/pins.md is out of date: run python -m hardware.wiring.main",
        "docs/hardware/esp32_devkitc/pilot.svg is out of date: run python -m hardware.wiring.main",
        "docs/hardware/old.svg is made by nothing: remove it",
    ]
    assert len(pages.write()) == 2
    assert pages.stale() == ["docs/hardware/old.svg is made by nothing: remove it"]


@pytest.mark.parametrize(("name", "sheet"), DRAWN)
def test_no_word_lies_on_another_or_on_a_wire(name: str, sheet: str) -> None:
    drawing = SHEETS[sheet](board(name))
    assert drawing.clashes() == []
    assert ElementTree.fromstring(drawing.svg()).tag.endswith("svg")


def test_words_on_words_on_wires_and_off_the_sheet_are_seen() -> None:
    sheet = Sheet(400, 300, "Try")
    sheet.text(100, 150, "one")
    sheet.text(105, 152, "two")
    sheet.wire((200, 200), (300, 200))
    sheet.text(220, 204, "three")
    sheet.text(380, 250, "four")
    assert sheet.clashes() == ["'one' lies on 'two'", "'three' lies on a wire", "'four' leaves the sheet"]
    with pytest.raises(ValueError, match="a wire slants"):
        sheet.wire((0, 0), (5, 5))


@pytest.mark.parametrize("name", pages.drawn_boards())
def test_the_sheets_show_every_pin_of_the_first_connector_and_of_the_board(name: str) -> None:
    shown = {words for draw in SHEETS.values() for words, _ in draw(board(name)).words}
    numbers = {int(n) for words in shown for n in re.findall(r"GPIO (\d+)", words)}
    others = ("connectors.2.", "panel.stop_buttons.2.")
    lacking = {one.key for one in pins(board(name)) if one.gpio not in numbers and not one.key.startswith(others)}
    assert lacking == set()
    assert numbers <= {one.gpio for one in pins(board(name))}


@pytest.mark.parametrize("name", pages.drawn_boards())
def test_what_is_drawn_is_on_the_parts_list_and_the_reverse(name: str) -> None:
    drawn = Counter(
        re.sub(r"(?<=\d)[A-D]$", "", mark) for draw in SHEETS.values() for words, _ in draw(board(name)).words
        for mark in words.split(" + ") if MARK.match(mark) and re.fullmatch(r"(?:RC )?[A-Z]+ ?\d+[A-D]?", mark))
    listed: set[str] = set()
    for rows in parts.parts(board(name)).values():
        for count, part in rows:
            assert count >= 1
            assert part.part, part
            for mark in filter(None, part.marks.split(", ")):
                if spread := re.fullmatch(r"([A-Z]+)(\d+) to [A-Z]+(\d+)", mark):
                    listed |= {f"{spread[1]}{i}" for i in range(int(spread[2]), int(spread[3]) + 1)}
                else:
                    listed.add(mark)
    assert set(drawn) - listed <= {"C40", "S2"}   # a breaker's curve, a pin of U1
    # N0 is the board itself, X1 the outlet, which the mains sheet has as words at its edge
    assert listed - set(drawn) <= {"N0", "X1"}


def test_two_connectors_need_two_of_what_each_has() -> None:
    def count(name: str, mark: str) -> int:
        return next(n for rows in parts.parts(board(name)).values() for n, part in rows if mark == part.marks)

    assert [count("esp32_devkitc", mark) for mark in ("Q1", "T1")] == [1, 1]
    assert [count("esp32_s3_devkitc_1", mark) for mark in ("Q1", "T1")] == [2, 1]


@pytest.mark.parametrize("page", sorted(pages.DOCS.glob("*.md")), ids=lambda page: page.name)
def test_every_link_of_the_pages_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text()):
        assert target.startswith("http") or (page.parent / target).exists(), target


def test_the_pages_name_only_commands_and_faults_that_there_are() -> None:
    commands = set(re.findall(r"bollard-site ([a-z-]+)", (pages.DOCS / "raspberry-pi.md").read_text()))
    listed = main._parser().format_help()
    assert {"adopt", "install-service", "backup"} <= commands
    assert [command for command in sorted(commands) if not re.search(rf"^    {command}\s", listed, re.MULTILINE)] == []
    said = (pages.DOCS / "commissioning.md").read_text()
    for module, name in (("evse.contactor", "WELDED"), ("evse.controller", "NO_DIODE"),
                         ("evse.safety", "EMERGENCY_STOP"), ("evse.safety", "GROUND")):
        assert constant(module, name) in said
    for code in re.findall(r"`(\w+)` \(", said):
        assert f'"{code}"' in (board_files.BOARDS.parent / "evse" / "controller.py").read_text(), code


@pytest.mark.parametrize("name", pages.drawn_boards())
def test_a_second_coil_is_drawn_behind_the_same_emergency_stop(name: str) -> None:
    """Fed from F3 itself, nothing but the program would open it."""
    several = len(board(name)["connectors"]) > 1
    chain, mains = ([words for words, _ in SHEETS[sheet](board(name)).words] for sheet in ("safety-chain", "mains"))
    assert ("behind S1: to K2 11 of connector 2" in chain) == several
    assert any("K1, K2 and Q2; S1 is common" in words for words in mains) == several


def test_an_input_whose_wire_is_cut_has_a_resistor_to_0_v() -> None:
    drawn = {words for words, _ in SHEETS["safety-chain"](board("esp32_devkitc")).words}
    assert {"R22", "R24", "R33"} <= drawn   # COMMAND, heartbeat, PILOT_OK


@pytest.mark.parametrize("name", pages.drawn_boards())
def test_a_transceiver_of_5_v_reaches_the_chip_by_a_divider_alone(name: str) -> None:
    turns = pin(board(name), "meter_bus.de") is None
    panel, supplies = ([words for words, _ in SHEETS[sheet](board(name)).words] for sheet in ("panel", "supplies"))
    assert {"R29", "R30", "MAX13487E"} & set(panel) == ({"R29", "R30", "MAX13487E"} if turns else set())
    five = next(words for words in supplies if words.startswith("5 V: "))
    assert ("U10" in five.partition(" The DevKit")[0]) == turns
    assert ("U10" in five.partition(" The DevKit")[2]) != turns
