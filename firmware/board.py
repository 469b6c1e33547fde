"""What a board has. Pins and parts are data in boards/<name>.py; board_check.py says whether they are possible,
board_parts.py builds them, coils off first. All three are let go when they have done so: this chip's RAM is small.
"""
import sys


class BoardError(Exception):
    pass


class Board:
    """name, profile, hardware_and, watchdog_ms; controllers, meters, locks (or None) and evses, one each a connector;
    reader and lamps, or None; panel, what panel/shown.py takes, or None; ev_links, None or one (or None) a connector;
    shared_da, what all share, or 0."""


def load(name):
    """The board called `name`, its parts built; BoardError with the reason when it cannot be."""
    path = "firmware.boards." + name
    try:
        data = None if "/" in name or "." in name else __import__(path, None, None, ("BOARD",)).BOARD
    except (ImportError, AttributeError):
        data = None
    if data is None:
        raise BoardError("no board file for %r" % name)
    from firmware.board_check import problem

    # Before any pin is touched: in an impossible file they may mean anything. Until then pull-downs keep the coils off.
    found = problem(data)
    if found:
        raise BoardError("board %s: %s" % (name, found))
    from firmware.board_parts import build

    board = build(Board(), data)
    for once in (path, "firmware.board_check", "firmware.board_parts", "firmware.register_map_check",
                 "firmware.panel.check", "firmware.panel.parts", "firmware.energy_check", "firmware.energy_parts"):
        if once in sys.modules:
            del sys.modules[once]
            parent, leaf = once.rsplit(".", 1)
            setattr(sys.modules[parent], leaf, None)
    return board
