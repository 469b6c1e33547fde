"""The last messages of each charge point, for people who look into something: a bounded ring, in memory only.

It hears of them on the bus. What is secret in them is not kept; what is old or long goes first.
"""

from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import count

from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.domain.locations import without_secrets

PER_CHARGE_POINT = 200
IN_ALL = 20_000
LONGEST = 4_000  # characters of one payload
LONGEST_ACTION, LONGEST_ERROR = 50, 500
_KEY = b"authorizationkey"
_NOT_KEPT = "(not kept: it tells of a key)"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and what came of it. Field names are those of the HTTP API; payloads are JSON as text, as they came but
    for what opens an address."""

    number: int  # grows, from one at each start: what is newer than a number is all that came since
    at: datetime
    sent_by: str  # "charge point" or "centre"
    action: str
    request: str
    answer: str
    error: str | None
    took_ms: int


class MessageLog:
    def __init__(self, bus: InProcessBus, per_charge_point: int = PER_CHARGE_POINT, in_all: int = IN_ALL) -> None:
        self._rings: OrderedDict[str, deque[Exchange]] = OrderedDict()  # the one that spoke last at the end
        self._numbers = count(1)
        self._per_charge_point, self._in_all, self._held = per_charge_point, in_all, 0
        self._leave = bus.subscribe(messages.EXCHANGES, self._on_exchange)

    def close(self) -> None:
        self._leave()

    def of(self, identity: str, after: int = 0) -> Sequence[Exchange]:
        """Newest first; only those with a higher number than `after`, which a restart makes count for nothing."""
        ring = self._rings.get(identity, ())
        if ring and ring[-1].number < after:
            after = 0
        return [each for each in reversed(ring) if each.number > after]

    def _on_exchange(self, data: bytes) -> None:
        told = messages.decode(messages.Exchange, data)
        request, answer, error = _text(told.request), _text(told.answer), told.error
        action = told.action[:LONGEST_ACTION]
        # In all of it: the part that is kept may end within the key's name.
        whole = (told.action.encode(), bytes(told.request), bytes(told.answer), (error or "").encode())
        if any(_KEY in part.lower() for part in whole):
            request, answer, error = _NOT_KEPT, "", None if error is None else _NOT_KEPT
            action = "" if _KEY in whole[0].lower() else action
        if error is not None:
            error = error[:LONGEST_ERROR]
        ring = self._rings.setdefault(told.identity, deque(maxlen=self._per_charge_point))
        self._rings.move_to_end(told.identity)
        self._held += len(ring) < self._per_charge_point
        sent_by = "charge point" if told.from_charge_point else "centre"
        ring.append(
            Exchange(next(self._numbers), told.at, sent_by, action, request, answer, error, told.took_ms)
        )
        while self._held > self._in_all:
            _, gone = self._rings.popitem(last=False)
            self._held -= len(gone)


def _text(payload: bytes) -> str:
    text = without_secrets(bytes(payload).decode("utf-8", "replace"))  # before it is cut
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … ({len(text) - LONGEST} more)"
