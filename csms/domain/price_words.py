"""A tariff in words that a driver reads before charging: on a page, in the app, on a display."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from csms.domain.tariffs import DAYS, Day, PriceComponent, Restrictions, Tariff, TariffElement

_PER = {"ENERGY": "a kWh", "FLAT": "a session", "TIME": "an hour of charging", "PARKING_TIME": "an hour once full"}
_PER_RESERVED = {"FLAT": "a reservation", "TIME": "an hour of reservation"}


def money(cents: Decimal | int, currency: str) -> str:
    """Two places, or up to four where a unit's price has them: "0.45 EUR", "0.1234 EUR"."""
    exact = (Decimal(cents) / 100).quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
    text = f"{exact:.4f}".rstrip("0")
    whole, _, places = text.partition(".")
    return f"{whole}.{places:<02} {currency}"


def per_kwh(cents: int, currency: str) -> str:
    """Of a charge point that has no tariff but a price."""
    return f"{money(cents, currency)} {_PER['ENERGY']}"


def in_words(tariff: Tariff, currency: str) -> str:
    """Prices as a driver pays them, with VAT; one phrase for each component, in the order in which they count."""
    said = [
        _component(tariff, element, component, currency)
        for element in tariff.elements
        for component in element.price_components
    ]
    if tariff.min_price_cents is not None:
        said.append(f"at least {money(tariff.min_price_cents, currency)}")
    if tariff.max_price_cents is not None:
        said.append(f"at most {money(tariff.max_price_cents, currency)}")
    return "; ".join(said)


def _component(tariff: Tariff, element: TariffElement, c: PriceComponent, currency: str) -> str:
    gross = c.price_cents * (100 + c.vat_percent) / 100
    reserved = element.restrictions.reservation
    per = (_PER_RESERVED if reserved else {}).get(c.type, _PER[c.type])
    text = f"{money(gross, currency)} {per}"
    if c.type == "PARKING_TIME" and tariff.idle_grace_s and not reserved:
        text += f", from {_minutes(tariff.idle_grace_s)} on"
    when = _when(element.restrictions)
    return f"{text} ({', '.join(when)})" if when else text


def _when(r: Restrictions) -> list[str]:
    said: list[str] = []
    if r.start_time is not None or r.end_time is not None:
        start = "00:00" if r.start_time is None else f"{r.start_time:%H:%M}"
        end = "24:00" if r.end_time is None else f"{r.end_time:%H:%M}"
        said.append(f"{start} to {end}")
    if r.day_of_week:
        said.append(_days(r.day_of_week))
    if r.start_date is not None:
        said.append(f"from {r.start_date.isoformat()}")
    if r.end_date is not None:
        said.append(f"before {r.end_date.isoformat()}")
    said += _range(r.min_kwh, r.max_kwh, "kWh")
    said += _range(r.min_power_kw, r.max_power_kw, "kW")
    if r.min_duration_s is not None:
        said.append(f"after {_minutes(r.min_duration_s)}")
    if r.max_duration_s is not None:
        said.append(f"in the first {_minutes(r.max_duration_s)}")
    if r.reservation == "RESERVATION_EXPIRES":
        said.append("if nobody comes")
    return said


def _range(low: Decimal | None, high: Decimal | None, unit: str) -> list[str]:
    if low is not None and high is not None:
        return [f"{low:f} to {high:f} {unit}"]
    if low is not None:
        return [f"from {low:f} {unit}"]
    return [] if high is None else [f"below {high:f} {unit}"]


def _days(days: Sequence[Day]) -> str:
    """Days in a row by the first and the last: "Mon to Fri"."""
    numbers = sorted({DAYS.index(day) for day in days})
    names = [DAYS[n][:3].capitalize() for n in numbers]
    if len(numbers) > 2 and numbers == list(range(numbers[0], numbers[-1] + 1)):
        return f"{names[0]} to {names[-1]}"
    return ", ".join(names)


def _minutes(seconds: int) -> str:
    if seconds % 3600 == 0:
        return f"{seconds // 3600} h"
    return f"{seconds // 60} min" if seconds % 60 == 0 else f"{seconds} s"
