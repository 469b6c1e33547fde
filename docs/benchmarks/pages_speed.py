"""How quickly dashboard and drivers' app answer: 500 charge points, 10,000 sessions, 500 live updates a second.

    .venv/bin/python docs/benchmarks/pages_speed.py [--rates 1 4] [--json]

Starts `bollard-csms serve` with the built pages, fills its database and looks at both apps side by side in a real
Chromium, at full speed and with the page's processor slowed down (CDP). Then 500 light charge points that all charge
send a sample a second, and five more of one driver as fast as they are confirmed; every event comes through the
server's own stream. Server, charge points and browser share the machine's cores: compare rows of one run.

interactive   from navigation until the page's main action has answered a click: on the dashboard to show the charge
              points of one state, in the app to open a charge point; the cache is empty, the middle one of three loads
work          processor time of the page's main thread until then: what others do on the machine does not count
blocked       what its tasks took above 50 ms each until then
shift         layout shift (CLS) of the load and the second after it

Exit status 1 when what is shown is not what is known once the last update has come.
"""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # for `tests`

from csms_fleet import PASSWORD, Csms

from ocppj import basic_auth
from tests.pages import large_world, node

POINTS, DRIVERS_POINTS, SESSIONS, PEOPLE = 500, 5, 10_000, 10_000
DEADLINE_S = 240
DRIVER = "d@example.org"


async def look(csms: Csms, what: str, rates: list[str], fleets: list[int]) -> dict[str, Any]:
    world = {
        "csms": str(csms.http.base_url).rstrip("/"),
        "operator": {"email": "a@example.org", "password": PASSWORD},
        "driver": {"email": DRIVER, "password": PASSWORD},
        "fleets": fleets,
    }
    env = {"BOLLARD_WORLD": json.dumps(world)}
    done = await asyncio.to_thread(node.run, "speed.mjs", what, *rates, deadline_s=DEADLINE_S, env=env)
    if done.returncode:
        raise SystemExit(done.stderr.strip())
    told: dict[str, Any] = json.loads(done.stdout)
    return told


async def fleet(csms: Csms, key: str, count: int, sample_s: float, *names: str) -> asyncio.subprocess.Process:
    """Charge points that charge until they are ended. The key is not shown in the list of processes."""
    key_file = csms.folder / "fleet-key"
    key_file.write_text(key)
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hardware.bench.main", "fleet", "--url", csms.ocpp_url, "--count", str(count)),
        *("--key-file", str(key_file), "--sample", str(sample_s), "--session", "100000"),
        *("--idle", "0.5", "--connect-within", "4", "--seconds", "100000", *names),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )


async def all_charge(csms: Csms, count: int) -> None:
    for _ in range(600):
        answer = await csms.http.get("/api/sessions", params={"state": "active", "limit": 1})
        if int(answer.raise_for_status().headers["X-Total-Count"]) >= count:
            return
        await asyncio.sleep(0.1)
    raise SystemExit("the charge points do not charge")


async def measure(rates: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        async with Csms(Path(folder)) as csms:
            person = {"email": DRIVER, "name": "Driver", "password": PASSWORD, "role": "driver"}
            driver = await csms.post("/api/users", person)
            key = basic_auth.new_key()
            large = large_world.Large(key, driver["id"], POINTS, DRIVERS_POINTS, SESSIONS, PEOPLE)
            large_world.fill(csms.folder / "data" / "csms.sqlite3", large)
            load_average = [os.getloadavg()[0]]
            quiet = await look(csms, "quiet", rates, [])
            cards = [word for n in range(large_world.CARDS) for word in ("--card", f"FLEET{n:05}")]
            fleets = [
                await fleet(csms, key, POINTS, 1.0, "--prefix", "F", *cards),
                await fleet(csms, key, DRIVERS_POINTS, 0.0, "--prefix", "D", "--card", large_world.DRIVERS_CARD),
            ]
            try:
                await all_charge(csms, POINTS + DRIVERS_POINTS)
                load_average.append(os.getloadavg()[0])
                storm = await look(csms, "storm", rates, [process.pid for process in fleets])
            finally:
                for process in fleets:
                    process.kill()  # the folder goes with what they have not delivered
                    await process.wait()
    return {"load_average": load_average, "quiet": quiet, "storm": storm}


def show(told: dict[str, Any]) -> None:
    def table(title: str, rows: dict[str, dict[str, Any]]) -> None:
        names = [name for name in next(iter(rows.values())) if name != "shifted"]
        print(f"\n{title}\n| | {' | '.join(names)} |\n|---|{'--:|' * len(names)}")
        for row, values in rows.items():
            print(f"| {row} | {' | '.join(str(values.get(name, '')) for name in names)} |")

    def by_rate(of: dict[str, Any], *path: str) -> dict[str, Any]:
        rows = {}
        for rate, found in of.items():
            for name in path:
                found = found[name]
            rows |= {f"{name}, {rate}x": values for name, values in found.items()}
        return rows

    print(f"load average {told['load_average'][0]:.1f} before, {told['load_average'][1]:.1f} with the fleet")
    table("first load", by_rate(told["quiet"], "load"))
    table(f"map: {POINTS + DRIVERS_POINTS} charge points, panned and zoomed", by_rate(told["quiet"], "map"))
    table("tables: scrolled, turned over, searched", by_rate(told["quiet"], "tables"))
    table("live updates", by_rate(told["storm"]))
    for row, values in by_rate(told["quiet"], "load").items():
        for line in values["shifted"]:
            print(f"{row} shifted {line}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rates", nargs="+", default=["1", "4"], metavar="RATE", help="how much slower (default: 1 4)")
    parser.add_argument("--json", action="store_true", help="print what was measured as one JSON object")
    asked = parser.parse_args()
    began = time.monotonic()
    told = asyncio.run(measure(asked.rates))
    if asked.json:
        print(json.dumps(told))
    else:
        show(told)
        print(f"\n{time.monotonic() - began:.0f} s")
    right = all(of[app]["right_after_ms"] is not None for of in told["storm"].values() for app in ("dashboard", "app"))
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
