"""The chain as drivers meet it: one charge point shows its code, another is told by cars how full they are."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from hardware.demo.chain import Chain, Ports
from hardware.demo.processes import wait_until
from tests.pages.uplink import Uplink, uplink_to
from tests.pages.world import described

PUBLIC_URL = "https://charge.example"  # what the display's code leads to; the browser itself comes by loopback
SETTINGS = {
    "PUBLIC_URL": PUBLIC_URL,
    "PAYMENT_PROVIDER": "sandbox",
    "MAP_TILES_URL": "",
    "METER_VALUE_SAMPLE_INTERVAL_S": "5",  # five minutes of a battery's time: what a story waits for
}
WITH_DISPLAY, DC = "bench_s0", "bench_dc"
HEAP_KIB = 2000  # chips with displays and EV links have memory of their own beside
TIME_FACTOR = 60
HERE = (45.0703, 7.6869)


class DriverChain(Chain):
    """The site reaches the centre through `uplink`."""

    uplink: Uplink


@contextmanager
def driver_chain(folder: Path, *, more: int = 0, time_factor: float = TIME_FACTOR) -> Iterator[DriverChain]:
    """Running: `identities` has the one with a display first, the DC one second, then `more` plain ones."""
    before = dict(os.environ)
    ports = replace(Ports.any(), csms_ocpp=_free_port())
    try:
        with uplink_to(lambda: ports.csms_ocpp) as uplink:
            settings = {**SETTINGS, "PUBLIC_OCPP_URL": f"ws://127.0.0.1:{uplink.port}/ocpp"}
            os.environ.update({f"BOLLARD_CSMS__{name}": value for name, value in settings.items()})
            with DriverChain(folder, charge_points=1, ports=ports, board=WITH_DISPLAY, heap_kib=HEAP_KIB,
                             time_factor=time_factor) as chain:
                chain.uplink = uplink
                _furnish(chain, more)
                yield chain
    finally:
        os.environ.clear()
        os.environ.update(before)


def _furnish(chain: Chain, more: int) -> None:
    chain.board = DC
    chain.add_charge_point("BENCH-DC")
    chain.board = "bench"
    for number in range(more):
        chain.add_charge_point(f"BENCH-MORE-{number}")
    _describe(chain)
    wait_until("the display shows the code", lambda: code_of(chain) in links_of(chain), within_s=60)


def _free_port() -> int:
    """One that can be told before the server has it: controllers are told an address that is not the public one's."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def code_of(chain: Chain, number: int = 0) -> str:
    point = chain.get(f"/api/charge-points/{chain.identities[number]}")
    return str(point["connectors"][0]["code"])


def links_of(chain: Chain) -> str:
    """What the charge point with the display was told to show."""
    path = f"/api/charge-points/{chain.identities[0]}/configuration"
    keys = chain.get(path, key="BollardConnectorLinks")["keys"]
    return str(keys[0]["value"]) if keys else ""


def described_for_drivers(chain: Chain, **more: Any) -> str:
    known = json.loads(described(chain))
    codes = [code_of(chain, number) for number in range(len(chain.identities))]
    return json.dumps({**known, "codes": codes, "here": HERE, **more})


NAMES = ("Market square", "Station, fast", "Library", "Swimming pool", "Town hall", "Harbour")


def _describe(chain: Chain) -> None:
    """Names, positions and connectors, as an operator would."""
    for number, identity in enumerate(chain.identities):
        north, east = (number % 3) * 0.004, (number // 3) * 0.006 + (number % 2) * 0.003
        path = f"/api/charge-points/{identity}"
        chain._ok(chain.api.patch(path, json={
            "name": NAMES[number % len(NAMES)], "latitude": HERE[0] + north, "longitude": HERE[1] + east,
        }))
        kind, power_w = ("ccs2", 60_000) if number == 1 else ("type2", 11_000)
        for connector in chain.get(path)["connectors"]:
            chain._ok(chain.api.patch(
                f"{path}/connectors/{connector['connector_id']}", json={"type": kind, "power_w": power_w}))
