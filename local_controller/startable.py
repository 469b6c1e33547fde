"""Can a charge be started at this connector from the page? Why not, in words for the page."""

_STARTABLE = {"Available", "Preparing"}
_WHY_NOT = {
    None: "it has not told how it is yet",
    "Reserved": "it is reserved",
    "Finishing": "the car that charged last is still plugged in",
    "Unavailable": "it is out of service, or the connector beside it is in use",
    "Faulted": "it has a fault",
}


def why_not(status: str | None, *, connected: bool, charging: bool) -> str | None:
    """None if one can. The charge point itself has the last word."""
    if not connected:
        return "the charge point is not connected"
    if charging:
        return "a charge is running here"
    return None if status in _STARTABLE else _WHY_NOT.get(status, "it is in use")
