"""What people do at a charge point, and what they can see there; driven through the bench's and the servers' HTTP."""
from dataclasses import asdict, dataclass
from typing import Any

from hardware.demo.chain import CARD, Chain
from hardware.demo.processes import wait_until

STRANGERS_CARD = "04DEADBEEF0102"


@dataclass(frozen=True)
class Car:
    battery_kwh: float = 60
    soc: float = 40.0
    max_a: int = 16
    phases: int = 3
    reaction_ms: int = 200


@dataclass
class ChargePoint:
    """One virtual charge point as a person in front of it meets it. `began_wh` and `earlier`: what its meter showed and
    which sessions were over when the story began."""
    chain: Chain
    identity: str
    began_wh: int | None = None
    earlier: frozenset[int] = frozenset()

    def as_it_stands(self) -> "ChargePoint":
        """For the next story at the same charge point."""
        booked = frozenset(s["transaction_id"] for s in self.chain.sessions(self.identity))
        return ChargePoint(self.chain, self.identity, self.register_wh, booked)

    def at_rest(self) -> bool:
        """As a story wants to find it."""
        connector = self.connector
        free = not connector["plugged"] and not connector["contactor"]["closed"]
        return free and (self.status(), self.error_code()) == ("Available", "NoError")

    def tap(self, uid: str = CARD) -> dict[str, Any]:
        return dict(self.chain.act(self.identity, "tap", uid=uid))

    def plug_in(self, car: Car | None = None) -> None:
        self.chain.act(self.identity, "plug", **asdict(car or Car()))

    def unplug(self) -> None:
        self.chain.act(self.identity, "unplug")

    def fault(self, kind: str, mode: str | None = None) -> None:
        self.chain.act(self.identity, "fault", kind=kind, mode=mode)

    def clear(self, kind: str) -> None:
        self.chain.act(self.identity, "clear", kind=kind)

    def power(self, on: bool) -> None:
        self.chain.act(self.identity, "power", None, on=on)

    def link(self, up: bool) -> None:
        self.chain.act(self.identity, "link", None, up=up)

    @property
    def seen(self) -> dict[str, Any]:
        return self.chain.charge_point(self.identity)

    @property
    def connector(self) -> dict[str, Any]:
        return dict(self.seen["connectors"][0])

    @property
    def contactor(self) -> str:
        return "closed" if self.connector["contactor"]["closed"] else "open"

    @property
    def current_a(self) -> float:
        return float(max(self.connector["car"]["current_a"]))

    @property
    def register_wh(self) -> int:
        """The meter's own register, from its own log."""
        return int(self.chain.meter_log(self.identity)[-1]["register_wh"])

    @property
    def first_register_wh(self) -> int:
        return int(self.chain.meter_log(self.identity)[0]["register_wh"]) if self.began_wh is None else self.began_wh

    def said(self, text: str) -> bool:
        return any(text in line for line in self.seen["console"])

    def status(self) -> str:
        """What the central system's dashboard shows for connector 1."""
        state = self.chain.get(f"/api/charge-points/{self.identity}")
        return str(next(c["status"] for c in state["connectors"] if c["connector_id"] == 1))

    def error_code(self) -> str:
        state = self.chain.get(f"/api/charge-points/{self.identity}")
        return str(next(c["error_code"] for c in state["connectors"] if c["connector_id"] == 1))

    def wait_for(self, *, contactor: str | None = None, status: str | None = None, more_wh: int | None = None,
                 within_s: float = 20) -> None:
        """Wait until everything named is true."""
        goal_wh = None if more_wh is None else self.register_wh + more_wh

        def reached() -> bool:
            return (
                (contactor is None or self.contactor == contactor)
                and (status is None or self.status() == status)
                and (goal_wh is None or self.register_wh >= goal_wh)
            )

        asked = {"contactor": contactor, "status": status, "more_wh": more_wh}
        wanted = ", ".join(f"{name}={value}" for name, value in asked.items() if value is not None)
        wait_until(f"{self.identity}: {wanted}", reached, within_s, every_s=0.05)

    def start_a_charge(self, car: Car | None = None, more_wh: int = 100) -> int:
        """Plug, tap, and charge a little; the transaction id in the central system's books."""
        before = {s["transaction_id"] for s in self.sessions()}
        self.wait_for(status="Available")
        self.plug_in(car)
        self.tap()
        self.wait_for(contactor="closed")
        session = wait_until("the transaction in the central system", lambda: [
            s for s in self.sessions() if s["transaction_id"] not in before and s["state"] == "active"])
        self.wait_for(more_wh=more_wh, within_s=30)
        return int(session[0]["transaction_id"])

    def finish(self, transaction_id: int, within_s: float = 40) -> dict[str, Any]:
        """Tap again to stop, unplug, and wait for the bill."""
        self.tap()
        self.wait_for(contactor="open")
        self.unplug()
        return self.bill(transaction_id, within_s)

    def sessions(self) -> list[dict[str, Any]]:
        return [s for s in self.chain.sessions(self.identity) if s["transaction_id"] not in self.earlier]

    def bill(self, transaction_id: int, within_s: float = 40) -> dict[str, Any]:
        def ended() -> dict[str, Any] | None:
            session = self.chain.get(f"/api/sessions/{transaction_id}")
            return dict(session) if session["state"] == "ended" else None
        return dict(wait_until(f"the bill of transaction {transaction_id}", ended, within_s, every_s=0.1))


def judge(charge_point: ChargePoint, sessions: int) -> None:
    """Every Wh is billed once: the bills are held against the simulated meter's own log, never the product's books."""
    booked = charge_point.sessions()
    assert len(booked) == sessions, f"{len(booked)} sessions in the books, {sessions} were charged"
    assert all(s["state"] == "ended" for s in booked), "a session never ended"
    for session in booked:
        assert session["energy_wh"] == session["meter_stop_wh"] - session["meter_start_wh"]
    billed_wh = sum(s["energy_wh"] for s in booked)
    metered_wh = charge_point.register_wh - charge_point.first_register_wh
    assert billed_wh == metered_wh, f"billed {billed_wh} Wh, the meter counted {metered_wh} Wh"
