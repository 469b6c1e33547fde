"""What people are told who are not looking: which kinds there are, on which ways, and in which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from csms.domain.transactions import Session


class NoticeKind(StrEnum):
    SESSION_STARTED = "session_started"
    SESSION_ENDED = "session_ended"
    SESSION_INTERRUPTED = "session_interrupted"  # neither driver, car nor app ended it
    SOC_REACHED = "soc_reached"
    RESERVATION_EXPIRING = "reservation_expiring"
    LOW_BALANCE = "low_balance"
    CHARGE_POINT_FAULTED = "charge_point_faulted"
    CHARGE_POINT_OFFLINE = "charge_point_offline"
    PROBLEM_REPORTED = "problem_reported"
    ALERT = "alert"  # a quarantined message, a security event, a session closed by rule


@dataclass(frozen=True, slots=True)
class Ways:
    """How one kind of notice reaches a person."""

    inbox: bool = True
    email: bool = False
    push: bool = True

    @property
    def any(self) -> bool:
        return self.inbox or self.email or self.push


_BY_MAIL_TOO = frozenset(
    {
        NoticeKind.SESSION_INTERRUPTED,
        NoticeKind.LOW_BALANCE,
        NoticeKind.CHARGE_POINT_FAULTED,
        NoticeKind.CHARGE_POINT_OFFLINE,
    }
)
DEFAULTS: Mapping[NoticeKind, Ways] = {
    kind: Ways(inbox=True, email=kind in _BY_MAIL_TOO, push=kind is not NoticeKind.ALERT) for kind in NoticeKind
}
DEFAULT_SOC_PERCENT = 80
DEFAULT_LOW_BALANCE_CENTS = 500

# What a driver does, or the car's plug, is an end; anything else that ends a charge, the driver wants to know of.
_ORDINARY_ENDS = frozenset({"Local", "Remote", "EVDisconnected"})


@dataclass(frozen=True, slots=True)
class Notice:
    """`key` names the occasion: a person is told of it once, however often it is noticed."""

    kind: NoticeKind
    key: str
    title: str
    text: str
    charge_point: str | None = None
    transaction_id: int | None = None


def started(session: Session) -> Notice:
    text = f"Charging at {_place(session)} has started."
    return _of(session, NoticeKind.SESSION_STARTED, "start", "Charging has started", text)


def ended(session: Session, currency: str) -> Notice:
    """Ended as people end it, or interrupted."""
    total = f"{_kwh(session.energy_wh)}, {money(session.cost_cents, currency)}"
    if session.stop_reason in _ORDINARY_ENDS:
        text = f"Charging at {_place(session)} has ended: {total}."
        return _of(session, NoticeKind.SESSION_ENDED, "end", "Charging has ended", text)
    text = f"Charging at {_place(session)} was interrupted ({session.stop_reason}): {total} so far."
    return _of(session, NoticeKind.SESSION_INTERRUPTED, "end", "Charging was interrupted", text)


def soc_reached(
    charge_point: str, connector_id: int, transaction_id: int, soc_percent: int, *, measured: bool = True
) -> Notice:
    full = f"{soc_percent} %" if measured else f"about {soc_percent} %"
    return Notice(
        NoticeKind.SOC_REACHED,
        f"soc:{transaction_id}",
        f"The battery is at {full}",
        f"The car at {charge_point}, connector {connector_id}, has reached {full}.",
        charge_point,
        transaction_id,
    )


def low_balance(transaction_id: int, charge_point: str, left_cents: int, currency: str) -> Notice:
    return Notice(
        NoticeKind.LOW_BALANCE,
        f"balance:{transaction_id}",
        "Your credit is low",
        f"{money(left_cents, currency)} of credit are left.",
        charge_point,
        transaction_id,
    )


def credit_used_up(transaction_id: int, charge_point: str, connector_id: int) -> Notice:
    return Notice(
        NoticeKind.LOW_BALANCE,
        f"exhausted:{transaction_id}",
        "Your credit is used up",
        f"Charging at {charge_point}, connector {connector_id}, is being stopped: the credit, or the card's budget, "
        "is used up.",
        charge_point,
        transaction_id,
    )


EXPIRING_BEFORE = timedelta(minutes=5)


def expiring_from(reserved_at: datetime, expires_at: datetime) -> datetime:
    """When to say that a reservation ends soon: five minutes before, of a short one in the middle."""
    return expires_at - min(EXPIRING_BEFORE, (expires_at - reserved_at) / 2)


def reservation_expiring(
    reservation_id: int, charge_point: str, connector_id: int, expires_at: datetime, now: datetime
) -> Notice:
    minutes = max(1, round((expires_at - now).total_seconds() / 60))
    what = f"connector {connector_id}" if connector_id else "one connector"
    return Notice(
        NoticeKind.RESERVATION_EXPIRING,
        f"reservation:{reservation_id}",
        "Your reservation ends soon",
        f"{charge_point}, {what}, is kept free for {minutes} more "
        f"{'minute' if minutes == 1 else 'minutes'}.",
        charge_point,
    )


_FAULTS_TOLD_EVERY_S = 600  # a fault that comes and goes is told of once in this time


def faulted(charge_point: str, connector_id: int, error_code: str, at: datetime) -> Notice:
    where = charge_point if connector_id == 0 else f"{charge_point}, connector {connector_id},"
    turn = int(at.timestamp()) // _FAULTS_TOLD_EVERY_S
    return Notice(
        NoticeKind.CHARGE_POINT_FAULTED,
        f"fault:{charge_point}:{connector_id}:{error_code}:{turn}",
        f"{charge_point} is faulted",
        f"{where} reports {error_code}.",
        charge_point,
    )


def offline(charge_point: str, last_seen_at: datetime) -> Notice:
    return Notice(
        NoticeKind.CHARGE_POINT_OFFLINE,
        f"offline:{charge_point}:{last_seen_at:%Y%m%dT%H%M%S}",
        f"{charge_point} is offline",
        f"{charge_point} has not been heard of since {last_seen_at:%Y-%m-%d %H:%M} UTC.",
        charge_point,
    )


def site_offline(site: str, site_id: int, charge_points: int, last_seen_at: datetime) -> Notice:
    """All that are behind one controller at once: one notice, not one each."""
    return Notice(
        NoticeKind.CHARGE_POINT_OFFLINE,
        f"offline:site {site_id}:{last_seen_at:%Y%m%dT%H%M%S}",
        f"{site} is offline",
        f"None of the {charge_points} charge points of {site} has been heard of since "
        f"{last_seen_at:%Y-%m-%d %H:%M} UTC. They charge on by themselves.",
    )


def problem(problem_id: int, charge_point: str, connector_id: int | None, kind: str, text: str) -> Notice:
    where = charge_point if connector_id is None else f"{charge_point}, connector {connector_id}"
    said = f"{where}: {text}" if text else where
    return Notice(
        NoticeKind.PROBLEM_REPORTED, f"problem:{problem_id}", f"{charge_point}: {kind} reported", said, charge_point
    )


def alert(event_id: int, charge_point: str, kind: str, text: str) -> Notice:
    return Notice(NoticeKind.ALERT, f"alert:{event_id}", f"{charge_point}: {kind}"[:100], text[:500], charge_point)


def money(cents: int, currency: str) -> str:
    return f"{cents / 100:.2f} {currency}"


def _of(session: Session, kind: NoticeKind, occasion: str, title: str, text: str) -> Notice:
    key = f"{occasion}:{session.transaction_id}"
    return Notice(kind, key, title, text, session.charge_point, session.transaction_id)


def _place(session: Session) -> str:
    return f"{session.charge_point}, connector {session.connector_id},"


def _kwh(wh: int) -> str:
    return f"{wh / 1000:.2f} kWh"
