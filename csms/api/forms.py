"""What callers may send, in bounds: shared field types. Unknown fields are refused."""

import zoneinfo
from datetime import UTC, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints


class Form(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


NO_CONTROLS = r"^[^\x00-\x1f\x7f-\x9f]+$"
Name = Annotated[str, StringConstraints(min_length=1, max_length=100, pattern=NO_CONTROLS)]
Surname = Annotated[str, StringConstraints(max_length=100, pattern=NO_CONTROLS.replace("+", "*"))]  # not all have one
# Several lines, for people; control characters but line ends are refused
Text = Annotated[str, StringConstraints(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$")]
Identity = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9*_=:+|@.-]{1,48}$")]
IdTag = Annotated[str, StringConstraints(min_length=1, max_length=20, pattern=NO_CONTROLS)]
_WORD = r"[^@\s\x00-\x1f\x7f]+"
Email = Annotated[str, StringConstraints(max_length=254, pattern=rf"^{_WORD}@{_WORD}\.{_WORD}$")]


def _in_our_time(at: datetime) -> datetime:
    """In UTC. Years far off are mistakes, and at the very ends of time no zone can be reckoned with."""
    if not 2000 <= at.year < 2100:
        raise ValueError("must lie between 2000 and 2100")
    return at.astimezone(UTC)


Moment = Annotated[AwareDatetime, AfterValidator(_in_our_time)]

_ZONES = zoneinfo.available_timezones()  # of the machine, or of the package tzdata


def _is_zone(name: str) -> str:
    if name not in _ZONES:
        raise ValueError("no such time zone")
    return name


TimeZone = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+/-]{1,64}$"), AfterValidator(_is_zone)]
