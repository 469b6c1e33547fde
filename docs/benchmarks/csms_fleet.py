"""What the central system takes: `bollard-bench fleet` beside `bollard-csms serve`, on one machine.

    .venv/bin/python docs/benchmarks/csms_fleet.py [store|fleet] [--count 2000] [--seconds 120]

store   meter values as fast as they are confirmed: how many are stored in one CPU-second of the central system
fleet   a whole fleet with cars that come and go: memory, answer times, API reads meanwhile; then all links are lost
        and return within 60 s, and the books of both sides are compared

The central system's CPU time and memory come from /proc; both programs and the readers share the machine's cores, so
answer times include the load generator's own. Exit status 1 if a Start or Stop was lost or doubled.
"""

import argparse
import asyncio
import json
import os
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

PASSWORD = "correct horse battery"
CARDS = 10  # passwords of their drivers take a second each, on purpose
SITES_OF = 500  # charge points in one announcement


class Csms:
    """`bollard-csms serve` in a folder of its own, with an administrator, one site, its charge points and cards."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.pid = 0
        self.key = ""
        self._process: asyncio.subprocess.Process | None = None
        self._environment = {
            **os.environ,
            "BOLLARD_CSMS__DATA_DIR": str(folder / "data"),
            "BOLLARD_CSMS__HTTP__PORT": "0",
            "BOLLARD_CSMS__OCPP__PORT": "0",
            "BOLLARD_CSMS__LOG_LEVEL": "warning",
            "BOLLARD_CSMS__METER_VALUE_SAMPLE_INTERVAL_S": "0",
        }

    async def __aenter__(self) -> "Csms":
        password = self.folder / "password"
        password.write_text(PASSWORD)
        made = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "csms.main", "create-admin", "--email", "a@example.org"),
            *("--password-file", str(password)),
            env=self._environment,
            stdout=asyncio.subprocess.DEVNULL,
        )
        if await made.wait() != 0:
            raise SystemExit("no administrator could be made")
        log = (self.folder / "csms.log").open("w")
        command = (sys.executable, "-m", "csms.main", "serve")
        self._process = await asyncio.create_subprocess_exec(*command, env=self._environment, stderr=log)
        self.pid = self._process.pid
        ports_file = self.folder / "data" / "ports.json"
        while not ports_file.exists():
            if self._process.returncode is not None:
                raise SystemExit((self.folder / "csms.log").read_text())
            await asyncio.sleep(0.05)
        ports = json.loads(ports_file.read_text())
        self.ocpp_url = f"ws://127.0.0.1:{ports['ocpp']}/ocpp"
        self.http = httpx.AsyncClient(base_url=f"http://127.0.0.1:{ports['http']}", timeout=60, trust_env=False)
        login = {"email": "a@example.org", "password": PASSWORD}
        token = (await self.post("/api/auth/login", login))["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.http.aclose()
        if self._process is not None:
            self._process.terminate()
            await self._process.wait()

    async def post(self, path: str, body: Any) -> Any:
        return (await self.http.post(path, json=body)).raise_for_status().json()

    async def prepare(self, count: int) -> None:
        site = await self.post("/api/sites", {"name": "Fleet", "time_zone": "UTC"})
        code = (await self.post(f"/api/sites/{site['id']}/adoption-codes", {}))["code"]
        adopted = await self.post("/api/adopt", {"code": code, "serial": "1", "kind": "local_controller"})
        self.key = adopted["site_key"]
        for first in range(1, count + 1, SITES_OF):
            points = [{"identity": f"F{n}"} for n in range(first, min(first + SITES_OF, count + 1))]
            answer = await self.http.put(
                "/api/site/charge-points", json={"charge_points": points}, auth=(adopted["identity"], self.key)
            )
            answer.raise_for_status()
        self.cards = [f"FLEET{n:05}" for n in range(CARDS)]
        for number, card in enumerate(self.cards):
            person = {"email": f"d{number}@example.org", "name": "Driver", "password": PASSWORD, "role": "driver"}
            user = await self.post("/api/users", person)
            await self.post("/api/cards", {"id_tag": card, "user_id": user["id"]})

    def cpu_s(self) -> float:
        return sum(self.user_and_system_s())

    def user_and_system_s(self) -> tuple[float, float]:
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) / os.sysconf("SC_CLK_TCK"), int(fields[12]) / os.sysconf("SC_CLK_TCK")

    def rss_mb(self, peak: bool = False) -> float:
        status = Path(f"/proc/{self.pid}/status").read_text()
        found = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status)
        assert found
        return int(found[1]) / 1024

    async def sessions(self) -> tuple[int, int, int]:
        """How many there are, how many have ended, and the energy of these."""
        total, ended, energy_wh, offset = 0, 0, 0, 0
        while True:
            page = await self.http.get("/api/sessions", params={"limit": 1000, "offset": offset})
            rows = page.raise_for_status().json()
            total = int(page.headers["X-Total-Count"])
            ended += sum(row["state"] == "ended" for row in rows)
            energy_wh += sum(row["energy_wh"] for row in rows if row["state"] == "ended")
            offset += len(rows)
            if not rows:
                return total, ended, energy_wh


async def fleet(csms: Csms, count: int, *more: str) -> tuple[asyncio.subprocess.Process, asyncio.Task[bytes]]:
    """The program, once all its charge points are connected, and its report to come."""
    (csms.folder / "key").write_text(csms.key)
    (csms.folder / "cards").write_text("\n".join(csms.cards))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hardware.bench.main", "fleet", "--url", csms.ocpp_url, "--count", str(count)),
        *("--key-file", str(csms.folder / "key"), "--card-file", str(csms.folder / "cards"), *more),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    told = b""
    while b"online" not in told:
        line = await process.stderr.readline()
        told += line
        if not line:
            raise SystemExit(f"the fleet ended: {told.decode()[-2000:]}")
    return process, asyncio.create_task(process.stdout.read())


async def store(csms: Csms, seconds: float, count: int) -> int:
    process, report = await fleet(
        csms, count, "--sample", "0", "--session", "100000", "--idle", "0.5", "--seconds", str(seconds + 6),
        "--connect-within", "2",
    )  # fmt: skip
    await asyncio.sleep(3)  # until every car charges
    first, before_s, began = await meter_values(csms), csms.user_and_system_s(), time.monotonic()
    await asyncio.sleep(seconds)
    stored, after_s, took_s = await meter_values(csms) - first, csms.user_and_system_s(), time.monotonic() - began
    user_s, system_s = after_s[0] - before_s[0], after_s[1] - before_s[1]
    process.terminate()
    told = json.loads(await report)
    print(f"{count} charge points, MeterValues with 4 values each, as fast as confirmed")
    print(f"stored {stored} in {took_s:.1f} s: {stored / took_s:,.0f} a second")
    print(f"{stored / (user_s + system_s):,.0f} a CPU-second ({user_s:.1f} s user, {system_s:.1f} s system)")
    print(f"answer ms {told['ms']['MeterValues']}, unanswered {told['unanswered']}, RSS {csms.rss_mb():.0f} MB")
    return 0


async def meter_values(csms: Csms) -> int:
    """Rows stored, read from the database file beside the running program."""
    import sqlite3

    with sqlite3.connect(f"file:{csms.folder / 'data' / 'csms.sqlite3'}?mode=ro", uri=True) as db:
        return int(db.execute("SELECT coalesce(max(id), 0) FROM meter_value").fetchone()[0])


READS = ("/api/charge-points?limit=50", "/api/charge-points/F1", "/api/sessions?limit=50", "/api/sessions?state=active")


async def read_api(csms: Csms, times: dict[str, list[float]]) -> None:
    while True:
        for path in READS:
            began = time.perf_counter()
            (await csms.http.get(path)).raise_for_status()
            times.setdefault(path, []).append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(0.05)


async def whole_fleet(csms: Csms, seconds: float, count: int) -> int:
    began, cpu_s = time.monotonic(), csms.cpu_s()
    process, report = await fleet(
        csms, count, "--seconds", str(seconds), "--connect-within", "30", "--drop-after", str(seconds / 3),
        "--return-within", "60",
    )  # fmt: skip
    reads: dict[str, list[float]] = {}
    reader = asyncio.create_task(read_api(csms, reads))
    told = json.loads(await report)
    reader.cancel()
    await process.wait()
    used_s, took_s = csms.cpu_s() - cpu_s, time.monotonic() - began
    total, ended, energy_wh = await csms.sessions()
    print(f"{count} charge points; {took_s:.0f} s; central system: {used_s / took_s:.0%} of a core, "
          f"RSS {csms.rss_mb():.0f} MB, at most {csms.rss_mb(peak=True):.0f} MB")  # fmt: skip
    print(f"all online within {told['all_online_s']} s, all back {told['all_back_s']} s after the loss of every link")
    print(f"{'milliseconds':<28}{'n':>8}{'p50':>9}{'p95':>9}{'p99':>9}{'max':>9}")
    for name, rows in (("", told["ms"]), (" returning", told["ms_while_returning"])):
        for action, ms in rows.items():
            if ms["n"]:
                print(f"{(action + name)[:27]:<28}{ms['n']:>8}{ms['p50']:>9}{ms['p95']:>9}{ms['p99']:>9}{ms['max']:>9}")
    for path, times in reads.items():
        cuts = [statistics.quantiles(times, n=100)[at] for at in (49, 94, 98)] + [max(times)]
        print(f"{'GET ' + path[5:28]:<28}{len(times):>8}" + "".join(f"{cut:>9.2f}" for cut in cuts))
    print(f"unanswered {told['unanswered']}, errors {told['errors']}, lost links {told['lost_links']}")
    books = (told["started"], told["stopped"], told["energy_wh"])
    print(f"fleet: {books[0]} started, {books[1]} stopped, {books[2]} Wh; "
          f"central system: {total} sessions, {ended} ended, {energy_wh} Wh")  # fmt: skip
    return 0 if books == (total, ended, energy_wh) and not told["ids_given_twice"] else 1


async def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("store", "fleet"), nargs="?", default="fleet")
    parser.add_argument("--count", type=int, help="charge points (default: 200 for store, 2000 for fleet)")
    parser.add_argument("--seconds", type=float, help="default: 15 for store, 180 for fleet")
    parser.add_argument("--data-dir", type=Path, help="where the database shall lie (default: the temporary folder)")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=asked.data_dir) as folder:
        async with Csms(Path(folder)) as csms:
            count = asked.count or (200 if asked.what == "store" else 2000)
            await csms.prepare(count)
            if asked.what == "store":
                return await store(csms, asked.seconds or 15, count)
            return await whole_fleet(csms, asked.seconds or 180, count)


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
