"""The event stream of pages: a browser tab has a bounded queue; one that cannot keep up is let go and comes again."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable

import msgspec

from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.domain.errors import TooMany
from csms.store.users import User

_QUEUE = 5000  # a quarter of an hour strikes for all charge points at once; what waits is one copy for all listeners
_WAITING_BYTES = 2_000_000
_STREAMS_PER_USER = 20
KEEPALIVE_S = 15.0
# What one hears of one's own sessions: all that a driver hears; operators hear everything of their sites.
_FOR_DRIVERS = frozenset(
    {"TransactionStarted", "MeterSample", "RunningCost", "LimitReached", "TransactionEnded", "ReservationChanged"}
)

_IN_AN_INBOX = "Notified"


class _Where(msgspec.Struct):
    """What every event tells of its place."""

    charge_point: str = ""


class _Waiting(asyncio.Queue[bytes | None]):
    """Knows how much waits in it."""

    size_bytes = 0

    def _put(self, item: bytes | None) -> None:
        self.size_bytes += len(item or b"")
        super()._put(item)

    def _get(self) -> bytes | None:
        item = super()._get()
        self.size_bytes -= len(item or b"")
        return item


class Listener:
    """`charge_points`: those that an operator of some sites may hear of; None for all. `own`: of one's own sessions
    alone, whoever one is. `places`: also how charge points are, as everybody may see them."""

    def __init__(
        self, user: User, charge_points: frozenset[str] | None, *, own: bool = False, places: bool = False
    ) -> None:
        self.user = user
        self.own = own or user.role == "driver"
        self.places = places
        self.charge_points = charge_points
        self.queue = _Waiting(_QUEUE + 1)
        self._ended = False

    def may_hear(self, event: messages.Event) -> bool:
        if event.type == _IN_AN_INBOX:  # one's own, whoever one is
            return event.user_id == self.user.id
        if self.own:
            return event.user_id == self.user.id and event.type in _FOR_DRIVERS
        if self.charge_points is None:
            return True
        return msgspec.json.decode(event.data, type=_Where).charge_point in self.charge_points

    def put(self, chunk: bytes) -> None:
        if self._ended:
            return
        if self.queue.qsize() < _QUEUE and self.queue.size_bytes + len(chunk) <= _WAITING_BYTES:
            self.queue.put_nowait(chunk)
        else:
            self.end()

    def waiting(self) -> bytes:
        """What waits, to go out in one piece; the end of the stream stays where it is."""
        parts = []
        while not self.queue.empty():
            part = self.queue.get_nowait()
            if part is None:
                self.queue.put_nowait(None)
                break
            parts.append(part)
        return b"".join(parts)

    def end(self) -> None:
        """After what waits."""
        if not self._ended:
            self._ended = True
            self.queue.put_nowait(None)  # it has a place of its own


class Live:
    def __init__(self, bus: InProcessBus) -> None:
        self._listeners: set[Listener] = set()
        self._streams: Counter[int] = Counter()
        self._closed = False
        self.on_place_changed: Callable[[str], None] = lambda identity: None  # what was edited: there is no event of it
        self._leave = bus.subscribe(messages.EVENTS, self._on_event)

    def close(self) -> None:
        """End all streams, so that the server can stop."""
        self._closed = True
        self._leave()
        for listener in self._listeners:
            listener.end()

    @property
    def places_wanted(self) -> bool:
        return any(listener.places for listener in self._listeners)

    def tell_places(self, data: bytes) -> None:
        chunk = b"event: PlacesChanged\ndata: %s\n\n" % data  # one copy for all listeners
        for listener in self._listeners:
            if listener.places:
                listener.put(chunk)

    def join(
        self, user: User, charge_points: frozenset[str] | None = None, *, own: bool = False, places: bool = False
    ) -> Listener:
        if self._streams[user.id] >= _STREAMS_PER_USER:
            raise TooMany("too many open event streams", retry_after_s=30)
        listener = Listener(user, charge_points, own=own, places=places)
        self._listeners.add(listener)
        self._streams[user.id] += 1
        if self._closed:
            listener.end()
        return listener

    def leave(self, listener: Listener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)
            self._streams[listener.user.id] -= 1

    def _on_event(self, data: bytes) -> None:
        if not self._listeners:
            return
        event = messages.decode(messages.Event, data)
        chunk = b"id: %d\nevent: %s\ndata: %s\n\n" % (event.id, event.type.encode(), bytes(event.data))
        for listener in self._listeners:
            if listener.may_hear(event):
                listener.put(chunk)


async def chunks(listener: Listener) -> AsyncIterator[bytes]:
    """What goes to the browser, with a sign of life when nothing happens."""
    yield b"retry: 2000\n: connected\n\n"
    while True:
        try:
            async with asyncio.timeout(KEEPALIVE_S):
                chunk = await listener.queue.get()
        except TimeoutError:
            yield b": still here\n\n"
            continue
        if chunk is None:
            return
        yield chunk


class Looks:
    """When to look whether somebody may still listen: at each sign of life, and as often where no silence comes."""

    def __init__(self, ticks_s: Callable[[], float]) -> None:
        self._ticks_s = ticks_s
        self._last_s = ticks_s()

    def due(self, chunk: bytes) -> bool:
        now_s = self._ticks_s()
        if not chunk.startswith(b":") and now_s - self._last_s < KEEPALIVE_S:
            return False
        self._last_s = now_s
        return True
