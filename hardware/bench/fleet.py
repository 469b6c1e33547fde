"""Light charge points in one program: many, cheap, and on OCPP's side like real ones. No firmware runs here.

Each keeps its own meter and its own books, and delivers transaction messages in order until they are confirmed,
through lost links too (OCPP 1.6 §3.7); what a central system has in its books can be held against `Report`.
"""

import asyncio
import random
import time
from collections import Counter, deque
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import Any

from hardware.bench.fleet_answers import Answers
from ocppj import frames, log, v16
from ocppj.client import Client
from ocppj.errors import CallErrorReceived, CallTimeout, ConnectionLost, OcppjError
from ocppj.payloads import Request
from ocppj.peer import Peer

_log = log.get(__name__)
_RETRY_S = 1.0  # after an error that the central system answered a transaction message with
CARD = "FLEET00000"


@dataclass(frozen=True, slots=True)
class Plan:
    """How the fleet lives. `sample_s` 0: meter values as fast as they are confirmed."""

    url: str
    key: str
    count: int
    prefix: str = "F"
    cards: tuple[str, ...] = (CARD,)
    sample_s: float = 10.0
    session_s: float = 60.0
    idle_s: float = 30.0
    heartbeat_s: float | None = None  # none: as the central system says
    connect_within_s: float = 10.0
    call_timeout_s: float = 30.0


@dataclass
class Report:
    """What the fleet did and saw. `ms`: answer times by action."""

    ms: dict[str, list[float]] = field(default_factory=dict)
    unanswered: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    lost_links: int = 0
    started: int = 0  # confirmed StartTransactions
    stopped: int = 0  # confirmed StopTransactions
    energy_wh: int = 0  # by the light charge points' own meters, of stopped transactions
    transaction_ids: list[int] = field(default_factory=list)
    meter_values: int = 0

    def took(self, action: str, ms: float) -> None:
        self.ms.setdefault(action, []).append(ms)

    def since(self, before: dict[str, int]) -> dict[str, dict[str, float]]:
        """Quantiles of what came after so many times of each action."""
        return {action: quantiles(times[before.get(action, 0) :]) for action, times in sorted(self.ms.items())}

    def as_json(self) -> dict[str, Any]:
        """Quantiles instead of each time; the ids only as their number and how many came twice."""
        told = {name: value for name, value in asdict(self).items() if name not in ("ms", "transaction_ids")}
        ids = Counter(self.transaction_ids)
        return {
            **told,
            "transactions": len(ids),
            "ids_given_twice": sum(count > 1 for count in ids.values()),
            "ms": {action: quantiles(times) for action, times in sorted(self.ms.items())},
        }


def quantiles(times: list[float]) -> dict[str, float]:
    """{"n", "p50", "p95", "p99", "max"} of some times."""
    ranked = sorted(times)
    at = {name: ranked[min(len(ranked) - 1, int(len(ranked) * q))] for name, q in _QUANTILES.items()} if ranked else {}
    return {"n": len(ranked), **{name: round(value, 2) for name, value in at.items()}}


_QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99, "max": 1.0}


@dataclass
class Charge:
    """One transaction as the charge point knows it."""

    id_tag: str
    meter_start_wh: int
    transaction_id: int | None = None
    stop: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class _Queued:
    """A transaction message on its way. Frozen at its first sending; until then the id may still be to come."""

    make: Callable[[], Request[Any]]
    confirmed: Callable[[Any], None]
    done: asyncio.Event = field(default_factory=asyncio.Event)
    frozen: Request[Any] | None = None


class LightChargePoint:
    """One connector, one car after the other. `run` is its whole life, until cancelled."""

    def __init__(self, identity: str, plan: Plan, report: Report, chance: random.Random) -> None:
        self.identity = identity
        self.charge: Charge | None = None
        self.register_wh = chance.randrange(10_000_000)
        self.status: v16.ChargePointStatus = "Available"
        self.online = asyncio.Event()
        self.answers = Answers(self)
        self.wanted: asyncio.Queue[str] = asyncio.Queue()  # idTags of remote starts
        self.peer: Peer | None = None
        self._plan, self._report, self._chance = plan, report, chance
        self._queue: deque[_Queued] = deque()
        self._work = asyncio.Event()
        self._booted = False
        self._heartbeat_s = plan.heartbeat_s or 300.0
        self._return_s = 0.0
        self._following: set[asyncio.Task[None]] = set()
        self._open = True
        self._quiet = asyncio.Event()
        self._quiet.set()

    async def run(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, self._plan.connect_within_s))
        client = Client(
            self._plan.url,
            self.identity,
            self._plan.key,
            on_connect=self._converse,
            call_timeout_s=self._plan.call_timeout_s,
            ping_interval_s=None,  # the central system pings
            open_timeout_s=30.0,
            sleep=self._wait_to_return,
        )
        async with asyncio.TaskGroup() as life:
            life.create_task(client.run())
            life.create_task(self._drive())

    async def drop(self, return_within_s: float) -> None:
        """Lose the link; come back at some moment within that time."""
        self._return_s = self._chance.uniform(0, return_within_s)
        if self.peer is not None:
            await self.peer.close(1001, "link lost")

    async def reboot(self) -> None:
        self._booted = False
        if self.charge is not None:
            self.charge.stop.set()
        await self.drop(1.0)

    async def _wait_to_return(self, asked_s: float) -> None:
        chosen_s, self._return_s = self._return_s, 0.0
        await asyncio.sleep(chosen_s or asked_s)

    # The link

    async def _converse(self, peer: Peer) -> None:
        self.peer = peer
        async with asyncio.TaskGroup() as group:
            serving = group.create_task(peer.serve(self._answer))
            talking = group.create_task(self._talk(peer))
            await serving
            talking.cancel()
        self.peer = None
        self.online.clear()
        self._report.lost_links += 1

    async def _talk(self, peer: Peer) -> None:
        try:
            if not self._booted:
                boot = await self.ask(v16.BootNotification("Bollard", "light", firmware_version="1"))
                self._booted = boot is not None and boot.status == "Accepted"
                if boot is not None and self._plan.heartbeat_s is None:
                    self._heartbeat_s = float(boot.interval or 300)
                await self._tell(0, "Available")
            await self._tell(1, self.status)
            self.online.set()
            async with asyncio.TaskGroup() as group:
                group.create_task(self._deliver())
                group.create_task(self._beat())
        except* (ConnectionLost, asyncio.CancelledError):
            pass
        except* OcppjError as errors:
            _log.error("fleet.talk_failed", charge_point=self.identity, error=repr(errors.exceptions[0]))
            await peer.close(1011, "failed")

    async def _answer(self, call: frames.Call) -> Any:
        return await self.answers.to(v16.decode_request(call.action, call.payload))

    async def ask(self, request: Request[Any]) -> Any:
        """The answer, or None if there was none in time or an error; raises ConnectionLost."""
        if self.peer is None:
            raise ConnectionLost("not connected")
        action = v16.action_of(request)
        began = time.perf_counter()
        try:
            result = await self.peer.call(request)
        except CallTimeout:
            self._report.unanswered += 1
            return None
        except CallErrorReceived as error:
            self._report.errors[f"{action} {error.code}"] += 1
            return None
        self._report.took(action, (time.perf_counter() - began) * 1000)
        return result

    def soon(self, work: Coroutine[Any, Any, Any]) -> None:
        """What follows an answer, after it."""

        async def quietly() -> None:
            try:
                await work
            except ConnectionLost:
                pass

        task = asyncio.create_task(quietly())
        self._following.add(task)
        task.add_done_callback(self._following.discard)

    async def _tell(self, connector_id: int, status: v16.ChargePointStatus) -> None:
        await self.ask(v16.StatusNotification(connector_id, "NoError", status, timestamp=datetime.now(UTC)))

    async def show(self, status: v16.ChargePointStatus) -> None:
        self.status = status
        if self.online.is_set():
            try:
                await self._tell(1, status)
            except ConnectionLost:
                pass  # told again on return

    async def _beat(self) -> None:
        await asyncio.sleep(self._chance.uniform(0, self._heartbeat_s))
        while True:
            await self.ask(v16.Heartbeat())
            await asyncio.sleep(self._heartbeat_s)

    async def _deliver(self) -> None:
        """Transaction messages, oldest first; each leaves the queue when it has been confirmed."""
        while True:
            while not self._queue:
                self._work.clear()
                await self._work.wait()
            message = self._queue[0]
            message.frozen = message.frozen or message.make()
            result = await self.ask(message.frozen)
            if result is None:
                await asyncio.sleep(_RETRY_S)
                continue
            self._queue.popleft()
            message.confirmed(result)
            message.done.set()

    def _send(self, make: Callable[[], Request[Any]], confirmed: Callable[[Any], None]) -> _Queued:
        message = _Queued(make, confirmed)
        self._queue.append(message)
        self._work.set()
        return message

    # The car and its driver

    def close_for_cars(self) -> None:
        """The transaction that runs ends now, and none begins after it."""
        self._open = False
        if self.charge is not None:
            self.charge.stop.set()

    async def is_quiet(self) -> None:
        """When no transaction runs and nothing waits to be delivered."""
        await self._quiet.wait()

    async def _drive(self) -> None:
        await self.online.wait()
        while True:
            id_tag = await self._somebody_comes()
            if not self._open:
                return
            self._quiet.clear()
            await self.show("Preparing")
            try:
                allowed = await self.ask(v16.Authorize(id_tag)) if self.online.is_set() else None
            except ConnectionLost:
                allowed = None
            if allowed is None or allowed.id_tag_info.status == "Accepted":  # away: as with LocalAuthorizeOffline
                await self._charge(id_tag)
            await self.show("Available")
            self._quiet.set()

    async def _somebody_comes(self) -> str:
        try:
            async with asyncio.timeout(self._chance.uniform(0.5, 1.5) * self._plan.idle_s):
                return await self.wanted.get()
        except TimeoutError:
            return self._chance.choice(self._plan.cards)

    async def _charge(self, id_tag: str) -> None:
        plan, report = self._plan, self._report
        charge = self.charge = Charge(id_tag, self.register_wh)
        started_at = datetime.now(UTC)

        def started(result: v16.StartTransactionResult) -> None:
            charge.transaction_id = result.transaction_id
            report.started += 1
            report.transaction_ids.append(result.transaction_id)
            if result.id_tag_info.status != "Accepted":
                charge.stop.set()

        start = v16.StartTransaction(1, id_tag, charge.meter_start_wh, started_at)
        self._send(lambda: start, started)
        await self.show("Charging")
        until_s = time.monotonic() + self._chance.uniform(0.5, 1.5) * plan.session_s
        while time.monotonic() < until_s and not charge.stop.is_set():
            try:
                async with asyncio.timeout(plan.sample_s):
                    await charge.stop.wait()
            except TimeoutError:
                self.register_wh += self._chance.randrange(5, 40)
                await self._sample(charge, wait=plan.sample_s == 0)
        self.register_wh += self._chance.randrange(40)
        await self.show("Finishing")
        stopped_at, meter_stop_wh = datetime.now(UTC), self.register_wh

        def stopped(_: Any) -> None:
            report.stopped += 1
            report.energy_wh += meter_stop_wh - charge.meter_start_wh

        def stop() -> v16.StopTransaction:
            assert charge.transaction_id is not None  # its start stands before it in the queue
            return v16.StopTransaction(charge.transaction_id, meter_stop_wh, stopped_at, id_tag)

        self.charge = None
        await self._send(stop, stopped).done.wait()

    async def _sample(self, charge: Charge, *, wait: bool) -> None:
        at, register_wh = datetime.now(UTC), self.register_wh
        values = [
            v16.SampledValue(str(register_wh), measurand="Energy.Active.Import.Register", unit="Wh"),
            v16.SampledValue("7360", measurand="Power.Active.Import", unit="W"),
            v16.SampledValue("32.0", measurand="Current.Import", phase="L1", unit="A"),
            v16.SampledValue("230.1", measurand="Voltage", phase="L1", unit="V"),
        ]

        def make() -> v16.MeterValues:
            return v16.MeterValues(1, [v16.MeterValue(at, values)], charge.transaction_id)

        def confirmed(_: Any) -> None:
            self._report.meter_values += 1

        message = self._send(make, confirmed)
        if wait:
            await message.done.wait()


class Fleet:
    """All of them. `async with` runs them; `finish` lets running transactions end and be delivered."""

    def __init__(self, plan: Plan, seed: int = 1) -> None:
        self.plan = plan
        self.report = Report()
        self._chance = random.Random(seed)
        self.charge_points = [
            LightChargePoint(f"{plan.prefix}{n}", plan, self.report, random.Random(f"{seed} {n}"))
            for n in range(1, plan.count + 1)
        ]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Fleet":
        self._tasks = [asyncio.create_task(point.run(), name=point.identity) for point in self.charge_points]
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def online(self) -> int:
        return sum(point.online.is_set() for point in self.charge_points)

    async def all_online(self, within_s: float) -> float:
        """Seconds until every link stood; TimeoutError if they do not all within that time."""
        began = time.monotonic()
        async with asyncio.timeout(within_s):
            for point in self.charge_points:
                await point.online.wait()
        return time.monotonic() - began

    async def drop(self, return_within_s: float) -> None:
        await asyncio.gather(*(point.drop(return_within_s) for point in self.charge_points))

    async def finish(self, within_s: float, spread_s: float = 0.0) -> None:
        """End the running transactions, spread over some time, and deliver their messages; no new ones begin.
        TimeoutError if that fails.
        """
        async with asyncio.timeout(within_s):
            for point in self.charge_points:
                point.close_for_cars()
                if spread_s:
                    await asyncio.sleep(spread_s / len(self.charge_points))
            for point in self.charge_points:
                await point.is_quiet()
