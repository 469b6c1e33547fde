"""Tariffs in words."""

from datetime import date, time
from decimal import Decimal

import pytest

from csms.domain.price_words import in_words, money, per_kwh
from csms.domain.tariffs import Day, PriceComponent, Restrictions, Tariff, TariffElement

ENERGY = PriceComponent("ENERGY", Decimal(40), Decimal(22))


@pytest.mark.parametrize(
    ("cents", "text"),
    [(0, "0.00 EUR"), (5, "0.05 EUR"), (45, "0.45 EUR"), (12345, "123.45 EUR"), (Decimal("48.8"), "0.488 EUR")],
)
def test_money(cents: Decimal, text: str) -> None:
    assert money(cents, "EUR") == text


def test_a_plain_price() -> None:
    assert per_kwh(45, "CHF") == "0.45 CHF a kWh"


def test_every_part_of_a_tariff_is_said_with_vat() -> None:
    days: tuple[Day, ...] = ("MONDAY", "TUESDAY", "WEDNESDAY")
    night = Restrictions(start_time=time(22), end_time=time(6), day_of_week=days, start_date=date(2026, 1, 1))
    tariff = Tariff(
        (
            TariffElement((PriceComponent("ENERGY", Decimal(20)),), night),
            TariffElement((ENERGY, PriceComponent("FLAT", Decimal(100)), PriceComponent("PARKING_TIME", Decimal(600)))),
        ),
        min_price_cents=50,
        max_price_cents=5000,
        idle_grace_s=900,
    )
    assert in_words(tariff, "EUR") == (
        "0.20 EUR a kWh (22:00 to 06:00, Mon to Wed, from 2026-01-01); 0.488 EUR a kWh; 1.00 EUR a session; "
        "6.00 EUR an hour once full, from 15 min on; at least 0.50 EUR; at most 50.00 EUR"
    )


@pytest.mark.parametrize(
    ("restrictions", "text"),
    [
        (Restrictions(end_time=time(8)), "(00:00 to 08:00)"),
        (Restrictions(start_time=time(8)), "(08:00 to 24:00)"),
        (Restrictions(day_of_week=("SUNDAY", "SATURDAY")), "(Sat, Sun)"),
        (Restrictions(end_date=date(2027, 1, 1)), "(before 2027-01-01)"),
        (Restrictions(min_kwh=Decimal(10), max_kwh=Decimal("20.5")), "(10 to 20.5 kWh)"),
        (Restrictions(min_power_kw=Decimal(50)), "(from 50 kW)"),
        (Restrictions(max_power_kw=Decimal(11)), "(below 11 kW)"),
        (Restrictions(min_duration_s=7200), "(after 2 h)"),
        (Restrictions(max_duration_s=5400), "(in the first 90 min)"),
    ],
)
def test_each_restriction(restrictions: Restrictions, text: str) -> None:
    assert in_words(Tariff((TariffElement((ENERGY,), restrictions),)), "EUR") == f"0.488 EUR a kWh {text}"


def test_a_reservation() -> None:
    per_hour = PriceComponent("TIME", Decimal(300))
    elements = (
        TariffElement((per_hour,), Restrictions(reservation="RESERVATION")),
        TariffElement((PriceComponent("FLAT", Decimal(200)),), Restrictions(reservation="RESERVATION_EXPIRES")),
    )
    said = "3.00 EUR an hour of reservation; 2.00 EUR a reservation (if nobody comes)"
    assert in_words(Tariff(elements), "EUR") == said
