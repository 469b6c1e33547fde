"""The control pilot's front end, calculated: what each of its resistors does to what the firmware reads, and when.

The circuit is drawn in docs/hardware/pilot.svg. Voltages are volts against protective earth, times milliseconds. Each
number is a `Quantity` with its limits; `worst()` puts every one on its worse side at once, `drawn()` draws at random.
What the firmware expects of it comes from the firmware (firmware_numbers.py).
"""
import math
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from hardware.wiring.firmware_numbers import board, constant

Values = Mapping[str, float]
State = Literal["A", "B", "C", "D", "E", "F"]
STATES: tuple[State, ...] = ("A", "B", "C", "D", "E", "F")


@dataclass(frozen=True, slots=True)
class Quantity:
    nominal: float
    low: float
    high: float
    why: str   # whose limits these are


def _percent(nominal: float, percent: float, why: str) -> Quantity:
    return Quantity(nominal, nominal * (1 - percent / 100), nominal * (1 + percent / 100), why)


CIRCUIT: dict[str, Quantity] = {
    "plus_v": _percent(12, 2, "LM317L, set to 12.00 V at commissioning; drift with load and temperature"),
    "minus_v": Quantity(12, 11.4, 12.6, "79L12AC, over line, load and temperature"),
    "logic_v": _percent(3.3, 3, "the DevKit's own 3.3 V regulator"),
    "switch_ohm": Quantity(35, 20, 54, "ADG419: 45 Ω at most at ±15 V and hot, a fifth more at ±12 V"),
    "r1_ohm": _percent(964, 1, "R1: 1 kΩ beside 27 kΩ, leaves room for the switch"),
    "r2_ohm": _percent(200e3, 1, "R2: pilot to the sum"),
    "r3_ohm": _percent(681e3, 1, "R3: 3.3 V to the sum, makes the offset"),
    "r4_ohm": _percent(47.5e3, 1, "R4: sum to 0 V"),
    "r5_ohm": _percent(200e3, 1, "R5: pilot to the inverting amplifier"),
    "r6_ohm": _percent(35.7e3, 1, "R6: feedback"),
    "r7_ohm": _percent(97.6e3, 1, "R7: 3.3 V to the offset"),
    "r8_ohm": _percent(3.92e3, 1, "R8: offset to 0 V"),
    "offset_v": Quantity(0, -0.004, 0.004, "MCP6294: 3 mV and its drift"),
    "hold_f": _percent(220e-9, 5, "C2, C3: film, hold the peak"),
    "hold_ohm": _percent(1.2e6, 1, "R10, R17: let the held peak fall, to -12 V in a nearly straight line"),
    "leak_a": Quantity(0, -0.4e-6, 1e-6, "LM393's input current fills it, 1N4148 and ADC drain it"),
    "adc_v": Quantity(0, -0.060, 0.060, "ESP32 data sheet: ±60 mV at 11 dB, calibrated"),
    "period_s": _percent(1e-3, 0.5, "the pilot's 1 kHz"),
    "diode_v": Quantity(0.7, 0.55, 0.85, "the car's diode (IEC 61851-1 Annex A)"),
    "car_b_ohm": _percent(2740, 3, "the car's resistor (IEC 61851-1 Annex A)"),
    "car_c_ohm": _percent(1300, 3, "what the car's S2 puts beside it"),
    "car_d_ohm": _percent(270, 3, "the same, with ventilation"),
    "ref_high_ohm": _percent(15e3, 1, "R11: 3.3 V to the upper threshold"),
    "ref_mid_ohm": _percent(8.87e3, 1, "R12: upper to lower threshold"),
    "ref_low_ohm": _percent(3.48e3, 1, "R13: lower threshold to 0 V"),
    "comparator_v": Quantity(0, -0.009, 0.009, "LM393's offset over temperature"),
    "phase": Quantity(0.5, 0.0, 1.0, "when within a period the ADC looks"),
}
# The calibration that the circuit is made for: all boards have the same, a test says so.
PILOT: dict[str, int] = board("esp32_devkitc")["connectors"][0]["pilot_high"]
NOMINAL: dict[str, float] = {name: quantity.nominal for name, quantity in CIRCUIT.items()}

# What is no interval: the worse side is known.
AMPLIFIER_A = 0.010        # MCP6294 gives at least this into the hold capacitor
AMPLIFIER_WAKES_S = 5e-6   # out of saturation and up by 3 V (7 V/µs)
DAMPING_OHM = 47.0
ADC_LINEAR_V = (0.150, 2.450)   # ESP32, 11 dB
HEARTBEAT_OHM, HEARTBEAT_F = 1.05e6, 6.8e-6   # 74HC4538: 0.7 R C
HEARTBEAT_ERROR = 0.01 + 0.05 + 0.03          # resistor, film capacitor, the chip and what leaks
HANDSHAKE_MS = 4300        # the longest TLS handshake measured on an ESP32 stops the program for so long
RELAY_OPENS_MS = 5         # Finder 40.52 with a zener diode across the driver
CONTACTOR_OPENS_MS = 19    # TeSys D with an AC coil: 4 to 19 ms


# -- the pilot itself ---------------------------------------------------------------------------------------------

def _car_ohm(v: Values, state: State) -> float | None:
    """Between pilot and earth, behind the car's diode; None where nothing is."""
    if state == "E":
        return 0.0
    if state not in ("B", "C", "D"):
        return None
    if state == "B":
        return v["car_b_ohm"]
    beside = v["car_c_ohm"] if state == "C" else v["car_d_ohm"]
    return v["car_b_ohm"] * beside / (v["car_b_ohm"] + beside)


def positive_v(v: Values, state: State) -> float:
    """The pilot's level while the switch gives +12 V. State F never gives it."""
    if state == "E":
        return 0.0
    source = v["r1_ohm"] + v["switch_ohm"]
    pull = v["plus_v"] / source
    load = 1 / source
    # Our own inputs: a divider, and an amplifier whose output has run to 0 V.
    beside = v["r3_ohm"] * v["r4_ohm"] / (v["r3_ohm"] + v["r4_ohm"])
    lift = v["logic_v"] * v["r4_ohm"] / (v["r3_ohm"] + v["r4_ohm"])
    pull += lift / (v["r2_ohm"] + beside)
    load += 1 / (v["r2_ohm"] + beside) + 1 / (v["r5_ohm"] + v["r6_ohm"])
    car = _car_ohm(v, state)
    if car is not None:
        pull += v["diode_v"] / car
        load += 1 / car
    return pull / load


def negative_v(v: Values, *, car_ohm: float | None = None) -> float:
    """The pilot's level while the switch gives -12 V: a car's diode blocks. `car_ohm`: a load that has none."""
    source = v["r1_ohm"] + v["switch_ohm"]
    pull = -v["minus_v"] / source + -0.5 / v["r2_ohm"] + _offset_pin_v(v) / v["r5_ohm"]   # -0.5 V: the clamp diode
    load = 1 / source + 1 / v["r2_ohm"] + 1 / v["r5_ohm"]
    if car_ohm is not None:
        load += 1 / car_ohm
    return pull / load


# -- what the capacitors hold, and what the ADC makes of it -------------------------------------------------------

def _offset_pin_v(v: Values) -> float:
    return v["logic_v"] * v["r8_ohm"] / (v["r7_ohm"] + v["r8_ohm"])


def high_peak_v(v: Values, pilot_v: float) -> float:
    """What the amplifier of the positive half puts on its capacitor: never below 0 V."""
    sum_s = 1 / v["r2_ohm"] + 1 / v["r3_ohm"] + 1 / v["r4_ohm"]
    return max(0.0, (pilot_v / v["r2_ohm"] + v["logic_v"] / v["r3_ohm"]) / sum_s + v["offset_v"])


def low_peak_v(v: Values, pilot_v: float) -> float:
    """The same of the negative half."""
    gain = v["r6_ohm"] / v["r5_ohm"]
    return max(0.0, (_offset_pin_v(v) + v["offset_v"]) * (1 + gain) - gain * pilot_v)


def slope_v_per_s(v: Values, held_v: float) -> float:
    """How fast a held peak falls."""
    return ((held_v + v["minus_v"]) / v["hold_ohm"] + v["leak_a"]) / v["hold_f"]


def fall_ms(v: Values, from_v: float, to_v: float) -> float:
    """Until a held peak has fallen so far."""
    target_v = -v["minus_v"] - v["leak_a"] * v["hold_ohm"]
    return 1000 * v["hold_ohm"] * v["hold_f"] * math.log((from_v - target_v) / (to_v - target_v))


def held_v(v: Values, peak_v: float, silent_part: float) -> float:
    """What is left when the ADC looks: `silent_part` of each period gives no new peak."""
    return peak_v - slope_v_per_s(v, peak_v) * v["period_s"] * silent_part * v["phase"]


def steady(state: State, duty: float | None) -> bool:
    return duty is None or state == "F"


def high_pin_v(v: Values, state: State, duty: float | None) -> float:
    """At the ADC's pin, positive half. `duty` is the high part of a period; None: steady +12 V (in F: -12 V)."""
    if state == "F":
        return 0.0   # the amplifier sees nothing, the capacitor has run down to its clamp
    peak_v = high_peak_v(v, positive_v(v, state))
    return max(0.0, peak_v if duty is None else held_v(v, peak_v, 1 - duty))


def low_pin_v(v: Values, state: State, duty: float | None, *, car_ohm: float | None = None) -> float:
    """At the ADC's pin, the negative half's magnitude."""
    if state == "E" or (duty is None and state != "F"):
        return low_peak_v(v, 0.0)
    peak_v = low_peak_v(v, negative_v(v, car_ohm=car_ohm))
    return peak_v if steady(state, duty) else held_v(v, peak_v, duty or 0.0)


def read_mv(v: Values, pin_v: float) -> float:
    """The pilot's millivolts as firmware/evse/pilot.py reckons them."""
    return (1000 * (pin_v + v["adc_v"]) - PILOT["offset_mv"]) / PILOT["mv_per_v"] * 1000


def window_v(v: Values) -> tuple[float, float]:
    """The comparator's thresholds at the held positive peak: between them the car is in C or D."""
    total = v["ref_high_ohm"] + v["ref_mid_ohm"] + v["ref_low_ohm"]
    low = v["logic_v"] * v["ref_low_ohm"] / total
    high = v["logic_v"] * (v["ref_low_ohm"] + v["ref_mid_ohm"]) / total
    return low + v["comparator_v"], high + v["comparator_v"]


def attack_s(v: Values, rise_v: float) -> float:
    """Until a hold capacitor has followed a rise of its input, to 1 %."""
    return AMPLIFIER_WAKES_S + v["hold_f"] * (rise_v / AMPLIFIER_A + DAMPING_OHM * math.log(100))


def hold_ms() -> tuple[float, float, float]:
    """How long the heartbeat's one-shot keeps the coil after the last edge: lowest, nominal, highest."""
    nominal = 700 * HEARTBEAT_OHM * HEARTBEAT_F
    return nominal * (1 - HEARTBEAT_ERROR), nominal, nominal * (1 + HEARTBEAT_ERROR)


# -- limits -------------------------------------------------------------------------------------------------------

def errors(result: Callable[[Values], float]) -> dict[str, tuple[float, float]]:
    """What each quantity alone does to a result: (lowest, highest) difference from the nominal one."""
    base = result(NOMINAL)
    found = {}
    for name, quantity in CIRCUIT.items():
        ends = [result({**NOMINAL, name: value}) - base for value in (quantity.low, quantity.high)]
        if any(abs(end) > 1e-9 for end in ends):
            found[name] = (min(0.0, *ends), max(0.0, *ends))
    return found


def worst(result: Callable[[Values], float]) -> tuple[float, float]:
    """Lowest and highest of a result with every quantity on its worse side; true where it rises or falls with each."""
    base = result(NOMINAL)
    low, high = dict(NOMINAL), dict(NOMINAL)
    for name, quantity in CIRCUIT.items():
        ends = sorted((quantity.low, quantity.high), key=lambda value: result({**NOMINAL, name: value}))
        low[name], high[name] = ends
    return min(base, result(low)), max(base, result(high))


def drawn(chance: random.Random) -> dict[str, float]:
    """One charge point, car and moment at random, evenly within all limits: harder than real parts are."""
    return {name: chance.uniform(quantity.low, quantity.high) for name, quantity in CIRCUIT.items()}


# -- what the firmware asks for -----------------------------------------------------------------------------------

def bands_mv() -> dict[State, tuple[float, float]]:
    """Where a level must lie to be told for its state whatever the state before: borders and hysteresis."""
    borders = constant("evse.pilot", "_BORDERS_MV")
    margin = constant("evse.pilot", "_HYSTERESIS_MV")
    edges = [math.inf, *borders, -math.inf]
    return {state: (edges[i + 1] + margin, edges[i] - margin) for i, state in enumerate(STATES[:5])}


def shortest_duty() -> float:
    """The smallest that the firmware ever announces: 6 A."""
    return float(constant("evse.pilot", "MIN_DA")) / 600


def longest_duty(max_a: float) -> float:
    """What announces `max_a`, or the most that a pilot can say."""
    max_a = min(max_a, constant("evse.pilot", "MAX_DA") / 10)
    return max_a / 60 if max_a <= 51 else max_a / 250 + 0.64


def software_ms(debounce: str, tick_ms: int = 20) -> float:
    """From a reading that has changed to the program's order to open: the tick that sees it, and those that believe it.

    tick_ms  20 is what the energy path is promised at worst (firmware/evse/NOTES.md)
    """
    return float(tick_ms + tick_ms * math.ceil(constant("evse.controller", debounce) / tick_ms))


@dataclass(frozen=True, slots=True)
class Opening:
    """How the contactor opens after the pilot has changed, all parts at their slowest."""
    what: str
    front_end_ms: float     # until the held peak says so
    hardware_ms: float      # until the contacts are open, by the comparator alone
    program_ms: float       # the same, by the program alone


def openings() -> list[Opening]:
    """A car that leaves C: upwards (plug pulled, switch opened) and downwards (pilot shorted to earth)."""
    switches_ms = RELAY_OPENS_MS + CONTACTOR_OPENS_MS
    tick_ms = constant("main", "_TICK_MS")
    rise_ms = 1000 * worst(
        lambda v: v["period_s"] * (1 - shortest_duty())
        + attack_s(v, high_peak_v(v, positive_v(v, "A")) - high_peak_v(v, positive_v(v, "C"))))[1]
    shorted_mv = bands_mv()["E"][1]
    data = PILOT
    seen_ms = worst(lambda v: fall_ms(
        v, high_peak_v(v, positive_v(v, "C")),
        (data["offset_mv"] + shorted_mv / 1000 * data["mv_per_v"]) / 1000 - v["adc_v"]))[1]
    window_ms = worst(lambda v: fall_ms(v, high_peak_v(v, positive_v(v, "C")), window_v(v)[0]))[1]
    return [
        Opening("plug pulled (to A)", rise_ms, rise_ms + switches_ms,
                rise_ms + software_ms("_TO_A_MS", tick_ms) + switches_ms),
        Opening("car opens its switch (to B)", rise_ms, rise_ms + switches_ms,
                rise_ms + software_ms("_LEAVE_MS", tick_ms) + switches_ms),
        Opening("pilot shorted to earth (to E)", max(seen_ms, window_ms), window_ms + switches_ms,
                seen_ms + software_ms("_TO_A_MS", tick_ms) + switches_ms),
    ]
