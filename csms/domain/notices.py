"""What people are told who are not looking: which kinds there are, on which ways, and on which occasion.

The words are in csms.domain.notice_words; each person is told in their own language.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum
from functools import partial

from csms.domain import languages
from csms.domain.charge_limits import ChargeLimit, LimitKind
from csms.domain.languages import Language
from csms.domain.notice_words import ALERTS, PROBLEMS, REASONS, TOLD, Occasion
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


# Operators are told of charge points by their identities, drivers by the names that the app shows.
FOR_OPERATORS = frozenset(
    {
        NoticeKind.CHARGE_POINT_FAULTED,
        NoticeKind.CHARGE_POINT_OFFLINE,
        NoticeKind.PROBLEM_REPORTED,
        NoticeKind.ALERT,
    }
)
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


Fill = str | int | Callable[[Language], str]  # what differs by language is made in it


@dataclass(frozen=True, slots=True)
class Notice:
    """`key` names what happened: a person is told of it once, however often it is noticed."""

    kind: NoticeKind
    key: str
    occasion: Occasion
    fill: Mapping[str, Fill] = field(default_factory=dict)
    charge_point: str | None = None
    transaction_id: int | None = None

    def told(self, language: Language, name: str | None = None) -> "Told":
        """`name`: what the charge point is called, in place of its identity."""
        return told(self.occasion, language, self.fill if name is None else {**self.fill, "charge_point": name})


@dataclass(frozen=True, slots=True)
class Told:
    """A notice as one person reads it."""

    title: str
    text: str


def told(occasion: Occasion, language: Language, fill: Mapping[str, Fill]) -> Told:
    words = {name: value(language) if callable(value) else str(value) for name, value in fill.items()}
    title, text = TOLD[occasion][language]
    return Told(title.format(**words)[:200], text.format(**words).strip())


def started(session: Session) -> Notice:
    return _of(session, NoticeKind.SESSION_STARTED, Occasion.STARTED, "start", {})


def ended(session: Session, currency: str) -> Notice:
    """Ended as people end it, at their limit, or interrupted."""
    total: dict[str, Fill] = {
        "energy": partial(languages.energy, session.energy_wh),
        "cost": partial(languages.money, session.cost_cents, currency),
    }
    if session.ended_at_limit and session.limit is not None:
        total["limit"] = _limit(session.limit, currency)
        return _of(session, NoticeKind.SESSION_ENDED, Occasion.ENDED_AT_LIMIT, "end", total)
    if session.stop_reason in _ORDINARY_ENDS:
        return _of(session, NoticeKind.SESSION_ENDED, Occasion.ENDED, "end", total)
    total["reason"] = REASONS.get(session.stop_reason or "", REASONS["Other"]).__getitem__
    return _of(session, NoticeKind.SESSION_INTERRUPTED, Occasion.INTERRUPTED, "end", total)


def _limit(limit: ChargeLimit, currency: str) -> Fill:
    match limit.kind:
        case LimitKind.ENERGY:
            return partial(languages.whole_energy, limit.value)
        case LimitKind.COST:
            return partial(languages.money, limit.value, currency)
        case LimitKind.TIME:
            return partial(languages.minutes, limit.value)
        case LimitKind.SOC:
            return partial(languages.percent, limit.value, measured=not limit.estimated)


def soc_reached(
    charge_point: str, connector_id: int, transaction_id: int, soc_percent: int, *, measured: bool = True
) -> Notice:
    fill: dict[str, Fill] = {"percent": partial(languages.percent, soc_percent, measured=measured)}
    where = _where(charge_point, connector_id)
    key = f"soc:{transaction_id}"
    return Notice(NoticeKind.SOC_REACHED, key, Occasion.SOC_REACHED, fill | where, charge_point, transaction_id)


def low_balance(transaction_id: int, charge_point: str, left_cents: int, currency: str) -> Notice:
    fill: dict[str, Fill] = {"left": partial(languages.money, left_cents, currency)}
    key = f"balance:{transaction_id}"
    return Notice(NoticeKind.LOW_BALANCE, key, Occasion.LOW_BALANCE, fill, charge_point, transaction_id)


def credit_used_up(transaction_id: int, charge_point: str, connector_id: int) -> Notice:
    where, key = _where(charge_point, connector_id), f"exhausted:{transaction_id}"
    return Notice(NoticeKind.LOW_BALANCE, key, Occasion.CREDIT_USED_UP, where, charge_point, transaction_id)


EXPIRING_BEFORE = timedelta(minutes=5)


def expiring_from(reserved_at: datetime, expires_at: datetime) -> datetime:
    """When to say that a reservation ends soon: five minutes before, of a short one in the middle."""
    return expires_at - min(EXPIRING_BEFORE, (expires_at - reserved_at) / 2)


def reservation_expiring(
    reservation_id: int, charge_point: str, connector_id: int, expires_at: datetime, now: datetime
) -> Notice:
    left = max(1, round((expires_at - now).total_seconds() / 60))
    fill: dict[str, Fill] = {"minutes": partial(languages.minutes, left)}
    fill |= _where(charge_point, connector_id)
    key = f"reservation:{reservation_id}"
    occasion = Occasion.RESERVATION_EXPIRING if connector_id else Occasion.RESERVATION_OF_ANY_EXPIRING
    return Notice(NoticeKind.RESERVATION_EXPIRING, key, occasion, fill, charge_point)


_FAULTS_TOLD_EVERY_S = 600  # a fault that comes and goes is told of once in this time


def faulted(charge_point: str, connector_id: int, error_code: str, at: datetime) -> Notice:
    turn = int(at.timestamp()) // _FAULTS_TOLD_EVERY_S
    return Notice(
        NoticeKind.CHARGE_POINT_FAULTED,
        f"fault:{charge_point}:{connector_id}:{error_code}:{turn}",
        Occasion.CONNECTOR_FAULTED if connector_id else Occasion.CHARGE_POINT_FAULTED,
        {**_where(charge_point, connector_id), "error": error_code},
        charge_point,
    )


def offline(charge_point: str, last_seen_at: datetime, zone: tzinfo) -> Notice:
    """`zone`: the site's, on whose clock it is told."""
    return Notice(
        NoticeKind.CHARGE_POINT_OFFLINE,
        f"offline:{charge_point}:{last_seen_at:%Y%m%dT%H%M%S}",
        Occasion.CHARGE_POINT_OFFLINE,
        {"charge_point": charge_point, "since": partial(languages.moment, last_seen_at, zone)},
        charge_point,
    )


def site_offline(site: str, site_id: int, charge_points: int, last_seen_at: datetime, zone: tzinfo) -> Notice:
    """All that are behind one controller at once: one notice, not one each."""
    return Notice(
        NoticeKind.CHARGE_POINT_OFFLINE,
        f"offline:site {site_id}:{last_seen_at:%Y%m%dT%H%M%S}",
        Occasion.SITE_OFFLINE,
        {"site": site, "count": charge_points, "since": partial(languages.moment, last_seen_at, zone)},
    )


def problem(problem_id: int, charge_point: str, connector_id: int | None, kind: str, text: str) -> Notice:
    fill: dict[str, Fill] = {"charge_point": charge_point, "said": text, "kind": _word(PROBLEMS, kind)}
    occasion = Occasion.PROBLEM
    if connector_id is not None:
        occasion, fill["connector"] = Occasion.CONNECTOR_PROBLEM, connector_id
    return Notice(NoticeKind.PROBLEM_REPORTED, f"problem:{problem_id}", occasion, fill, charge_point)


def alert(event_id: int, charge_point: str, kind: str, text: str) -> Notice:
    fill: dict[str, Fill] = {"charge_point": charge_point, "said": text[:500], "kind": _word(ALERTS, kind)}
    return Notice(NoticeKind.ALERT, f"alert:{event_id}", Occasion.ALERT, fill, charge_point)


def _word(of: Mapping[str, Mapping[Language, str]], kind: str) -> Fill:
    return of[kind].__getitem__ if kind in of else kind


def _of(session: Session, kind: NoticeKind, occasion: Occasion, what: str, fill: Mapping[str, Fill]) -> Notice:
    where = _where(session.charge_point, session.connector_id)
    key = f"{what}:{session.transaction_id}"
    return Notice(kind, key, occasion, {**where, **fill}, session.charge_point, session.transaction_id)


def _where(charge_point: str, connector_id: int) -> dict[str, Fill]:
    return {"charge_point": charge_point, "connector": connector_id}
