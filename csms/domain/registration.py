"""What a BootNotification is answered (OCPP 1.6 §4.2): Accepted, unless somebody wants the charge point to wait.

Pending: it is kept back by an operator, or it has not taken the settings yet that it must have first. It answers and
tells what it is asked to, and starts nothing. Rejected: it was taken away, and may try again later.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Literal

Status = Literal["Accepted", "Pending", "Rejected"]
TRY_AGAIN_AFTER_S = 60  # while it waits; one that is Rejected asks no oftener than an accepted one tells it is alive


def judge(*, dismissed: bool, held: bool, settings: Mapping[str, str], taken: bool) -> Status:
    """`taken`: it has all of `settings`, as far as it has told."""
    if dismissed:
        return "Rejected"
    return "Pending" if held or (settings and not taken) else "Accepted"


def fingerprint(settings: Mapping[str, str], facts: Mapping[str, str | None]) -> str:
    """Of these settings at this charge point as it calls itself: other settings, another board or other firmware, and
    they must be taken anew.
    """
    return hashlib.sha256(json.dumps([sorted(settings.items()), sorted(facts.items())]).encode()).hexdigest()


def differing(wanted: Mapping[str, str], told: Mapping[str, str | None]) -> list[str]:
    """Keys that were told with another value. Those that are told without one, or not at all, can only be written."""
    return [
        key
        for key, value in wanted.items()
        if (there := told.get(key)) is not None and there.strip().lower() != value.strip().lower()
    ]
