"""The whole firmware on the bench against a central system built with the `ocpp` package: cards, cars, faults, cuts."""
import asyncio
import base64
import json
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from littlefs import LittleFS, UserContext
from ocpp.exceptions import InternalError
from ocpp.v16 import call, call_result
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from hardware.bench import image
from hardware.bench.charge_point import ChargePoint, Options, Plug
from hardware.bench.world import World
from tests.firmware.central_system import CARD, CentralSystem, central_system, now
from tests.firmware.on_micropython import interpreter
from tests.firmware.side_by_side import SideBySide
from tests.firmware.test_net_websocket import certificate

pytestmark = pytest.mark.story

KEY = "00112233445566778899aabbccddeeff00112233"
STRANGER = "04DEADBEEF0102"


@pytest.fixture
async def system() -> AsyncIterator[CentralSystem]:
    async with central_system() as running:
        yield running


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    interpreter()   # skips where there is none
    async with World(tmp_path) as running:
        yield running


def options(url: str, **changes: Any) -> Options:
    usual = {"identity": "CP1", "url": url, "authorization_key": KEY, "stalls": False, "meter_wh": 1000}
    return Options(**usual | changes)


@asynccontextmanager
async def one_of_its_own(folder: Path) -> AsyncIterator[tuple[CentralSystem, ChargePoint]]:
    interpreter()   # skips where there is none
    async with central_system() as system, World(folder) as world:
        charge_point = await world.add(options(system.url))
        await system.wait_for("StatusNotification", connector_id=1, status="Available")
        yield system, charge_point


play_side_by_side = SideBySide(one_of_its_own, at_once=6)


async def configure(system: CentralSystem, **keys: object) -> None:
    for key, value in keys.items():
        answer = await system.call(call.ChangeConfiguration(key=key, value=str(value)))
        assert answer.status == "Accepted", key


async def until(what: str, true: Any, within_s: float = 15) -> None:
    try:
        async with asyncio.timeout(within_s):
            while not true():   # noqa: ASYNC110  (the bench's state is not ours to signal)
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"not within {within_s} s: {what}") from None


def closed(charge_point: ChargePoint) -> bool:
    return bool(charge_point.board.connector(1).contactor.closed)


def said(charge_point: ChargePoint, text: str) -> bool:
    return any(text in line for line in charge_point.console)


async def tap(charge_point: ChargePoint, card: str = CARD) -> None:
    """Hold a card to the reader; the one before must have been taken away long enough for a look without it."""
    reader = charge_point.board.reader
    assert reader
    await until("the reader is free", lambda: reader.card is None)
    looks = reader.vain_looks
    await until("a look without a card", lambda: reader.vain_looks >= looks + 2)   # one may have begun with it
    charge_point.tap(card)


def register_wh(charge_point: ChargePoint) -> int:
    return charge_point.meter_log(1)[-1].register_wh


async def charge(system: CentralSystem, charge_point: ChargePoint) -> int:
    """Plug, tap, energy flows. The transaction's id."""
    starts = len(system.all("StartTransaction"))
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    await system.wait_for("StartTransaction", count=starts + 1)
    await until("contactor closed", lambda: closed(charge_point))
    return system.next_transaction_id


# Registration


async def test_nothing_but_boot_leaves_until_it_is_accepted(system: CentralSystem, world: World) -> None:
    answers = [("Rejected", 1), ("Rejected", 1), ("Accepted", 77)]
    system.answers["BootNotification"] = lambda **_: (
        lambda status, interval: call_result.BootNotification(now(), interval, status))(*answers.pop(0))
    await world.add(options(system.url))
    await system.wait_for("StatusNotification", connector_id=1)
    assert [action for action, _ in system.said] == ["BootNotification"] * 3 + ["StatusNotification"] * 2
    assert [p["connector_id"] for p in system.all("StatusNotification")] == [0, 1]
    answer = await system.call(call.GetConfiguration(key=["HeartbeatInterval"]))
    assert answer.configuration_key == [{"key": "HeartbeatInterval", "readonly": False, "value": "77"}]


async def test_pending_answers_configuration_but_starts_nothing(system: CentralSystem, world: World) -> None:
    status = ["Pending"]
    system.answers["BootNotification"] = lambda **_: call_result.BootNotification(now(), 300, status[0])
    await world.add(options(system.url))
    await system.wait_for("BootNotification")
    await configure(system, MeterValueSampleInterval=5)
    assert (await system.call(call.RemoteStartTransaction(id_tag=CARD, connector_id=1))).status == "Rejected"
    await system.call(call.TriggerMessage(requested_message="StatusNotification", connector_id=1))
    await system.wait_for("StatusNotification", connector_id=1)
    status[0] = "Accepted"
    assert (await system.call(call.TriggerMessage(requested_message="BootNotification"))).status == "Accepted"
    await system.wait_for("StatusNotification", connector_id=0, within_s=5)


@play_side_by_side
async def test_a_new_connection_brings_no_new_boot_and_only_changes(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    assert system.connection
    await configure(system, MeterValueSampleInterval=10)   # answered: so it has heard our answer to its last status
    await system.connection.close()
    await until("second connection", lambda: system.connections == 2)
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", status="Preparing")
    assert len(system.all("BootNotification")) == 1
    assert len(system.all("StatusNotification")) == 3


@play_side_by_side
async def test_heartbeats_fill_the_silence(system: CentralSystem, charge_point: ChargePoint) -> None:
    await configure(system, HeartbeatInterval=1)
    await system.wait_for("Heartbeat", count=2, within_s=8)


# A charge


@play_side_by_side
async def test_plug_then_tap_charges_and_a_second_tap_ends_it(system: CentralSystem, charge_point: ChargePoint) -> None:
    await configure(system, MeterValueSampleInterval=1)
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", status="Preparing")
    charge_point.tap(CARD)
    start = await system.wait_for("StartTransaction")
    assert start["id_tag"] == CARD
    assert start["meter_start"] == 1000
    await system.wait_for("StatusNotification", status="Charging")
    sample = await system.wait_for("MeterValues", count=2)
    assert sample["transaction_id"] == 42
    values = sample["meter_value"][0]["sampled_value"]
    assert all(isinstance(v["value"], str) for v in values)
    measurands = {v["measurand"] for v in values}
    assert measurands >= {"Energy.Active.Import.Register", "Power.Active.Import", "Current.Import"}
    await tap(charge_point)
    stop = await system.wait_for("StopTransaction")
    assert stop["transaction_id"] == 42
    assert stop["reason"] == "Local"
    assert stop["meter_stop"] == register_wh(charge_point) > 1000
    await system.wait_for("StatusNotification", status="Finishing")
    charge_point.unplug(1)
    await system.wait_for("StatusNotification", status="Available", connector_id=1, count=2)
    statuses = [p["status"] for p in system.all("StatusNotification") if p["connector_id"] == 1]
    assert statuses == ["Available", "Preparing", "Charging", "Finishing", "Available"]


@play_side_by_side
async def test_a_charge_needs_no_more_than_130_kib_of_live_heap(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    """64-bit objects take twice the chip's room; the bench's shims are C code there."""
    await charge(system, charge_point)
    await system.wait_for("StatusNotification", status="Charging")
    await system.call(call.GetConfiguration())
    assert await charge_point.live_heap_bytes() - charge_point.shim_heap_bytes <= 130 * 1024


@play_side_by_side
async def test_tap_then_plug_charges(system: CentralSystem, charge_point: ChargePoint) -> None:
    charge_point.tap(CARD)
    await system.wait_for("StatusNotification", status="Preparing")
    charge_point.plug(1, Plug())
    await system.wait_for("StartTransaction")
    await until("contactor closed", lambda: closed(charge_point))


@play_side_by_side
async def test_a_card_without_a_car_is_forgotten_after_connection_time_out(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await configure(system, ConnectionTimeOut=1)
    charge_point.tap(CARD)
    await system.wait_for("StatusNotification", status="Preparing")
    await system.wait_for("StatusNotification", status="Available", connector_id=1, count=2)
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", status="Preparing", count=2)
    assert not system.all("StartTransaction")


@play_side_by_side
async def test_a_car_without_a_card_in_time_must_be_unplugged_first(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await configure(system, ConnectionTimeOut=1)
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", status="Finishing")
    charge_point.tap(CARD)
    await until("the card is ignored", lambda: said(charge_point, "card.ignored"))
    charge_point.unplug(1)
    await system.wait_for("StatusNotification", status="Available", connector_id=1, count=2)
    assert not system.all("Authorize")


@play_side_by_side
async def test_an_unknown_card_gets_no_energy(system: CentralSystem, charge_point: ChargePoint) -> None:
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", status="Preparing")
    charge_point.tap(STRANGER)
    await until("refusal", lambda: said(charge_point, "card.refused id_tag=0102 status=Invalid"))
    await tap(charge_point)   # it may still be started by another
    await system.wait_for("StartTransaction", id_tag=CARD)


@play_side_by_side
async def test_pulling_the_plug_ends_it(system: CentralSystem, charge_point: ChargePoint) -> None:
    await charge(system, charge_point)
    charge_point.unplug(1)
    stop = await system.wait_for("StopTransaction")
    assert stop["reason"] == "EVDisconnected"
    assert stop["meter_stop"] == register_wh(charge_point)
    charge_point.plug(1, Plug())
    await tap(charge_point)
    await system.wait_for("StartTransaction", count=2, meter_start=stop["meter_stop"])


@play_side_by_side
async def test_a_second_charge_right_after_the_plug_was_pulled_waits_for_the_last_reading(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await charge(system, charge_point)
    charge_point.unplug(1)
    await tap(charge_point)
    charge_point.plug(1, Plug())
    second = await system.wait_for("StartTransaction", count=2)
    assert second["meter_start"] == system.all("StopTransaction")[0]["meter_stop"]


@play_side_by_side
async def test_another_card_stops_only_with_the_same_parent(system: CentralSystem, charge_point: ChargePoint) -> None:
    parents = {CARD: "FLEET", STRANGER: "OTHER", "04BBBBBBBBBBBB": "fleet"}
    system.answers["Authorize"] = lambda id_tag: call_result.Authorize(
        {"status": "Accepted", "parentIdTag": parents[id_tag]})
    await charge(system, charge_point)
    await tap(charge_point, STRANGER)
    await system.wait_for("Authorize", id_tag=STRANGER)
    await tap(charge_point, "04BBBBBBBBBBBB")
    await system.wait_for("Authorize", id_tag="04BBBBBBBBBBBB")
    assert not said(charge_point, "transaction.stopping connector=1 reason=Local id_tag=0102")
    stop = await system.wait_for("StopTransaction")
    assert (stop["reason"], stop["id_tag"]) == ("Local", "04BBBBBBBBBBBB")


@play_side_by_side
async def test_a_refused_start_ends_the_charge_and_is_still_accounted_for(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    system.answers["StartTransaction"] = lambda **_: call_result.StartTransaction(7, {"status": "Blocked"})
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    stop = await system.wait_for("StopTransaction")
    assert (stop["reason"], stop["transaction_id"]) == ("DeAuthorized", 7)
    await until("contactor open", lambda: not closed(charge_point))


@play_side_by_side
async def test_the_offer_does_not_wait_for_the_transactions_id(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", status="Preparing")
    offered = asyncio.Event()

    async def start(**_: Any) -> call_result.StartTransaction:
        await offered.wait()
        return call_result.StartTransaction(42, {"status": "Accepted"})

    system.answers["StartTransaction"] = start
    charge_point.tap(CARD)
    await until("offer", lambda: charge_point.board.connector(1).duty < 1.0)
    await until("charging", lambda: closed(charge_point))
    offered.set()
    await tap(charge_point)
    assert (await system.wait_for("StopTransaction"))["transaction_id"] == 42


async def test_with_two_connectors_a_tap_serves_the_car_plugged_last(system: CentralSystem, world: World) -> None:
    charge_point = await world.add(options(system.url, board="esp32_s3_devkitc_1"))
    await system.wait_for("StatusNotification", connector_id=2, status="Available")
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", connector_id=1, status="Preparing")
    charge_point.plug(2, Plug())
    await system.wait_for("StatusNotification", connector_id=2, status="Preparing")
    charge_point.tap(CARD)
    assert (await system.wait_for("StartTransaction"))["connector_id"] == 2
    system.answers["Authorize"] = lambda id_tag: call_result.Authorize({"status": "Accepted"})
    await tap(charge_point, STRANGER)
    assert (await system.wait_for("StartTransaction", count=2))["connector_id"] == 1
    await tap(charge_point)
    stop = await system.wait_for("StopTransaction")
    assert stop["transaction_id"] == 42
    assert stop["meter_stop"] == charge_point.meter_log(2)[-1].register_wh
    assert closed(charge_point)   # the other one charges on
    # with both places taken or occupied a card has nowhere to go; with one free again it is for the next plug there
    charge_point.unplug(2)
    await system.wait_for("StatusNotification", connector_id=2, status="Available", count=2)
    await tap(charge_point)
    charge_point.plug(2, Plug())
    assert (await system.wait_for("StartTransaction", count=3))["connector_id"] == 2


# From afar


@play_side_by_side
async def test_remote_start_and_stop(system: CentralSystem, charge_point: ChargePoint) -> None:
    for connector_id in (0, 2, -1):
        answer = await system.call(call.RemoteStartTransaction(id_tag="APP", connector_id=connector_id))
        assert answer.status == "Rejected"
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", status="Preparing")
    assert (await system.call(call.RemoteStartTransaction(id_tag="APP", connector_id=1))).status == "Accepted"
    await system.wait_for("StartTransaction", id_tag="APP")
    await until("contactor closed", lambda: closed(charge_point))
    assert not system.all("Authorize")
    assert (await system.call(call.RemoteStartTransaction(id_tag="APP", connector_id=1))).status == "Rejected"
    assert (await system.call(call.RemoteStopTransaction(transaction_id=999))).status == "Rejected"
    assert (await system.call(call.RemoteStopTransaction(transaction_id=42))).status == "Accepted"
    assert (await system.wait_for("StopTransaction"))["reason"] == "Remote"


@play_side_by_side
async def test_remote_start_asks_first_where_so_configured(system: CentralSystem, charge_point: ChargePoint) -> None:
    await configure(system, AuthorizeRemoteTxRequests="true")
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", status="Preparing")
    assert (await system.call(call.RemoteStartTransaction(id_tag="APP"))).status == "Accepted"
    await until("refusal", lambda: said(charge_point, "remote_start.refused"))
    assert (await system.call(call.RemoteStartTransaction(id_tag=CARD))).status == "Accepted"
    await system.wait_for("StartTransaction", id_tag=CARD)


@play_side_by_side
async def test_configuration_is_checked_and_survives_a_power_cut(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    changes = {
        ("HeartbeatInterval", "x"): "Rejected", ("HeartbeatInterval", "0"): "Rejected",
        ("NumberOfConnectors", "3"): "Rejected",
        ("NoSuchKey", "1"): "NotSupported", ("MeterValuesSampledData", "Voltage,SoC"): "Rejected",
        ("MeterValuesSampledData", "Voltage,Current.Import"): "Accepted", ("WebSocketPingInterval", "-1"): "Rejected",
        ("BollardConnectorLinks", "HTTPS://CHARGE.EXAMPLE/C/7K3M9QXA"): "Accepted",
    }
    for (key, value), status in changes.items():
        assert (await system.call(call.ChangeConfiguration(key=key, value=value))).status == status, key
    await charge_point.power(False)
    await charge_point.power(True)
    await system.wait_for("BootNotification", count=2)
    answer = await system.call(call.GetConfiguration())
    values = {row["key"]: row["value"] for row in answer.configuration_key}
    assert values["MeterValuesSampledData"] == "Voltage,Current.Import"
    assert values["BollardConnectorLinks"] == "HTTPS://CHARGE.EXAMPLE/C/7K3M9QXA"
    assert values["NumberOfConnectors"] == "1"
    assert {"AuthorizeRemoteTxRequests", "ClockAlignedDataInterval", "ConnectionTimeOut", "ConnectorPhaseRotation",
            "GetConfigurationMaxKeys", "HeartbeatInterval", "LocalAuthorizeOffline", "LocalPreAuthorize",
            "ResetRetries",
            "StopTransactionOnInvalidId", "SupportedFeatureProfiles", "TransactionMessageAttempts",
            "TransactionMessageRetryInterval", "UnlockConnectorOnEVSideDisconnect"} <= set(values)
    answer = await system.call(call.GetConfiguration(key=["NoSuchKey", "ResetRetries"]))
    assert answer.unknown_key == ["NoSuchKey"]
    assert len(answer.configuration_key) == 1


@play_side_by_side
async def test_unavailable_survives_a_power_cut_and_refuses_cards(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    assert (await system.call(call.ChangeAvailability(connector_id=5, type="Inoperative"))).status == "Rejected"
    assert (await system.call(call.ChangeAvailability(connector_id=1, type="Inoperative"))).status == "Accepted"
    await system.wait_for("StatusNotification", status="Unavailable", connector_id=1)
    await charge_point.power(False)
    await charge_point.power(True)
    await system.wait_for("StatusNotification", status="Unavailable", connector_id=1, count=2)
    assert (await system.call(call.RemoteStartTransaction(id_tag=CARD, connector_id=1))).status == "Rejected"
    assert (await system.call(call.ChangeAvailability(connector_id=0, type="Operative"))).status == "Accepted"
    await system.wait_for("StatusNotification", status="Available", connector_id=1, count=2)


@play_side_by_side
async def test_triggered_messages_come_and_boot_is_refused(system: CentralSystem, charge_point: ChargePoint) -> None:
    async def trigger(message: str, **connector: int) -> str:
        return str((await system.call(call.TriggerMessage(requested_message=message, **connector))).status)

    assert await trigger("BootNotification") == "Rejected"
    assert await trigger("DiagnosticsStatusNotification") == "Accepted"
    await system.wait_for("DiagnosticsStatusNotification", status="Idle")
    assert await trigger("StatusNotification", connector_id=9) == "Rejected"
    assert await trigger("Heartbeat") == "Accepted"
    await system.wait_for("Heartbeat")
    assert await trigger("StatusNotification", connector_id=1) == "Accepted"
    await system.wait_for("StatusNotification", connector_id=1, count=2)
    while not system.all("MeterValues"):   # until the meter has been read for the first time
        assert await trigger("MeterValues", connector_id=1) == "Accepted"
        await asyncio.sleep(0.1)
    values = system.all("MeterValues")[0]
    assert "transaction_id" not in values
    assert values["meter_value"][0]["sampled_value"][0]["context"] == "Trigger"


@play_side_by_side
async def test_a_soft_reset_ends_the_charge_first(system: CentralSystem, charge_point: ChargePoint) -> None:
    await reset_while_charging(system, charge_point, "Soft", "SoftReset")


@play_side_by_side
async def test_a_hard_reset_ends_the_charge_first(system: CentralSystem, charge_point: ChargePoint) -> None:
    await reset_while_charging(system, charge_point, "Hard", "HardReset")


async def reset_while_charging(system: CentralSystem, charge_point: ChargePoint, kind: str, reason: str) -> None:
    transaction_id = await charge(system, charge_point)
    assert (await system.call(call.Reset(type=kind))).status == "Accepted"
    stop = await system.wait_for("StopTransaction")
    assert (stop["reason"], stop["transaction_id"]) == (reason, transaction_id)
    await system.wait_for("BootNotification", count=2)
    assert charge_point.boots == 2
    assert register_wh(charge_point) == stop["meter_stop"]


# Bad input


@play_side_by_side
async def test_what_is_no_ocpp_is_survived_and_answered_where_it_can_be(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    assert system.connection
    for bad in ("", "x", "{}", "[]", "[2]", "null", '[2,7,"Reset",{}]', '[9,"a","Reset",{}]', '[3,"never asked",{}]',
                '[4,"never asked","GenericError","",{}]', "[" * 500, '"' + "\\" * 900, '[2,"a"', "1e999", '[3,"a"]'):
        await system.connection.send(bad)
    expected = {
        '[2,"b","NoSuchAction",{}]': "NotImplemented", '[2,"c","Reset",{}]': "ProtocolError",
        '[2,"d","Reset",{"type":7}]': "TypeConstraintViolation",
        '[2,"e","Reset",{"type":"Warm"}]': "PropertyConstraintViolation",
        '[2,"f","Reset",[]]': "FormationViolation", '[2,"g","Reset"]': "FormationViolation",
        '[2,"h","RemoteStartTransaction",{"idTag":"123456789012345678901"}]': "PropertyConstraintViolation",
        '[2,"%s","Reset",{}]' % ("x" * 37): "FormationViolation",
        '[2,"quote\\"d","Reset",{"type":null}]': "TypeConstraintViolation",
    }
    for frame, code in expected.items():
        seen = len(system.frames)
        await system.connection.send(frame)
        await until(code, lambda seen=seen: len(system.frames) > seen)
        assert f'"{code}"' in system.frames[-1], frame
    answer = await system.call(call.DataTransfer(vendor_id="someone"))
    assert answer.status == "UnknownVendorId"
    assert (await system.call(call.UnlockConnector(connector_id=1))).status == "NotSupported"
    assert (await system.call(call.ClearCache())).status == "Accepted"
    assert system.connections == 1
    assert charge_point.boots == 1


@play_side_by_side
async def test_a_lost_meter_ends_the_charge_with_the_right_energy(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await fault_while_charging(system, charge_point, "meter", "PowerMeterFailure")


@play_side_by_side
async def test_a_leak_ends_the_charge_with_the_right_energy(system: CentralSystem, charge_point: ChargePoint) -> None:
    await fault_while_charging(system, charge_point, "ground", "GroundFailure")


async def fault_while_charging(system: CentralSystem, charge_point: ChargePoint, kind: str, error_code: str) -> None:
    await charge(system, charge_point)
    charge_point.set_fault(1, kind, True)
    await system.wait_for("StatusNotification", status="Faulted", error_code=error_code, within_s=30)
    await until("contactor open", lambda: not closed(charge_point))
    charge_point.set_fault(1, kind, False)
    charge_point.unplug(1)
    stop = await system.wait_for("StopTransaction", within_s=30)
    assert stop["reason"] == "Other"
    assert stop["meter_stop"] == register_wh(charge_point)
    await system.wait_for("StatusNotification", status="Available", connector_id=1, count=2)


@play_side_by_side
async def test_the_emergency_stop_is_a_reason_of_its_own(system: CentralSystem, charge_point: ChargePoint) -> None:
    await charge(system, charge_point)
    charge_point.set_fault(1, "estop", True)
    assert (await system.wait_for("StopTransaction"))["reason"] == "EmergencyStop"


@play_side_by_side
async def test_a_lost_reader_is_reported_and_forgiven(system: CentralSystem, charge_point: ChargePoint) -> None:
    charge_point.set_fault(1, "reader", True)
    await system.wait_for("StatusNotification", connector_id=1, status="Available", error_code="ReaderFailure")
    charge_point.set_fault(1, "reader", False)
    await system.wait_for("StatusNotification", connector_id=1, status="Available", error_code="NoError", count=2)
    await charge(system, charge_point)


# Links and power that fail


@play_side_by_side
async def test_a_dead_link_is_found_and_nothing_is_lost(system: CentralSystem, charge_point: ChargePoint) -> None:
    await configure(system, MeterValueSampleInterval=1)
    await charge(system, charge_point)
    await system.wait_for("MeterValues", count=2)
    charge_point.set_link(False)
    readings = len(charge_point.meter_log(1))
    await until("samples to be kept", lambda: len(charge_point.meter_log(1)) >= readings + 4)
    assert closed(charge_point)
    await tap(charge_point)   # the same card may stop with nobody to ask
    await until("contactor open", lambda: not closed(charge_point))
    await until("the record", lambda: said(charge_point, "transaction.stopped"))
    charge_point.set_link(True)
    stop = await system.wait_for("StopTransaction", within_s=40)
    assert stop["meter_stop"] == register_wh(charge_point)
    stamps = [p["meter_value"][0]["timestamp"] for p in system.all("MeterValues")]
    assert len(stamps) >= 5
    assert stamps == sorted(stamps)
    assert system.said[[a for a, _ in system.said].index("StopTransaction") - 1][0] == "MeterValues"


@play_side_by_side
async def test_with_nobody_to_ask_a_card_is_refused_unless_unknown_ones_may(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await configure(system, AllowOfflineTxForUnknownId="false")
    await system.down()
    charge_point.plug(1, Plug())
    await until("plugged", lambda: said(charge_point, "connector.plugged"))
    charge_point.tap(CARD)
    await until("refusal", lambda: said(charge_point, "card.refused id_tag=E5F6 status=Offline"))
    await system.up()
    await until("back", lambda: system.connections == 2, within_s=40)
    await configure(system, AllowOfflineTxForUnknownId="true")
    await system.down()
    await tap(charge_point)
    await until("contactor closed", lambda: closed(charge_point))
    await tap(charge_point)
    await until("contactor open", lambda: not closed(charge_point))
    await until("the record", lambda: said(charge_point, "transaction.stopped"))
    await system.up()
    stop = await system.wait_for("StopTransaction", within_s=40)
    assert stop["transaction_id"] == 42
    assert [a for a, _ in system.said if "Transaction" in a] == ["StartTransaction", "StopTransaction"]


@play_side_by_side
async def test_a_power_cut_in_the_middle_costs_no_wh(system: CentralSystem, charge_point: ChargePoint) -> None:
    transaction_id = await charge(system, charge_point)
    await until("some energy", lambda: register_wh(charge_point) > 1010)
    await charge_point.power(False)
    await until("contactor open", lambda: not closed(charge_point))   # long before the program can be there again
    await charge_point.power(True)
    stop = await system.wait_for("StopTransaction")
    assert (stop["reason"], stop["transaction_id"]) == ("PowerLoss", transaction_id)
    assert stop["meter_stop"] == register_wh(charge_point) > 1010
    assert stop["timestamp"] >= system.all("StartTransaction")[0]["timestamp"]
    assert len(system.all("StartTransaction")) == 1


@play_side_by_side
async def test_a_start_that_was_never_confirmed_is_delivered_after_the_power_cut(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    never = asyncio.Event()
    known = system.answers["StartTransaction"]
    system.answers["StartTransaction"] = lambda **_: never.wait()
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    first = await system.wait_for("StartTransaction")
    await until("contactor closed", lambda: closed(charge_point))
    await charge_point.power(False)
    system.answers["StartTransaction"] = known
    await charge_point.power(True)
    assert await system.wait_for("StartTransaction", count=2) == first
    stop = await system.wait_for("StopTransaction")
    assert stop["transaction_id"] == 42
    never.set()


@play_side_by_side
async def test_only_a_failure_to_process_counts_as_a_try(system: CentralSystem, charge_point: ChargePoint) -> None:
    await configure(system, TransactionMessageAttempts=2, TransactionMessageRetryInterval=1)
    tries = []

    def refuse(**payload: Any) -> Any:
        tries.append(asyncio.get_running_loop().time())
        raise InternalError("no disk")

    system.answers["StartTransaction"] = refuse
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    await until("given up", lambda: said(charge_point, "queue.skipped action=StartTransaction"))
    assert len(tries) == 2
    assert tries[1] - tries[0] >= 0.9
    await tap(charge_point)
    assert (await system.wait_for("StopTransaction"))["transaction_id"] == -1


def overwrite(charge_point: ChargePoint, **files: bytes) -> None:
    """Put other bytes into files of /data, while the power is off."""
    flash = bytearray(charge_point.image_path.read_bytes())
    disk = LittleFS(context=UserContext(buffer=flash), block_size=4096, block_count=len(flash) // 4096, read_size=32,
                    prog_size=32, cache_size=512, lookahead_size=32, mount=False)
    disk.mount()
    for name, content in files.items():
        with disk.open(f"/data/{name}", "wb") as file:
            file.write(content)
    disk.unmount()
    charge_point.image_path.write_bytes(flash)


@play_side_by_side
async def test_a_damaged_checkpoint_still_gives_the_start_its_stop(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    transaction_id = await charge(system, charge_point)
    await until("confirmed", lambda: said(charge_point, "transaction.confirmed"))
    await charge_point.power(False)
    overwrite(charge_point, checkpoint=b"\x00" * 90)
    await charge_point.power(True)
    stop = await system.wait_for("StopTransaction", within_s=30)
    assert (stop["transaction_id"], stop["meter_stop"]) == (transaction_id, register_wh(charge_point))


@play_side_by_side
async def test_it_boots_and_charges_with_a_data_area_full_of_rubbish(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await charge_point.power(False)
    rubbish = bytes(range(256)) * 3
    overwrite(charge_point, **dict.fromkeys((
        "queue", "queue.new", "checkpoint", "configuration.json", "id_list", "id_list.part", "id_cache"), rubbish))
    await charge_point.power(True)
    await system.wait_for("BootNotification", count=2)
    assert all(said(charge_point, f"{part}.damaged") for part in ("queue", "checkpoint", "configuration", "id_tags"))
    await charge(system, charge_point)
    await tap(charge_point)
    assert (await system.wait_for("StopTransaction"))["meter_stop"] == register_wh(charge_point)


# Keys and certificates


async def test_wrong_settings_are_one_clear_line_and_no_start(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(image, "settings_json", lambda settings: json.dumps(settings | {"identty": "x"}).encode())
    refused = await world.add(options("ws://127.0.0.1:1/ocpp"))
    await until("one line", lambda: said(refused, "settings.refused unknown key identty"))
    assert not any("Traceback" in line for line in refused.console)


async def test_a_wrong_key_is_told_and_tried_again(world: World) -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(401, "no")

    async with serve(lambda connection: connection.close(), "127.0.0.1", 0, process_request=refuse) as server:
        charge_point = await world.add(options(f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ocpp"))
        await until("told", lambda: said(charge_point, "link.failed error=HTTP status 401 wrong identity or key"))
        await until("tried again", lambda: sum("link.failed" in line for line in charge_point.console) >= 2)


async def test_a_whole_charge_over_verified_tls_with_the_chips_stalls(
    system: CentralSystem, world: World, tmp_path: Path,
) -> None:
    pem, authority = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    async with serve(system._serve, "127.0.0.1", 0, ssl=context, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        url = f"wss://localhost:{next(iter(server.sockets)).getsockname()[1]}/ocpp"
        charge_point = await world.add(options(
            url, stalls=True, ca_der_base64=base64.b64encode(authority).decode()))
        await system.wait_for("StatusNotification", connector_id=1, status="Available", within_s=30)
        await charge(system, charge_point)
        assert system.connection
        await system.connection.close()   # the new handshake stops the program for four seconds
        await until("back", lambda: system.connections == 2, within_s=30)
        assert closed(charge_point)
        await tap(charge_point)
        stop = await system.wait_for("StopTransaction")
        assert stop["meter_stop"] == register_wh(charge_point)
