import pytest

from firmware.evse.safety import EARTH, EMERGENCY_STOP, GROUND, HOT, SENSOR, Line, Safety, Thermometer, heat_fault


class Pin:
    def __init__(self, level: int = 0) -> None:
        self.level = level

    def value(self) -> int:
        return self.level


class Adc:
    def __init__(self, mv: int) -> None:
        self.mv = mv

    def read_uv(self) -> int:
        return self.mv * 1000


def test_one_odd_reading_is_no_fault_and_two_are() -> None:
    pin = Pin()
    safety = Safety(residual_current=Line(pin, 1))
    assert safety.step() is None
    pin.level = 1
    assert safety.step() is None
    assert safety.step() == GROUND
    pin.level = 0
    assert safety.step() is None


@pytest.mark.parametrize("active", [0, 1])
def test_a_line_knows_its_active_level(active: int) -> None:
    line = Line(Pin(active), active)
    assert [line.active(), line.active()] == [False, True]
    line = Line(Pin(1 - active), active)
    assert [line.active(), line.active()] == [False, False]


def test_the_worst_is_named_first() -> None:
    safety = Safety(Line(Pin(1), 1), Line(Pin(1), 1), Line(Pin(1), 1), Thermometer(Adc(2000), 10, 500))
    safety.step()
    assert safety.step() == GROUND
    assert safety.stopped   # seen all the same
    safety = Safety(None, Line(Pin(1), 1), Line(Pin(1), 1))
    safety.step()
    assert safety.step() == EARTH
    safety = Safety(emergency_stop=Line(Pin(1), 1))
    safety.step()
    assert safety.step() == EMERGENCY_STOP


@pytest.mark.parametrize(("degrees", "fault"), [(25, None), (70, None), (71, HOT), (-40, SENSOR), (200, SENSOR)])
def test_heat_stops_and_a_sensor_that_reads_what_cannot_be_counts_as_hot(degrees: int, fault: str | None) -> None:
    assert heat_fault(degrees) == fault
    safety = Safety(thermometer=Thermometer(Adc(500 + 10 * degrees), 10, 500))
    safety.step()
    assert safety.step() == fault
    assert safety.temperature_c == degrees


def test_a_board_without_sensors_has_no_faults() -> None:
    safety = Safety()
    assert [safety.step() for _ in range(5)] == [None] * 5
