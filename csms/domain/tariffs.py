"""What energy costs: one flat price a kilowatt-hour, rounded once, half a cent upwards."""

from decimal import ROUND_HALF_UP, Decimal

_WH_PER_KWH = Decimal(1000)


def cost_cents(energy_wh: int, price_cents_per_kwh: int) -> int:
    """Price of one transaction in minor units of the house's currency.

    energy_wh            whole Wh, never negative
    price_cents_per_kwh  minor units for 1,000 Wh, never negative
    ValueError for negative numbers: money never flows to a car.
    """
    if energy_wh < 0 or price_cents_per_kwh < 0:
        raise ValueError(f"cannot price {energy_wh} Wh at {price_cents_per_kwh} cents per kWh")
    exact = Decimal(energy_wh) * price_cents_per_kwh / _WH_PER_KWH
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
