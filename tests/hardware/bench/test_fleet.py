"""Light charge points against a central system of the `ocpp` package's making would be another's word; here it is ours
in small: what they say, in which order, and that nothing is lost when links are."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from hardware.bench.fleet import Fleet, Plan, quantiles
from hardware.bench.main import cli
from ocppj import frames, v16
from ocppj.peer import Peer
from ocppj.server import Limits, Server, Verdict, serve


class Central:
    """Accepts everything; `starts` and `stops` as booked, each kind once."""

    def __init__(self) -> None:
        self.starts: dict[tuple[Any, ...], int] = {}
        self.stops: dict[int, int] = {}
        self.booted: Counter[str] = Counter()
        self.said: dict[str, list[str]] = {}
        self.refuse_cards = False
        self.lose_answer_to: set[str] = set()
        self.server: Server | None = None

    async def answer(self, peer: Peer, call: frames.Call) -> Any:
        request = v16.decode_request(call.action, call.payload)
        self.said.setdefault(peer.identity, []).append(call.action)
        result = self._judge(peer.identity, request)
        if call.action in self.lose_answer_to:
            self.lose_answer_to.discard(call.action)
            await peer.close(1011, "lost")
        return result

    def _judge(self, identity: str, request: Any) -> Any:
        verdict = v16.IdTagInfo("Invalid" if self.refuse_cards else "Accepted")
        match request:
            case v16.BootNotification():
                self.booted[identity] += 1
                return v16.BootNotificationResult("Accepted", datetime.now(UTC), 300)
            case v16.Authorize():
                return v16.AuthorizeResult(verdict)
            case v16.StartTransaction():
                key = (identity, request.id_tag, request.timestamp, request.meter_start)
                self.starts.setdefault(key, len(self.starts) + 1)
                return v16.StartTransactionResult(self.starts[key], verdict)
            case v16.StopTransaction():
                self.stops[request.transaction_id] = request.meter_stop
                return v16.StopTransactionResult()
            case v16.MeterValues():
                return v16.MeterValuesResult()
            case v16.Heartbeat():
                return v16.HeartbeatResult(datetime.now(UTC))
        return v16.StatusNotificationResult()


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[Central, str]]:
    central = Central()

    async def accept(*_: Any) -> Verdict:
        return Verdict.ACCEPT

    async def converse(peer: Peer) -> None:
        await peer.serve(lambda call: central.answer(peer, call))

    central.server = await serve("127.0.0.1", 0, authenticate=accept, on_connect=converse, limits=Limits())
    yield central, f"ws://127.0.0.1:{central.server.port}/ocpp"
    await central.server.close()


def plan(url: str, count: int, **more: Any) -> Plan:
    fast = {"sample_s": 0.02, "session_s": 0.2, "idle_s": 0.05, "connect_within_s": 0.1}
    return Plan(url, "00" * 20, count, **{**fast, **more})


async def until(fact: Callable[[], Any], within_s: float = 10) -> None:
    async with asyncio.timeout(within_s):
        while not fact():  # noqa: ASYNC110 (facts out there ring no bell)
            await asyncio.sleep(0.01)


async def test_cars_come_and_go_in_the_order_of_the_protocol() -> None:
    async with listening() as (central, url), Fleet(plan(url, 1)) as fleet:
        await fleet.all_online(10)
        await until(lambda: len(central.stops) >= 2)
        await fleet.finish(10)
        said = [action for action in central.said["F1"] if action != "StatusNotification"]
        first = said[: said.index("StopTransaction") + 1]
        assert first[:3] == ["BootNotification", "Authorize", "StartTransaction"]
        assert set(first[3:-1]) == {"MeterValues"}
        assert fleet.report.stopped == len(central.stops) == len(central.starts)


async def test_lost_links_and_lost_answers_lose_and_double_no_transaction() -> None:
    async with listening() as (central, url), Fleet(plan(url, 10)) as fleet:
        await fleet.all_online(10)
        for action in ("StartTransaction", "StopTransaction", "MeterValues"):
            central.lose_answer_to.add(action)
            await until(lambda: not central.lose_answer_to)
            await fleet.drop(return_within_s=0.3)
            await fleet.all_online(20)
        await fleet.finish(20)
        told = fleet.report.as_json()
        assert told["lost_links"] > 20  # one may be away already when the next drop comes
        assert told["started"] == told["stopped"] == told["transactions"] == len(central.starts) == len(central.stops)
        energy_wh = sum(central.stops[number] - key[3] for key, number in central.starts.items())
        assert told["energy_wh"] == energy_wh
        assert set(central.booted.values()) == {1}  # a link that was lost is no boot


async def test_a_refused_card_charges_nothing() -> None:
    async with listening() as (central, url):
        central.refuse_cards = True
        async with Fleet(plan(url, 1)) as fleet:
            await until(lambda: central.said.get("F1", []).count("Authorize") >= 2)
            assert not central.starts
            assert fleet.report.started == 0


async def test_it_answers_what_it_is_asked() -> None:
    async with listening() as (central, url), Fleet(plan(url, 1, idle_s=100, session_s=100)) as fleet:
        await fleet.all_online(10)
        assert central.server is not None
        peer = central.server.peers["F1"]
        assert (await peer.call(v16.RemoteStartTransaction("AB12", 2))).status == "Rejected"
        assert (await peer.call(v16.RemoteStartTransaction("AB12", 1))).status == "Accepted"
        await until(lambda: central.starts)
        (key, number), *_ = central.starts.items()
        assert key[1] == "AB12"
        await until(lambda: fleet.report.started)
        assert (await peer.call(v16.RemoteStopTransaction(number + 1))).status == "Rejected"
        assert (await peer.call(v16.RemoteStopTransaction(number))).status == "Accepted"
        await until(lambda: central.stops)
        listed = [v16.AuthorizationData("AB12", v16.IdTagInfo("Accepted"))]
        assert (await peer.call(v16.SendLocalList(3, "Full", listed))).status == "Accepted"
        assert (await peer.call(v16.SendLocalList(3, "Differential", listed))).status == "VersionMismatch"
        assert (await peer.call(v16.GetLocalListVersion())).list_version == 3
        assert (await peer.call(v16.ChangeConfiguration("NumberOfConnectors", "9"))).status == "Rejected"
        assert (await peer.call(v16.Reset("Soft"))).status == "Accepted"
        await until(lambda: central.booted["F1"] == 2)


def test_quantiles_of_nothing_and_of_a_hundred() -> None:
    assert quantiles([]) == {"n": 0}
    assert quantiles([float(n) for n in range(100)]) == {"n": 100, "p50": 50.0, "p95": 95.0, "p99": 99.0, "max": 99.0}


def test_without_a_key_one_line_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli(["fleet", "--url", "ws://127.0.0.1:1/ocpp"]) == 2
    assert "--key" in capsys.readouterr().err
