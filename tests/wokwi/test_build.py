"""The committed chips are those of the committed sources, and ask the simulator for nothing that it does not have."""
import json
import re
from pathlib import Path

import pytest
import wasmtime

from hardware.wokwi import build
from tests.wokwi.chip_host import module

OFFERED = re.compile(r'HOST\("(\w+)"\)')


def test_the_compiled_chips_are_those_of_the_sources() -> None:
    assert build.stale() == []


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    for path in build.CHIPS.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    assert build.stale(tmp_path) == []
    return tmp_path


@pytest.mark.parametrize(("changed", "stale"), [("ev.chip.c", ["ev"]), ("wokwi-api.h", build.chips())])
def test_a_changed_source_makes_what_is_built_from_it_stale(copy: Path, changed: str, stale: list[str]) -> None:
    with (copy / changed).open("a") as file:
        file.write("/* more */\n")
    assert [line.split(".")[0] for line in build.stale(copy)] == stale


def test_a_compiled_chip_that_was_swapped_or_lost_is_told(copy: Path) -> None:
    (copy / "ev.chip.wasm").write_bytes((copy / "pn532.chip.wasm").read_bytes())
    (copy / "pn532.chip.wasm").unlink()
    told = build.stale(copy)
    assert len(told) == 2
    assert "not the file that was built" in told[0]
    assert "missing" in told[1]


def test_a_chip_that_is_no_more_is_told(copy: Path) -> None:
    for end in ("c", "wasm"):
        (copy / f"ev.chip.{end}").unlink()
    assert build.stale(copy) == ["built.json knows a chip 'ev' that has no source"]


def test_without_a_list_of_what_was_built_all_is_stale(copy: Path) -> None:
    (copy / "built.json").write_text("{")
    assert len(build.stale(copy)) == len(build.chips())


@pytest.mark.parametrize("chip", build.chips())
def test_a_chip_imports_only_what_the_interface_has(chip: str) -> None:
    offered = set(OFFERED.findall((build.CHIPS / "wokwi-api.h").read_text())) | {"memory"}
    made = module(build.CHIPS / f"{chip}.chip.wasm")
    assert {each.module for each in made.imports} == {"env"}
    assert {each.name for each in made.imports} <= offered
    assert {"chipInit", "__wokwi_api_version_1", "__indirect_function_table"} <= {each.name for each in made.exports}


@pytest.mark.parametrize("chip", build.chips())
def test_a_chip_fits_a_single_look(chip: str) -> None:
    """It imports its memory: what it wants of it must be what any host gives."""
    wanted = next(each.type for each in module(build.CHIPS / f"{chip}.chip.wasm").imports if each.name == "memory")
    assert isinstance(wanted, wasmtime.MemoryType)
    assert wanted.limits.min <= 32
    assert not wanted.is_64


def test_a_machine_with_a_compiler_makes_the_same_chips(tmp_path: Path) -> None:
    """Not byte for byte: another compiler may order things otherwise. What it makes must be loadable and complete."""
    command = build.compiler()
    if command is None:
        pytest.skip("no compiler for WebAssembly here: `make wokwi` installs one")
    for path in build.CHIPS.iterdir():
        if path.suffix in (".c", ".h"):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    build.build(command, tmp_path)
    assert build.stale(tmp_path) == []
    assert set(json.loads((tmp_path / "built.json").read_text())) == set(build.chips())
    for chip in build.chips(tmp_path):
        assert {each.name for each in module(tmp_path / f"{chip}.chip.wasm").exports} >= {"chipInit"}
