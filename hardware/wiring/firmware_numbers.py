"""Numbers that the hardware must fit, read from the firmware's own sources: constants are never repeated here."""
import ast
from functools import cache
from typing import Any

from hardware import board_files

FIRMWARE = board_files.BOARDS.parent


class NoSuchNumber(Exception):
    """The firmware has no constant of that name (any more)."""


@cache
def _constants(module: str) -> dict[str, Any]:
    """All `NAME = value` and `NAME = const(value)` of a module whose value is plain data."""
    path = FIRMWARE.joinpath(*module.split(".")).with_suffix(".py")
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="const"), args=[value])):
                pass
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                pass
            case _:
                continue
        try:
            found[name] = ast.literal_eval(value)
        except ValueError:
            continue
    return found


def constant(module: str, name: str) -> Any:
    """The value of a constant, as `constant("evse.pilot", "_BORDERS_MV")`. NoSuchNumber when it is not there."""
    try:
        return _constants(module)[name]
    except KeyError:
        raise NoSuchNumber(f"firmware/{module.replace('.', '/')}.py has no constant {name}") from None


@cache
def board(name: str) -> dict[str, Any]:
    """The data of firmware/boards/<name>.py."""
    return board_files.read(board_files.BOARDS / f"{name}.py")


def real_boards() -> list[str]:
    """Boards that somebody can hold: neither the bench's nor Wokwi's."""
    names = (path.stem for path in sorted(board_files.BOARDS.glob("*.py")))
    return [name for name in names if not name.startswith(("bench", "wokwi_"))]
