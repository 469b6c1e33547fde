"""How a charge point's local list is brought to what it should hold (OCPP 1.6 §3.5.2, §5.15; errata 3.52).

Versions are positive and grow; a differential update adds, changes and removes, and follows the version it knows of.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Entries = Mapping[str, datetime | None]  # idTag: when it expires; all of them are Accepted until then


@dataclass(frozen=True, slots=True)
class Limits:
    """What the charge point takes: entries in all, and in one message."""

    entries: int
    entries_a_message: int


@dataclass(frozen=True, slots=True)
class Known:
    """What was accepted last, as far as we know."""

    version: int
    entries: Entries


@dataclass(frozen=True, slots=True)
class Update:
    """One SendLocalList. An idTag in `remove` goes."""

    version: int
    kind: Literal["Full", "Differential"]
    entries: Entries
    remove: tuple[str, ...] = ()


def updates(version_there: int, known: Known | None, wanted: Entries, limits: Limits) -> Sequence[Update]:
    """The messages that lead to `wanted`, in order; none if it is there.

    version_there   what the charge point says; a differential update starts from nothing else
    known           none: send everything
    """
    if known is not None and version_there == known.version:
        changed = {tag: at for tag, at in wanted.items() if tag not in known.entries or known.entries[tag] != at}
        gone = tuple(tag for tag in known.entries if tag not in wanted)
        if not changed and not gone:
            return ()
        if len(changed) + len(gone) <= min(limits.entries_a_message, len(wanted)):
            return (Update(version_there + 1, "Differential", changed, gone),)
    version = max(version_there, known.version if known else 0, 0) + 1
    return full(version, wanted, limits)


def full(version: int, wanted: Entries, limits: Limits) -> Sequence[Update]:
    """All of it anew: a full list, and what does not fit into its message as differential ones behind it."""
    rows = list(wanted.items())
    step = max(1, limits.entries_a_message)
    pieces = [dict(rows[start : start + step]) for start in range(0, len(rows), step)] or [{}]
    return [
        Update(version + number, "Differential" if number else "Full", piece) for number, piece in enumerate(pieces)
    ]
