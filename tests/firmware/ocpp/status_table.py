"""Which status may follow which (rule 60: OCPP 1.6 §4.9), for any connector and for number 0."""
import itertools
from collections.abc import Iterable

_SUSPENDED = "SuspendedEV SuspendedEVSE"
ALLOWED: dict[str, set[str]] = {
    status: set(followers.split()) for status, followers in {
        "Available": f"Preparing Charging {_SUSPENDED} Reserved Unavailable Faulted",
        "Preparing": f"Available Charging {_SUSPENDED} Finishing Faulted",
        "Charging": f"Available {_SUSPENDED} Finishing Unavailable Faulted",
        "SuspendedEV": "Available Charging SuspendedEVSE Finishing Unavailable Faulted",
        "SuspendedEVSE": "Available Charging SuspendedEV Finishing Unavailable Faulted",
        "Finishing": "Available Preparing Unavailable Faulted",
        "Reserved": "Available Preparing Unavailable Faulted",
        "Unavailable": f"Available Preparing Charging {_SUSPENDED} Faulted",
        "Faulted": f"Available Preparing Charging {_SUSPENDED} Finishing Reserved Unavailable",
    }.items()
}
WHOLE = {"Available", "Unavailable", "Faulted"}   # rule 61


def moves(statuses: Iterable[str]) -> list[tuple[str, str]]:
    """The changes among statuses told one after the other; telling the same again is none."""
    told = list(statuses)
    return [(before, after) for before, after in itertools.pairwise(told) if before != after]


def wrong(statuses: Iterable[str]) -> list[tuple[str, str]]:
    return [(before, after) for before, after in moves(statuses) if after not in ALLOWED[before]]
