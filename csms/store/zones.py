"""A site's time zone by its name. A machine without the data of zones reckons in UTC, and says so."""

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
        _log.error("time_zone.unknown", name=name, text="tariffs are reckoned in UTC; install the package tzdata")
        return UTC
