"""How long the controller takes to start with a full database, and what memory it takes with a hundred charge points:

    .venv/bin/python docs/benchmarks/lc_start.py [--messages 3000000] [--charge-points 100] [--tags 100000]

The database holds that many delivered messages of a month, a local list, cached cards and a few waiting messages; rows
are written by SQL, so their running hashes are none. Starting ends when /healthz answers and charge points are let in.
Exit status 1 above 3 s or 150 MB.
"""

import argparse
import asyncio
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import msgspec
import uvloop
from lc_cards import central, entries, resident_mb, tag
from lc_latency import connected
from msgspec import Raw

from local_controller import identity, tables
from local_controller.identity import Identity
from ocppj import basic_auth, log

KEY = "00112233445566778899aabbccddeeff00112233"
TARGET_S, TARGET_MB = 3.0, 150.0
SAMPLES = 240  # of a session


def fill(path: Path, messages: int, points: int, tags: int) -> None:
    """Sessions of four hours with a sample a minute; the last of each charge point still runs."""
    path.touch(mode=0o600)
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA synchronous=OFF")
        db.executescript(f"PRAGMA journal_mode=WAL; {tables.SCHEMA} PRAGMA user_version={tables.VERSION};")
        names = [f"bench-CP{n + 1}" for n in range(points)]
        hashed, began = basic_auth.hash_key(KEY), 1_770_000_000_000
        db.executemany(
            "INSERT INTO charge_points (identity, serial, key_hash, adopted_at) VALUES (?, ?, ?, ?)",
            [(name, f"S-{name}", hashed, began) for name in names],
        )
        sessions = messages // (SAMPLES + 2)
        db.executemany(
            "INSERT INTO transactions (id, charge_point, connector_id, id_tag, started_at, meter_start_wh,"
            " start_digest, csms_id, stopped_at) VALUES (?, ?, 1, ?, ?, 0, ?, ?, ?)",
            [
                (n + 1, names[n % points], tag(n % 5000), began, n.to_bytes(16, "big"), n + 1,
                 None if n >= sessions - points else began)
                for n in range(sessions)
            ],
        )  # fmt: skip
        db.executemany(
            "INSERT INTO messages (charge_point, number, action, transaction_id, payload, digest, received_at,"
            " delivered_at, confirmed_head, delivered_head)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, zeroblob(16), zeroblob(16))",
            _messages(names, sessions, began),
        )
        db.executemany(
            "INSERT INTO local_list (edition, id_tag, status, expires_at) VALUES (1, ?, ?, ?)",
            [
                (row["idTag"].casefold(), row["idTagInfo"]["status"], began * 2 if n % 10 == 0 else None)
                for n, row in enumerate(entries(0, tags))
            ],
        )
        stored = json.dumps({"version": 50, "edition": 1, "at": "2026-03-01T00:00:00Z"})
        db.execute("INSERT INTO settings (name, value) VALUES ('local_list', ?)", (stored,))
        db.executemany(
            "INSERT INTO id_tags (id_tag, status, seen_at) VALUES (?, 'Accepted', ?)",
            [(f"05{n:012x}", began + n) for n in range(20_000)],
        )
        db.commit()


def _messages(names: list[str], sessions: int, began: int) -> Iterator[tuple[Any, ...]]:
    numbers = dict.fromkeys(names, 0)
    for session in range(sessions):
        name = names[session % len(names)]
        running = session >= sessions - len(names)
        for minute in range(SAMPLES + 2):
            numbers[name] += 1
            samples = [
                {"value": str(minute * 184), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
                {"value": "11040", "measurand": "Power.Active.Import", "unit": "W"},
                {"value": "16.0", "measurand": "Current.Import", "unit": "A", "phase": "L1"},
                {"value": "230.1", "measurand": "Voltage", "unit": "V", "phase": "L1-N"},
            ]
            value = {"timestamp": "2026-03-01T10:00:00Z", "sampledValue": samples}
            payload = msgspec.json.encode({"connectorId": 1, "transactionId": session + 1, "meterValue": [value]})
            digest = (session * 1000 + minute).to_bytes(16, "big")
            delivered = None if running and minute > SAMPLES - 1 else began
            yield name, numbers[name], "MeterValues", session + 1, payload, digest, began, delivered


async def measure(folder: Path, messages: int, points: int, tags: int) -> int:
    started = time.perf_counter()
    await asyncio.to_thread(fill, folder / "site.db", messages, points, tags)
    size_gb = (folder / "site.db").stat().st_size / 1e9
    print(f"database of {messages:,} messages, {tags:,} tags: {size_gb:.2f} GB ({time.perf_counter() - started:.0f} s)")
    server, own = await central()
    url = f"ws://127.0.0.1:{server.port}/ocpp"
    identity.save(folder, Identity("bench-LC", "ab" * 20, "Bench", "UTC", url, "http://127.0.0.1:9"))
    config = folder / "site.toml"
    config.write_text(
        f'data_dir = "{folder}"\nlog_level = "warning"\n'
        '[ocpp]\nhost = "127.0.0.1"\nport = 0\n[web]\nhost = "127.0.0.1"\nport = 0\n'
    )
    command = [sys.executable, "-m", "local_controller.main", "serve", "--config", str(config)]
    began = time.perf_counter()
    process = await asyncio.create_subprocess_exec(*command, stderr=subprocess.DEVNULL)
    try:
        while not (folder / "ports.json").exists():
            if process.returncode is not None:
                raise SystemExit("the controller did not start")
            await asyncio.sleep(0.01)
        ports = json.loads((folder / "ports.json").read_text())
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports['web']}", trust_env=False) as web:
            (await web.get("/healthz")).raise_for_status()
            start_s = time.perf_counter() - began
            start_mb = resident_mb(process.pid)
            await own
            lives = []
            for number in range(points):
                name = f"bench-CP{number + 1}"
                peer, task = await connected(f"ws://127.0.0.1:{ports['ocpp']}/ocpp", name, KEY)
                lives.append(task)
                await peer.call_raw("BootNotification", Raw(b'{"chargePointVendor":"B","chargePointModel":"B"}'))
                await peer.call_raw("Authorize", Raw(b'{"idTag":"04A1"}'))
            await asyncio.sleep(3)
            (await web.get("/metrics")).raise_for_status()
        full_mb = resident_mb(process.pid)
        for task in lives:
            task.cancel()
    finally:
        process.terminate()
        await process.wait()
        await server.close()
    print(f"start until it serves: {start_s:.2f} s (target {TARGET_S:g} s), {start_mb:.0f} MB")
    print(f"{points} charge points connected, both ways: {full_mb:.0f} MB (target {TARGET_MB:g} MB)")
    return 0 if start_s <= TARGET_S and full_mb <= TARGET_MB else 1


def main() -> None:
    parser = argparse.ArgumentParser(description="Start and memory of the local controller.")
    parser.add_argument("--messages", type=int, default=3_000_000)
    parser.add_argument("--charge-points", type=int, default=100)
    parser.add_argument("--tags", type=int, default=100_000)
    options = parser.parse_args()
    log.configure("error")
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        size = (options.messages, options.charge_points, options.tags)
        sys.exit(runner.run(measure(Path(folder), *size)))


if __name__ == "__main__":
    main()
