"""Who tried to connect and was not let in, for the page: a charge point that was not adopted yet, or has a wrong key.

Whoever can reach the port can put itself here, so it is short, in memory only, and shown as what somebody said.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

MOST = 20


@dataclass(frozen=True, slots=True)
class Stranger:
    identity: str
    address: str
    why: str  # "not adopted", or "wrong key"
    tries: int
    at: datetime


class Strangers:
    """`changed` is called when there is another one."""

    def __init__(self, clock: Callable[[], datetime], changed: Callable[[], None]) -> None:
        self._clock, self._changed = clock, changed
        self._found: dict[str, Stranger] = {}

    def came(self, identity: str, address: str, why: str) -> None:
        before = self._found.pop(identity, None)
        self._found[identity] = Stranger(identity, address, why, before.tries + 1 if before else 1, self._clock())
        while len(self._found) > MOST:
            del self._found[next(iter(self._found))]
        if before is None or before.why != why:
            self._changed()

    def let_in(self, identity: str) -> None:
        if self._found.pop(identity, None) is not None:
            self._changed()

    def newest_first(self) -> list[Stranger]:
        return list(self._found.values())[::-1]
