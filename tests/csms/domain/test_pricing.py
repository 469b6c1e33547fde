"""Rules of pricing: properties over any tariff, an independent count minute by minute, and worked examples."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csms.domain.pricing import Bill, Reading, Reserved, Usage, parking_since, price, usage
from csms.domain.tariffs import (
    DAYS,
    PriceComponent,
    Restrictions,
    Tariff,
    TariffElement,
    cost_cents,
    per_kwh,
)

ROME = ZoneInfo("Europe/Rome")
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
LINE_TYPES = ("ENERGY", "TIME", "PARKING_TIME", "FLAT")


def component(kind: str, cents: str, vat: str = "0", step: int = 1) -> PriceComponent:
    return PriceComponent(kind, Decimal(cents), Decimal(vat), step)  # type: ignore[arg-type]


def tariff(*elements: tuple[list[PriceComponent], Restrictions], **more: int) -> Tariff:
    return Tariff(tuple(TariffElement(tuple(c), r) for c, r in elements), **more)


def steady(minutes: int, energy_wh: int, parked_minutes: int = 0, start: datetime = START) -> Usage:
    """Even charging, then a full car."""
    full = start + minutes * MINUTE
    readings = [Reading(full, energy_wh)] if parked_minutes else []
    return usage(start, full + parked_minutes * MINUTE, energy_wh, readings)


# Anything that may be: sessions around both changes of the clock in Rome, tariffs with every restriction.
starts = st.sampled_from(
    [
        datetime(2026, 3, 28, 20, 0, tzinfo=UTC),
        datetime(2026, 10, 24, 20, 0, tzinfo=UTC),
        datetime(2026, 12, 31, 21, 0, tzinfo=UTC),
        START,
    ]
).flatmap(lambda at: st.integers(0, 12 * 60).map(lambda m: at + m * MINUTE))
# One reading a minute. From a minute to the next a car takes a lot, or next to nothing.
minutely = st.lists(st.sampled_from([0, 0, 1, 60, 120, 183, 367]), min_size=1, max_size=200)
clocks = st.none() | st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
quarter_minutes = st.integers(0, 200).map(lambda m: m * 60)
components = st.lists(
    st.builds(
        component,
        st.sampled_from(LINE_TYPES),
        st.sampled_from(["0", "12.5", "45", "300"]),
        st.sampled_from(["0", "22"]),
        st.sampled_from([1, 1, 300, 1000]),
    ),
    min_size=1,
    max_size=3,
    unique_by=lambda c: c.type,
)
restrictions = st.builds(
    Restrictions,
    start_time=clocks,
    end_time=clocks,
    start_date=st.none() | st.sampled_from([date(2026, 3, 29), date(2027, 1, 1)]),
    end_date=st.none() | st.sampled_from([date(2026, 3, 29), date(2026, 10, 25), date(2027, 1, 1)]),
    day_of_week=st.just(()) | st.lists(st.sampled_from(DAYS), unique=True, max_size=3).map(tuple),
    min_duration_s=st.none() | quarter_minutes,
    max_duration_s=st.none() | quarter_minutes,
    min_power_kw=st.none() | st.just(Decimal("7.2")),  # what 120 and 183 Wh a minute come to
    max_power_kw=st.none() | st.just(Decimal("10.98")),
)
elements = st.builds(TariffElement, components.map(tuple), st.just(Restrictions()) | restrictions)
tariffs = st.builds(
    Tariff,
    st.lists(elements, min_size=1, max_size=4).map(tuple),
    idle_grace_s=st.sampled_from([0, 600, 3600]),
)


def session(start: datetime, deltas: list[int]) -> Usage:
    readings, total = [], 0
    for number, wh in enumerate(deltas, 1):
        total += wh
        readings.append(Reading(start + number * MINUTE, total))
    return usage(start, start + len(deltas) * MINUTE, total, readings)


def counted(by: Tariff, of: Usage) -> Fraction:
    """What it costs, counted minute by minute by the wall clock of the site: another way to the same sum."""
    quantities: dict[tuple[PriceComponent, str], Fraction] = defaultdict(Fraction)
    last: dict[str, PriceComponent] = {}
    full, flat_due = parking_since(of), True
    for before, after in pairwise(of.readings):
        wall, gone_s = before.at.astimezone(ROME), (before.at - of.started_at).total_seconds()
        holding = [e for e in by.elements if wall_holds(e.restrictions, wall, gone_s, after.energy_wh, before)]
        parking = before.at >= full
        due = {"ENERGY": Fraction(after.energy_wh - before.energy_wh), "FLAT": Fraction(flat_due)}
        if not parking:
            due["TIME"] = Fraction(60)
        elif before.at >= full + timedelta(seconds=by.idle_grace_s):
            due["PARKING_TIME"] = Fraction(60)
        for kind, quantity in due.items():
            found = next((c for e in holding for c in e.price_components if c.type == kind), None)
            if found is not None and quantity:
                flat_due = flat_due and kind != "FLAT"
                quantities[found, kind] += quantity
                last["clock" if kind in ("TIME", "PARKING_TIME") else kind] = found
    for c in last.values():
        if c.type != "FLAT":
            whole = sum(q for (_, kind), q in quantities.items() if kind == c.type)
            quantities[c, c.type] += -whole % c.step_size
    per = {"ENERGY": 1000, "FLAT": 1, "TIME": 3600, "PARKING_TIME": 3600}
    return sum(
        (q / per[kind] * Fraction(c.price_cents) * (100 + Fraction(c.vat_percent)) / 100)
        for (c, kind), q in quantities.items()
    ) + Fraction(0)


def wall_holds(r: Restrictions, wall: datetime, gone_s: float, after_wh: int, before: Reading) -> bool:
    clock = wall.hour * 60 + wall.minute
    if r.start_time or r.end_time:
        first = (r.start_time or time()).hour * 60 + (r.start_time or time()).minute
        end = (r.end_time or time()).hour * 60 + (r.end_time or time()).minute
        minutes = {(first + i) % 1440 for i in range((end - first) % 1440 or 1440)}
        if clock not in minutes:
            return False
    kw = Fraction(after_wh - before.energy_wh) * 60 / 1000
    return not (
        (r.start_date and wall.date() < r.start_date)
        or (r.end_date and wall.date() >= r.end_date)
        or (r.day_of_week and DAYS[wall.weekday()] not in r.day_of_week)
        or (r.min_duration_s is not None and gone_s < r.min_duration_s)
        or (r.max_duration_s is not None and gone_s >= r.max_duration_s)
        or (r.min_power_kw is not None and kw < Fraction(r.min_power_kw))
        or (r.max_power_kw is not None and kw >= Fraction(r.max_power_kw))
    )


@given(tariffs, starts, minutely)
def test_a_bill_is_what_a_count_minute_by_minute_comes_to(by: Tariff, start: datetime, deltas: list[int]) -> None:
    of = session(start, deltas)
    assert price(by, of, ROME).total_cents == int(counted(by, of) + Fraction(1, 2))


@given(starts, minutely, st.integers(0, 100_000))
def test_one_price_a_kilowatt_hour_is_the_same_by_either_way(start: datetime, deltas: list[int], cents: int) -> None:
    of = session(start, deltas)
    assert price(per_kwh(cents), of, ROME).total_cents == cost_cents(of.energy_wh, cents)


@given(tariffs, starts, minutely)
def test_the_lines_of_a_bill_sum_to_its_total(by: Tariff, start: datetime, deltas: list[int]) -> None:
    bill = price(by, session(start, deltas), ROME)
    assert abs(sum(line.amount_cents for line in bill.lines) - bill.total_cents) <= Decimal("0.5001")
    assert 0 <= bill.vat_cents <= bill.total_cents


@given(tariffs, starts, minutely, st.integers(0, 500), st.integers(0, 500))
def test_a_bill_keeps_to_the_limits(by: Tariff, start: datetime, deltas: list[int], a: int, b: int) -> None:
    low, high = sorted((a, b))
    limited = Tariff(by.elements, min_price_cents=low, max_price_cents=high, idle_grace_s=by.idle_grace_s)
    free = price(by, session(start, deltas), ROME).total_cents
    assert price(limited, session(start, deltas), ROME).total_cents == min(max(free, low), high)


@given(tariffs, starts, minutely, st.integers(0, 199))
def test_charging_longer_never_costs_less_where_nothing_is_restricted(
    by: Tariff, start: datetime, deltas: list[int], cut: int
) -> None:
    everywhere = Tariff(tuple(TariffElement(e.price_components) for e in by.elements))
    whole, begun = (
        # Held: a car that takes no more begins to park, which is another price.
        replace(session(start, part), held=True)
        for part in (deltas, deltas[: cut % len(deltas) + 1])
    )
    assert price(everywhere, begun, ROME).total_cents <= price(everywhere, whole, ROME).total_cents


@given(starts, minutely, st.lists(st.tuples(st.integers(-50, 300), st.integers(-100, 10**6)), max_size=20))
def test_readings_that_cannot_be_are_left_out(
    start: datetime, deltas: list[int], strange: list[tuple[int, int]]
) -> None:
    total = sum(deltas)
    of = usage(start, start + len(deltas) * MINUTE, total, [Reading(start + m * MINUTE, wh) for m, wh in strange])
    energies = [r.energy_wh for r in of.readings]
    assert energies == sorted(energies)
    assert (of.readings[0], of.readings[-1]) == (Reading(start, 0), Reading(of.ended_at, total))
    assert all(a.at < b.at for a, b in pairwise(of.readings))
    assert price(per_kwh(45), of, ROME).total_cents == cost_cents(total, 45)


def of_type(bill: Bill, kind: str) -> list[tuple[Decimal, Decimal]]:
    return [(line.quantity, line.amount_cents) for line in bill.lines if line.type == kind]


def test_parking_after_charging_is_rounded_to_its_step_and_charging_is_not() -> None:
    by = tariff(([component("TIME", "60", step=300), component("PARKING_TIME", "120", step=300)], Restrictions()))
    bill = price(by, steady(21, 5000, parked_minutes=24), UTC)
    assert of_type(bill, "TIME") == [(Decimal(21 * 60), Decimal(21))]
    assert of_type(bill, "PARKING_TIME") == [(Decimal(25 * 60), Decimal(50))]
    assert price(by, steady(21, 5000), UTC).total_cents == 25


def test_energy_is_rounded_up_to_the_step_of_the_price_in_use_at_the_end() -> None:
    night = Restrictions(end_time=time(11), start_time=time(9))
    by = tariff(
        ([component("ENERGY", "20", step=1000)], night), ([component("ENERGY", "40", step=500)], Restrictions())
    )
    bill = price(by, steady(120, 2200, start=START), ROME)  # 10:00 to 12:00 in Rome: half of it at each price
    assert of_type(bill, "ENERGY") == [(Decimal(1100), Decimal(22)), (Decimal(1400), Decimal(56))]


def test_the_first_element_that_holds_counts_for_each_dimension_by_itself() -> None:
    by = tariff(
        ([component("ENERGY", "30")], Restrictions(max_kwh=Decimal(5))),
        ([component("TIME", "60")], Restrictions(min_duration_s=1800)),
        ([component("ENERGY", "50"), component("TIME", "600")], Restrictions(min_duration_s=3000)),
        ([component("ENERGY", "50"), component("FLAT", "100")], Restrictions()),
    )
    bill = price(by, steady(60, 20_000), UTC)  # 20 kW
    assert of_type(bill, "ENERGY") == [(Decimal(5000), Decimal(150)), (Decimal(15_000), Decimal(750))]
    assert of_type(bill, "TIME") == [(Decimal(1800), Decimal(30))]
    assert of_type(bill, "FLAT") == [(Decimal(1), Decimal(100))]
    assert bill.total_cents == 1030


@pytest.mark.parametrize(("wh", "cents"), [(10_999, 330), (11_000, 550), (21_999, 1100), (22_000, 1540)])
def test_a_price_by_power_begins_at_its_least_and_ends_before_its_most(wh: int, cents: int) -> None:
    by = tariff(
        ([component("ENERGY", "30")], Restrictions(max_power_kw=Decimal(11))),
        ([component("ENERGY", "70")], Restrictions(min_power_kw=Decimal(22))),
        ([component("ENERGY", "50")], Restrictions()),
    )
    assert price(by, steady(60, wh), UTC).total_cents == cents


def test_a_price_by_time_ends_when_it_is_said_to() -> None:
    plain = ([component("ENERGY", "50")], Restrictions())
    early = tariff(([component("ENERGY", "30")], Restrictions(max_duration_s=1800)), plain)
    assert price(early, steady(60, 10_000), UTC).total_cents == 150 + 250
    until_tuesday = tariff(([component("ENERGY", "30")], Restrictions(end_date=date(2026, 3, 3))), plain)
    over_midnight = steady(120, 10_000, start=datetime(2026, 3, 2, 22, 0, tzinfo=UTC))  # from 23:00 in Rome
    assert [price(until_tuesday, over_midnight, zone).total_cents for zone in (UTC, ROME)] == [300, 150 + 250]


def test_energy_at_no_time_at_all_is_billed_at_the_price_of_the_start() -> None:
    by = tariff(
        ([component("ENERGY", "30")], Restrictions(max_kwh=Decimal(1))), ([component("ENERGY", "50")], Restrictions())
    )
    assert price(by, usage(START, START - MINUTE, 3000), UTC).total_cents == 30 + 100


def test_vat_comes_on_top_and_is_told() -> None:
    bill = price(tariff(([component("ENERGY", "40", vat="22")], Restrictions())), steady(60, 10_000), UTC)
    assert (bill.total_cents, bill.vat_cents) == (488, 88)
    half = tariff(([component("ENERGY", "40", vat="22")], Restrictions()), max_price_cents=244)
    cut = price(half, steady(60, 10_000), UTC)
    assert (cut.total_cents, cut.vat_cents) == (244, 44)


def test_a_full_car_pays_nothing_within_the_grace_time() -> None:
    by = tariff(([component("PARKING_TIME", "600")], Restrictions()), idle_grace_s=900)
    assert price(by, steady(60, 10_000, parked_minutes=15), UTC).total_cents == 0
    assert price(by, steady(60, 10_000, parked_minutes=45), UTC).total_cents == 300


def test_a_car_that_the_site_holds_back_does_not_park() -> None:
    of = steady(60, 10_000, parked_minutes=45)
    by = tariff(([component("PARKING_TIME", "600")], Restrictions()))
    held = usage(of.started_at, of.ended_at, 10_000, of.readings, held=True)
    assert (price(by, of, UTC).total_cents, price(by, held, UTC).total_cents) == (450, 0)


def test_what_a_full_car_trickles_is_no_charging() -> None:
    full = START + 60 * MINUTE
    of = usage(START, full + 60 * MINUTE, 10_020, [Reading(full, 10_000), Reading(full + 30 * MINUTE, 10_012)])
    assert parking_since(of) == full
    assert parking_since(steady(60, 10_000)) == START + 60 * MINUTE


def test_a_clock_that_was_never_set_costs_no_time() -> None:
    by = tariff(([component("ENERGY", "40"), component("TIME", "60"), component("PARKING_TIME", "60")], Restrictions()))
    bill = price(by, usage(datetime(2000, 1, 1, tzinfo=UTC), START, 10_000), UTC)
    assert (bill.total_cents, bill.flags) == (400, ("time_not_billed",))


@pytest.mark.parametrize(("expired", "cents"), [(False, 10 + 300), (True, 100 + 5)])
def test_a_reservation_is_priced_by_its_own_elements(expired: bool, cents: int) -> None:
    by = tariff(
        ([component("TIME", "20"), component("FLAT", "5")], Restrictions(reservation="RESERVATION_EXPIRES")),
        ([component("TIME", "20")], Restrictions(reservation="RESERVATION")),
        ([component("ENERGY", "30")], Restrictions()),
    )
    reserved = Reserved(START - 30 * MINUTE, START, expired)
    if expired:
        reserved = Reserved(START - 300 * MINUTE, START, expired)
        assert price(by, usage(START, START, 0, reserved=reserved), UTC).total_cents == cents
    else:
        assert price(by, usage(START, START + 60 * MINUTE, 10_000, reserved=reserved), UTC).total_cents == cents


def test_a_component_without_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="step_size"):
        component("ENERGY", "1", step=0)
    with pytest.raises(ValueError, match="negative"):
        component("ENERGY", "-1")
    with pytest.raises(ValueError, match="above"):
        tariff(min_price_cents=2, max_price_cents=1)
