"""What charging costs: the tariff model of OCPI 2.2.1 (§11.3, §11.4). pricing.py applies it to a session.

Prices are in minor units of the house's currency and without VAT, as in OCPI; the limits are what a driver pays, with
VAT. Without a tariff there is one price a kilowatt-hour, which is an ENERGY component and final.
"""

from dataclasses import dataclass
from datetime import date, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

_WH_PER_KWH = Decimal(1000)
ComponentType = Literal["ENERGY", "FLAT", "TIME", "PARKING_TIME"]
Day = Literal["MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY"]
DAYS: tuple[Day, ...] = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
Reserving = Literal["RESERVATION", "RESERVATION_EXPIRES"]


@dataclass(frozen=True, slots=True)
class PriceComponent:
    """One dimension's price: cents a kWh (ENERGY), an hour (TIME, PARKING_TIME), or once (FLAT)."""

    type: ComponentType
    price_cents: Decimal
    vat_percent: Decimal = Decimal(0)
    step_size: int = 1  # Wh or seconds; what is used is billed in whole steps

    def __post_init__(self) -> None:
        if self.price_cents < 0 or self.vat_percent < 0 or self.step_size < 1:
            raise ValueError(f"{self.type}: price and VAT must not be negative, step_size must be 1 or more")


@dataclass(frozen=True, slots=True)
class Restrictions:
    """When an element holds; times, dates and days in the site's zone. Lower bounds belong to it, upper ones do not."""

    start_time: time | None = None
    end_time: time | None = None  # before start_time: of the next day
    start_date: date | None = None
    end_date: date | None = None
    day_of_week: tuple[Day, ...] = ()
    min_kwh: Decimal | None = None
    max_kwh: Decimal | None = None
    min_power_kw: Decimal | None = None
    max_power_kw: Decimal | None = None
    min_duration_s: int | None = None
    max_duration_s: int | None = None
    reservation: Reserving | None = None

    @property
    def by_calendar(self) -> bool:
        return bool(self.start_time or self.end_time or self.start_date or self.end_date or self.day_of_week)

    @property
    def by_power(self) -> bool:
        return self.min_power_kw is not None or self.max_power_kw is not None

    @property
    def by_energy(self) -> bool:
        return self.min_kwh is not None or self.max_kwh is not None


@dataclass(frozen=True, slots=True)
class TariffElement:
    price_components: tuple[PriceComponent, ...]
    restrictions: Restrictions = Restrictions()

    def component(self, kind: ComponentType) -> PriceComponent | None:
        return next((c for c in self.price_components if c.type == kind), None)


@dataclass(frozen=True, slots=True)
class Tariff:
    """Of each dimension, the first element that has it and whose restrictions hold is the one that counts."""

    elements: tuple[TariffElement, ...]
    min_price_cents: int | None = None
    max_price_cents: int | None = None
    idle_grace_s: int = 0  # after the car is full; PARKING_TIME counts from its end

    def __post_init__(self) -> None:
        low, high = self.min_price_cents, self.max_price_cents
        if low is not None and high is not None and low > high:
            raise ValueError(f"min_price_cents {low} is above max_price_cents {high}")

    @property
    def needs_series(self) -> bool:
        """True if what a session costs depends on when its energy flowed, not only on how much and how long."""
        return any(
            e.restrictions.by_calendar
            or e.restrictions.by_power
            or e.restrictions.by_energy
            or e.restrictions.min_duration_s is not None
            or e.restrictions.max_duration_s is not None
            or e.component("PARKING_TIME") is not None
            for e in self.elements
        )

    @property
    def grows_with_time(self) -> bool:
        """True if a session costs more from one minute to the next without any energy."""
        return any(
            c.type in ("TIME", "PARKING_TIME") or (c.type == "FLAT" and e.restrictions != Restrictions())
            for e in self.elements
            for c in e.price_components
            if e.restrictions.reservation is None
        )

    @property
    def energy_price_cents(self) -> int:
        """A kilowatt-hour with VAT by the first element that prices energy, to show beside a charge point."""
        for element in self.elements:
            if (c := element.component("ENERGY")) and element.restrictions.reservation is None:
                gross = c.price_cents * (100 + c.vat_percent) / 100
                return int(gross.quantize(Decimal(1), rounding=ROUND_HALF_UP))
        return 0


def per_kwh(price_cents: int) -> Tariff:
    """The single price of a charge point as a tariff."""
    return Tariff((TariffElement((PriceComponent("ENERGY", Decimal(price_cents)),)),))


def cost_cents(energy_wh: int, price_cents_per_kwh: int) -> int:
    """What `per_kwh` comes to, without its trouble: most sessions have one price.

    energy_wh            whole Wh, never negative
    price_cents_per_kwh  minor units for 1,000 Wh, never negative
    ValueError for negative numbers: money never flows to a car. Rounded once, half a cent upwards.
    """
    if energy_wh < 0 or price_cents_per_kwh < 0:
        raise ValueError(f"cannot price {energy_wh} Wh at {price_cents_per_kwh} cents per kWh")
    exact = Decimal(energy_wh) * price_cents_per_kwh / _WH_PER_KWH
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
