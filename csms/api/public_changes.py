"""Tells the drivers' app what has changed at other people's charge points: how they are, and nothing of anybody.

A phone must not be flooded: whatever happens is gathered, and told at most once a second, to all alike. Those that are
hidden from drivers by now are told as such, or an app would go on showing how they were before.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import msgspec

from csms.api.charge_points import look
from csms.api.deps import Parts
from csms.api.live import Live
from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.domain.states import HEARTBEATS_MISSED
from csms.store import charge_points
from ocppj import log

_log = log.get(__name__)
_EVERY_S = 1.0
_MOST = 200  # charge points a message; the rest waits for the next
_CONNECTED, _DISCONNECTED = "ChargePointConnected", "ChargePointDisconnected"
_AND_A_MOMENT_S = 1.0
_CHANGES = frozenset(
    {
        _CONNECTED,
        _DISCONNECTED,
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
Later = Callable[[float, Callable[[], None]], asyncio.TimerHandle]  # does something after so many seconds


class PublicChanges:
    """`heartbeat_interval_s`: as it holds now; one that stays away for HEARTBEATS_MISSED of them is looked at again."""

    def __init__(
        self,
        bus: InProcessBus,
        live: Live,
        looks: Looks,
        heartbeat_interval_s: Callable[[], int],
        rest: Callable[[], Awaitable[None]] | None = None,
        later: Later | None = None,
    ) -> None:
        self._live, self._looks, self._heartbeat_interval_s = live, looks, heartbeat_interval_s
        self._rest = rest or _a_second
        self._later = later or _later
        self._away: dict[str, asyncio.TimerHandle] = {}
        live.on_place_changed = self._on_changed
        self._changed: dict[str, None] = {}  # in the order in which they did
        self._news = asyncio.Event()
        self._leave = bus.subscribe(messages.EVENTS, self._on_event)
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._tell_for_ever(), name="public changes")

    async def close(self) -> None:
        self._leave()
        for timer in self._away.values():
            timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _on_event(self, data: bytes) -> None:
        event = messages.decode(messages.Event, data)
        if event.type not in _CHANGES:
            return
        name = msgspec.json.decode(event.data, type=_Where).charge_point
        self._on_changed(name)
        if event.type in (_CONNECTED, _DISCONNECTED) and (timer := self._away.pop(name, None)) is not None:
            timer.cancel()
        if event.type == _DISCONNECTED:
            wait_s = HEARTBEATS_MISSED * self._heartbeat_interval_s() + _AND_A_MOMENT_S
            self._away[name] = self._later(wait_s, lambda: self._still_away(name))

    def _on_changed(self, name: str) -> None:
        self._changed[name] = None
        self._news.set()

    def _still_away(self, name: str) -> None:
        del self._away[name]
        self._on_changed(name)

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
        ]

    return looks


async def _a_second() -> None:
    await asyncio.sleep(_EVERY_S)


def _later(wait_s: float, work: Callable[[], None]) -> asyncio.TimerHandle:
    return asyncio.get_running_loop().call_later(wait_s, work)
