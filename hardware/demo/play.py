"""One charge in front of the user: tap, authorize, plug, charge with live values, tap, bill."""
import time
from collections.abc import Callable
from typing import Any

from hardware.demo.chain import CARD, Chain
from hardware.demo.processes import wait_until

CAR: dict[str, Any] = {"battery_kwh": 60, "soc": 35.0, "max_a": 16, "phases": 3}
ENERGY_WH = 1200   # long enough to see the values move, short enough to wait for
Say = Callable[[str], None]


def play_one_charge(chain: Chain, identity: str, say: Say, energy_wh: int = ENERGY_WH) -> dict[str, Any]:
    """Play it on `identity` and return the measured times, the meter's energy and the bill."""
    before = {s["transaction_id"] for s in chain.sessions(identity)}
    meter_start_wh = _register_wh(chain, identity)
    decided = _decisions(chain, identity)
    tapped_s = time.monotonic()
    chain.act(identity, "tap", uid=CARD)
    say(f"tap        card {CARD} on {identity}")
    wait_until("the card's authorization", lambda: _decisions(chain, identity) > decided, every_s=0.002)
    tap_to_authorized_ms = round((time.monotonic() - tapped_s) * 1000)
    say(f"authorize  accepted after {tap_to_authorized_ms} ms")
    chain.act(identity, "plug", **CAR)
    say(f"plug       a car with {CAR['battery_kwh']} kWh at {CAR['soc']:.0f} %")
    wait_until("closing of the contactor", lambda: _connector(chain, identity)["contactor"]["closed"])
    c_to_contactor_ms = chain.charge_point(identity)["events"]["c_to_contactor_ms"]
    say(f"contactor  closed {c_to_contactor_ms:.0f} ms after the car asked")
    session = wait_until("the transaction in the central system", lambda: _new_session(chain, identity, before))
    _watch(chain, identity, session["transaction_id"], meter_start_wh + energy_wh, say)
    chain.act(identity, "tap", uid=CARD)
    say("tap        to stop")
    ended = wait_until("the bill", lambda: _ended(chain, session["transaction_id"]), within_s=60)
    chain.act(identity, "unplug")
    meter_wh = _register_wh(chain, identity) - meter_start_wh
    balance_cents = chain.balance_cents()
    say(f"bill       {ended['energy_wh']} Wh at {ended['price_cents_per_kwh']} cents/kWh = "
        f"{ended['cost_cents']} cents; the meter's own log says {meter_wh} Wh; balance {balance_cents} cents")
    return {
        "charge_point": identity,
        "transaction_id": session["transaction_id"],
        "tap_to_authorized_ms": tap_to_authorized_ms,
        "c_to_contactor_ms": c_to_contactor_ms,
        "meter_wh": meter_wh,
        "billed_wh": ended["energy_wh"],
        "cost_cents": ended["cost_cents"],
        "balance_cents": balance_cents,
    }


def _watch(chain: Chain, identity: str, transaction_id: int, until_wh: int, say: Say) -> None:
    """Show the live values as the driver's app would see them, until the meter has counted enough."""
    shown = None
    deadline = time.monotonic() + 120
    while _register_wh(chain, identity) < until_wh and time.monotonic() < deadline:
        live = chain.get(f"/api/sessions/{transaction_id}")
        values = (live["energy_wh"], live["power_w"])
        if values != shown and live["power_w"]:
            say(f"charging   {live['energy_wh'] / 1000:6.3f} kWh   {live['power_w'] / 1000:5.2f} kW   "
                f"{live['cost_cents'] / 100:.2f}")
            shown = values
        time.sleep(0.2)


def _connector(chain: Chain, identity: str) -> dict[str, Any]:
    connector: dict[str, Any] = chain.charge_point(identity)["connectors"][0]
    return connector


def _register_wh(chain: Chain, identity: str) -> int:
    return int(chain.meter_log(identity)[-1]["register_wh"])


def _decisions(chain: Chain, identity: str) -> int:
    """How many cards the charge point has accepted so far, by what its console says."""
    return sum(line.startswith("card.accepted") for line in chain.charge_point(identity)["console"])


def _new_session(chain: Chain, identity: str, before: set[int]) -> dict[str, Any] | None:
    return next((s for s in chain.sessions(identity) if s["transaction_id"] not in before), None)


def _ended(chain: Chain, transaction_id: int) -> dict[str, Any] | None:
    session: dict[str, Any] = chain.get(f"/api/sessions/{transaction_id}")
    return session if session["state"] == "ended" else None
