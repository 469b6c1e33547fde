"""How fast the local controller makes up for an outage, and how long a card waits meanwhile:

    .venv/bin/python docs/benchmarks/lc_drain.py [--messages 100000] [--charge-points 50] [--against bare|csms|both]
                                                 [--samples 238]

The queue is filled with the controller's own functions, in the way an outage fills it; then `bollard-site serve` is
started beside a central system: a bare one of ocppj that answers at once, or our own. Every process is one of its own.
Some charge points are there and ask Authorize all the while, each on the connection on which its queue drains.
"per CPU s": messages in one second of a processor, of the controller and of our own central system.
Exit status 1 if a message is missing, doubled or out of order at the bare central system.
"""

import argparse
import asyncio
import multiprocessing
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import msgspec
import uvloop
from msgspec import Raw

from hardware.demo.chain import CARD, Chain
from hardware.demo.processes import Process
from local_controller import adoption, identity, queue, transactions
from local_controller.identity import Identity
from local_controller.payloads import MeterValues, Start, digest, read
from local_controller.store import Store
from ocppj import frames, log
from ocppj.client import Client
from ocppj.errors import CallErrorReceived
from ocppj.peer import Peer
from ocppj.server import Limits, Verdict, serve

SAMPLES = 238  # of one session of four hours; with its start and stop 240 messages
PER_SESSION = SAMPLES + 2  # main() sets it anew for --samples
LIVE, ASK_EVERY_S = 5, 0.1
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)
KEPT = frozenset({"StartTransaction", "MeterValues", "StopTransaction"})


def central(pipe: Connection) -> None:
    """Answers at once. Told "report", it tells per charge point what it got: sequence faults and a count."""

    async def run() -> None:
        counts: dict[str, int] = {}
        faults: list[str] = []
        ids: dict[str, int] = {}

        async def authenticate(*_: Any) -> Verdict:
            return Verdict.ACCEPT

        async def converse(peer: Peer) -> None:
            async def answer(call: frames.Call) -> Raw:
                if call.action in KEPT:
                    return kept(peer.identity, call)
                if call.action == "Authorize":
                    return Raw(b'{"idTagInfo":{"status":"Accepted"}}')
                if call.action == "BootNotification":
                    return Raw(b'{"status":"Accepted","currentTime":"2026-03-01T09:00:00Z","interval":300}')
                return frames.EMPTY

            await peer.serve(answer)

        def kept(who: str, call: frames.Call) -> Raw:
            number = counts.get(who, 0)
            counts[who] = number + 1
            if number != number_of(call.payload):
                faults.append(f"{who}: message {number_of(call.payload)} came as number {number}")
            if call.action == "StartTransaction":
                ids[who] = len(ids) * 100_000 + number // PER_SESSION + 1
                return Raw(b'{"transactionId":%d,"idTagInfo":{"status":"Accepted"}}' % ids[who])
            if msgspec.json.decode(call.payload)["transactionId"] != ids[who]:
                faults.append(f"{who}: message {number} carries the id of another transaction")
            return frames.EMPTY

        server = await serve(
            "127.0.0.1", 0, authenticate=authenticate, on_connect=converse, limits=Limits(messages_per_s=None)
        )
        pipe.send(server.port)
        await asyncio.to_thread(pipe.recv)
        pipe.send((sum(counts.values()), faults))

    log.configure("error")
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


def at(number: int) -> str:
    return (BEGAN + timedelta(seconds=10 * number)).isoformat().replace("+00:00", "Z")


def number_of(payload: Raw) -> int:
    """Which message of its charge point this is, by its time."""
    message = msgspec.json.decode(payload)
    told = message.get("timestamp") or message["meterValue"][0]["timestamp"]
    return int((datetime.fromisoformat(told) - BEGAN).total_seconds()) // 10


def meter_values(transaction_id: int, number: int, register_wh: int) -> bytes:
    """Four measurands, as our firmware sends them."""
    samples = [
        {"value": str(register_wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
        {"value": "11040", "measurand": "Power.Active.Import", "unit": "W"},
        {"value": "16.0", "measurand": "Current.Import", "unit": "A", "phase": "L1"},
        {"value": "230.1", "measurand": "Voltage", "unit": "V", "phase": "L1-N"},
    ]
    value = {"timestamp": at(number), "sampledValue": samples}
    return msgspec.json.encode({"connectorId": 1, "transactionId": transaction_id, "meterValue": [value]})


async def fill(path: Path, charge_points: int, messages: int) -> dict[str, str]:
    """Adopt the charge points and queue their messages, taking turns; identity and key of each."""
    store = await Store.open(path)
    keys: dict[str, str] = {}
    now = datetime.now(UTC)
    try:
        for number in range(charge_points):
            code, _ = await adoption.new_code(store, now)
            adopted = await adoption.redeem(store, code, f"drain-{number}", "demo", now)
            keys[adopted.identity] = adopted.authorization_key
        for session in range(messages // charge_points // PER_SESSION):

            def queued(db: sqlite3.Connection, session: int = session) -> None:
                for name in keys:
                    queue_session(db, name, session, now)

            await store.write(queued)
    finally:
        await store.close()
    return keys


def queue_session(db: sqlite3.Connection, name: str, session: int, now: datetime) -> None:
    first, meter_wh = session * PER_SESSION, session * 1000
    payload = msgspec.json.encode(
        {"connectorId": 1, "idTag": CARD, "meterStart": meter_wh, "timestamp": at(first)}
    )
    start = read(Start, payload)
    ours = transactions.open_once(db, name, start).transaction_id
    key = transactions.start_digest(start)
    queue.put_once(db, name, "StartTransaction", Raw(payload), key, now, ours)
    for number in range(first + 1, first + PER_SESSION - 1):
        payload = meter_values(ours, number, meter_wh + number - first)
        assert read(MeterValues, payload).transaction_id == ours
        queue.put_once(db, name, "MeterValues", Raw(payload), digest("values", payload), now, ours)
    stop = {"transactionId": ours, "meterStop": meter_wh + 100, "timestamp": at(first + PER_SESSION - 1)}
    payload = msgspec.json.encode(stop)
    queue.put_once(db, name, "StopTransaction", Raw(payload), digest("stop", payload), now, ours)
    transactions.stop(db, name, ours, now)


async def ask(url: str, name: str, key: str, times_ms: list[float], draining: asyncio.Event) -> None:
    """One charge point at which people tap their cards as long as `draining` is not set."""
    arrived: asyncio.Future[Peer] = asyncio.get_running_loop().create_future()

    async def converse(peer: Peer) -> None:
        if not arrived.done():
            arrived.set_result(peer)
        await peer.serve(lambda call: asyncio.sleep(0, Raw(b'{"status":"Accepted"}')))

    link = asyncio.create_task(Client(url, name, key, on_connect=converse).run())
    peer = await arrived
    await peer.call_raw("BootNotification", Raw(b'{"chargePointVendor":"Bollard","chargePointModel":"Bench"}'))
    card, reached = Raw(msgspec.json.encode({"idTag": CARD})), False
    while not draining.is_set():
        started = time.perf_counter()
        try:
            await peer.call_raw("Authorize", card)
        except CallErrorReceived:
            if reached:
                raise
        else:
            reached = True  # before, the central system is still away and nothing drains
            times_ms.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(ASK_EVERY_S)
    link.cancel()


async def drain(site: Process, database: Path, keys: dict[str, str]) -> tuple[list[tuple[float, int]], list[float]]:
    """Start the controller and watch: (seconds, messages waiting) twice a second, and what cards waited."""
    ports = await asyncio.to_thread(site.start)
    started = time.perf_counter()
    seen: list[tuple[float, int]] = []
    times_ms: list[float] = []
    done = asyncio.Event()
    url = f"ws://127.0.0.1:{ports['ocpp']}/ocpp"
    asking = [asyncio.create_task(ask(url, name, keys[name], times_ms, done)) for name in list(keys)[:LIVE]]
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as db:
        while not seen or seen[-1][1]:
            [(waiting,)] = db.execute("SELECT count(*) FROM messages WHERE delivered_at IS NULL")
            seen.append((time.perf_counter() - started, waiting))
            await asyncio.sleep(0.5)
    done.set()
    await asyncio.gather(*asking)
    return seen, times_ms


def cpu_s(process: Process) -> float:
    """What it has used of a processor so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def told(name: str, seen: list[tuple[float, int]], times_ms: list[float], cpu: list[float]) -> str:
    total = seen[0][1]
    middle = [(s, w) for s, w in seen if 0.1 * total <= w <= 0.9 * total]
    steady = (middle[0][1] - middle[-1][1]) / (middle[-1][0] - middle[0][0]) if len(middle) > 1 else 0.0
    cuts = statistics.quantiles(times_ms, n=100)
    per_cpu_s = " ".join(f"{total / used:,.0f}" for used in cpu)
    return (
        f"{name:<22}{total:>10,}{seen[-1][0]:>9.1f}{total / seen[-1][0]:>9,.0f}{steady:>9,.0f}{per_cpu_s:>14}"
        f"{len(times_ms):>8}{statistics.median(times_ms):>9.1f}{cuts[98]:>9.1f}{max(times_ms):>9.1f}"
    )


HEAD = (
    f"{'against':<22}{'messages':>10}{'s':>9}{'per s':>9}{'steady':>9}"
    f"{'per CPU s':>14}{'cards':>8}{'median':>9}{'p99':>9}{'max ms':>9}"
)


def against_bare(folder: Path, charge_points: int, messages: int) -> tuple[str, list[str]]:
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=central, args=(theirs,), daemon=True)
    server.start()
    data = folder / "bare"
    data.mkdir()
    csms = f"ws://127.0.0.1:{ours.recv()}/ocpp"
    identity.save(data, Identity("bench-LC", "ab" * 20, "Bench", "UTC", csms, "http://127.0.0.1:9"))
    (data / "site.toml").write_text(settings(data))
    keys = asyncio.run(fill(data / "site.db", charge_points, messages))
    site = site_process(data, folder)
    try:
        seen, times_ms = run(drain(site, data / "site.db", keys))
        cpu = [cpu_s(site)]
    finally:
        site.stop()
    ours.send("report")
    count, faults = ours.recv()
    server.terminate()
    if count != seen[0][1]:
        faults.append(f"{seen[0][1]} messages were queued, {count} arrived")
    return told("a bare central system", seen, times_ms, cpu), faults


def against_csms(folder: Path, charge_points: int, messages: int) -> tuple[str, list[str]]:
    command: Callable[[str], list[str]] = lambda module: [sys.executable, "-m", module]  # noqa: E731
    home = folder / "chain"
    with Chain(home, charge_points=0, csms_args=command("csms.main"), site_args=command("local_controller.main")) as it:
        it.site.stop()
        data = home / "site"
        keys = asyncio.run(fill(data / "site.db", charge_points, messages))
        before_s = cpu_s(it.csms)
        seen, times_ms = run(drain(it.site, data / "site.db", keys))
        cpu = [cpu_s(it.site), cpu_s(it.csms) - before_s]
        total = int(it.api.get("/api/sessions", params={"limit": 1}).headers["X-Total-Count"])
    expected = messages // charge_points // PER_SESSION * charge_points
    faults = [] if total == expected else [f"{expected} sessions were queued, the books show {total}"]
    return told("our central system", seen, times_ms, cpu), faults


def settings(data: Path) -> str:
    return (
        f'data_dir = "{data}"\nlog_level = "warning"\n'
        '[ocpp]\nhost = "127.0.0.1"\nport = 0\n[web]\nhost = "127.0.0.1"\nport = 0\n'
    )


def site_process(data: Path, logs: Path) -> Process:
    args = [sys.executable, "-m", "local_controller.main", "serve", "--config", str(data / "site.toml")]
    return Process("site", args, data, logs)


def run(work: Any) -> Any:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def main() -> None:
    parser = argparse.ArgumentParser(description="Draining the controller's queue, and cards meanwhile.")
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--charge-points", type=int, default=50)
    parser.add_argument("--samples", type=int, default=SAMPLES, help="MeterValues of each session")
    parser.add_argument("--against", choices=["bare", "csms", "both"], default="both")
    parser.add_argument("--data-dir", type=Path, help="a folder on the disk to measure (default: a temporary one)")
    options = parser.parse_args()
    log.configure("error")
    global PER_SESSION
    PER_SESSION = options.samples + 2
    runs = {"bare": [against_bare], "csms": [against_csms], "both": [against_bare, against_csms]}[options.against]
    faults: list[str] = []
    print(HEAD)
    for one in runs:
        with tempfile.TemporaryDirectory(dir=options.data_dir) as folder:
            row, wrong = one(Path(folder), options.charge_points, options.messages)
        print(row, flush=True)
        faults += wrong
    for fault in faults[:10]:
        print(fault)
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
