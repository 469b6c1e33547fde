"""The chip of car and control pilot: levels, duty cycle and current as on the bench, and what it tells the meter."""
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.bench import pilot
from hardware.bench.car import Car, Model
from hardware.bench.mains import Mains
from tests.wokwi.simulation import ADC_FULL_V, Simulation
from tests.wokwi.wiring import alone, current_frame

WIRES = {"25": "CP", "32": "HIGH", "33": "LOW", "27": "OK", "26": "LIVE", "19": "CT"}
ADC_FULL_MV, OFFSET_MV, MV_PER_V = 3100, 150, 180
CARS = {"A": 0, "auto": 1, "B": 2, "C": 3, "D": 4, "E": 5}


class Pilot:
    def __init__(self, **attrs: int) -> None:
        self.simulation: Simulation = alone("ev", WIRES, **attrs)
        self.frames = bytearray()
        self.simulation.add_uart("test", "esp:19", None, 38400, self.frames.append)
        self.simulation.pwm("esp:25", 1)

    def set(self, **controls: int) -> None:
        self.simulation.control("chip", **controls)

    def volts(self, pin: str) -> float:
        return (self.simulation.volts(f"esp:{pin}") / ADC_FULL_V * ADC_FULL_MV - OFFSET_MV) / MV_PER_V

    @property
    def current_a(self) -> tuple[float, ...]:
        """What it has last told the meter."""
        last = bytes(self.frames[-10:])
        amperes = tuple(int.from_bytes(last[at : at + 2], "big") / 1000 for at in (1, 3, 5))
        assert last[:7] == current_frame(amperes)[:7]
        assert sum(last) & 0xFF == 0
        return amperes

    def charge(self, duty: float) -> None:
        """Plugged and supplied, at this duty cycle, the car has reacted to all of it."""
        self.set(car=1)
        self.simulation.pwm("esp:25", duty)
        self.simulation.run(0.5)
        self.simulation.drive("esp:26", 1)
        self.simulation.run(0.5)


@pytest.fixture
def make() -> Callable[..., Pilot]:
    return Pilot


# -- levels

@pytest.mark.parametrize("state", ["A", "B", "C", "D", "E"])
@pytest.mark.parametrize("duty", [1.0, 0.0, 0.1, 0.5333, 0.96])
@pytest.mark.parametrize("fault", [0, 1])
def test_levels_are_the_benchs_in_each_state(state: str, duty: float, fault: int) -> None:
    front = Pilot(car=CARS[state], fault=fault)
    front.simulation.pwm("esp:25", duty)
    front.simulation.run(0.05)
    expected = pilot.levels(duty, pilot.resistance_ohm(state), diode=not fault)
    assert front.volts("32") == pytest.approx(expected.high_v, abs=0.001)
    assert front.volts("33") == pytest.approx(abs(expected.low_v), abs=0.001)
    assert front.simulation.level("esp:27") == int(1.5 < expected.high_v < 7.5)


def test_a_board_that_lets_go_of_the_pilot_leaves_it_at_twelve_volts() -> None:
    front = Pilot()
    front.simulation.pwm("esp:25", 0.5)
    front.simulation.run(0.05)
    front.simulation.let_go("esp:25")
    front.simulation.run(0.05)
    assert front.volts("32") == pytest.approx(12)
    assert front.volts("33") == pytest.approx(0, abs=0.001)


def test_the_peak_hold_knows_no_glitch_of_nanoseconds() -> None:
    front = Pilot()
    front.simulation.pwm("esp:25", 65535 / 65536)
    front.simulation.run(0.05)
    assert front.volts("33") == pytest.approx(0, abs=0.001)


def test_an_adc_that_does_not_begin_at_nothing_is_allowed_for() -> None:
    front = Pilot(adcZeroMv=142, adcFullMv=3441)
    front.simulation.run(0.05)
    millivolts = 142 + front.simulation.volts("esp:32") / ADC_FULL_V * (3441 - 142)
    assert (millivolts - OFFSET_MV) / MV_PER_V == pytest.approx(12)


@pytest.mark.parametrize("state", ["A", "B", "C", "D", "E"])
@pytest.mark.parametrize("attrs", [{"adcZeroMv": 142, "adcFullMv": 3441}, {}])
def test_the_states_are_told_apart_even_where_the_simulator_is_calibrated_otherwise(
        state: str, attrs: dict[str, int]) -> None:
    """Nobody has looked yet what Wokwi's read_uv() makes of a level: here a straight 0 to 3300 mV."""
    front = Pilot(car=CARS[state], **attrs)
    front.simulation.pwm("esp:25", 0.5)
    front.simulation.run(0.05)
    high_v, low_v = ((front.simulation.volts(f"esp:{pin}") / ADC_FULL_V * 3300 - OFFSET_MV) / MV_PER_V
                     for pin in (32, 33))
    assert pilot.state_of(pilot.Levels(high_v, -low_v)) == state
    assert state == "E" or 10 <= low_v <= 13.5   # and the diode is seen


def test_the_comparator_follows_a_pulled_plug_within_a_few_milliseconds() -> None:
    front = Pilot()
    front.charge(16 / 60)
    assert front.simulation.level("esp:27") == 1
    front.set(car=0)
    assert front.simulation.run_to(lambda: front.simulation.level("esp:27") == 0, within_s=1) <= 0.02


# -- the car

@pytest.mark.parametrize(("duty", "amperes"), [
    (0.1, 6.0), (0.09, 6.0), (0.2667, 16.0), (0.5333, 16.0), (1.0, 0.0), (0.0, 0.0), (0.05, 0.0), (0.99, 0.0),
])
def test_it_draws_what_the_duty_cycle_allows(duty: float, amperes: float) -> None:
    front = Pilot(maxA=16)
    front.charge(duty)
    assert front.current_a == pytest.approx((amperes,) * 3, abs=0.05)


def test_it_asks_only_after_its_reaction_time() -> None:
    front = Pilot(car=1, reactionMs=800)
    front.simulation.run(2)
    front.simulation.pwm("esp:25", 0.3)
    assert front.simulation.run_to(lambda: front.simulation.level("esp:27"), within_s=2) == pytest.approx(0.8, abs=0.03)


def test_no_current_flows_where_no_contact_is_closed() -> None:
    front = Pilot()
    front.charge(0.3)
    assert front.current_a == (16.0, 16.0, 16.0)
    front.simulation.drive("esp:26", 0)
    front.simulation.run(0.01)
    assert front.current_a == (0.0, 0.0, 0.0)


def test_a_pilot_of_another_frequency_is_no_offer() -> None:
    front = Pilot(car=1)
    front.simulation.pwm("esp:25", 0.3, hertz=900)
    front.simulation.run(1)
    assert front.simulation.level("esp:27") == 0


def test_a_lower_offer_is_followed_and_a_greedy_car_ignores_it() -> None:
    front = Pilot(maxA=32)
    front.charge(32 / 60)
    assert front.current_a[0] == 32
    front.simulation.pwm("esp:25", 10 / 60)
    front.simulation.run(0.5)
    assert front.current_a[0] == 10
    front.set(fault=2)
    front.simulation.run(0.1)
    assert front.current_a[0] == 32


@pytest.mark.parametrize("phases", [1, 2, 3])
def test_it_draws_on_its_own_phases_alone(phases: int) -> None:
    front = Pilot(phases=phases)
    front.charge(0.3)
    assert front.current_a == (16.0,) * phases + (0.0,) * (3 - phases)


def test_a_full_battery_takes_less_and_less_and_then_nothing() -> None:
    front = Pilot(socStart=85, batteryKwh=10, timeFactor=240)
    front.charge(0.3)
    seen = []
    for _ in range(60):
        front.simulation.run(0.25)
        seen.append(front.current_a[0])
    assert seen[0] == 16
    assert seen == sorted(seen, reverse=True)
    assert 6 <= min(each for each in seen if each) < 8
    assert seen[-1] == 0
    assert front.simulation.level("esp:27") == 0   # it has opened S2


def test_the_next_car_comes_with_its_own_battery() -> None:
    front = Pilot(socStart=99, batteryKwh=10, timeFactor=400)
    front.charge(0.3)
    front.simulation.run(5)
    assert front.current_a[0] == 0
    front.set(car=0)
    front.simulation.run(0.5)
    front.set(car=1, socStart=20)
    front.simulation.run(1)
    assert front.current_a[0] == 16


def test_it_tells_the_meter_at_each_change_and_once_a_second() -> None:
    front = Pilot()
    front.simulation.run(10.5)
    assert 100 <= len(front.frames) <= 120


# -- against the bench's car, through a whole evening of offers

steps = st.lists(st.tuples(
    st.sampled_from([0.0, 0.08, 0.1, 0.1667, 0.3, 0.5333, 0.85, 0.9, 0.97, 1.0]), st.booleans(), st.integers(1, 10)),
    min_size=1, max_size=6)


@settings(max_examples=8)
@given(steps=steps, max_a=st.sampled_from([6, 16, 32]), soc=st.sampled_from([20, 89, 97]))
def test_it_draws_as_the_benchs_car_does(steps: list[tuple[float, bool, int]], max_a: int, soc: int) -> None:
    front = Pilot(car=1, maxA=max_a, socStart=soc, batteryKwh=20, timeFactor=20)
    front.simulation.run(0.02)
    car = Car(Model(20, soc, max_a, 3))
    car.see(1.0, False, 0)
    at_ms = 20
    drawn: tuple[float, ...] = (0.0, 0.0, 0.0)

    def live_ms(until_ms: int, duty: float, supplied: bool) -> None:
        nonlocal at_ms, drawn
        while at_ms < until_ms:
            at_ms += 10
            watts = sum(v * a for v, a in zip(Mains().voltage_v(drawn), drawn, strict=True))
            car.absorb(watts * 0.01 / 3600 * 20)
            car.see(duty, supplied, at_ms / 1000)
            car.advance(at_ms / 1000)
            drawn = car.current_a(3 if supplied else 0)

    for duty, supplied, tenths in steps:
        front.simulation.pwm("esp:25", duty)
        front.simulation.drive("esp:26", int(supplied))
        front.simulation.run(tenths / 10)
        live_ms(at_ms + 100 * tenths, duty, supplied)
        # a little longer, unmoved: so that a reaction that falls due on this very tick has come on both sides
        front.simulation.run(0.7)
        live_ms(at_ms + 700, duty, supplied)
        assert front.current_a == pytest.approx(drawn, abs=0.11)
        assert front.simulation.level("esp:27") == int(car.state == "C" and duty > 0)
