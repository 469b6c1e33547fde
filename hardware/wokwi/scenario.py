"""Judge an automation scenario of Wokwi's command line: its steps, the parts they name, and the lines they wait for."""
import functools
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

FIRMWARE = Path(__file__).resolve().parents[2] / "firmware"
STEPS = ("delay", "wait-serial", "write-serial", "set-control", "expect-pin", "take-screenshot")


@functools.cache
def printed_words() -> frozenset[str]:
    """The first words of all lines that the firmware prints."""
    found = set()
    for path in FIRMWARE.rglob("*.py"):
        found |= set(re.findall(r'print\(\s*"([a-z_]+\.[a-z_%]+)', path.read_text()))
    return frozenset(found)


def is_printed(text: str) -> bool:
    """Can the firmware print a line that contains `text`, as far as its first word tells?"""
    word = text.split(" ")[0]
    return any(re.fullmatch(re.escape(each).replace("%s", "[a-z_]+"), word) for each in printed_words())


def scenario_complaints(text: str, controls: Mapping[str, Mapping[str, tuple[float, float]]],
                        pins: Mapping[str, frozenset[str]]) -> Iterator[str]:
    """`controls` are the parts' sliders with their lowest and highest value, `pins` their pins."""
    try:
        said = yaml.safe_load(text)
    except yaml.YAMLError as error:
        yield f"is not YAML: {error}"
        return
    if not isinstance(said, dict) or not isinstance(said.get("name"), str) or said.get("version") != 1:
        yield "needs a name and version: 1"
        return
    steps = said.get("steps")
    if not isinstance(steps, list) or not steps:
        yield "needs steps"
        return
    for number, step in enumerate(steps, 1):
        if not (isinstance(step, dict) and len(step) == 1 and next(iter(step)) in STEPS):
            yield f"step {number} must be one of {', '.join(STEPS)}"
            continue
        (kind, value), = step.items()
        for complaint in _step_complaints(kind, value, controls, pins):
            yield f"step {number}: {complaint}"


def _step_complaints(kind: str, value: Any, controls: Mapping[str, Mapping[str, tuple[float, float]]],
                     pins: Mapping[str, frozenset[str]]) -> Iterator[str]:
    if kind == "delay":
        if not re.fullmatch(r"\d+(ms|s|m)", str(value)):
            yield f"delay {value!r} needs a unit: 500ms, 2s"
        return
    if kind == "wait-serial":
        if not isinstance(value, str) or not is_printed(value):
            yield f"the firmware prints no line {value!r}"
        return
    if kind in ("write-serial", "take-screenshot"):
        return
    if not isinstance(value, dict) or value.get("part-id") not in pins:
        yield f"there is no part {value.get('part-id') if isinstance(value, dict) else value!r}"
        return
    part = value["part-id"]
    if kind == "set-control":
        lowest, highest = controls[part].get(str(value.get("control")), (1, 0))
        if lowest > highest:
            yield f"{part} has no control {value.get('control')!r}"
        elif not isinstance(value.get("value"), int | float) or not lowest <= value["value"] <= highest:
            yield f"{part}: {value['control']} goes from {lowest} to {highest}, not to {value.get('value')!r}"
    elif str(value.get("pin")) not in pins[part]:
        yield f"{part} has no pin {value.get('pin')!r}"
    elif value.get("value") not in (0, 1):
        yield "value must be 0 or 1 (not `expected`, as Wokwi's page has it)"
