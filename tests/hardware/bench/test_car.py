import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware.bench.car import Car, Model

SIXTEEN_A = 16 / 60


def charging(model: Model | None = None, duty: float = SIXTEEN_A) -> Car:
    """A car that has been offered current and got its supply."""
    car = Car(model or Model())
    car.see(duty, False, 0)
    car.advance(1)
    car.see(duty, True, 2)
    car.advance(3)
    return car


def test_it_asks_for_energy_once_it_is_offered_current() -> None:
    car = Car(Model(reaction_s=0.3))
    car.see(SIXTEEN_A, False, 10)
    assert car.state == "B"
    assert car.due_s() == pytest.approx(10.3)
    car.advance(10.3)
    assert car.state == "C"


def test_it_draws_nothing_until_the_contactor_has_closed() -> None:
    car = Car(Model())
    car.see(SIXTEEN_A, False, 0)
    car.advance(1)
    assert car.current_a(0) == (0, 0, 0)


@pytest.mark.parametrize(("phases", "live", "currents"), [
    (3, 3, (16, 16, 16)), (1, 3, (16, 0, 0)), (2, 3, (16, 16, 0)), (3, 1, (16, 0, 0)),
])
def test_it_draws_from_the_phases_that_both_have(phases: int, live: int, currents: tuple[float, ...]) -> None:
    assert charging(Model(phases=phases)).current_a(live) == currents


def test_a_lower_offer_is_followed_after_the_reaction_time() -> None:
    car = charging(Model(reaction_s=2))
    car.see(8 / 60, True, 10)
    assert car.current_a(3)[0] == 16
    assert not car.advance(11.9)
    assert car.advance(12)
    assert car.current_a(3)[0] == 8


def test_a_stopped_pilot_makes_it_leave_c_without_current() -> None:
    car = charging()
    car.see(1.0, True, 10)
    car.advance(10.3)
    assert (car.state, car.current_a(3)) == ("B", (0, 0, 0))


def test_below_six_amperes_it_draws_nothing() -> None:
    assert charging(duty=0.05).current_a(3) == (0, 0, 0)


def test_a_supply_that_goes_takes_the_current_at_once() -> None:
    car = charging()
    car.see(SIXTEEN_A, False, 10)
    assert car.current_a(0) == (0, 0, 0)
    car.see(SIXTEEN_A, True, 11)
    assert car.current_a(3) == (0, 0, 0), "it starts anew, after its reaction time"


def test_a_full_battery_opens_its_switch() -> None:
    car = charging(Model(battery_kwh=10, soc=99.9))
    car.absorb(50)
    assert (car.soc, car.state, car.current_a(3)) == (100, "B", (0, 0, 0))


def test_nearly_full_it_takes_less_and_less() -> None:
    currents = [charging(Model(soc=soc, max_a=16)).current_a(3)[0] for soc in (80, 90, 95, 99)]
    assert currents[0] == currents[1] == 16
    assert 16 > currents[2] > currents[3] >= 6


def test_a_greedy_car_takes_what_it_can() -> None:
    car = charging(Model(max_a=32), duty=0.1)
    assert car.current_a(3)[0] == 6
    car.greedy = True
    assert car.current_a(3)[0] == 32


@given(offer_a=st.floats(6, 51), max_a=st.floats(6, 63), soc=st.floats(0, 99.9))
def test_it_never_takes_more_than_it_is_offered(offer_a: float, max_a: float, soc: float) -> None:
    car = charging(Model(max_a=max_a, soc=soc), duty=offer_a / 60)
    assert car.current_a(3)[0] <= min(offer_a, max_a) + 0.05
