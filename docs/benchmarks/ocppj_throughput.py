"""How many validated MeterValues a server handles in one second of its own CPU time: the bare ocppj server beside
the `ocpp` package's and a plain websockets + msgspec loop. Run: .venv/bin/python docs/benchmarks/ocppj_throughput.py

Each server is a process of its own on uvloop. The load comes from this process over loopback: each connection waits for
the answer before it sends its next call, as charge points do. CPU time is what os.times() of the server process says.
"""

import argparse
import asyncio
import base64
import json
import os
import secrets
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, cast

import uvloop

KEY = "00112233445566778899aabbccddeeff00112233"
REPOSITORY = Path(__file__).resolve().parents[2]
IDS = 64  # message ids a connection goes through
SAMPLES = [
    {"value": "1234567", "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
    {"value": "10987.5", "measurand": "Power.Active.Import", "unit": "W"},
    {"value": "15.9", "measurand": "Current.Import", "phase": "L1", "unit": "A"},
    {"value": "63", "measurand": "SoC", "unit": "Percent"},
]
SAMPLED = [{"context": "Sample.Periodic", **sample} for sample in SAMPLES]
PAYLOAD = {
    "connectorId": 1,
    "transactionId": 4711,
    "meterValue": [{"timestamp": "2026-03-01T09:14:03.120Z", "sampledValue": SAMPLED}],
}


# The servers. Each calls `started(port)` once it listens.


async def serve_ocppj(started: Callable[[int], None]) -> None:
    from ocppj import log, server, v16
    from ocppj.frames import Call
    from ocppj.peer import Peer

    log.configure("error")

    async def authenticate(identity: str, user: str | None, password: bytes | None, remote: str) -> server.Verdict:
        return server.Verdict.ACCEPT if password == KEY.encode() else server.Verdict.WRONG_KEY

    async def handle(call: Call) -> v16.MeterValuesResult:
        v16.decode_request(call.action, call.payload)
        return v16.MeterValuesResult()

    async def on_connect(peer: Peer) -> None:
        await peer.serve(handle)

    # The throttle stays in the way, only its limit is out of reach of one connection
    limits = server.Limits(messages_per_s=1e6, burst=1_000_000)
    listening = await server.serve("127.0.0.1", 0, authenticate=authenticate, on_connect=on_connect, limits=limits)
    started(listening.port)
    await asyncio.Event().wait()


async def serve_package(started: Callable[[int], None]) -> None:
    from ocpp.routing import on
    from ocpp.v16 import ChargePoint, call_result
    from websockets.asyncio.server import ServerConnection, serve

    class Handler(ChargePoint):  # type: ignore[misc]
        @on("MeterValues")
        async def meter_values(self, **fields: Any) -> call_result.MeterValues:
            return call_result.MeterValues()

    async def connected(connection: ServerConnection) -> None:
        await Handler("CP", connection).start()

    listening = await serve(connected, "127.0.0.1", 0, subprotocols=["ocpp1.6"], compression=None)  # type: ignore[list-item]
    started(next(iter(listening.sockets)).getsockname()[1])
    await asyncio.Event().wait()


async def serve_package_inline(started: Callable[[int], None]) -> None:
    import ocpp.messages

    ocpp.messages.ASYNC_VALIDATION = False
    await serve_package(started)


async def serve_bare(started: Callable[[int], None]) -> None:
    import msgspec
    from websockets.asyncio.server import ServerConnection, serve

    from ocppj.v16 import MeterValues

    frames = msgspec.json.Decoder(tuple[int, str, str, MeterValues])
    encoder = msgspec.json.Encoder()

    async def connected(connection: ServerConnection) -> None:
        async for message in connection:
            _, message_id, _, _ = frames.decode(message)
            await connection.send(encoder.encode((3, message_id, {})), text=True)

    listening = await serve(connected, "127.0.0.1", 0, subprotocols=["ocpp1.6"], compression=None)  # type: ignore[list-item]
    started(next(iter(listening.sockets)).getsockname()[1])
    await asyncio.Event().wait()


SERVERS: dict[str, tuple[str, Callable[[Callable[[int], None]], Awaitable[None]]]] = {
    "package": ("ocpp package, as it comes", serve_package),
    "package-inline": ("ocpp package, validation without threads", serve_package_inline),
    "ocppj": ("ocppj server", serve_ocppj),
    "bare": ("websockets + msgspec loop", serve_bare),
}


def serve_here(name: str) -> None:
    """Child process: print the port, then the CPU seconds used so far for each line that comes in."""

    async def main() -> None:
        loop = asyncio.get_running_loop()

        def tell_cpu() -> None:
            if not sys.stdin.readline():
                os._exit(0)
            times = os.times()
            print(times.user + times.system, flush=True)

        loop.add_reader(sys.stdin, tell_cpu)
        await SERVERS[name][1](lambda port: print(port, flush=True))

    uvloop.run(main())


# The load: hand-made WebSocket frames, so that this side is much cheaper than any server


class Load(asyncio.Protocol):
    """One charge point that always has one call open."""

    def __init__(self, identity: str) -> None:
        self.answers = 0
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        ids = [f"{identity}-{n}" for n in range(IDS)]
        self._frames = [_masked(json.dumps([2, message_id, "MeterValues", PAYLOAD]).encode()) for message_id in ids]
        self._heads = [f'[3,"{message_id}",'.encode() for message_id in ids]
        self._identity = identity
        self._transport: asyncio.Transport | None = None
        self._upgraded = False
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport = cast(asyncio.Transport, transport)  # uvloop's is none by inheritance
        self._transport = transport
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        credentials = base64.b64encode(f"{self._identity}:{KEY}".encode()).decode()
        transport.write(
            f"GET /ocpp/{self._identity} HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: ocpp1.6\r\n"
            f"Authorization: Basic {credentials}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgraded:
            if b"\r\n\r\n" not in self._buffer:
                return
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 101"), head
            self._upgraded = True
            self.ready.set_result(None)
        while len(self._buffer) >= 2 and len(self._buffer) >= 2 + self._buffer[1]:  # answers are below 126 bytes
            answer, self._buffer = self._buffer[2 : 2 + self._buffer[1]], self._buffer[2 + self._buffer[1] :]
            assert answer.replace(b" ", b"").startswith(self._heads[self.answers % IDS]), answer
            self.answers += 1
            self.call()

    def call(self) -> None:
        assert self._transport is not None
        self._transport.write(self._frames[self.answers % IDS])

    def stop(self) -> None:
        if self._transport is not None:
            self._transport.abort()


def _masked(payload: bytes) -> bytes:
    mask = secrets.token_bytes(4)
    assert 126 <= len(payload) < 65536
    body = bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
    return b"\x81\xfe" + len(payload).to_bytes(2, "big") + mask + body


async def measure(name: str, connections: int, warm_s: float, run_s: float) -> tuple[float, float]:
    """Messages per second of server CPU, and per second of wall clock."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        __file__,
        "--serve",
        name,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    loads: list[Load] = []
    try:
        port = int(await asyncio.wait_for(child.stdout.readline(), 30))
        loop = asyncio.get_running_loop()
        for n in range(connections):
            _, load = await loop.create_connection(lambda n=n: Load(f"CP{n}"), "127.0.0.1", port)  # type: ignore[misc]
            loads.append(load)
        await asyncio.wait_for(asyncio.gather(*(load.ready for load in loads)), 30)
        for load in loads:
            load.call()

        async def now() -> tuple[float, int, float]:
            child.stdin.write(b"\n")
            cpu_s = float(await asyncio.wait_for(child.stdout.readline(), 30))
            return cpu_s, sum(load.answers for load in loads), loop.time()

        await asyncio.sleep(warm_s)
        cpu_1, count_1, at_1 = await now()
        await asyncio.sleep(run_s)
        cpu_2, count_2, at_2 = await now()
        return (count_2 - count_1) / (cpu_2 - cpu_1), (count_2 - count_1) / (at_2 - at_1)
    finally:
        child.stdin.close()
        try:
            await asyncio.wait_for(child.wait(), 5)
        except TimeoutError:
            child.kill()
        for load in loads:  # after the server has gone, so that none complains about the way we leave
            load.stop()


async def main(connections: int, rounds: int, run_s: float) -> None:
    figures: dict[str, list[tuple[float, float]]] = {name: [] for name in SERVERS}
    for _ in range(rounds):  # all of them in each round: other load on this machine then meets all alike
        for name in SERVERS:
            figures[name].append(await measure(name, connections, 1.0, run_s))
    per_cpu_s = {name: median(cpu for cpu, _ in values) for name, values in figures.items()}
    sizes = len(json.dumps([2, "CP0-0", "MeterValues", PAYLOAD]))
    python = sys.version.split()[0]
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {python}, {connections} connections, {rounds} x {run_s:g} s each")
    print(f"MeterValues of {sizes} bytes with {len(SAMPLES)} sampled values, validated\n")
    print(f"{'server':<42}{'per CPU-second':>16}{'per second':>12}{'x package':>11}")
    for name, (title, _) in SERVERS.items():
        wall = median(wall for _, wall in figures[name])
        print(f"{title:<42}{per_cpu_s[name]:>16,.0f}{wall:>12,.0f}{per_cpu_s[name] / per_cpu_s['package']:>11.1f}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--connections", type=int, default=20)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--seconds", type=float, default=4.0)
    arguments.add_argument("--serve", choices=SERVERS, help=argparse.SUPPRESS)
    options = arguments.parse_args()
    if options.serve:
        serve_here(options.serve)
    else:
        uvloop.run(main(options.connections, options.rounds, options.seconds))
