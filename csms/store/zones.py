"""A site's time zone by its name, from the machine's data or the package tzdata's. One that neither knows is UTC, and
that is said.
"""

from datetime import UTC, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ocppj import log

_log = log.get(__name__)


@cache
def zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        _log.error("time_zone.unknown", name=name, text="reckoned in UTC: is the package tzdata too old?")
        return UTC
