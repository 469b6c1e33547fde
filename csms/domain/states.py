"""How a charge point is, in one word for people: derived here and nowhere else, from what is known at a moment.

Away is not broken: a charge point behind a controller whose uplink is lost charges on, and is told so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

HEARTBEATS_MISSED = 3
CONTROLLER_SETTLES = timedelta(minutes=1)  # in which the charge points behind it come back, too


class State(StrEnum):
    FREE = "Free"
    RESERVED = "Reserved"
    USED = "Used"
    DISMISSED = "Dismissed"  # taken away
    BROKEN = "Broken"  # three heartbeats missed, or every connector out of order
    UNDEFINED = "Undefined"  # never seen, or not accepted yet
    SITE_NOT_REACHABLE = "SiteNotReachable"  # charging on its own


class Availability(StrEnum):
    """Of a connector, for a driver."""

    AVAILABLE = "available"
    OCCUPIED = "occupied"
    INOPERATIVE = "inoperative"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a charge point.

    via_site          it was connected through its site's controller last
    site_reachable    the site's controller is connected, itself or with some charge point
    statuses          OCPP's, of each connector; None where it has never said
    running           a transaction runs on some connector
    waits             it has booted, and is not accepted yet
    """

    dismissed: bool
    online: bool
    last_seen_at: datetime | None
    via_site: bool
    site_reachable: bool
    statuses: Sequence[str | None]
    running: bool
    waits: bool = False


_OCCUPIED = frozenset({"Preparing", "Charging", "SuspendedEV", "SuspendedEVSE", "Finishing", "Reserved"})
_OF_NO_USE = frozenset({State.DISMISSED, State.BROKEN, State.UNDEFINED})


def state(facts: Facts, heartbeat_interval_s: int, now: datetime) -> State:
    if facts.dismissed:
        return State.DISMISSED
    if facts.last_seen_at is None:
        return State.UNDEFINED
    if not facts.online and facts.via_site and not facts.site_reachable:
        return State.SITE_NOT_REACHABLE
    if now - facts.last_seen_at > timedelta(seconds=HEARTBEATS_MISSED * heartbeat_interval_s):
        return State.BROKEN
    if facts.waits:  # what it told before does not count: nothing is started there
        return State.USED if facts.running else State.UNDEFINED
    statuses = [status for status in facts.statuses if status is not None]
    if not statuses:
        return State.USED if facts.running else State.UNDEFINED
    if "Available" in statuses:
        return State.FREE
    if facts.running or any(status in _OCCUPIED - {"Reserved"} for status in statuses):
        return State.USED
    return State.RESERVED if "Reserved" in statuses else State.BROKEN


def availability(status: str | None, of_charge_point: State) -> Availability:
    """Of one connector; one that nobody can reach is of no use, unless its site alone is away."""
    if status is None or of_charge_point in _OF_NO_USE:
        return Availability.INOPERATIVE
    if status == "Available":
        return Availability.AVAILABLE
    return Availability.OCCUPIED if status in _OCCUPIED else Availability.INOPERATIVE
