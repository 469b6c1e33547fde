"""What a charge point may claim about a transaction. OCPP 1.6 §4.8, §4.10, errata 3.54, 3.78.

Nothing is refused: what breaks common sense is quarantined and confirmed, and never billed beyond
what meter and time allow.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from csms.domain.charge_limits import ChargeLimit

MAX_REGISTER_WH = 10**12  # a thousand GWh: no meter of a charge point gets there
MAX_POWER_W = 400_000  # the strongest connector one meets
MIN_BILLED_S = 3600  # a clock that is set during a session must not make an honest session look absurd


@dataclass(frozen=True, slots=True)
class Open:
    """A transaction as it stands when its stop arrives."""

    transaction_id: int
    charge_point_id: int
    started_at: datetime
    meter_start_wh: int
    last_register_wh: int | None = None  # highest plausible register among its meter values
    last_sample_at: datetime | None = None
    ended_at: datetime | None = None
    meter_stop_wh: int | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """The end of a transaction as it is booked."""

    meter_stop_wh: int
    energy_wh: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StopVerdict:
    """settle: end and bill it so. quarantine: why the message is kept aside. Neither: known already, nothing to do."""

    settle: Settled | None = None
    quarantine: str | None = None


def absurd_register(register_wh: int) -> bool:
    return not 0 <= register_wh <= MAX_REGISTER_WH


def judge_start(connector_id: int, known_connectors: Sequence[int], meter_start_wh: int) -> str | None:
    """Why this start can open no transaction, or None."""
    if connector_id not in known_connectors:
        return f"charge point has no connector {connector_id}"
    if absurd_register(meter_start_wh):
        return f"meterStart {meter_start_wh} Wh is no meter's"
    return None


def most_energy_wh(started_at: datetime, ended_at: datetime) -> int:
    """The most that can have flowed between two readings of the charge point's clock."""
    return int(MAX_POWER_W * max((ended_at - started_at).total_seconds(), MIN_BILLED_S) / 3600)


def plausible_register(start: Open, register_wh: int, at: datetime) -> bool:
    """True if the meter of this transaction can have shown this at that time."""
    return 0 <= register_wh - start.meter_start_wh <= most_energy_wh(start.started_at, at)


def judge_stop(
    known: Open | None, charge_point_id: int, meter_stop_wh: int, stopped_at: datetime, received_at: datetime
) -> StopVerdict:
    """Whether this stop ends the transaction, and with how much energy.

    stopped_at   by the charge point's clock; received_at by ours: a stop from the future allows no more energy
    """
    if known is None:
        return StopVerdict(quarantine="no such transaction")
    if known.charge_point_id != charge_point_id:
        return StopVerdict(quarantine="transaction of another charge point")
    if known.ended_at is not None:
        if (known.meter_stop_wh, known.ended_at) == (meter_stop_wh, stopped_at):
            return StopVerdict()
        return StopVerdict(quarantine="transaction ended before, with other figures")
    if meter_stop_wh < known.meter_start_wh:
        return _settle_by_samples(known, f"meterStop {meter_stop_wh} Wh is below meterStart {known.meter_start_wh} Wh")
    energy_wh = meter_stop_wh - known.meter_start_wh
    if energy_wh > most_energy_wh(known.started_at, min(stopped_at, received_at)):
        return _settle_by_samples(known, f"{energy_wh} Wh cannot have flowed in this time")
    flags = ("clock_went_back",) if stopped_at < known.started_at else ()
    return StopVerdict(settle=Settled(meter_stop_wh, energy_wh, flags))


def _settle_by_samples(known: Open, reason: str) -> StopVerdict:
    """The stop ended it, but its figure is worthless: bill what the meter had shown before, and say so."""
    register_wh = known.meter_start_wh if known.last_register_wh is None else known.last_register_wh
    settled = Settled(register_wh, register_wh - known.meter_start_wh, ("stop_quarantined",))
    return StopVerdict(settle=settled, quarantine=reason)


@dataclass(frozen=True, slots=True)
class Owner:
    id: int
    email: str


@dataclass(frozen=True, slots=True)
class Session:
    """One transaction as pages and events show it. Field names are those of the HTTP API."""

    transaction_id: int
    charge_point: str
    connector_id: int
    id_tag: str
    user: Owner | None
    started_at: datetime
    ended_at: datetime | None
    meter_start_wh: int
    meter_stop_wh: int | None
    energy_wh: int
    power_w: int | None
    price_cents_per_kwh: int
    cost_cents: int
    stop_reason: str | None
    state: str  # "active" or "ended"
    authorization: str
    flags: list[str] = field(default_factory=list)
    limit: ChargeLimit | None = None  # its driver's; none: as much as the car takes

    @property
    def ended_at_limit(self) -> bool:
        """A charge point that is told to stop says Remote, whoever wanted it."""
        return self.stop_reason == "Remote" and self.limit is not None and self.limit.reached_at is not None
