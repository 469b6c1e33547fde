"""The bench's counterparts of what only some boards have: test coil, plug's resistor, phase contactor, mains."""
from pathlib import Path

import pytest

from hardware.bench import board as boards
from hardware.bench.board import Board
from hardware.bench.car import Model
from hardware.bench.mains import Mains
from hardware.bench.wire import Cell, Frame, Kind


def made(tmp_path: Path, name: str) -> Board:
    board = Board(boards.load(name), lambda number: tmp_path / f"meter-{number}.jsonl", 0.0, mains=Mains())
    board.boot(0.0)
    board.power(True, 0.0)
    return board


def drive(board: Board, pin: int, level: int, at_s: float) -> None:
    board.apply(Frame(Kind.LEVEL, pin, level, at_s))


def test_the_test_coil_trips_the_device_for_a_moment_and_opens_the_hardware_and(tmp_path: Path) -> None:
    board = made(tmp_path, "bench_phases")
    wires = board.data["residual_current"]
    chain = board.connector(1).chain
    drive(board, wires["test"]["pin"], 1, 1.0)
    board.advance(1.029)
    assert board.signals()[wires["pin"]] == 0
    board.advance(1.031)
    assert board.signals()[wires["pin"]] == 1
    assert chain.residual_current
    drive(board, wires["test"]["pin"], 0, 1.05)
    board.advance(1.089)
    assert board.signals()[wires["pin"]] == 1
    board.advance(1.091)
    assert board.signals()[wires["pin"]] == 0
    assert not chain.residual_current


def test_each_connector_may_have_a_device_of_its_own_whose_test_is_nothing_to_the_other(tmp_path: Path) -> None:
    board = made(tmp_path, "esp32_s3_devkitc_1")
    one, two = board.connectors
    drive(board, two.spec["residual_current"]["test"]["pin"], 1, 1.0)
    board.advance(1.031)
    signals = board.signals()
    assert [signals[each.spec["residual_current"]["pin"]] for each in (one, two)] == [0, 1]
    assert [each.chain.residual_current for each in (one, two)] == [False, True]
    board.release(1.04)   # the chip resets in the middle of it
    board.advance(1.081)
    assert not two.chain.residual_current
    board.set_fault(one, "ground", True, None, 2.0)
    assert one.chain.residual_current
    assert two.chain.residual_current


def test_a_broken_test_coil_does_nothing_and_a_leak_trips_all_the_same(tmp_path: Path) -> None:
    board = made(tmp_path, "bench_phases")
    wires = board.data["residual_current"]
    board.set_fault(board.connector(1), "rcd_test", True, None, 0.5)
    drive(board, wires["test"]["pin"], 1, 1.0)
    board.advance(2.0)
    assert board.signals()[wires["pin"]] == 0
    board.set_fault(board.connector(1), "ground", True, None, 2.0)
    assert board.signals()[wires["pin"]] == 1
    board.set_fault(board.connector(1), "ground", False, None, 3.0)
    assert board.signals()[wires["pin"]] == 0


@pytest.mark.parametrize(("cable_a", "millivolts"), [(13, 1980), (20, 1336), (32, 595), (63, 300)])
def test_a_plugs_resistor_is_read_while_it_is_in_the_socket(tmp_path: Path, cable_a: int, millivolts: int) -> None:
    board = made(tmp_path, "bench_socket")
    connector, cell = board.connector(1), Cell.ADC + 9
    assert board.signals()[cell] > 3_000_000
    connector.plug(Model(), 1.0, cable_a)
    assert board.signals()[cell] == pytest.approx(millivolts * 1000, abs=1500)
    board.set_fault(connector, "cable", True, None, 2.0)
    assert board.signals()[cell] > 3_000_000
    board.set_fault(connector, "cable", False, None, 3.0)
    drive(board, 38, 1, 3.0)   # the lock holds the plug, though the car has gone
    board.advance(4.0)
    connector.unplug(5.0)
    assert board.signals()[cell] == pytest.approx(millivolts * 1000, abs=1500)
    drive(board, 38, 0, 6.0)
    board.advance(7.0)
    assert board.signals()[cell] > 3_000_000


def test_the_phase_contactor_feeds_two_phases_more_and_may_stick(tmp_path: Path) -> None:
    board = made(tmp_path, "bench_phases")
    connector = board.connector(1)
    assert connector.live_phases == 1
    drive(board, 17, 1, 1.0)
    board.advance(1.1)
    assert connector.live_phases == 3
    assert board.signals()[8] == 0
    board.set_fault(connector, "phases", True, None, 2.0)
    drive(board, 17, 0, 2.0)
    board.advance(3.0)
    assert connector.live_phases == 3
    board.set_fault(connector, "phases", False, None, 3.0)
    board.advance(3.1)
    assert connector.live_phases == 1


def test_mains_off_their_voltage_are_this_charge_points_alone(tmp_path: Path) -> None:
    world = Mains()
    board = Board(boards.load("bench_phases"), lambda number: tmp_path / f"meter-{number}.jsonl", 0.0, mains=world)
    connector = board.connector(1)
    for mode, volts in (("low", boards.LOW_V), ("high", boards.HIGH_V)):
        board.set_fault(connector, "voltage", True, mode, 1.0)
        assert connector.meter._flow_v == (volts,) * 3
    board.set_fault(connector, "voltage", False, None, 2.0)
    assert connector.meter._flow_v == (230.0,) * 3
    assert world.voltage_v((0, 0, 0)) == (230.0,) * 3
