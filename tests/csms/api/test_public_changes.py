"""What drivers hear of charge points that are not theirs: how they are, seldom enough, and nothing of anybody."""

import asyncio
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from csms.api.live import Listener, Live
from csms.api.public_changes import ConnectorNow, PlaceNow, PublicChanges
from csms.bus import messages
from csms.bus.in_process import InProcessBus
from csms.domain.events import ChargePointConnected, ChargePointDisconnected, ConnectorStatus, MeterSample
from csms.store.users import User
from tests.csms.running import CARD, Csms, until

DORA = User(2, "dora@example.org", "Dora", "driver")
AT = datetime(2026, 3, 1, tzinfo=UTC)


class Turns:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.rests = 0
        self._go = asyncio.Event()

    async def rest(self) -> None:
        self.rests += 1
        await self._go.wait()
        self._go.clear()

    def next(self) -> None:
        self._go.set()


def heard(listener: Listener) -> list[dict[str, str]]:
    """State by charge point, a message each."""
    told = []
    while not listener.queue.empty():
        chunk = listener.queue.get_nowait()
        assert chunk is not None
        if chunk.startswith(b"event: PlacesChanged"):
            data = json.loads(chunk.partition(b"data: ")[2])
            told.append({place["id"]: place["state"] for place in data["places"]})
    return told


async def settled(fact: Callable[[], Any]) -> None:
    async def holds() -> Any:
        return fact()

    await until(holds)


async def test_a_storm_of_changes_is_one_message_a_second_with_what_is_true_then() -> None:
    bus, turns = InProcessBus(), Turns()
    states: dict[str, str] = {}
    asked: list[int] = []

    async def looks(names: Sequence[str]) -> Sequence[PlaceNow]:
        asked.append(len(names))
        return [PlaceNow(name, states[name], [ConnectorNow(1, "Available", "available")]) for name in names]

    live = Live(bus)
    dora, bills = live.join(DORA, places=True), live.join(DORA, own=True)
    changes = PublicChanges(bus, live, looks, lambda: 60, turns.rest)
    changes.start()

    def storm(state: str, updates: int, points: int) -> None:
        for turn in range(updates):
            name = f"CP{turn % points}"
            states[name] = state
            publish(bus, ConnectorStatus(name, 1, "Charging", "NoError", AT))

    storm("Used", 500, 50)
    await settled(lambda: turns.rests == 1)
    assert [len(places) for places in heard(dora)] == [50]
    storm("Reserved", 5000, 300)
    storm("Free", 300, 300)
    assert heard(dora) == []  # not before the second is over
    turns.next()
    await settled(lambda: turns.rests == 2)
    (first,) = heard(dora)
    turns.next()
    await settled(lambda: turns.rests == 3)
    (rest,) = heard(dora)
    assert (len(first), len(rest)) == (200, 100)
    assert {**first, **rest} == dict.fromkeys(states, "Free")

    publish(bus, MeterSample("CP1", 1, 7, AT, 1000, 7000, None, None, 55, None, 45))
    await asyncio.sleep(0)
    assert asked == [50, 200, 100]  # a sample is its driver's alone, and asks nobody anything
    assert bills.queue.empty()  # who has not asked for places hears nothing of them
    await changes.close()


async def test_while_nobody_listens_nothing_is_looked_up() -> None:
    bus, turns = InProcessBus(), Turns()
    looked: list[Sequence[str]] = []

    async def looks(names: Sequence[str]) -> Sequence[PlaceNow]:
        looked.append(names)
        return []

    changes = PublicChanges(bus, Live(bus), looks, lambda: 60, turns.rest)
    changes.start()
    publish(bus, ConnectorStatus("CP1", 1, "Charging", "NoError", AT))
    await settled(lambda: turns.rests == 1)
    assert looked == []
    await changes.close()


def publish(bus: InProcessBus, event: Any) -> None:
    data = msgspec.Raw(msgspec.json.encode(event))
    bus.publish(messages.EVENTS, messages.encode(messages.Event(1, type(event).__name__, data, None)))


async def test_one_that_stays_away_is_looked_at_again_after_three_heartbeats() -> None:
    bus, turns = InProcessBus(), Turns()
    state = "Free"
    timers: list[tuple[float, Callable[[], None], asyncio.TimerHandle]] = []

    async def looks(names: Sequence[str]) -> Sequence[PlaceNow]:
        return [PlaceNow(name, state, []) for name in names]

    def later(wait_s: float, work: Callable[[], None]) -> asyncio.TimerHandle:
        handle = asyncio.get_running_loop().call_later(1e6, work)
        timers.append((wait_s, work, handle))
        return handle

    live = Live(bus)
    dora = live.join(DORA, places=True)
    changes = PublicChanges(bus, live, looks, lambda: 60, turns.rest, later)
    changes.start()

    async def told(rests: int) -> list[dict[str, str]]:
        turns.next()
        await settled(lambda: turns.rests == rests)
        return heard(dora)

    publish(bus, ChargePointDisconnected("CP1", AT))
    assert await told(1) == [{"CP1": "Free"}]
    publish(bus, ChargePointConnected("CP1", "direct", AT))
    publish(bus, ChargePointDisconnected("CP1", AT))
    assert await told(2) == [{"CP1": "Free"}]
    back, away = timers
    assert (back[2].cancelled(), away[2].cancelled()) == (True, False)
    assert 180 < away[0] < 185
    state = "Broken"
    away[1]()  # the time has passed
    assert await told(3) == [{"CP1": "Broken"}]
    publish(bus, ChargePointDisconnected("CP1", AT))
    await told(4)
    await changes.close()
    assert timers[-1][2].cancelled()


async def test_one_that_is_taken_away_is_told_so_and_is_of_no_use(csms: Csms) -> None:
    key = await csms.charge_point("CP1")
    told: list[tuple[str, str]] = []
    async with csms.logged_in(1) as page, csms.station("CP1", key) as station:
        await station.boot()
        await station.status(1, "Available")

        async def listen() -> None:
            async with page.stream("GET", "/api/events?as_driver=true", timeout=None) as answer:
                async for line in answer.aiter_lines():
                    if line == ": connected":
                        told.append(("", ""))
                    if line.startswith("data: "):
                        place = json.loads(line[6:])["places"][-1]
                        told.append((place["state"], place["connectors"][0]["availability"]))

        listening = asyncio.create_task(listen())
        await settled(lambda: told)
        for path, body in (("/api/charge-points/CP1", {}), ("/api/station", {"id": "CP1"})):
            for dismissed, shown in ((True, ("Dismissed", "inoperative")), (False, ("Free", "available"))):
                assert (await csms.admin.patch(path, json={**body, "dismissed": dismissed})).is_success
                await settled(lambda shown=shown: told[-1] == shown)
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)


async def test_a_stranger_hears_that_it_is_used_and_nothing_of_who_uses_it(csms: Csms) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1")
    lines: list[str] = []
    async with csms.logged_in(3) as eve, csms.station("CP1", key) as station:
        await station.boot()

        async def listen(path: str, client: Any, into: list[str]) -> None:
            async with client.stream("GET", path, timeout=None) as answer:
                async for line in answer.aiter_lines():
                    into.append(line)  # noqa: PERF401 (others look at it meanwhile)

        of_admin: list[str] = []
        listening = [
            asyncio.create_task(listen("/api/events", eve, lines)),
            asyncio.create_task(listen("/api/events?as_driver=true", csms.admin, of_admin)),
        ]

        async def there() -> bool:
            return ": connected" in lines and ": connected" in of_admin

        await until(there)
        started = await station.start(CARD)
        await station.status(1, "Charging")
        await station.meter(started.transaction_id, 3000, 7400)

        def state() -> str:
            data = [line for line in lines if line.startswith("data: ")]
            return json.loads(data[-1][6:])["places"][-1]["state"] if data else ""

        await settled(lambda: state() == "Used" and '"status":"Charging"' in "".join(lines))
        await station.stop(started.transaction_id, 3000)
        await station.status(1, "Available")
        await settled(lambda: state() == "Free")
        shown = (await eve.get("/api/station/CP1")).json()
        for task in listening:
            task.cancel()
        await asyncio.gather(*listening, return_exceptions=True)
    last = json.loads(next(line for line in reversed(lines) if line.startswith("data: "))[6:])["places"][-1]
    fields = ("connector_id", "status", "availability")
    assert last["connectors"] == [{name: c[name] for name in fields} for c in shown["connectors"]]
    for heard_by in (lines, of_admin):
        assert {line for line in heard_by if line.startswith("event: ")} == {"event: PlacesChanged"}
        places = [place for line in heard_by if line.startswith("data: ") for place in json.loads(line[6:])["places"]]
        assert {name for place in places for name in place} == {"id", "state", "connectors"}
        assert {name for place in places for c in place["connectors"] for name in c} == set(fields)
        everything = "".join(heard_by)
        for secret in (CARD, "dora", "transaction", "cost", "energy", "soc", "user"):
            assert secret not in everything, secret
