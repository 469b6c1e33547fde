"""Contactor, safety chain, car and meter together, on a clock of the test's own."""
from pathlib import Path

import pytest

from hardware.bench import board as boards
from hardware.bench.board import Board
from hardware.bench.car import Model
from hardware.bench.connector import Connector
from hardware.bench.mains import Mains

SIXTEEN_A = 16 / 60


@pytest.fixture
def board(tmp_path: Path) -> Board:
    board = Board(boards.load("bench"), lambda number: tmp_path / f"meter-{number}.jsonl", 0.0, mains=Mains())
    board.power(True, 0.0)
    return board


@pytest.fixture
def connector(board: Board) -> Connector:
    return board.connectors[0]


@pytest.fixture
def charging(connector: Connector) -> Connector:
    """Offered at 1 s, in C at 1.3 s, closed at 2.02 s, 16 A from 2.32 s; now it is 10 s."""
    connector.plug(Model(), 0.5)
    connector.drive_pilot(SIXTEEN_A, 1)
    connector.advance(2)
    connector.heartbeat(True, 2)
    connector.command(True, 2)
    beat(connector, 2, 10)
    return connector


def beat(connector: Connector, start_s: float, end_s: float) -> None:
    """Let time pass with a healthy program."""
    level, now_s = False, start_s
    while now_s < end_s:
        now_s = min(end_s, now_s + 0.5)
        connector.advance(now_s)
        connector.heartbeat(level, now_s)
        level = not level


def test_a_charge_runs_and_is_measured(charging: Connector) -> None:
    assert charging.contactor.closed
    assert charging.as_json()["car"]["current_a"] == [16, 16, 16]
    seconds = 10 - 2.32
    expected_wh = 3 * 16 * (230 - 0.2 * 16) * seconds / 3600
    charging.settle(10)
    assert charging.meter.energy_wh == pytest.approx(expected_wh, rel=1e-6)
    assert charging.latencies.c_to_contactor_ms == pytest.approx(720)


def test_pulling_the_plug_opens_the_contactor_by_hardware_alone(charging: Connector) -> None:
    charging.unplug(10)
    charging.advance(11)
    assert not charging.contactor.closed
    assert charging.latencies.left_c_to_open_ms == pytest.approx(15)
    assert charging.latencies.left_c_to_command_off_ms is None, "the program has not noticed yet"
    charging.command(False, 10.04)
    assert charging.latencies.left_c_to_command_off_ms == pytest.approx(40)


def test_without_the_hardware_the_program_alone_opens_it(charging: Connector) -> None:
    charging.chain.present = False
    charging.unplug(10)
    charging.command(False, 10.08)
    charging.advance(11)
    assert charging.latencies.left_c_to_open_ms == pytest.approx(95)


def test_a_silent_heartbeat_opens_the_contactor_after_the_boards_time(charging: Connector) -> None:
    charging.advance(14.99)
    assert charging.contactor.closed
    charging.advance(15.02)
    assert not charging.contactor.closed
    assert charging.contactor.changed_s == pytest.approx(15.015)


def test_without_the_hardware_a_silent_heartbeat_opens_nothing_and_the_world_goes_on(charging: Connector) -> None:
    charging.chain.present = False
    charging.advance(charging.due_s() + 60)
    assert charging.contactor.closed


def test_a_heartbeat_that_returns_closes_it_again(charging: Connector) -> None:
    charging.advance(20)
    charging.heartbeat(True, 20)
    charging.heartbeat(False, 20.01)
    charging.advance(20.1)
    assert charging.contactor.closed


def test_a_level_that_stays_is_no_heartbeat(charging: Connector) -> None:
    level = charging._heartbeat_level
    for tenth in range(1, 60):
        charging.heartbeat(level, 10 + tenth / 10)
        charging.advance(10 + tenth / 10)
    assert not charging.contactor.closed


@pytest.mark.parametrize("kind", ["ground", "estop"])
def test_residual_current_and_emergency_stop_open_it_at_once(board: Board, charging: Connector, kind: str) -> None:
    board.set_fault(charging, kind, True, None, 10)
    charging.advance(10.015)
    assert not charging.contactor.closed
    board.set_fault(charging, kind, False, None, 11)
    charging.advance(11.02)
    assert charging.contactor.closed


def test_a_command_alone_closes_nothing(connector: Connector) -> None:
    connector.command(True, 1)
    connector.heartbeat(True, 1)
    connector.advance(2)
    assert not connector.contactor.coil, "no car is in C"


def test_a_welded_contactor_stays_closed(charging: Connector) -> None:
    charging.set_fault("weld", True, 10)
    charging.command(False, 11)
    charging.advance(12)
    assert (charging.contactor.coil, charging.contactor.closed) == (False, True)
    charging.set_fault("weld", False, 12)
    charging.advance(13)
    assert not charging.contactor.closed


def test_an_open_contactor_welds_when_it_is_next_closed(connector: Connector) -> None:
    connector.set_fault("weld", True, 0)
    connector.advance(1)
    assert not connector.contactor.closed


def test_a_stuck_contactor_does_not_close(connector: Connector) -> None:
    connector.set_fault("stuck_open", True, 0)
    connector.chain.present = False
    connector.command(True, 1)
    connector.advance(2)
    assert (connector.contactor.coil, connector.contactor.closed) == (True, False)


def test_a_power_cut_opens_it_and_the_meter_keeps_counting_what_flowed(board: Board, charging: Connector) -> None:
    before_wh = charging.meter.energy_wh
    board.power(False, 10)
    board.advance(12)
    assert not charging.contactor.closed
    assert charging.levels.high_v == 0
    assert charging.meter.energy_wh >= before_wh
    assert charging.meter.register_wh == int(charging.meter.energy_wh)


def test_a_time_factor_fills_the_battery_faster(tmp_path: Path) -> None:
    fast = Board(boards.load("bench"), lambda _: tmp_path / "fast.jsonl", 0.0, mains=Mains(), time_factor=60)
    fast.power(True, 0)
    connector = fast.connectors[0]
    connector.plug(Model(battery_kwh=50, soc=40), 0)
    connector.drive_pilot(SIXTEEN_A, 0)
    connector.advance(1)
    connector.heartbeat(True, 1)
    connector.command(True, 1)
    beat(connector, 1, 61)
    assert connector.meter.energy_wh == pytest.approx(10_886 * 59.7 / 60, rel=0.01)
    assert connector.car
    assert connector.car.soc == pytest.approx(40 + connector.meter.energy_wh * 0.92 / 500, rel=1e-6)


def test_a_wrong_pilot_frequency_is_no_offer(connector: Connector) -> None:
    connector.set_frequency(900, 0)
    connector.plug(Model(), 0)
    connector.drive_pilot(SIXTEEN_A, 1)
    connector.advance(3)
    assert connector.pilot_state == "B"


@pytest.mark.parametrize(("fault", "input_"), [("estop", "emergency_stop"), ("ground", "residual_current")])
def test_faults_reach_the_chips_pins(board: Board, connector: Connector, fault: str, input_: str) -> None:
    pin, active = board.data[input_]["pin"], board.data[input_]["active"]
    assert board.signals()[pin] != active
    board.set_fault(connector, fault, True, None, 1)
    assert board.signals()[pin] == active
