"""A client that keeps one connection, against our server and against servers that refuse."""

import asyncio
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from ocppj import v16
from ocppj.client import Client
from ocppj.errors import CallErrorReceived, ConnectionLost
from ocppj.frames import Call
from ocppj.peer import Peer
from tests.ocppj.conftest import KEY, NOON, QUICK, Central, Certificates, Start, running
from tests.ocppj.wires import until


async def accept(call: Call) -> v16.Payload:
    return v16.ClearCacheResult("Accepted")


class ChargePoint:
    """What owns the peer in these tests."""

    def __init__(self) -> None:
        self.peers: list[Peer] = []

    async def on_connect(self, peer: Peer) -> None:
        self.peers.append(peer)
        await peer.serve(accept)


class Sleeps:
    """Waits that are noted and do not take their time."""

    def __init__(self) -> None:
        self.asked_s: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.asked_s.append(seconds)
        await asyncio.sleep(0.002)


def client(port: int, owner: ChargePoint | None = None, scheme: str = "ws", key: str = KEY, **options: Any) -> Client:
    defaults: dict[str, Any] = {"on_connect": (owner or ChargePoint()).on_connect, "chance": lambda: 1.0}
    return Client(f"{scheme}://127.0.0.1:{port}/ocpp/", "CP7", key, **(defaults | options))


async def test_both_sides_ask_over_one_connection(central: Central) -> None:
    owner = ChargePoint()
    link = client(central.port, owner)
    async with running(link.run()):
        await until(lambda: owner.peers)
        assert link.connected
        assert await owner.peers[0].call(v16.Heartbeat()) == v16.HeartbeatResult(NOON)
        with pytest.raises(CallErrorReceived, match="NotSupported"):
            await owner.peers[0].call(v16.Authorize("A"))
        assert (await central.opened[0].call(v16.ClearCache())).status == "Accepted"
    assert not link.connected


async def test_an_identity_with_odd_characters_is_percent_encoded(central: Central) -> None:
    central.knows("RDAM 1:2|3")
    link = Client(f"ws://127.0.0.1:{central.port}/ocpp", "RDAM 1:2|3", KEY, on_connect=ChargePoint().on_connect)
    async with running(link.run()):
        await central.opened_count(1)
    assert central.opened[0].identity == "RDAM 1:2|3"


async def test_it_comes_back_when_the_server_does(start: Start) -> None:
    central, owner, sleeps = await start(), ChargePoint(), Sleeps()
    link = client(central.port, owner, sleep=sleeps)
    async with running(link.run()):
        await until(lambda: owner.peers)
        await central.opened[0].close(1012, "restart")
        await until(lambda: len(owner.peers) == 2)
        assert await owner.peers[1].call(v16.Heartbeat())
        with pytest.raises(ConnectionLost):
            await owner.peers[0].call(v16.Heartbeat())


async def test_waits_grow_while_nobody_is_there(unused_tcp_port: int, capsys: pytest.CaptureFixture[str]) -> None:
    sleeps = Sleeps()
    link = client(unused_tcp_port, sleep=sleeps, first_wait_s=1.0, longest_wait_s=10.0)
    async with running(link.run()):
        await until(lambda: len(sleeps.asked_s) >= 6)
    assert sleeps.asked_s[:6] == [1, 2, 4, 8, 10, 10]
    assert not link.connected
    assert link.refusal
    # A central system that is away makes one line, not one a try
    assert capsys.readouterr().err.count("link.refused") == 1


async def test_a_wrong_key_is_refused_and_said_so(central: Central) -> None:
    link = client(central.port, key="ff" * 20, sleep=Sleeps())
    async with running(link.run()):
        await until(lambda: link.refusal)
    assert link.refusal == "HTTP 401"
    assert central.opened == []


async def test_retry_after_is_obeyed(start: Start) -> None:
    central, sleeps = await start(replace(QUICK, free_failures_per_identity=1)), Sleeps()
    link = client(central.port, key="ff" * 20, sleep=sleeps, first_wait_s=0.001)
    async with running(link.run()):
        await until(lambda: link.refusal == "HTTP 429")
        await until(lambda: len(sleeps.asked_s) >= 2)
    assert sleeps.asked_s[1] == 1.0


async def test_without_a_common_subprotocol_it_is_not_connected() -> None:
    async def keep_open(connection: ServerConnection) -> None:
        await connection.wait_closed()

    sleeps, owner = Sleeps(), ChargePoint()
    async with serve(keep_open, "127.0.0.1", 0) as old:
        link = client(next(iter(old.sockets)).getsockname()[1], owner, sleep=sleeps)
        async with running(link.run()):
            await until(lambda: len(sleeps.asked_s) >= 2)
    assert link.refusal == "no common sub-protocol"
    assert not link.connected
    assert owner.peers == []


@pytest.mark.parametrize("status", [301, 404, 500, 503])
async def test_any_refusal_is_tried_again(status: int) -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(status, "no")

    async def never(connection: ServerConnection) -> None:
        raise AssertionError

    sleeps = Sleeps()
    async with serve(never, "127.0.0.1", 0, process_request=refuse) as server:
        link = client(next(iter(server.sockets)).getsockname()[1], sleep=sleeps)
        async with running(link.run()):
            await until(lambda: len(sleeps.asked_s) >= 3)
    assert link.refusal


async def test_a_port_that_speaks_something_else_is_tried_again() -> None:
    async def chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example ESMTP\r\n" * 10)
        writer.close()

    sleeps = Sleeps()
    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    link = client(server.sockets[0].getsockname()[1], sleep=sleeps)
    async with running(link.run()):
        await until(lambda: len(sleeps.asked_s) >= 3)
    assert link.refusal
    server.close()


async def test_a_server_that_says_nothing_is_given_up_in_time() -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    sleeps = Sleeps()
    server = await asyncio.start_server(silence, "127.0.0.1", 0)
    link = client(server.sockets[0].getsockname()[1], sleep=sleeps, open_timeout_s=0.05)
    async with running(link.run()):
        await until(lambda: len(sleeps.asked_s) >= 2)
    assert "TimeoutError" in link.refusal
    server.close()


async def test_an_owner_that_fails_costs_one_connection(central: Central) -> None:
    tries = itertools.count(1)
    owner = ChargePoint()

    async def fail_first(peer: Peer) -> None:
        if next(tries) == 1:
            raise RuntimeError("bug")
        await owner.on_connect(peer)

    link = client(central.port, sleep=Sleeps(), on_connect=fail_first)
    async with running(link.run()):
        await until(lambda: owner.peers)
        assert await owner.peers[0].call(v16.Heartbeat())


async def test_tls_is_verified(start: Start, certificates: Certificates) -> None:
    central = await start(ssl=certificates.server)
    sleeps, owner = Sleeps(), ChargePoint()
    stranger = client(central.port, owner, "wss", ssl=certificates.distrusting, sleep=sleeps)
    async with running(stranger.run()):
        await until(lambda: len(sleeps.asked_s) >= 1)
    assert "certificate" in stranger.refusal.lower()
    assert owner.peers == []
    friend = client(central.port, owner, "wss", ssl=certificates.trusting)
    async with running(friend.run()):
        await until(lambda: owner.peers)
        assert await owner.peers[0].call(v16.Heartbeat())


async def test_a_connection_that_held_starts_the_waits_afresh(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    central, sleeps = await start(), Sleeps()
    held: Callable[[], int] = lambda: len(central.ended)  # noqa: E731
    monkeypatch.setattr("ocppj.client.STABLE_S", 0.0)
    link = client(central.port, sleep=sleeps)
    async with running(link.run()):
        for n in range(1, 4):
            await central.opened_count(n)
            await central.opened[n - 1].close()
            await until(lambda n=n: held() >= n)  # type: ignore[misc]
        await until(lambda: len(sleeps.asked_s) >= 3)
    assert sleeps.asked_s[:3] == [1.0, 1.0, 1.0]


async def test_connections_that_do_not_hold_make_it_wait_longer(central: Central) -> None:
    sleeps = Sleeps()
    link = client(central.port, sleep=sleeps)
    async with running(link.run()):
        for n in range(1, 4):
            await central.opened_count(n)
            await central.opened[n - 1].close()
        await until(lambda: len(sleeps.asked_s) >= 3)
    assert sleeps.asked_s[:3] == [1.0, 2.0, 4.0]
