"""Tells the drivers' app what has changed at other people's charge points: how they are, and nothing of anybody.

A phone must not be flooded: whatever happens is gathered, and told at most once a second, to all alike.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from csms.api.charge_points import look
from csms.api.deps import Parts
from csms.api.live import Live
from csms.api.places import HIDDEN
from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.store import charge_points
from ocppj import log

_log = log.get(__name__)
_EVERY_S = 1.0
_MOST = 200  # charge points a message; the rest waits for the next
_CHANGES = frozenset(
    {
        "ChargePointConnected",
        "ChargePointDisconnected",
        "ConnectorStatus",
        "TransactionStarted",
        "TransactionEnded",
        "ReservationChanged",
    }
)


@dataclass(frozen=True, slots=True)
class ConnectorNow:
    """Field names are those of the HTTP API."""

    connector_id: int
    status: str
    availability: str


@dataclass(frozen=True, slots=True)
class PlaceNow:
    id: str  # the charge point's identity
    state: str
    connectors: list[ConnectorNow]


class _Where(msgspec.Struct):
    charge_point: str


Looks = Callable[[Sequence[str]], Awaitable[Sequence[PlaceNow]]]


class PublicChanges:
    def __init__(
        self, bus: InProcessBus, live: Live, looks: Looks, rest: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        self._live, self._looks = live, looks
        self._rest = rest or _a_second
        self._changed: dict[str, None] = {}  # in the order in which they did
        self._news = asyncio.Event()
        self._leave = bus.subscribe(messages.EVENTS, self._on_event)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._tell_for_ever(), name="public changes")

    async def close(self) -> None:
        self._leave()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _on_event(self, data: bytes) -> None:
        event = messages.decode(messages.Event, data)
        if event.type in _CHANGES:
            self._changed[msgspec.json.decode(event.data, type=_Where).charge_point] = None
            self._news.set()

    async def _tell_for_ever(self) -> None:
        while True:
            await self._news.wait()
            try:
                await self._tell()
            except Exception as error:  # the app reads everything anew once in a while
                _log.error("public_changes.not_told", error=repr(error))
            await self._rest()

    async def _tell(self) -> None:
        names = [name for name, _ in zip(self._changed, range(_MOST), strict=False)]
        for name in names:
            del self._changed[name]
        if not self._changed:
            self._news.clear()
        if not self._live.places_wanted:
            return  # who comes later reads how everything is
        if news := await self._looks(names):
            self._live.tell_places(msgspec.json.encode({"places": news}))


def look_up(of: Parts) -> Looks:
    """How these charge points are, as anybody may see them."""

    async def looks(names: Sequence[str]) -> Sequence[PlaceNow]:
        async with of.database.read() as db:
            price = of.settings.default_price_cents_per_kwh
            views = await charge_points.views(db, price, identities=names, **look(of))
        return [
            PlaceNow(
                view.identity,
                view.state,
                [ConnectorNow(c.connector_id, c.status, c.availability) for c in view.connectors],
            )
            for view in views
            if view.state not in HIDDEN
        ]

    return looks


async def _a_second() -> None:
    await asyncio.sleep(_EVERY_S)
