"""The controller's time where the system's cannot be trusted: never back, marked, and repaired once it is known."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Raw

from local_controller import queue
from local_controller.clock import LEASE, Clock, system_is_trusted, wire_time
from local_controller.store import Store
from tests.local_controller.central import Central
from tests.local_controller.running import running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import start_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FACTORY = datetime(1970, 1, 1, 0, 0, 30, tzinfo=UTC)


class World:
    """A machine: its system time may be anything, its monotonic time goes on."""

    def __init__(self, system: datetime, *, kept: bool) -> None:
        self.system, self.kept, self.passed_s = system, kept, 0.0

    def pass_s(self, seconds: float) -> None:
        self.passed_s += seconds
        self.system += timedelta(seconds=seconds)

    def clock(self) -> Clock:
        return Clock(system=lambda: self.system, monotonic_s=lambda: 5000 + self.passed_s, trusts=lambda on: self.kept)


def told(clock: Clock, at: datetime, identity: str = "CP1") -> datetime:
    answer = clock.tell(identity, Raw(msgspec.json.encode({"currentTime": wire_time(at), "more": [1, None]})))
    fields: dict[str, Any] = msgspec.json.decode(answer)
    assert fields["more"] == [1, None]
    return datetime.fromisoformat(fields["currentTime"])


async def ran(path: Path, world: World) -> Store:
    """A run that ends at once: the store as it leaves it."""
    store = await Store.open(path)
    await world.clock().start(store)
    return store


async def test_a_clock_that_is_kept_is_the_system_s(tmp_path: Path) -> None:
    world = World(NOON, kept=True)
    clock = world.clock()
    store = await Store.open(tmp_path / "a.db")
    await clock.start(store)
    world.pass_s(10)
    assert (clock(), clock.trusted) == (NOON + timedelta(seconds=10), True)
    world.system = FACTORY  # a person set it, or a time server did: it is the system's to say
    assert clock() == FACTORY
    await store.close()


async def test_without_one_it_goes_on_from_where_it_last_was(tmp_path: Path) -> None:
    await (await ran(tmp_path / "a.db", World(NOON, kept=True))).close()
    world = World(FACTORY, kept=False)
    clock = world.clock()
    store = await Store.open(tmp_path / "a.db")
    await clock.start(store)
    assert not clock.trusted
    assert NOON <= clock() <= NOON + LEASE
    before = clock()
    world.pass_s(3600)
    assert clock() == before + timedelta(hours=1)
    world.system = FACTORY  # the system may jump as it likes
    assert clock() == before + timedelta(hours=1)
    await store.close()
    # the power fails again, before anybody told the time
    again = World(FACTORY, kept=False).clock()
    store = await Store.open(tmp_path / "a.db")
    await again.start(store)
    assert again() >= before
    await store.close()


async def test_no_charge_point_is_told_a_time_before_one_it_was_told(tmp_path: Path) -> None:
    world = World(NOON, kept=False)
    clock = world.clock()
    store = await Store.open(tmp_path / "a.db")
    await clock.start(store)
    assert told(clock, clock()) == NOON
    world.pass_s(60)
    assert told(clock, clock()) == NOON + timedelta(seconds=60)
    await clock.heard(NOON - timedelta(hours=3))  # we were ahead
    assert clock() == NOON - timedelta(hours=3)
    assert told(clock, clock()) == NOON + timedelta(seconds=60)
    assert told(clock, NOON - timedelta(hours=2)) == NOON + timedelta(seconds=60)
    assert told(clock, NOON + timedelta(hours=1)) == NOON + timedelta(hours=1)
    await store.close()


async def test_nor_after_a_restart_in_the_middle_of_it(tmp_path: Path) -> None:
    """Killed a minute after the last save, without knowing the time; then started with a clock that is right."""
    world = World(NOON, kept=False)
    clock = world.clock()
    store = await Store.open(tmp_path / "a.db")
    await clock.start(store)
    world.pass_s(59)
    latest = told(clock, clock())
    await store.close()
    after = World(NOON - timedelta(days=2), kept=True).clock()
    store = await Store.open(tmp_path / "a.db")
    await after.start(store)
    assert after.trusted
    assert told(after, after()) >= latest
    await store.close()


async def test_an_absurd_time_of_the_central_system_does_not_stop_all_clocks(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db")
    clock = World(NOON, kept=True).clock()
    await clock.start(store)
    absurd = datetime(2999, 1, 1, tzinfo=UTC)
    assert told(clock, absurd) == absurd  # what it says passes
    assert told(clock, NOON) == NOON
    await clock.heard(absurd)
    assert clock() == NOON
    await store.close()


async def test_what_it_recorded_meanwhile_is_marked_and_repaired(tmp_path: Path, central: Central) -> None:
    """Through the running site: offline and without the time, then the central system tells it."""
    central.answers["BootNotification"] = {"status": "Accepted", "currentTime": wire_time(NOON), "interval": 300}
    port = central.port
    await central.stop()
    world = World(FACTORY, kept=False)
    async with running(tmp_path / "site", central, clock=world.clock()) as site:
        await site.log_in()
        charge_point = await site.adopt()
        async with charge_point:
            first = datetime.fromisoformat((await charge_point.boot())["currentTime"])
            await charge_point.call("StartTransaction", start_of())
            status = (await site.web.get("/api/status")).json()
            assert status["clock"]["trusted"] is False
            assert status["queue"]["oldest_at"] < "2026"
            assert await site.store.read("SELECT first_seq, last_seq, offset_ms FROM spans") == [(1, None, None)]
            central.port = port
            await central.start()
            await eventually("the time is learnt", lambda: site.site._clock.trusted)
            [(_, last, offset_ms)] = await site.store.read("SELECT * FROM spans")
            await site.all_delivered()
            [(received_ms,)] = await site.store.read("SELECT received_at FROM messages")
            assert last == 1
            assert abs(received_ms + offset_ms - NOON.timestamp() * 1000) < 60_000
            now = datetime.fromisoformat((await charge_point.call("Heartbeat"))["currentTime"])
            assert now >= first
            status = (await site.web.get("/api/status")).json()
            assert status["clock"] == {"trusted": True, "now": "2026-03-01T12:00:00Z"}
    # what a run without the time left behind, that ended before it learnt it, nobody can repair
    store = await ran(tmp_path / "site" / "site.db", World(FACTORY, kept=False))
    await store.write(lambda db: queue.put_once(db, "CP", "MeterValues", Raw(b"{}"), b"d", NOON, None))
    await store.close()
    store = await ran(tmp_path / "site" / "site.db", World(FACTORY, kept=False))
    [_, left, now_open] = await store.read("SELECT * FROM spans ORDER BY first_seq")
    assert left[1:] == (2, None)
    assert now_open == (3, None, None)
    await store.close()


def test_a_real_time_clock_that_went_back_is_not_believed(monkeypatch: Any) -> None:
    monkeypatch.setattr("local_controller.clock.ctypes.CDLL", lambda name: (_ for _ in ()).throw(OSError()))
    monkeypatch.setattr("local_controller.clock.Path.glob", lambda path, pattern: iter(["rtc0"]))
    assert system_is_trusted(goes_on=True)
    assert not system_is_trusted(goes_on=False)
