"""What happened, for whoever listens. Events are hints, rows are truth. Field names are those of the HTTP API."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Self

from csms.domain.charge_limits import ChargeLimit
from csms.domain.transactions import Session


@dataclass(frozen=True, slots=True)
class ChargePointConnected:
    charge_point: str
    via: str  # "site" or "direct"
    last_seen_at: datetime
    online: bool = True


@dataclass(frozen=True, slots=True)
class ChargePointDisconnected:
    charge_point: str
    last_seen_at: datetime
    online: bool = False
    via: None = None


@dataclass(frozen=True, slots=True)
class ConnectorStatus:
    charge_point: str
    connector_id: int
    status: str
    error_code: str
    status_at: datetime


@dataclass(frozen=True, slots=True)
class _SessionEvent(Session):
    @classmethod
    def of(cls, session: Session) -> Self:
        return cls(**{f.name: getattr(session, f.name) for f in fields(Session)})


@dataclass(frozen=True, slots=True)
class TransactionStarted(_SessionEvent):
    pass


@dataclass(frozen=True, slots=True)
class TransactionEnded(_SessionEvent):
    pass


@dataclass(frozen=True, slots=True)
class MeterSample:
    charge_point: str
    connector_id: int
    transaction_id: int
    at: datetime
    energy_wh: int
    power_w: int | None
    current_ma: int | None
    voltage_dv: int | None
    soc_percent: int | None
    temperature_c: int | None
    cost_cents: int


@dataclass(frozen=True, slots=True)
class ReservationChanged:
    charge_point: str
    connector_id: int
    reservation_id: int
    state: str
    reserved_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class CreditExhausted:
    """Nothing is left of the driver's credit, or of a budget of the card: this transaction is to be stopped."""

    charge_point: str
    connector_id: int
    transaction_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class BatteryFull:
    """The car has said 100 % in as many samples as it takes: this transaction is to be stopped."""

    charge_point: str
    connector_id: int
    transaction_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LimitReached:
    """As much as the driver wanted: this transaction is to be stopped. Told again until it has ended."""

    charge_point: str
    connector_id: int
    transaction_id: int
    at: datetime
    limit: ChargeLimit


@dataclass(frozen=True, slots=True)
class RunningCost:
    """What a session comes to now: time costs too, where no sample tells of it."""

    charge_point: str
    connector_id: int
    transaction_id: int
    at: datetime
    energy_wh: int  # by the newest sample
    power_w: int | None  # the same
    cost_cents: int


@dataclass(frozen=True, slots=True)
class Alert:
    """Something a person should look at: a quarantined message, a security event."""

    charge_point: str
    connector_id: int | None
    kind: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ProblemReported:
    """By somebody who stands in front of it."""

    charge_point: str
    connector_id: int | None
    problem_id: int
    kind: str
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Notified:
    """There is something new in somebody's inbox: theirs alone to hear."""

    notification_id: int
    kind: str
    title: str
    text: str
    charge_point: str | None
    transaction_id: int | None
    at: datetime


Event = (
    ChargePointConnected
    | ChargePointDisconnected
    | ConnectorStatus
    | TransactionStarted
    | TransactionEnded
    | MeterSample
    | CreditExhausted
    | BatteryFull
    | LimitReached
    | RunningCost
    | ReservationChanged
    | Alert
    | ProblemReported
    | Notified
)
