"""The last lines that the firmware told, for diagnostics; only where the board has room for them.

The console has no history, and the chip's os.dupterm would hand over each fragment of a line; so `print` is replaced.
"""
import builtins

from micropython import const

_KEPT = const(100)
_LONGEST = const(160)


def keep(clock):
    """The list that from now on holds them, oldest first: (seconds since 2000, text)."""
    lines = []   # type: list[tuple[int, str]]
    tell = builtins.print

    def told(*words, **options):
        tell(*words, **options)
        if len(lines) >= _KEPT:
            lines.pop(0)
        lines.append((clock.now_s(), " ".join([str(word) for word in words])[:_LONGEST]))

    builtins.print = told
    return lines
