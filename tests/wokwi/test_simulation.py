"""The simulator under the chips' tests: what it says of wires must be right, or the chips' tests say nothing."""
from typing import Any

import pytest

from tests.wokwi.simulation import Simulation
from tests.wokwi.wiring import BOARD, SerialPort


def diagram(*wires: tuple[str, str], parts: tuple[tuple[str, str], ...] = ()) -> dict[str, Any]:
    return {"parts": [BOARD, *({"id": name, "type": kind} for name, kind in parts)],
            "connections": [[one, other, "", []] for one, other in wires]}


@pytest.fixture
def button() -> Simulation:
    return Simulation(diagram(("esp:4", "b:1.l"), ("esp:GND.1", "b:2.l"), ("esp:4", "r:1"), ("r:2", "esp:3V3"),
                              parts=(("b", "wokwi-pushbutton"), ("r", "wokwi-resistor"))))


def test_a_button_to_ground_is_low_while_it_is_pressed(button: Simulation) -> None:
    assert button.level("esp:4") == 1
    button.control("b", pressed=1)
    assert button.level("esp:4") == 0
    button.control("b", pressed=0)
    assert button.level("esp:4") == 1


def test_a_slide_switch_follows_the_rail_it_is_moved_to() -> None:
    simulation = Simulation(diagram(("esp:4", "s:2"), ("esp:GND.1", "s:1"), ("esp:3V3", "s:3"),
                                    parts=(("s", "wokwi-slide-switch"),)))
    assert simulation.level("esp:4") == 0
    simulation.throw("s", True)
    assert simulation.level("esp:4") == 1


def test_outputs_that_fight_are_an_error() -> None:
    simulation = Simulation(diagram(("esp:4", "esp:5")))
    simulation.drive("esp:4", 1)
    with pytest.raises(AssertionError, match="outputs fight"):
        simulation.drive("esp:5", 0)


def test_wires_join_in_any_order() -> None:
    simulation = Simulation(diagram(("esp:1", "esp:2"), ("esp:3", "esp:4"), ("esp:4", "esp:1")))
    simulation.drive("esp:3", 1)
    assert [simulation.level(f"esp:{pin}") for pin in (1, 2, 3, 4)] == [1, 1, 1, 1]


def test_a_square_wave_is_high_for_its_share_of_each_period() -> None:
    simulation = Simulation(diagram())
    edges: list[tuple[int, int]] = []
    simulation.watch("esp:4", lambda level: edges.append((level, simulation.now_ns)))
    simulation.pwm("esp:4", 0.25)
    simulation.run(0.0025)
    assert edges == [(1, 0), (0, 250_000), (1, 1_000_000), (0, 1_250_000), (1, 2_000_000), (0, 2_250_000)]


def test_bytes_take_their_time_and_another_rate_is_not_understood() -> None:
    simulation = Simulation(diagram(("esp:4", "esp:5"), ("esp:4", "esp:6")))
    sender = SerialPort(simulation, "esp:4", "esp:9", 9600)
    same, other = SerialPort(simulation, "esp:8", "esp:5", 9600), SerialPort(simulation, "esp:8", "esp:6", 19200)
    sender.write(b"abc")
    assert same.hear(3 * 10 / 9600 - 0.0001) == b"ab"
    assert same.hear(0.001) == b"c"
    assert other.hear(0.1) == b""
