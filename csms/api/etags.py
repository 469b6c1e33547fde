"""ETag and If-Match (RFC 9110 §13.1.1): who edits what somebody else has edited meanwhile is told so (412)."""

import hashlib
from typing import Annotated

import msgspec
from fastapi import Header

from csms.domain.errors import Changed

IfMatch = Annotated[str | None, Header(alias="If-Match", max_length=200)]


def tag(*what: object) -> str:
    """The same for the same content; only what people edit goes in, not what charge points tell all the time."""
    return f'"{hashlib.sha256(msgspec.json.encode(what)).hexdigest()[:20]}"'


def must_match(if_match: str | None, present: str) -> None:
    """Changed unless one of the tags in the header is the present one. Without a header anything goes."""
    if if_match is None or if_match.strip() == "*":
        return
    if present not in [each.strip() for each in if_match.split(",")]:
        raise Changed("somebody has changed it meanwhile: look again")
