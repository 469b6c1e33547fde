"""What the local controller adds: messages that pass beside a direct connection, and committed ones beside the cost of
one fsync on the same disk. One run, one table:

    .venv/bin/python docs/benchmarks/lc_latency.py [--messages 2000] [--charge-points 100]
                                                   [--data-dir /where/the/database/shall/lie]

All charge points are connected and in a charge, each with a sample and a heartbeat every 10 s; they are asked in turns.
The charge point, the controller and the central system are three processes, as on a site; the round trips through the
controller and around it are taken in turns, so that both meet the same load of the machine.
"""

import argparse
import asyncio
import itertools
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from msgspec import Raw

from local_controller import adoption, identity
from local_controller.identity import Identity
from local_controller.store import Store
from ocppj import frames, log
from ocppj.client import Client
from ocppj.peer import Peer
from ocppj.server import Limits, Verdict, serve

WARM_UP, EVERY_S = 200, 10.0
ANSWERS = {
    "BootNotification": Raw(b'{"status":"Accepted","currentTime":"2026-03-01T09:00:00Z","interval":300}'),
    "Heartbeat": Raw(b'{"currentTime":"2026-03-01T09:00:00Z"}'),
    "Authorize": Raw(b'{"idTagInfo":{"status":"Accepted"}}'),
    "StartTransaction": Raw(b'{"transactionId":7,"idTagInfo":{"status":"Accepted"}}'),
}
AUTHORIZE = Raw(b'{"idTag":"04A1B2C3D4E5F6"}')


def central(pipe: Connection) -> None:
    """A central system that answers at once."""

    async def run() -> None:
        async def authenticate(*_: Any) -> Verdict:
            return Verdict.ACCEPT

        async def converse(peer: Peer) -> None:
            await peer.serve(answer)

        async def answer(call: frames.Call) -> Raw:
            return ANSWERS.get(call.action, frames.EMPTY)

        limits = Limits(messages_per_s=None)
        server = await serve("127.0.0.1", 0, authenticate=authenticate, on_connect=converse, limits=limits)
        pipe.send(server.port)
        await asyncio.Event().wait()

    log.configure("error")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


async def adopt(path: Path, count: int) -> list[tuple[str, str]]:
    """That many charge points in a new database: identity and key of each."""
    store, now = await Store.open(path), datetime.now(UTC)
    try:
        told = []
        for number in range(count):
            code, _ = await adoption.new_code(store, now)
            told.append(await adoption.redeem(store, code, f"bench-{number}", "bench", now))
        return [(one.identity, one.authorization_key) for one in told]
    finally:
        await store.close()


async def controller(folder: Path, csms_port: int) -> tuple[asyncio.subprocess.Process, str]:
    """`bollard-site serve`, and the URL of its charge points."""
    csms = f"ws://127.0.0.1:{csms_port}/ocpp"
    identity.save(folder, Identity("bench-LC", "ab" * 20, "Bench", "UTC", csms, "http://127.0.0.1:9"))
    config = folder / "site.toml"
    config.write_text(
        f'data_dir = "{folder}"\nlog_level = "warning"\n'
        '[ocpp]\nhost = "127.0.0.1"\nport = 0\n[web]\nhost = "127.0.0.1"\nport = 0\n'
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "local_controller.main", "serve", "--config", str(config), stderr=subprocess.DEVNULL
    )
    while not (folder / "ports.json").exists():
        if process.returncode is not None:
            raise SystemExit("the controller did not start")
        await asyncio.sleep(0.02)
    ports = json.loads((folder / "ports.json").read_text())
    return process, f"ws://127.0.0.1:{ports['ocpp']}/ocpp"


async def chatter(peer: Peer, number: int, transaction_id: int) -> None:
    """What a charge point that charges says of its own accord: a sample each EVERY_S, and a heartbeat."""
    await asyncio.sleep(EVERY_S * (number % 100) / 100)
    for turn in itertools.count():
        await peer.call_raw("MeterValues", meter_values(transaction_id, 10_000 + turn))
        await asyncio.sleep(EVERY_S / 2)
        await peer.call_raw("Heartbeat", frames.EMPTY)
        await asyncio.sleep(EVERY_S / 2)


async def connected(url: str, name: str, key: str) -> tuple[Peer, asyncio.Task[None]]:
    """A charge point, and the task that keeps its connection."""
    arrived: asyncio.Future[Peer] = asyncio.get_running_loop().create_future()

    async def answer(call: frames.Call) -> Raw:
        return Raw(b'{"status":"Accepted"}')

    async def converse(peer: Peer) -> None:
        arrived.set_result(peer)
        await peer.serve(answer)

    task = asyncio.create_task(Client(url, name, key, on_connect=converse).run())
    return await arrived, task


async def both_ms(first: Peer, second: Peer, action: str, payload: Raw, turn: int) -> tuple[float, float]:
    """One round trip over each, in turns: whoever comes second finds the caches warm."""
    times_ms = {}
    for peer in (first, second) if turn % 2 else (second, first):
        started = time.perf_counter()
        await peer.call_raw(action, payload)
        times_ms[peer] = (time.perf_counter() - started) * 1000
    return times_ms[first], times_ms[second]


def fsync_ms(folder: Path, count: int) -> list[float]:
    """What SQLite's WAL pays for a commit of one page: append 4 KiB, fdatasync."""
    page, times_ms = os.urandom(4120), []
    descriptor = os.open(folder / "fsync-probe", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for _ in range(count):
        started = time.perf_counter()
        os.write(descriptor, page)
        os.fdatasync(descriptor)
        times_ms.append((time.perf_counter() - started) * 1000)
    os.close(descriptor)
    return times_ms


def meter_values(transaction_id: int, number: int) -> Raw:
    sample = {"value": str(1000 + number), "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
    at = f"2026-03-01T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}Z"
    value = {"timestamp": at, "sampledValue": [sample]}
    return Raw(msgspec.json.encode({"connectorId": 1, "transactionId": transaction_id, "meterValue": [value]}))


async def measure(folder: Path, csms_port: int, messages: int, charge_points: int) -> dict[str, list[float]]:
    known = await adopt(folder / "site.db", charge_points)
    process, url = await controller(folder, csms_port)
    tasks: list[asyncio.Task[None]] = []
    try:
        direct, task = await connected(f"ws://127.0.0.1:{csms_port}/ocpp", "direct", "00" * 20)
        tasks.append(task)
        here: list[tuple[Peer, int]] = []
        for number, (name, key) in enumerate(known):
            peer, task = await connected(url, name, key)
            tasks.append(task)
            await peer.call_raw("BootNotification", Raw(b'{"chargePointVendor":"Bollard","chargePointModel":"Bench"}'))
            start = Raw(b'{"connectorId":1,"idTag":"04A1","meterStart":1000,"timestamp":"2026-03-01T00:00:00Z"}')
            here.append((peer, msgspec.json.decode(await peer.call_raw("StartTransaction", start))["transactionId"]))
            tasks.append(asyncio.create_task(chatter(peer, number, here[-1][1])))
        times: dict[str, list[float]] = {name: [] for name in ("direct", "passed", "direct_kept", "kept", "fsync")}
        pause_s = 1 / 40
        for number in range(messages + WARM_UP):
            through, _ = here[number % len(here)]
            direct_ms, passed_ms = await both_ms(direct, through, "Authorize", AUTHORIZE, number)
            if number >= WARM_UP:
                times["direct"].append(direct_ms)
                times["passed"].append(passed_ms)
                await asyncio.sleep(pause_s)
        for number in range(messages // 2):
            through, transaction_id = here[number % len(here)]
            payload = meter_values(transaction_id, number)
            direct_ms, kept_ms = await both_ms(direct, through, "MeterValues", payload, number)
            times["direct_kept"].append(direct_ms)
            times["kept"].append(kept_ms)
            await asyncio.sleep(pause_s)
            times["fsync"] += fsync_ms(folder, 1)
        return times
    finally:
        for task in tasks:
            task.cancel()
        process.terminate()
        await process.wait()


def table(times: dict[str, list[float]]) -> str:
    def row(name: str, values: list[float]) -> str:
        cuts = statistics.quantiles(values, n=100)
        return f"{name:<46}{len(values):>7}{statistics.median(values):>10.2f}{cuts[94]:>10.2f}{cuts[98]:>10.2f}"

    def added(name: str, above: str, below: str) -> str:
        """What the one takes beyond the other, turn by turn."""
        return row(name, [one - other for one, other in zip(times[above], times[below], strict=True)])

    return "\n".join(
        [
            f"{'milliseconds':<46}{'n':>7}{'median':>10}{'p95':>10}{'p99':>10}",
            row("Authorize, straight to the central system", times["direct"]),
            row("Authorize, through the controller", times["passed"]),
            added("  added by the controller", "passed", "direct"),
            row("MeterValues, straight to the central system", times["direct_kept"]),
            row("MeterValues, committed and confirmed here", times["kept"]),
            row("one fdatasync of 4 KiB on the same disk", times["fsync"]),
            added("  MeterValues beyond one fdatasync", "kept", "fsync"),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Latency that the local controller adds.")
    parser.add_argument("--messages", type=int, default=1000, help="round trips of each kind")
    parser.add_argument("--charge-points", type=int, default=100)
    parser.add_argument("--data-dir", type=Path, help="a folder on the disk to measure (default: a temporary one)")
    options = parser.parse_args()
    log.configure("error")
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=central, args=(theirs,), daemon=True)
    server.start()
    with (
        tempfile.TemporaryDirectory(dir=options.data_dir) as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        print(table(runner.run(measure(Path(folder), ours.recv(), options.messages, options.charge_points))))
    server.terminate()


if __name__ == "__main__":
    main()
