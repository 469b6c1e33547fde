"""What the local controller's database takes, and what a confirmed message costs an SD card in bytes written:

    .venv/bin/python docs/benchmarks/lc_storage.py [--sessions 200]

Sessions of four hours with a sample a minute are queued and delivered by the controller's own functions. Bytes written
are those of the process that reach the disk (/proc/self/io write_bytes), so WAL frames, checkpoints and all.
"""

import argparse
import asyncio
import sqlite3
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from msgspec import Raw

from local_controller import queue, transactions
from local_controller.payloads import Start, digest, read
from local_controller.store import Job, Store
from ocppj import log

SAMPLES = 240
CHARGE_POINTS, SESSIONS_A_DAY, DAYS = 100, 5, 30
BEGAN = datetime(2026, 3, 1, tzinfo=UTC)


def written_bytes() -> int:
    lines = Path("/proc/self/io").read_text().splitlines()
    return int(next(line.split()[1] for line in lines if line.startswith("write_bytes")))


def messages(name: str, number: int) -> Iterator[Job[object]]:
    """One session: each job is what one message does."""
    at = BEGAN + timedelta(hours=5 * number)
    ours = 0

    def began(db: sqlite3.Connection) -> None:
        nonlocal ours
        payload = msgspec.json.encode(
            {"connectorId": 1, "idTag": "04A1B2C3D4E5F6", "meterStart": 1000 * number, "timestamp": at.isoformat()}
        )
        start = read(Start, payload)
        ours = transactions.open_once(db, name, start).transaction_id
        queue.put_once(db, name, "StartTransaction", Raw(payload), transactions.start_digest(start), at, ours)

    yield began
    for minute in range(1, SAMPLES + 1):
        when = (at + timedelta(minutes=minute)).isoformat()
        samples = [
            {"value": str(1000 * number + minute), "measurand": "Energy.Active.Import.Register", "unit": "Wh"},
            {"value": "11040", "measurand": "Power.Active.Import", "unit": "W"},
            {"value": "16.0", "measurand": "Current.Import", "unit": "A", "phase": "L1"},
            {"value": "230.1", "measurand": "Voltage", "unit": "V", "phase": "L1-N"},
        ]

        def sampled(db: sqlite3.Connection, when: str = when, samples: list[dict[str, str]] = samples) -> None:
            value = {"timestamp": when, "sampledValue": samples}
            payload = msgspec.json.encode({"connectorId": 1, "transactionId": ours, "meterValue": [value]})
            queue.put_once(db, name, "MeterValues", Raw(payload), digest("values", payload), at, ours)

        yield sampled

    def ended(db: sqlite3.Connection) -> None:
        end_at = (at + timedelta(hours=4)).isoformat()
        stop = {"transactionId": ours, "meterStop": 1000 * number + 900, "timestamp": end_at}
        payload = msgspec.json.encode(stop)
        queue.put_once(db, name, "StopTransaction", Raw(payload), digest("stop", payload), at, ours)
        transactions.stop(db, name, ours, at)

    yield ended


async def deliver_all(store: Store, names: list[str]) -> None:
    for name in names:
        while page := await queue.first(store, name, 50):
            for message in page:
                await store.write(lambda db, message=message: queue.delivered(db, message, BEGAN))  # type: ignore[misc]


async def size(folder: Path, sessions: int) -> tuple[int, float]:
    """Messages, and bytes of the database for each, all of them delivered."""
    path = folder / "size.db"
    store = await Store.open(path)
    names = [f"site-CP{n + 1}" for n in range(min(sessions, CHARGE_POINTS))]
    count = 0
    for number in range(sessions):
        jobs = list(messages(names[number % len(names)], number // len(names)))
        count += len(jobs)
        await asyncio.gather(*(store.write(job) for job in jobs))
    marked = "UPDATE messages SET delivered_at = received_at, delivered_head = confirmed_head"
    await store.write(lambda db: db.execute(marked))
    await store.close()
    return count, path.stat().st_size / count


async def wear(folder: Path, together: int, count: int) -> tuple[float, float]:
    """Bytes written for each message that is confirmed and later delivered, and commits for each confirmation."""
    store = await Store.open(folder / f"wear-{together}.db")
    names = [f"site-CP{n + 1}" for n in range(together)]
    lanes = [iter([job for number in range(9) for job in messages(name, number)]) for name in names]
    before, commits = written_bytes(), store.commits
    for _ in range(count // together):
        await asyncio.gather(*(store.write(next(lane)) for lane in lanes))
    confirmed = written_bytes() - before
    per_message = (store.commits - commits) / (count // together * together)
    await store.close()
    return confirmed / (count // together * together), per_message


async def measure(folder: Path, sessions: int) -> None:
    count, each = await size(folder, sessions)
    print(f"{count:,} messages of {sessions} sessions: {each:.0f} bytes of database a message")
    total = CHARGE_POINTS * SESSIONS_A_DAY * DAYS * (SAMPLES + 2)
    print(f"{DAYS} days, {CHARGE_POINTS} charge points, {SESSIONS_A_DAY} sessions a day: {total:,} messages, "
          f"{total * each / 1e9:.2f} GB")
    print(f"{'confirmed together':>20}{'bytes written':>16}{'commits a message':>20}")
    for together in (1, 10, 100):
        written, commits = await wear(folder, together, 2000)
        print(f"{together:>20}{written:>16,.0f}{commits:>20.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Size and wear of the controller's database.")
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--data-dir", type=Path, help="a folder on the disk to measure (default: a temporary one)")
    options = parser.parse_args()
    log.configure("error")
    with tempfile.TemporaryDirectory(dir=options.data_dir) as folder:
        asyncio.run(measure(Path(folder), options.sessions))


if __name__ == "__main__":
    main()
