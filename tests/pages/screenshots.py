"""Pictures of every page, light and dark, on a phone and on a desk: `python -m tests.pages.screenshots OUT_DIR`."""

import argparse
import sys
import tempfile
from pathlib import Path
from typing import Any

from hardware.demo.chain import CARD, Chain
from hardware.demo.processes import wait_until
from tests.pages import node
from tests.pages.world import described, missing_pages

DEADLINE_S = 600


PLACES = (
    (44.4100, 8.9250, "Old harbour"),
    (44.4115, 8.9330, "Fountain square"),
    (44.4052, 8.9460, "Station"),
    (44.3960, 8.9480, "Fairground"),
    (44.4150, 8.9080, "Lighthouse"),
)


def place(chain: Chain) -> None:
    """Names, places on the map, a tariff and a report of somebody who stood there."""
    for identity, (latitude, longitude, name) in zip(chain.identities, PLACES, strict=True):
        body = {"latitude": latitude, "longitude": longitude, "name": name}
        chain.api.patch(f"/api/charge-points/{identity}", json=body).raise_for_status()
    day = {"type": "ENERGY", "price_cents": "45", "vat_percent": "22"}
    night = {"type": "ENERGY", "price_cents": "29", "vat_percent": "22"}
    idle = {"type": "PARKING_TIME", "price_cents": "300", "vat_percent": "22"}
    elements = [
        {"price_components": [day], "restrictions": {"start_time": "07:00", "end_time": "22:00"}},
        {"price_components": [night, idle]},
    ]
    kept = chain.post("/api/tariffs", name="Day and night", elements=elements, idle_grace_s=900)
    assigned = chain.api.put(f"/api/charge-points/{chain.identities[0]}/tariff", json={"tariff_id": kept["id"]})
    assigned.raise_for_status()
    faulted = chain.identities[2]
    said = "The cable is torn near the plug."
    chain.post(f"/api/station/{faulted}/problems", kind="damaged", text=said, connector_id=1)


def connector(chain: Chain, identity: str) -> dict[str, Any]:
    found: dict[str, Any] = chain.charge_point(identity)["connectors"][0]
    return found


def charge(chain: Chain, identity: str) -> None:
    chain.act(identity, "plug", battery_kwh=60, soc=58, max_a=16, phases=3)
    chain.act(identity, "tap", uid=CARD)
    wait_until(f"{identity} charges", lambda: connector(chain, identity)["car"]["power_w"] > 0)


def furnish(chain: Chain) -> None:
    """A day at the site: bills in the books, a car charging, one waiting, a fault, a charge point without power."""
    charging, free, faulted, waiting, dark = chain.identities
    for identity in (charging, free, waiting):
        charge(chain, identity)
    for identity in (charging, free, waiting):
        wait_until("some energy", lambda i=identity: connector(chain, i)["meter"]["register_wh"] > 900)
        chain.act(identity, "tap", uid=CARD)
        wait_until("a bill", lambda i=identity: any(s["state"] == "ended" for s in chain.sessions(i)))
        chain.act(identity, "unplug")
    wait_until(
        "all at rest", lambda: {c["connectors"][0]["status"] for c in chain.get("/api/charge-points")} == {"Available"}
    )
    chain.act(faulted, "fault", kind="ground")
    chain.act(dark, "power", connector_id=None, on=False)
    chain.act(waiting, "plug", battery_kwh=32, soc=21, max_a=16, phases=1)
    charge(chain, charging)
    wait_until("live values", lambda: any(s["power_w"] for s in chain.sessions(charging) if s["state"] == "active"), 90)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.pages.screenshots", description=__doc__)
    parser.add_argument("out_dir", type=Path)
    out_dir = parser.parse_args().out_dir.resolve()
    out_dir.mkdir(parents=True, exist_ok=True)
    if missing := missing_pages():
        sys.exit(f"the pages are not built ({', '.join(missing)}): make pages")
    with (
        tempfile.TemporaryDirectory(prefix="bollard-pages-") as folder,
        Chain(Path(folder), charge_points=5, time_factor=20) as chain,
    ):
        place(chain)
        furnish(chain)
        done = node.run("screenshots.mjs", str(out_dir), deadline_s=DEADLINE_S, env={"BOLLARD_WORLD": described(chain)})
    print(done.stdout, end="")
    if done.returncode:
        sys.exit(done.stderr.strip())


if __name__ == "__main__":
    main()
