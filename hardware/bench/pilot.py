"""The control pilot between the charge point's front end and the car: duty and resistance to voltages and states.

±12 V through 1 kΩ, 1 kHz; the car answers with a diode and resistors to earth (IEC 61851-1 Annex A: 2.74 kΩ in B,
with 1.3 kΩ beside it in C, 270 Ω in D). Peak-hold outputs give the two levels; a steady pilot has no negative half.
"""
from dataclasses import dataclass

SOURCE_OHM = 1000.0
SUPPLY_V = 12.0
DIODE_V = 0.7
B_OHM, C_OHM, D_OHM = 2740.0, 1300.0, 270.0
FULL_DUTY = 65535


@dataclass(frozen=True, slots=True)
class Levels:
    high_v: float
    low_v: float


def resistance_ohm(state: str) -> float | None:
    """What a car in `state` puts between pilot and earth; None is an open plug."""
    beside = {"B": None, "C": C_OHM, "D": D_OHM}
    if state == "E":
        return 0.0
    if state not in beside:
        return None
    switched = beside[state]
    return B_OHM if switched is None else B_OHM * switched / (B_OHM + switched)


def levels(duty: float, load_ohm: float | None, diode: bool = True) -> Levels:
    """Peaks of both halves for a duty of 0 (steady −12 V) to 1 (steady +12 V)."""
    if load_ohm is None:
        high_v, low_v = SUPPLY_V, -SUPPLY_V
    elif load_ohm == 0:
        high_v = low_v = 0.0
    elif diode:
        high_v = DIODE_V + (SUPPLY_V - DIODE_V) * load_ohm / (load_ohm + SOURCE_OHM)
        low_v = -SUPPLY_V
    else:
        high_v = SUPPLY_V * load_ohm / (load_ohm + SOURCE_OHM)
        low_v = -high_v
    return Levels(high_v if duty > 0 else 0.0, low_v if duty < 1 else 0.0)


def state_of(seen: Levels) -> str:
    """The state that these levels mean, the bands' middles apart (A 12, B 9, C 6, D 3 V)."""
    if seen.high_v < 1.5:
        return "F" if seen.low_v < -10 else "E"
    for state, floor_v in (("A", 10.5), ("B", 7.5), ("C", 4.5)):
        if seen.high_v >= floor_v:
            return state
    return "D"


def offered_a(duty: float) -> float:
    """What the duty cycle allows the car, per phase; 0 for none (IEC 61851-1 Table A.7 and A.8)."""
    percent = duty * 100
    if 8 <= percent < 10:
        return 6.0
    if 10 <= percent <= 85:
        return percent * 0.6
    if 85 < percent <= 96:
        return (percent - 64) * 2.5
    if 96 < percent <= 97:
        return 80.0
    return 0.0


def adc_uv(volts: float, mv_per_v: float, offset_mv: float) -> int:
    """What the chip's ADC reads behind the peak-hold circuit, in its steps of 12 bits over 3.1 V."""
    mv = min(3100.0, max(0.0, offset_mv + mv_per_v * abs(volts)))
    return round(round(mv / 3100 * 4095) * 3_100_000 / 4095)
