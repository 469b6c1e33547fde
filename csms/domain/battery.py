"""How full a car's battery is and how long it still takes: as the car says it, or reckoned on and marked so."""

import math
from dataclasses import dataclass

EFFICIENCY = 0.92  # of what the meter counts, what reaches the battery: losses of cable and charger in the car
USUAL_TARGET_PERCENT = 80
_LONGEST_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Needs:
    """What a car has said of itself. `energy_wh`: what its transaction had taken when it said so."""

    capacity_wh: int | None
    max_power_w: int | None
    soc_percent: int | None
    energy_wh: int = 0


@dataclass(frozen=True, slots=True)
class Battery:
    """Field names are those of the HTTP API. None where nobody knows."""

    soc_percent: int | None
    measured: bool  # False: reckoned from what the car said before and the energy since
    capacity_wh: int | None
    target_soc_percent: int
    minutes_left: int | None  # until the target, at the present power


def complete(of_car: Needs | None, of_driver: Needs) -> Needs:
    """What the car has said, and where it says nothing what its driver has."""
    if of_car is None:
        return of_driver
    capacity_wh = of_driver.capacity_wh if of_car.capacity_wh is None else of_car.capacity_wh
    if of_car.soc_percent is not None:
        return Needs(capacity_wh, of_car.max_power_w, of_car.soc_percent, of_car.energy_wh)
    return Needs(capacity_wh, of_car.max_power_w, of_driver.soc_percent, of_driver.energy_wh)


def in_words(of: Battery) -> str:
    """"62 %" as the car says it, "about 62 %" as it was reckoned; nothing if nobody knows."""
    if of.soc_percent is None:
        return ""
    return f"{of.soc_percent} %" if of.measured else f"about {of.soc_percent} %"


def reckon(
    needs: Needs | None, measured_soc: int | None, energy_wh: int, power_w: int | None, target_soc: int | None = None
) -> Battery:
    """What is known now. A battery past its target is reckoned to 100 %.

    measured_soc   of the newest sample that has it; energy_wh, power_w of the transaction now
    """
    capacity_wh = None if needs is None else needs.capacity_wh
    soc, measured = measured_soc, measured_soc is not None
    if soc is None and needs is not None and needs.soc_percent is not None and capacity_wh:
        gained = (energy_wh - needs.energy_wh) * EFFICIENCY / capacity_wh * 100
        soc = min(100, max(0, round(needs.soc_percent + gained)))
    target = USUAL_TARGET_PERCENT if target_soc is None else target_soc
    if soc is not None and soc >= target:
        target = 100
    minutes_left = None
    if soc is not None and soc >= 100:
        minutes_left = 0
    elif soc is not None and capacity_wh and power_w and power_w > 0:
        missing_wh = (target - soc) / 100 * capacity_wh / EFFICIENCY
        minutes_left = min(_LONGEST_MINUTES, math.ceil(missing_wh / power_w * 60))
    return Battery(soc, measured, capacity_wh, target, minutes_left)
