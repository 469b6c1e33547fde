"""One short name for what a local list holds, so that a controller and its CSMS see at once whether they agree on it.

The controller tells it as the configuration key KEY, with GetConfiguration (OCPP 1.6 §5.8) on its own connection.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime

KEY = "BollardLocalListDigest"

# idTag, status, when it expires, parentIdTag
Entry = tuple[str, str, datetime | None, str | None]


def digest_of(entries: Iterable[Entry]) -> str:
    """The same for the same entries in any order and any case; times count to the millisecond."""
    lines = sorted(
        f"{tag.casefold()} {status} {'-' if at is None else round(at.timestamp() * 1000)} {(parent or '').casefold()}"
        for tag, status, at, parent in entries
    )
    return hashlib.blake2b("\n".join(lines).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
