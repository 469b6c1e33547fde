"""The life of a reservation. OCPP 1.6 §3.13, §5.1, §5.13; a drawing of the states: docs/architecture.md.

A charge point that cannot be asked now is asked as soon as it is back: until then a reservation is pending, and holds
here all the same. The same reservationId said again replaces what the charge point has: saying it twice does no harm.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

State = Literal["pending", "confirmed", "refused", "used", "cancelled", "expired"]
Answer = Literal["Accepted", "Faulted", "Occupied", "Rejected", "Unavailable"]
ACTIVE: tuple[State, ...] = ("pending", "confirmed")


@dataclass(frozen=True, slots=True)
class Reservation:
    """Field names are those of the HTTP API."""

    reservation_id: int
    charge_point: str
    connector_id: int
    user_id: int
    id_tag: str
    state: State
    reserved_at: datetime
    expires_at: datetime
    ended_at: datetime | None
    told: bool  # the charge point knows of the present state
    answer: str | None  # its own word
    transaction_id: int | None
    target_soc_percent: int
    departure_at: datetime | None
    cost_cents: int | None  # of one that expired


def holds(state: State, expires_at: datetime, at: datetime) -> bool:
    """True while the connector is kept free for its driver."""
    return state in ACTIVE and at < expires_at


def after_answer(state: State, answer: Answer) -> State:
    """What ReserveNow's answer makes of it.

    One that stands and is said again may be Occupied: by its own driver, whose car is plugged in already.
    """
    if state == "pending":
        return "confirmed" if answer == "Accepted" else "refused"
    return state


def after_cancelling(state: State) -> State:
    return "cancelled" if state in ACTIVE else state


def after_time(state: State, expires_at: datetime, at: datetime) -> State:
    return "expired" if state in ACTIVE and at >= expires_at else state


def after_start(state: State) -> State:
    """A session of its driver began there. One that expired on its way here had still been kept at the charge point."""
    return "used" if state in (*ACTIVE, "expired") else state


Telling = Literal["ReserveNow", "CancelReservation"]


def to_tell(state: State, told: bool, expires_at: datetime, at: datetime) -> Telling | None:
    """What a charge point must hear that has been away. One that has lost its memory is told of what stands, too."""
    if at >= expires_at:
        return None  # it ends by itself
    if state in ACTIVE:
        return "ReserveNow"
    return "CancelReservation" if state == "cancelled" and not told else None
