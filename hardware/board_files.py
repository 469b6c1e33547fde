"""Judges every file of firmware/boards by the module the firmware itself judges them with at start: for `make lint`.

    python -m hardware.board_files [FILE ...]

One line for each board that cannot be, `firmware/boards/NAME.py: what is wrong`, and exit status 1. FILE: other board
files to judge, before they are copied into that folder.
"""
import ast
import importlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

problem: Callable[[dict[str, Any]], str | None] = importlib.import_module("firmware.board_check").problem
BOARDS = Path(__file__).resolve().parents[1] / "firmware" / "boards"


class NoBoard(Exception):
    """The file is not one dict called BOARD."""


def read(path: Path) -> dict[str, Any]:
    """The board's data, as data: the file is not run. NoBoard with the reason."""
    try:
        body = ast.parse(path.read_text(encoding="utf-8")).body
    except (OSError, SyntaxError, ValueError) as error:
        raise NoBoard(f"cannot be read: {error}") from None
    if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]   # the docstring
    match body:
        case [ast.Assign(targets=[ast.Name(id="BOARD")], value=value)]:
            try:
                data = ast.literal_eval(value)
            except ValueError:
                raise NoBoard("has something else than plain data in BOARD") from None
            if isinstance(data, dict):
                return data
    raise NoBoard("must hold a docstring and one dict, BOARD = {...}, and nothing else")


def judged(path: Path) -> str | None:
    """What is wrong with a board file, in words, or None."""
    try:
        board = read(path)
    except NoBoard as error:
        return str(error)
    if board.get("name") != path.stem:
        return f"name is {board.get('name')!r}, the file's is {path.stem!r}"
    return problem(board)


def main(arguments: Iterable[str]) -> int:
    paths = [Path(argument) for argument in arguments] or sorted(BOARDS.glob("*.py"))
    wrong = 0
    for path in paths:
        if (found := judged(path)) is not None:
            wrong += 1
            shown = path.relative_to(BOARDS.parents[1]) if path.is_relative_to(BOARDS.parents[1]) else path
            print(f"{shown}: {found}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
