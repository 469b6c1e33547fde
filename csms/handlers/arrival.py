"""Who sent a message, when it came, and under which terms: what every handler is told beside the message."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Terms:
    """What the house has settled for everyone."""

    default_price_cents_per_kwh: int
    heartbeat_interval_s: int
    hold_cents: int = 0  # set aside of a driver's credit at each start
    stop_when_credit_runs_out: bool = False
    stop_when_full: bool = False  # the car has said 100 % in three samples
    cpo_name: str = ""  # whose name certificates of charge points carry; empty: any


@dataclass(frozen=True, slots=True)
class Arrival:
    identity: str
    charge_point_id: int
    received_at: datetime
    payload: bytes  # as it came, for the quarantine
    terms: Terms
