"""The pilot's front end against the firmware that reads it: levels, comparator, times, every part at its limit."""
import importlib
import math
import random
import sys
from pathlib import Path

import pytest

from hardware.bench import pilot as bench_pilot
from hardware.wiring import front_end
from hardware.wiring.firmware_numbers import NoSuchNumber, board, constant, real_boards
from hardware.wiring.front_end import CIRCUIT, NOMINAL, STATES, State, Values

sys.path.append(str(Path(__file__).resolve().parents[2] / "shims"))   # `micropython` for the firmware's pure logic
firmware_pilot = importlib.import_module("firmware.evse.pilot")
STATE_NUMBERS = {state: getattr(firmware_pilot, f"STATE_{state}") for state in STATES}

LONGEST = front_end.longest_duty(max(c["max_a"] for name in real_boards() for c in board(name)["connectors"]))
DUTIES = (None, front_end.shortest_duty(), 16 / 60, 32 / 60, LONGEST)
DRAWS = 4000


def high_mv(v: Values, state: State, duty: float | None) -> float:
    return front_end.read_mv(v, front_end.high_pin_v(v, state, duty))


def low_mv(v: Values, state: State, duty: float | None) -> float:
    return front_end.read_mv(v, front_end.low_pin_v(v, state, duty))


@pytest.mark.parametrize("duty", DUTIES)
@pytest.mark.parametrize("state", STATES[:5])
def test_each_level_stays_in_the_firmwares_band_with_every_part_at_its_worse_limit(
    state: State, duty: float | None
) -> None:
    lowest, highest = front_end.worst(lambda v: high_mv(v, state, duty))
    floor, ceiling = front_end.bands_mv()[state]
    assert floor < lowest
    assert highest < ceiling


def test_the_bands_are_those_of_the_firmware() -> None:
    for state, (floor, ceiling) in front_end.bands_mv().items():
        for level in (floor + 1, ceiling - 1):
            if math.isfinite(level):
                for last in STATE_NUMBERS.values():
                    assert firmware_pilot.state_of(level, 0, last) == STATE_NUMBERS[state]


def test_random_charge_points_and_cars_are_read_right_whatever_the_state_before() -> None:
    """The search at the limits trusts that a result rises or falls with each part; this one does not."""
    chance = random.Random(20)
    for _ in range(DRAWS):
        v = front_end.drawn(chance)
        for state in STATES:
            duty = chance.choice(DUTIES)
            last = chance.choice(list(STATE_NUMBERS.values()))
            seen = firmware_pilot.state_of(int(high_mv(v, state, duty)), int(low_mv(v, state, duty)), last)
            assert seen == STATE_NUMBERS[state], (state, duty, last, v)


def test_a_cars_diode_is_seen_and_a_bare_resistor_is_not() -> None:
    low, high = constant("evse.pilot", "_DIODE_MIN_MV"), constant("evse.pilot", "_DIODE_MAX_MV")
    for duty in DUTIES[1:]:
        lowest, highest = front_end.worst(lambda v, duty=duty: low_mv(v, "B", duty))   # type: ignore[misc]
        assert low < lowest
        assert highest < high
    _, highest = front_end.worst(lambda v: front_end.read_mv(
        v, front_end.low_pin_v(v, "B", DUTIES[1], car_ohm=CIRCUIT["car_b_ohm"].high)))
    assert highest < low


def test_the_comparator_lets_c_and_d_through_and_nothing_else() -> None:
    for duty in DUTIES:
        for state in STATES[:5]:
            above_low = front_end.worst(
                lambda v, state=state, duty=duty: front_end.high_pin_v(v, state, duty) - front_end.window_v(v)[0])   # type: ignore[misc]
            below_high = front_end.worst(
                lambda v, state=state, duty=duty: front_end.window_v(v)[1] - front_end.high_pin_v(v, state, duty))   # type: ignore[misc]
            if state in ("C", "D"):
                assert above_low[0] > 0, (state, duty)
                assert below_high[0] > 0, (state, duty)
            elif state == "E":
                assert above_low[1] < 0, (state, duty)
            else:
                assert below_high[1] < 0, (state, duty)


def test_the_comparators_thresholds_are_the_borders_of_the_firmware() -> None:
    _, b_c, _, d_e = constant("evse.pilot", "_BORDERS_MV")
    for seen_v, border_mv in zip(front_end.window_v(NOMINAL), (d_e, b_c), strict=True):
        assert 1000 * seen_v == pytest.approx(
            front_end.PILOT["offset_mv"] + border_mv / 1000 * front_end.PILOT["mv_per_v"], rel=0.01)


def test_one_pulse_of_the_shortest_duty_lifts_the_held_peak() -> None:
    def rise_v(v: Values) -> float:
        return front_end.high_peak_v(v, front_end.positive_v(v, "A")) - front_end.high_peak_v(
            v, front_end.positive_v(v, "C"))

    slowest_s = front_end.worst(lambda v: front_end.attack_s(v, rise_v(v)))[1]
    assert slowest_s < front_end.shortest_duty() * CIRCUIT["period_s"].low


def test_attack_and_decay_leave_the_contactor_its_time_within_100_ms() -> None:
    for opening in front_end.openings():
        assert opening.hardware_ms < 100, opening
        assert opening.program_ms < 100, opening


def test_a_leaving_car_opens_within_100_ms_even_at_the_slowest_tick() -> None:
    up = front_end.openings()[0].front_end_ms + front_end.RELAY_OPENS_MS + front_end.CONTACTOR_OPENS_MS
    for debounce in ("_TO_A_MS", "_LEAVE_MS"):
        assert up + front_end.software_ms(debounce) < 100


def test_the_heartbeat_is_held_through_a_handshake_and_for_what_the_boards_say() -> None:
    lowest, nominal, highest = front_end.hold_ms()
    assert lowest > front_end.HANDSHAKE_MS
    for name in real_boards():
        if board(name)["hardware_and"]:
            assert nominal == pytest.approx(board(name)["heartbeat_hold_ms"], rel=0.01)
            assert highest < 1.1 * board(name)["heartbeat_hold_ms"]


def test_the_adc_sees_nothing_beyond_its_straight_part() -> None:
    _, linear_v = front_end.ADC_LINEAR_V
    assert front_end.worst(lambda v: front_end.high_pin_v(v, "A", None))[1] < linear_v
    assert front_end.worst(lambda v: front_end.low_pin_v(v, "F", None))[1] < linear_v


def test_every_board_has_the_calibration_that_the_circuit_is_made_for() -> None:
    for name in real_boards():
        for connector in board(name)["connectors"]:
            assert connector["pilot_high"] | {"pin": 0} == front_end.PILOT | {"pin": 0}, name
            assert connector["pilot_low"] | {"pin": 0} == front_end.PILOT | {"pin": 0}, name


def test_the_pilot_itself_is_within_what_iec_61851_asks_for() -> None:
    """12 V and 5 % either way before 1 kΩ and 3 %."""
    for name in ("plus_v", "minus_v"):
        assert CIRCUIT[name].low >= 11.4
        assert CIRCUIT[name].high <= 12.6
    source = [getattr(CIRCUIT["r1_ohm"], end) + getattr(CIRCUIT["switch_ohm"], end) for end in ("low", "high")]
    assert source[0] >= 970
    assert source[1] <= 1030


@pytest.mark.parametrize("state", ["A", "B", "C", "D"])
def test_the_bench_and_the_circuit_agree_on_the_pilot(state: State) -> None:
    """The bench's source is ideal, this one bears its own inputs: far apart, one of them is wrong."""
    ideal = bench_pilot.levels(0.5, bench_pilot.resistance_ohm(state))
    assert front_end.positive_v(NOMINAL, state) == pytest.approx(ideal.high_v, abs=0.15)
    assert front_end.negative_v(NOMINAL) == pytest.approx(ideal.low_v, abs=0.2)


def test_a_constant_that_the_firmware_no_longer_has_is_named() -> None:
    with pytest.raises(NoSuchNumber, match=r"firmware/evse/pilot.py has no constant _GONE"):
        constant("evse.pilot", "_GONE")


@pytest.mark.parametrize("name", real_boards())
def test_a_contactor_is_watched_by_its_mirror_contact(name: str) -> None:
    """It is closed to ground while the main contacts are open: a weld, and a wire that fell off, read as closed."""
    assert {c["contactor_feedback"]["active"] for c in board(name)["connectors"]} == {1}


@pytest.mark.parametrize("state", STATES[:5])
def test_no_corner_of_all_limits_lies_beyond_what_is_called_the_worst(state: State) -> None:
    chance = random.Random(21)
    for duty in DUTIES:
        lowest, highest = front_end.worst(lambda v, duty=duty: high_mv(v, state, duty))   # type: ignore[misc]
        for _ in range(300):
            corner = {name: chance.choice((quantity.low, quantity.high)) for name, quantity in CIRCUIT.items()}
            assert lowest - 1e-6 <= high_mv(corner, state, duty) <= highest + 1e-6
