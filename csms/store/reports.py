"""A year in figures: energy and earnings by month, charge point and tariff, in the time zone of each site."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import case, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import charge_point, correction, reservation, site, tariff, tariff_version, transaction
from csms.store.zones import zone

SINGLE_PRICE = "price per kWh"  # of sessions without a tariff


@dataclass(slots=True)
class Sum:
    sessions: int = 0
    energy_wh: int = 0
    earnings_cents: int = 0  # less what was given back

    def add(self, sessions: int, energy_wh: int, cents: int) -> None:
        self.sessions += sessions
        self.energy_wh += energy_wh
        self.earnings_cents += cents


@dataclass(slots=True)
class OfMonth(Sum):
    month: int = 0


def _twelve() -> list[Sum]:
    return [Sum() for _ in range(12)]


@dataclass(slots=True)
class OfChargePoint(Sum):
    charge_point: str = ""
    name: str = ""
    months: list[Sum] = field(default_factory=_twelve)  # January first; together they are this charge point's sums


@dataclass(slots=True)
class OfTariff(Sum):
    tariff: str = ""
    months: list[Sum] = field(default_factory=_twelve)


@dataclass(slots=True)
class Report:
    """Field names are those of the HTTP API. Sessions count where they ended; reservations that expired cost, too."""

    year: int
    currency: str
    total: Sum = field(default_factory=Sum)
    months: list[OfMonth] = field(default_factory=list)
    charge_points: list[OfChargePoint] = field(default_factory=list)
    tariffs: list[OfTariff] = field(default_factory=list)


async def of_year(db: AsyncConnection, year: int, currency: str) -> Report:
    """All twelve months, each charge point and tariff that earned or gave anything."""
    t, c, r = transaction.c, charge_point.c, reservation.c
    names = await _tariff_names(db)
    back = (
        select(correction.c.transaction_id, func.sum(correction.c.amount_cents).label("cents"))
        .group_by(correction.c.transaction_id)
        .subquery()
    )
    earned = t.cost_cents - func.coalesce(back.c.cents, 0)
    report = Report(year, currency, months=[OfMonth(month=month) for month in range(1, 13)])
    points: dict[str, OfChargePoint] = {}
    tariffs: dict[str, OfTariff] = defaultdict(OfTariff)
    for site_id, zone_name in (await db.execute(select(site.c.id, site.c.time_zone))).all():
        begins = _months(year, zone_name)
        ended = [(t.ended_at < begin, month) for month, begin in enumerate(begins[1:], 1)]
        month = case(*ended).label("month")
        sessions = (
            select(month, c.identity, c.name, t.tariff, func.count(), func.sum(t.energy_wh), func.sum(earned))
            .join_from(transaction, charge_point)
            .join(back, back.c.transaction_id == t.id, isouter=True)
            .where(c.site_id == site_id, t.ended_at >= begins[0], t.ended_at < begins[-1])
            .group_by(month, c.id, t.tariff)
        )
        expired_month = case(*[(r.expires_at < begin, at) for at, begin in enumerate(begins[1:], 1)])
        kept_free = (
            select(expired_month, c.identity, c.name, r.tariff, literal(0), literal(0), func.sum(r.cost_cents))
            .join_from(reservation, charge_point)
            .where(c.site_id == site_id, r.cost_cents > 0, r.expires_at >= begins[0], r.expires_at < begins[-1])
            .group_by(expired_month, c.id, r.tariff)
        )
        for query in (sessions, kept_free):
            for at, identity, name, data, *figures in await db.execute(query):
                label = SINGLE_PRICE if data is None else names.get(data, "tariff of its own")
                tariffs[label].tariff = label
                point = points.setdefault(identity, OfChargePoint(charge_point=identity, name=name))
                month_of = (point.months[at - 1], tariffs[label].months[at - 1])
                for each in (report.total, report.months[at - 1], point, tariffs[label], *month_of):
                    each.add(*figures)
    report.charge_points = [points[identity] for identity in sorted(points)]
    report.tariffs = [tariffs[label] for label in sorted(tariffs)]
    return report


async def _tariff_names(db: AsyncConnection) -> dict[str, str]:
    """By what a session keeps of its tariff; of two that say the same, the older one names it."""
    rows = await db.execute(
        select(tariff_version.c.data, tariff.c.name)
        .join_from(tariff_version, tariff)
        .order_by(tariff.c.id.desc(), tariff_version.c.number.desc())
    )
    return {row.data: row.name for row in rows}


def _months(year: int, zone_name: str) -> Sequence[datetime]:
    """The thirteen moments between which the months lie."""
    here = zone(zone_name)
    days = [*((year, month) for month in range(1, 13)), (year + 1, 1)]
    return [datetime(of, month, 1, tzinfo=here).astimezone(UTC) for of, month in days]
