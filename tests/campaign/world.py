"""One run: charge points, proxies, a controller that dies and comes back, a central system; then the judgement.

Everything is in one process and one virtual time. A life of the controller ends by taking its disk as it is at that
instant (for a power cut: as its last syncs left it) and dropping everything else; the next begins on that disk.
"""

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import structlog

from local_controller import adoption, audit, downstream
from local_controller import site as site_module
from local_controller.backup import DATABASE
from local_controller.clock import Clock
from local_controller.config import Csms, Ocpp, Settings, Web
from local_controller.errors import SiteError
from local_controller.identity import Identity
from local_controller.site import Site
from local_controller.store import Store
from ocppj import log
from ocppj.client import Client
from ocppj.server import Limits
from tests.campaign.central import Central
from tests.campaign.proxy import Proxy
from tests.campaign.schedule import STATIONS, Schedule, Step
from tests.campaign.station import Station
from tests.campaign.virtual import LIFE, VirtualLoop
from tests.faults import unsynced_disk

BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
SETTLE_S = 12 * 3600.0  # virtual; by then everything must have arrived
DRAIN_CUTS = 6
SITE_KEY = "5a" * 20


class Failed(AssertionError):
    """The world broke a promise; the text says which."""


class World:
    def __init__(self, folder: Path, schedule: Schedule) -> None:
        self.folder, self.schedule = folder, schedule
        loop = asyncio.get_running_loop()
        assert isinstance(loop, VirtualLoop)
        self.loop = loop
        self.central = Central(self.wire_time)
        self.north = Proxy(lambda: self.central.port)
        self.south = [Proxy(lambda: self.site_port) for _ in range(STATIONS)]
        self.stations: list[Station] = []
        self.life, self.site_port = 0, 0
        self.clock_off = timedelta()
        self.site: Site | None = None
        self.store: Store | None = None

    def now(self) -> datetime:
        return BEGAN + timedelta(seconds=self.loop.time())

    def wire_time(self) -> str:
        return self.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @property
    def disk(self) -> Path:
        return self.folder / f"life-{self.life}"

    async def run(self) -> None:
        await self.central.start()
        for proxy in (self.north, *self.south):
            await proxy.start()
        await self._adopt()
        await self._begin()
        tasks = [asyncio.create_task(work) for s in self.stations for work in (s.charge(), s.speak())]
        steps = [asyncio.create_task(self._play(step)) for step in self.schedule.steps]
        try:
            await asyncio.gather(*steps)
            await self._settle()
            self.judge()
        finally:
            await self._end(tasks)

    async def _adopt(self) -> None:
        self.disk.mkdir()
        store = await Store.open(self.disk / DATABASE)
        for number in range(STATIONS):
            code, _ = await adoption.new_code(store, self.now())
            adopted = await adoption.redeem(store, code, f"S{number}", "camp", self.now())
            url = f"ws://127.0.0.1:{self.south[number].port}/ocpp/{adopted.identity}"
            seed = self.schedule.seed * 100 + number
            self.stations.append(
                Station(lambda url=url: url, adopted.identity, adopted.authorization_key, seed, self.wire_time)  # type: ignore[misc]
            )
        await store.close()

    # -- lives of the controller

    async def _begin(self) -> None:
        async def live() -> None:
            LIFE.set(self.life)
            self.store = await Store.open(self.disk / DATABASE)
            settings = Settings(
                data_dir=self.disk, ocpp=Ocpp(host="127.0.0.1", port=0), web=Web(port=0), csms=Csms(answer_within_s=20)
            )
            url = f"ws://127.0.0.1:{self.north.port}/ocpp"
            known = Identity("camp-LC", SITE_KEY, "camp", "UTC", url, "http://127.0.0.1:9")
            clock = Clock(
                system=lambda: self.now() + self.clock_off, monotonic_s=self.loop.time, trusts=lambda goes_on: goes_on
            )
            self.site = Site(settings, known, self.store, clock)
            self.site_port = await self.site.start()

        self.life += 1
        if not self.disk.exists():
            shutil.copytree(self.folder / f"life-{self.life - 1}", self.disk)
        while True:
            try:
                await asyncio.create_task(live())
                return
            except Exception as problem:  # its disk is full or broken: systemd would start it again too
                if not isinstance(problem, OSError | SiteError | sqlite3.Error):
                    raise
                await self._drop(self.life)
                await asyncio.sleep(5)

    async def _die(self, take: Callable[[Path], bytes | None]) -> None:
        """Nothing happens between taking the disk and the end of all connections: this loop runs nothing else."""
        after = self.folder / f"life-{self.life + 1}"
        after.mkdir()
        for name in (DATABASE, f"{DATABASE}-wal"):
            if (self.disk / name).exists() and (data := take(self.disk / name)) is not None:
                (after / name).write_bytes(data)
        self.site_port = 0
        for proxy in (self.north, *self.south):
            proxy.abort()
        await self._drop(self.life)

    async def _drop(self, life: int) -> None:
        site, store = self.site, self.store
        self.site = self.store = None
        server = site._downstream._server if site is not None else None
        for listener in server._listeners if server is not None else ():
            listener.close(close_connections=False)
        mine = set(self.loop.lives.get(life, ()))
        for task in mine:
            task.cancel()
        if mine:
            await asyncio.wait(mine, timeout=60)
        unsynced_disk.fail(str(self.disk), None)
        if store is not None:
            store._writing.shutdown(wait=True)
            store._reading.shutdown(wait=True)
            store._writer.close()
            store._reader.close()

    # -- what the schedule does

    async def _play(self, step: Step) -> None:
        await asyncio.sleep(step.at_s)
        south = self.south[step.number % STATIONS]
        kind, _, how = step.kind.partition("_")
        if kind in ("north", "south"):
            await self._link(self.north if kind == "north" else south, how, step)
        elif step.kind == "long_outage":
            await self._link(self.north, "cut", step)
        elif step.kind == "csms_restart":
            await self.central.stop()
            await asyncio.sleep(step.lasts_s)
            if self.central._server is None:
                await self.central.start()
        elif step.kind == "csms_mute":
            self.central.mute = True
            await asyncio.sleep(step.lasts_s)
            self.central.mute = False
            self.north.abort()  # who waited for an answer waits for ever
        elif step.kind in ("kill", "power_cut"):
            if self.site is None:
                return  # it is down already
            takes = {"kill": Path.read_bytes, "power_cut": lambda path: unsynced_disk.after_power_cut(str(path))}
            await self._die(takes[step.kind])
            await asyncio.sleep(step.lasts_s)
            await self._begin()
        elif step.kind in ("disk_full", "disk_broken"):
            folder = str(self.disk)
            unsynced_disk.fail(folder, unsynced_disk.FULL if step.kind == "disk_full" else unsynced_disk.BROKEN)
            await asyncio.sleep(step.lasts_s)
            unsynced_disk.fail(folder, None)
        elif step.kind == "clock_jump":
            self.clock_off += timedelta(seconds=(step.number - 2500) * 20)  # up to half a day either way

    async def _link(self, proxy: Proxy, how: str, step: Step) -> None:
        if how == "cut_in_frame":
            proxy.bytes_left["up"] = step.number
        elif how == "cut_in_answer":
            proxy.bytes_left["down"] = step.number % 60
        elif how == "orphaned":
            proxy.orphan()
        else:
            if how == "slow":
                proxy.delay_s = 0.2 + step.number / 2000
            elif how == "silent":
                proxy.fall_silent()
            else:
                proxy.cut()
            await asyncio.sleep(step.lasts_s)
            proxy.restore()
            for _ in range(DRAIN_CUTS if how == "cut_in_drain" else 0):
                proxy.bytes_left["up"] = step.number % 2000
                await asyncio.sleep(20)

    async def _settle(self) -> None:
        """Everything is mended; what was said must arrive."""
        for proxy in (self.north, *self.south):
            proxy.restore()
            proxy.bytes_left.clear()
        unsynced_disk.fail(str(self.disk), None)
        self.central.mute = False
        if self.central._server is None:
            await self.central.start()
        deadline_s = self.loop.time() + SETTLE_S
        while not all(s.done for s in self.stations) or await self._waiting():
            if self.loop.time() > deadline_s:
                left = {s.identity: len(s._queue) for s in self.stations}
                raise Failed(f"lost: half a day later {await self._waiting()} messages wait here, {left} there")
            await asyncio.sleep(60)

    async def _waiting(self) -> int:
        if self.store is None:
            return -1
        [(count,)] = await self.store.read("SELECT count(*) FROM messages WHERE delivered_at IS NULL")
        return int(count)

    async def _end(self, tasks: list[asyncio.Task[None]]) -> None:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with suppress(Exception):
            await self._drop(self.life)
        await self.central.stop()
        for proxy in (self.north, *self.south):
            await proxy.stop()

    # -- the judgement

    def judge(self) -> None:
        ids = self._ids()
        for station in self.stations:
            expected = [(action, self._with(payload, ids[station.identity])) for action, payload in station.said]
            came = self._came(station.identity)
            if came != expected:
                raise Failed(f"{station.identity}: {_first_difference(expected, came)}")
            if sorted(station.told_times) != station.told_times:
                raise Failed(f"{station.identity}: was told a time before one it had been told")
            metered = [p for action, p in station.said if action != "MeterValues"]
            bills = sorted(
                (start, stop) for owner, start, stop in self.central.bills.values() if owner == station.identity
            )
            log_wh = sorted(
                (a["meterStart"], b["meterStop"]) for a, b in zip(metered[::2], metered[1::2], strict=True)
            )
            if bills != log_wh:
                raise Failed(f"{station.identity}: bills {bills}, the meter's log {log_wh}")
        self._judge_rows()
        _, findings = audit.check(self.disk / DATABASE)
        if findings:
            raise Failed(f"the running hash is broken: {findings[0]}")

    def _ids(self) -> dict[str, dict[int, int]]:
        """Of each charge point: session to the id of the central system. Also: no id twice, on neither side."""
        ours = [number for station in self.stations for number in station.ids.values()]
        theirs = list(self.central.starts.values())
        if len(set(ours)) != len(ours) or len(ours) != len(theirs):
            raise Failed(f"ids are not one to one: {sorted(ours)} here, {sorted(theirs)} there")
        found: dict[str, dict[int, int]] = {}
        for station in self.stations:
            starts = [p for action, p in station.said if action == "StartTransaction"]
            by_time = {
                msgspec.json.decode(payload)["timestamp"]: number
                for (identity, payload), number in self.central.starts.items() if identity == station.identity
            }  # fmt: skip
            found[station.identity] = {s["session"]: by_time.get(s["timestamp"], -1) for s in starts}
        return found

    def _judge_rows(self) -> None:
        """In the controller's own rows each message is one row, and each of its ids has one of the other side."""
        with closing(sqlite3.connect(self.disk / DATABASE)) as db:
            rows = dict(db.execute("SELECT charge_point, count(*) FROM messages GROUP BY charge_point").fetchall())
            counts = "SELECT count(*), count(DISTINCT id), count(DISTINCT csms_id) FROM transactions"
            [ids] = db.execute(counts).fetchall()
        said = {station.identity: len(station.said) for station in self.stations}
        if rows != said:
            raise Failed(f"rows here: {rows}, messages said: {said}")
        if set(ids) != {len(self.central.starts)}:
            raise Failed(f"transactions, ids here, ids there: {ids} of {len(self.central.starts)}")

    @staticmethod
    def _with(payload: dict[str, Any], ids: dict[int, int]) -> dict[str, Any]:
        fields = {name: value for name, value in payload.items() if name != "session"}
        return fields if "meterStart" in fields else {**fields, "transactionId": ids[payload["session"]]}

    def _came(self, identity: str) -> list[tuple[str, dict[str, Any]]]:
        """What arrived. The one message whose answer was lost may come again, at once and with the same bytes."""
        mine = [(action, payload) for who, action, payload in self.central.came if who == identity]
        once = [one for before, one in zip([None, *mine], mine, strict=False) if one != before]
        return [(action, msgspec.json.decode(payload)) for action, payload in once]


def _first_difference(expected: list[Any], came: list[Any]) -> str:
    for number, (one, other) in enumerate(zip(expected, came, strict=False)):
        if one != other:
            return f"message {number}: said {one}, arrived {other}"
    return f"{len(expected)} messages were said, {len(came)} arrived"


@contextmanager
def _long_breaths() -> Iterator[None]:
    """Pings and retries a few seconds apart make a virtual day long; their code is the same at any pace."""
    with (
        patch.object(site_module, "LONGEST_WAIT_S", 300.0),
        patch.object(site_module, "Client", partial(Client, ping_interval_s=300, ping_timeout_s=60)),
        patch.object(downstream, "LIMITS", Limits(ping_interval_s=300, ping_timeout_s=60)),
    ):
        yield


def play(schedule: Schedule, folder: Path) -> str:
    """Run it; what went wrong, or ""."""
    async def run() -> None:
        await World(folder, schedule).run()

    folder.mkdir(parents=True)
    log.configure("error")
    structlog.configure(cache_logger_on_first_use=False)   # other tests of this process want lines of their own again
    unsynced_disk.install_once()
    with _long_breaths(), asyncio.Runner(loop_factory=VirtualLoop) as runner:
        try:
            runner.run(run())
        except Failed as failed:
            return str(failed)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            unsynced_disk.forget(str(folder))
            structlog.reset_defaults()
    return ""
