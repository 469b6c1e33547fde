"""What one session costs by its tariff: OCPI 2.2.1 §11.4. Pure; exact until the total is rounded, once.

The session is cut wherever a restriction may begin or end to hold; within a piece nothing changes. Energy flows evenly
between two readings. Example with numbers: docs/notes/tariffs.md.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from csms.domain.tariffs import DAYS, ComponentType, PriceComponent, Restrictions, Tariff, TariffElement

MAX_TIMED_S = 30 * 86_400  # no car stands longer; a clock that was never set makes it look so
TRICKLE_WH = 20  # what a full car still takes is no charging ...
MIN_PARKING_S = 120  # ... if it takes at least this long over it
_US = 1_000_000
_QUARTER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Reading:
    at: datetime
    energy_wh: int  # since the start of the transaction


@dataclass(frozen=True, slots=True)
class Reserved:
    """The time for which the connector was kept free before."""

    from_at: datetime
    until_at: datetime
    expired: bool = False  # nobody came


@dataclass(frozen=True, slots=True)
class Usage:
    """started_at <= ended_at; readings strictly later each, energy never falling, the last at `ended_at`."""

    started_at: datetime
    ended_at: datetime
    readings: tuple[Reading, ...]
    held: bool = False  # at the end it was the site that gave no current, not the car that was full
    reserved: Reserved | None = None

    @property
    def energy_wh(self) -> int:
        return self.readings[-1].energy_wh

    @property
    def duration_s(self) -> float:
        return (self.ended_at - self.started_at).total_seconds()


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a bill. Amounts include VAT. Field names are those of the HTTP API."""

    type: str  # a component's, or MIN_PRICE or MAX_PRICE: what the limit added or took
    quantity: Decimal
    unit: str  # Wh, s or piece
    price_cents: Decimal  # a kWh, an hour or a piece, without VAT
    vat_percent: Decimal
    amount_cents: Decimal  # to a ten-thousandth; the total is rounded from the exact sum
    reservation: bool = False


@dataclass(frozen=True, slots=True)
class Bill:
    total_cents: int
    vat_cents: int  # of the total
    lines: tuple[Line, ...] = ()
    flags: tuple[str, ...] = field(default=())


def usage(
    started_at: datetime,
    ended_at: datetime,
    energy_wh: int,
    readings: Iterable[Reading] = (),
    *,
    held: bool = False,
    reserved: Reserved | None = None,
) -> Usage:
    """A session from what its charge point told: readings that cannot be are left out, the ends are put on."""
    ended_at = max(started_at, ended_at)
    points: list[Reading] = []
    if ended_at > started_at:
        points.append(Reading(started_at, 0))
        for r in sorted(readings, key=lambda r: r.at):
            if points[-1].at < r.at < ended_at and points[-1].energy_wh <= r.energy_wh <= energy_wh:
                points.append(r)
    points.append(Reading(ended_at, energy_wh))
    return Usage(started_at, ended_at, tuple(points), held, reserved)


def parking_since(of: Usage) -> datetime:
    """From when the car took no more energy; the end of the session if it charged to the last."""
    if of.held:
        return of.ended_at
    full_at = next(r.at for r in of.readings if of.energy_wh - r.energy_wh <= TRICKLE_WH)
    return full_at if (of.ended_at - full_at).total_seconds() >= MIN_PARKING_S else of.ended_at


def price(tariff: Tariff, of: Usage, zone: tzinfo) -> Bill:
    """The bill of a session (or of a reservation that expired) by `tariff`; restrictions are read in `zone`."""
    flags: tuple[str, ...] = ()
    timed = of.duration_s <= MAX_TIMED_S
    if not timed:
        flags = ("time_not_billed",)
        of = Usage(of.started_at, of.started_at, (Reading(of.started_at, of.energy_wh),), of.held, of.reserved)
    account = _Account()
    if of.reserved is not None:
        _reservation(tariff, of.reserved, zone, account)
    if of.reserved is None or not of.reserved.expired:
        _session(tariff, of, zone, account)
    return account.bill(tariff, flags)


@dataclass(slots=True)
class _Account:
    """Quantities by component, in the order in which components came into use."""

    used: dict[tuple[PriceComponent, bool], Fraction] = field(default_factory=dict)
    last: dict[tuple[str, bool], PriceComponent] = field(default_factory=dict)

    def add(self, component: PriceComponent, quantity: Fraction, *, reservation: bool = False) -> None:
        if quantity or component.type == "FLAT":
            key = (component, reservation)
            self.used[key] = self.used.get(key, Fraction(0)) + quantity
            # Charging and parking share a clock: only the one in use at the end is rounded to its step.
            clock = "clock" if component.type in ("TIME", "PARKING_TIME") else component.type
            self.last[clock, reservation] = component

    def bill(self, tariff: Tariff, flags: tuple[str, ...]) -> Bill:
        self._round_up_to_steps()
        lines: list[Line] = []
        total, vat = Fraction(0), Fraction(0)
        for (c, reservation), quantity in self.used.items():
            per = {"ENERGY": 1000, "FLAT": 1}.get(c.type, 3600)
            net = Fraction(c.price_cents) * quantity / per
            of_vat = net * Fraction(c.vat_percent) / 100
            total, vat = total + net + of_vat, vat + of_vat
            unit = {"ENERGY": "Wh", "FLAT": "piece"}.get(c.type, "s")
            amount = _decimal(net + of_vat, 4)
            lines.append(Line(c.type, _decimal(quantity, 3), unit, c.price_cents, c.vat_percent, amount, reservation))
        limited, name = total, ""
        if tariff.max_price_cents is not None and total > tariff.max_price_cents:
            limited, name = Fraction(tariff.max_price_cents), "MAX_PRICE"
        elif tariff.min_price_cents is not None and total < tariff.min_price_cents:
            limited, name = Fraction(tariff.min_price_cents), "MIN_PRICE"
        if name:
            difference = _decimal(limited - total, 4)
            lines.append(Line(name, Decimal(1), "piece", difference, Decimal(0), difference))
            vat = vat * limited / total if total else vat
        return Bill(_half_up(limited), _half_up(vat), tuple(lines), flags)

    def _round_up_to_steps(self) -> None:
        """The whole quantity of a dimension is billed in steps of the component that was in use last."""
        for (_, reservation), c in self.last.items():
            if c.type == "FLAT" or c.step_size == 1:
                continue
            whole = sum((q for (of, r), q in self.used.items() if of.type == c.type and r == reservation), Fraction(0))
            self.used[c, reservation] += -whole % c.step_size


@dataclass(frozen=True, slots=True)
class _Piece:
    from_us: Fraction  # since the start of the session
    until_us: Fraction
    from_wh: Fraction
    until_wh: Fraction
    local: datetime  # its beginning, in the site's zone

    @property
    def seconds(self) -> Fraction:
        return (self.until_us - self.from_us) / _US

    @property
    def power_kw(self) -> Fraction:
        return (self.until_wh - self.from_wh) * 3600 / (1000 * self.seconds) if self.seconds else Fraction(0)


def _session(tariff: Tariff, of: Usage, zone: tzinfo, account: _Account) -> None:
    elements = [e for e in tariff.elements if e.restrictions.reservation is None]
    full_us = _since(of.started_at, parking_since(of))
    paid_us = full_us + tariff.idle_grace_s * _US
    flat_due = True
    for piece in _pieces(elements, of, zone, (full_us, paid_us)):
        holding = [e for e in elements if _holds(e.restrictions, piece)]
        if flat_due and (flat := _first(holding, "FLAT")):
            account.add(flat, Fraction(1))
            flat_due = False
        if energy := _first(holding, "ENERGY"):
            account.add(energy, piece.until_wh - piece.from_wh)
        if piece.from_us < full_us:
            if per_hour := _first(holding, "TIME"):
                account.add(per_hour, piece.seconds)
        elif piece.from_us >= paid_us and (parking := _first(holding, "PARKING_TIME")):
            account.add(parking, piece.seconds)


def _reservation(tariff: Tariff, reserved: Reserved, zone: tzinfo, account: _Account) -> None:
    """TIME and FLAT of the elements for reservations; those for one that expired go first where there are any."""
    until = max(reserved.from_at, reserved.until_at)
    by_kind = {
        kind: [e for e in tariff.elements if e.restrictions.reservation == kind]
        for kind in ("RESERVATION", "RESERVATION_EXPIRES")
    }
    elements = (reserved.expired and by_kind["RESERVATION_EXPIRES"]) or by_kind["RESERVATION"]
    if not elements or (until - reserved.from_at).total_seconds() > MAX_TIMED_S:
        return
    flat_due = True
    for piece in _pieces(elements, usage(reserved.from_at, until, 0), zone, ()):
        holding = [e for e in elements if _holds(e.restrictions, piece)]
        if flat_due and (flat := _first(holding, "FLAT")):
            account.add(flat, Fraction(1), reservation=True)
            flat_due = False
        if per_hour := _first(holding, "TIME"):
            account.add(per_hour, piece.seconds, reservation=True)


def _first(holding: Sequence[TariffElement], kind: ComponentType) -> PriceComponent | None:
    return next((c for e in holding if (c := e.component(kind))), None)


def _holds(r: Restrictions, piece: _Piece) -> bool:
    local, clock = piece.local, piece.local.time()
    if r.start_time is not None or r.end_time is not None:
        start, end = r.start_time or time(0), r.end_time or time(0)
        # An end of 00:00 is the end of the day, so it counts as after every start.
        inside = start <= clock < end if start < end else clock >= start or clock < end
        if not inside:
            return False
    return (
        (r.start_date is None or local.date() >= r.start_date)
        and (r.end_date is None or local.date() < r.end_date)
        and (not r.day_of_week or DAYS[local.weekday()] in r.day_of_week)
        and (r.min_kwh is None or piece.from_wh >= Fraction(r.min_kwh) * 1000)
        and (r.max_kwh is None or piece.from_wh < Fraction(r.max_kwh) * 1000)
        and (r.min_power_kw is None or piece.power_kw >= Fraction(r.min_power_kw))
        and (r.max_power_kw is None or piece.power_kw < Fraction(r.max_power_kw))
        and (r.min_duration_s is None or piece.from_us >= r.min_duration_s * _US)
        and (r.max_duration_s is None or piece.from_us < r.max_duration_s * _US)
    )


def _pieces(elements: Sequence[TariffElement], of: Usage, zone: tzinfo, also: Iterable[int]) -> Iterator[_Piece]:
    """The session in order, cut so that within a piece each restriction holds all the time or not at all."""
    restrictions = [e.restrictions for e in elements]
    end_us = _since(of.started_at, of.ended_at)
    readings_us = [_since(of.started_at, r.at) for r in of.readings]
    cuts = {0, end_us, *also}
    for r in restrictions:
        cuts.update(s * _US for s in (r.min_duration_s, r.max_duration_s) if s is not None)
        if r.by_power:
            cuts.update(readings_us)
    if any(r.by_calendar for r in restrictions):
        cuts.update(_since(of.started_at, at) for at in _calendar_cuts(restrictions, of, zone))
    ordered = sorted(c for c in cuts if 0 <= c <= end_us)
    if end_us == 0:
        ordered = [0, 0]  # no time passed, but energy may have flowed by its clock
    kwh = {Fraction(k) * 1000 for r in restrictions for k in (r.min_kwh, r.max_kwh) if k is not None}
    levels = sorted(kwh)
    from_wh = Fraction(0)
    for from_us, until_us in pairwise(ordered):
        until_wh = Fraction(of.energy_wh) if until_us == end_us else _energy_wh(of.readings, readings_us, until_us)
        yield from _by_level(of, zone, levels, readings_us, (from_us, until_us, from_wh, until_wh))
        from_wh = until_wh


def _by_level(
    of: Usage,
    zone: tzinfo,
    levels: Sequence[Fraction],
    readings_us: Sequence[int],
    whole: tuple[int, int, Fraction, Fraction],
) -> Iterator[_Piece]:
    """One piece, or more if an amount of energy at which something begins or ends is reached within it."""
    from_us, until_us, from_wh, until_wh = whole
    at_us, at_wh = Fraction(from_us), from_wh
    for level in [k for k in levels if from_wh < k < until_wh]:
        reached_us = _reached_us(of.readings, readings_us, level)
        yield _Piece(at_us, reached_us, at_wh, level, _local(of.started_at, at_us, zone))
        at_us, at_wh = reached_us, level
    yield _Piece(at_us, Fraction(until_us), at_wh, until_wh, _local(of.started_at, at_us, zone))


def _energy_wh(readings: Sequence[Reading], readings_us: Sequence[int], at_us: int) -> Fraction:
    """In a straight line between the two readings around `at_us`."""
    after = bisect_right(readings_us, at_us)
    if after == len(readings):
        return Fraction(readings[-1].energy_wh)
    a, b = after - 1, after
    part = Fraction(at_us - readings_us[a], readings_us[b] - readings_us[a])
    return readings[a].energy_wh + part * (readings[b].energy_wh - readings[a].energy_wh)


def _reached_us(readings: Sequence[Reading], readings_us: Sequence[int], level_wh: Fraction) -> Fraction:
    """When the energy came to `level_wh`, which it does within the session."""
    b = next(i for i, r in enumerate(readings) if r.energy_wh >= level_wh)
    if b == 0:
        return Fraction(readings_us[0])
    low, high = readings[b - 1].energy_wh, readings[b].energy_wh
    return readings_us[b - 1] + (level_wh - low) / (high - low) * (readings_us[b] - readings_us[b - 1])


def _calendar_cuts(restrictions: Sequence[Restrictions], of: Usage, zone: tzinfo) -> Iterator[datetime]:
    """Midnights and the times named, on every local day; all quarters of an hour on a day when clocks are changed."""
    times = {time(0), *(t for r in restrictions for t in (r.start_time, r.end_time) if t is not None)}
    day = of.started_at.astimezone(zone).date() - timedelta(days=1)
    last = of.ended_at.astimezone(zone).date() + timedelta(days=1)
    while day <= last:
        for clock in times:
            yield datetime.combine(day, clock, zone).astimezone(UTC)
        begins, ends = (datetime.combine(d, time(0), zone) for d in (day, day + timedelta(days=1)))
        if begins.utcoffset() != ends.utcoffset():
            for clock in times:
                yield datetime.combine(day, clock.replace(fold=1), zone).astimezone(UTC)
            at = begins.astimezone(UTC)
            while at < ends.astimezone(UTC):
                yield at
                at += _QUARTER
        day += timedelta(days=1)


def _local(started_at: datetime, offset_us: Fraction, zone: tzinfo) -> datetime:
    return (started_at + timedelta(microseconds=int(offset_us))).astimezone(zone)


def _since(start: datetime, at: datetime) -> int:
    return (at - start) // timedelta(microseconds=1)


def _half_up(exact: Fraction) -> int:
    return int(exact + Fraction(1, 2))  # never negative


def _decimal(exact: Fraction, places: int) -> Decimal:
    scaled = exact * 10**places
    rounded = int(scaled + Fraction(1, 2)) if scaled >= 0 else -int(-scaled + Fraction(1, 2))
    return Decimal(rounded).scaleb(-places).normalize() + 0
