"""The energy path of the real firmware on the bench: a program that stands still, parts that not all boards have."""
import base64
import os
import signal
import ssl
from pathlib import Path
from typing import Any

import pytest
from ocpp.v16 import call
from websockets.asyncio.server import serve

from hardware.bench import image
from hardware.bench.charge_point import ChargePoint
from hardware.bench.contactor import OPEN_S
from hardware.bench.orders import Plug
from hardware.bench.world import World
from tests.firmware.central_system import central_system
from tests.firmware.ocpp.core_bench import SideBySide, on_the_bench, wait_for_status
from tests.firmware.test_charge_point import charge, closed, configure, options, said, tap, until
from tests.firmware.test_net_websocket import certificate

pytestmark = pytest.mark.story
side_by_side = SideBySide()


def connector(charge_point: ChargePoint) -> Any:
    return charge_point.board.connector(1)


async def open_after(charge_point: ChargePoint, what: str, within_s: float) -> float:
    """Until the contacts have opened; the moment."""
    await until(what, lambda: not closed(charge_point), within_s)
    moved_s = connector(charge_point).contactor.changed_s
    assert moved_s is not None
    return float(moved_s)


# A program that stands still


@side_by_side
async def test_a_stopped_program_loses_its_contactor_after_the_heartbeats_hold_and_gets_it_back(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path) as (system, charge_point):
        await charge(system, charge_point)
        hold_s = charge_point.board.data["heartbeat_hold_ms"] / 1000
        pid = charge_point._process.pid
        os.kill(pid, signal.SIGSTOP)
        try:
            moved_s = await open_after(charge_point, "open", hold_s + 10)
            # By the bench's own clock of the last edge, whenever anybody looks: not a matter of the machine's speed.
            assert moved_s == pytest.approx(connector(charge_point).chain.heartbeat_s + hold_s + OPEN_S, abs=1e-3)
            assert connector(charge_point).chain.commanded, "the program could not, the hardware did"
        finally:
            os.kill(pid, signal.SIGCONT)
        # It finds that time has passed, opens too, and closes from the beginning: the transaction goes on.
        await until("closed again", lambda: closed(charge_point), 15)
        assert not said(charge_point, "status=Faulted")
        assert not system.all("StopTransaction")


@side_by_side
async def test_a_stopped_program_cannot_keep_a_contactor_closed_against_car_leak_or_stop(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path) as (system, charge_point):
        await charge(system, charge_point)
        pid = charge_point._process.pid
        for cause in ("car", "ground", "estop"):
            os.kill(pid, signal.SIGSTOP)
            try:
                if cause == "car":
                    charge_point.unplug(1)
                else:
                    charge_point.set_fault(1, cause, True)
                await open_after(charge_point, cause, 4)   # well before the heartbeat has been silent for too long
                assert connector(charge_point).chain.commanded, "the program could not, the hardware did"
                if cause == "car":
                    assert connector(charge_point).latencies.left_c_to_open_ms == pytest.approx(OPEN_S * 1000, abs=1)
            finally:
                os.kill(pid, signal.SIGCONT)
            await system.wait_for("StopTransaction", count=len(system.all("StartTransaction")))
            charge_point.clear_all(1)
            if connector(charge_point).car:
                charge_point.unplug(1)
            await wait_for_status(system, "Available")
            if cause != "estop":
                charge_point.plug(1, Plug())
                await wait_for_status(system, "Preparing")
                await tap(charge_point)
                await until("closed", lambda: closed(charge_point))


# Parts that not all boards have


@side_by_side
async def test_a_cable_of_20_amperes_is_offered_20_and_diagnostics_say_why(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_socket") as (system, charge_point):
        charge_point.plug(1, Plug(cable_a=20, max_a=32))
        await wait_for_status(system, "Preparing")
        await tap(charge_point)
        await wait_for_status(system, "Charging")
        assert connector(charge_point).as_json()["pilot"]["offered_a"] == pytest.approx(20, abs=0.1)
        assert said(charge_point, "limit.decided connector=1 by=cable")
        assert charge_point.as_json()["connectors"][0]["limited_by"] == "cable"
        charge_point.set_fault(1, "cable", True)
        await wait_for_status(system, "SuspendedEVSE")
        charge_point.set_fault(1, "cable", False)
        await wait_for_status(system, "Charging")


@side_by_side
async def test_a_residual_current_device_that_fails_its_test_feeds_nobody(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_phases") as (system, charge_point):
        charge_point.set_fault(1, "rcd_test", True)
        charge_point.plug(1, Plug())
        await wait_for_status(system, "Preparing")
        await tap(charge_point)
        told = await wait_for_status(system, "Faulted")
        assert told["error_code"] == "GroundFailure"
        assert told["info"] == "residual current device failed its test"
        assert connector(charge_point).contactor.changed_s is None, "never live"


@side_by_side
async def test_voltage_that_is_wrong_ends_the_charge_with_its_own_error_code(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_phases") as (system, charge_point):
        for mode, code in (("low", "UnderVoltage"), ("high", "OverVoltage")):
            await charge(system, charge_point)
            charge_point.set_fault(1, "voltage", True, mode)
            told = await wait_for_status(system, "Faulted")
            assert told["error_code"] == code
            await system.wait_for("StopTransaction", count=len(system.all("StartTransaction")))
            charge_point.unplug(1)
            charge_point.clear_all(1)
            await wait_for_status(system, "Available")


@side_by_side
async def test_a_profile_with_one_phase_switches_with_a_pause_and_open_contactor(tmp_path: Path) -> None:
    async with on_the_bench(tmp_path, board="bench_phases") as (system, charge_point):
        answer = await system.call(call.GetConfiguration(key=["ConnectorSwitch3to1PhaseSupported"]))
        assert answer.configuration_key[0]["value"] == "true"
        transaction_id = await charge(system, charge_point)
        assert connector(charge_point).live_phases == 3
        await until("three phases", lambda: all(connector(charge_point)._current_a))
        period = {"startPeriod": 0, "limit": 16.0, "numberPhases": 1}
        answer = await system.call(call.SetChargingProfile(connector_id=1, cs_charging_profiles={
            "chargingProfileId": 1, "transactionId": transaction_id, "stackLevel": 0,
            "chargingProfilePurpose": "TxProfile", "chargingProfileKind": "Relative",
            "chargingSchedule": {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]}}))
        assert answer.status == "Accepted"
        opened_s = await open_after(charge_point, "a pause", 15)
        await until("one phase", lambda: connector(charge_point).live_phases == 1, 15)
        assert not closed(charge_point)
        await until("closed again", lambda: closed(charge_point), 30)
        assert connector(charge_point).contactor.changed_s - opened_s >= 9.9
        await until("current", lambda: connector(charge_point)._current_a[0])
        assert connector(charge_point)._current_a[1:] == (0, 0)
        assert said(charge_point, "limit.decided connector=1 by=switching phases")


@side_by_side
async def test_after_a_power_cut_a_car_in_c_waits_for_the_start_delay_and_starts_from_the_beginning(
    tmp_path: Path,
) -> None:
    async with on_the_bench(tmp_path, gaps=True) as (system, charge_point):
        await configure(system, BollardStartDelay=2)
        await charge(system, charge_point)
        await charge_point.power(False)
        opened_s = await open_after(charge_point, "no power", 2)
        connector(charge_point).car.hold("C", charge_point._clock())   # it asks for energy, whatever the pilot says
        await charge_point.power(True)
        stop = await system.wait_for("StopTransaction")
        assert stop["reason"] == "PowerLoss"
        assert said(charge_point, "limit.decided connector=1 by=start delay")
        await until("over", lambda: said(charge_point, "limit.decided connector=1 by=profile"))
        assert connector(charge_point).pilot_state == "C"
        assert connector(charge_point).duty == 1
        assert connector(charge_point).contactor.changed_s == opened_s, "nothing starts by itself"
        connector(charge_point).car.hold(None, charge_point._clock())
        charge_point.unplug(1)
        await wait_for_status(system, "Available")
        await charge(system, charge_point)


# A board without the hardware AND


@side_by_side
async def test_without_the_hardware_and_no_handshake_disturbs_a_charge(tmp_path: Path) -> None:
    """Nothing would guard the coil while TLS stops the program: the link stays down until the charge is over."""
    tmp_path.mkdir()   # noqa: ASYNC240  (SideBySide's folders are names only)
    pem, authority = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    files = image.firmware_files("bench", tmp_path / "cache")
    changed = tmp_path / "bench.py"
    changed.write_text((image.FIRMWARE / "boards" / "bench.py").read_text().replace(
        '"hardware_and": True', '"hardware_and": False'))
    board = image.compile_file(changed, "boards/bench.py", tmp_path / "cache")
    async with central_system() as system, World(tmp_path) as world, serve(
            system._serve, "127.0.0.1", 0, ssl=context, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        url = f"wss://localhost:{next(iter(server.sockets)).getsockname()[1]}/ocpp"
        charge_point = await world.add(
            options(url, hardware_and=False, ca_der_base64=base64.b64encode(authority).decode()),
            firmware=files | {"/firmware/boards/bench.mpy": board})
        await system.wait_for("StatusNotification", connector_id=1, status="Available", within_s=30)
        await charge(system, charge_point)
        assert system.connection
        await system.connection.close()
        await until("the link is down", lambda: said(charge_point, "link.down") or not system.connection, 15)
        await tap(charge_point)   # the same card ends it, offline
        await until("open", lambda: not closed(charge_point), 30)
        assert system.connections == 1, "no handshake while energy flowed"
        await until("back", lambda: system.connections == 2, 30)
