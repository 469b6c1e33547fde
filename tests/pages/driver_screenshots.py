"""Pictures of every page of the drivers' app, light and dark: `python -m tests.pages.driver_screenshots OUT_DIR`."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from hardware.demo.chain import Chain
from hardware.demo.processes import wait_until
from tests.pages import node
from tests.pages.driver_world import described_for_drivers, driver_chain
from tests.pages.world import missing_pages

DEADLINE_S = 300


def furnish(chain: Chain) -> dict[str, int]:
    """A charge in the books, one that runs, a reservation: the transaction ids of the first two."""
    display, fast, reserved = chain.identities[:3]
    answer = chain.post("/api/auth/login", email=chain.driver.email, password=chain.driver.password)
    mine = chain._client(chain.csms_url)
    mine.headers["Authorization"] = f"Bearer {answer['access_token']}"

    def ask(path: str, **body: Any) -> Any:
        return chain._ok(mine.post(path, json=body))

    def running(identity: str) -> dict[str, Any] | None:
        return next((s for s in chain.sessions(identity) if s["state"] == "active"), None)

    ask("/api/vehicles", name="Blue one", battery_wh=58_000, connector_type="ccs2", plate="AB 123 CD")
    chain.act(display, "plug", battery_kwh=58, soc=41, max_a=16, phases=3)
    ask(f"/api/station/{display}/start_charging", connector_id=1, soc_percent=41)
    wait_until("some energy", lambda: (running(display) or {"energy_wh": 0})["energy_wh"] > 1_500, 120)
    ended = int((running(display) or {})["transaction_id"])
    ask(f"/api/station/{display}/stop_charging", connector_id=1)
    wait_until("its bill", lambda: running(display) is None, 60)
    chain.act(display, "unplug")
    chain.act(fast, "plug", battery_kwh=58, soc=22, max_a=80, phases=3)
    ask(f"/api/station/{fast}/start_charging", connector_id=1)
    wait_until("a curve", lambda: (running(fast) or {"energy_wh": 0})["energy_wh"] > 5_000, 120)
    ask(f"/api/station/{reserved}/reserve", connector_id=1)
    return {"ended": ended, "running": int((running(fast) or {})["transaction_id"])}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.pages.driver_screenshots", description=__doc__)
    parser.add_argument("out_dir", type=Path)
    out_dir = parser.parse_args().out_dir.resolve()
    out_dir.mkdir(parents=True, exist_ok=True)
    if missing := missing_pages():
        sys.exit(f"the pages are not built ({', '.join(missing)}): make pages")
    with (
        tempfile.TemporaryDirectory(prefix="bollard-app-") as folder,
        driver_chain(Path(folder), more=2, time_factor=40) as chain,
    ):
        known = described_for_drivers(chain, **furnish(chain))
        done = node.run("driver_screenshots.mjs", str(out_dir), deadline_s=DEADLINE_S, env={"BOLLARD_WORLD": known})
    print(done.stdout, end="")
    if done.returncode:
        sys.exit(done.stderr.strip())


if __name__ == "__main__":
    main()
