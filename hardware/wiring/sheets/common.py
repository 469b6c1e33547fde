"""What the sheets share."""
from collections.abc import Mapping
from typing import Any

from hardware.wiring import front_end, symbols
from hardware.wiring.drawing import Sheet
from hardware.wiring.pins import pin

Board = Mapping[str, Any]


def ohm_of(name: str) -> str:
    """The value of one of front_end.py's resistors."""
    return ohm(front_end.CIRCUIT[name].nominal)


def ohm(value: float) -> str:
    """As on a parts list: 47.5 kΩ."""
    for unit, size in (("MΩ", 1e6), ("kΩ", 1e3)):
        if value >= size:
            return f"{value / size:.4g} {unit}"
    return f"{value:.4g} Ω"


def gpio(board: Board, key: str) -> str:
    """The pin behind a path in the board file, as `pins.pin()` takes it."""
    number = pin(board, key)
    return "not on this board" if number is None else f"GPIO {number}"


def sheet(width: int, height: int, board: Board, title: str, note: str) -> Sheet:
    """An empty sheet that names its board."""
    return Sheet(width, height, f"{title} · {board['name']}", note)


def chip_input(s: Sheet, x: float, y: float, name: str, value: str, pins: str, read_by: str, pull: str, *,
           forced: bool = False, closed: bool = True) -> None:
    """A contact to 0 V with its pull-up, read by the chip."""
    symbols.rail(s, x, y - 12, "3.3 V")
    s.wire((x, y - 12), (x, y - 8))
    symbols.resistor(s, x, y - 8, pull, "10 kΩ", down=True)
    s.dot(x, y + 66)
    s.wire((x, y + 62), (x, y + 70))
    s.wire((x, y + 66), (x + 90, y + 66))
    symbols.flag(s, x + 90, y + 66, read_by)
    symbols.contact(s, x, y + 70, name, value, closed=closed, pins=pins, forced=forced)
    symbols.ground(s, x, y + 130)
