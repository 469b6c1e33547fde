"""Our server against a charge point, and our client against a central system, both built with the `ocpp` package:
somebody else's reading of the standard.
"""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from ocpp.exceptions import OCPPError
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import (
    AuthorizationStatus,
    AvailabilityStatus,
    ChargePointErrorCode,
    ChargePointStatus,
    ConfigurationStatus,
    DataTransferStatus,
    RegistrationStatus,
    RemoteStartStopStatus,
)
from websockets.asyncio.server import ServerConnection, serve

from ocppj import v16
from ocppj.client import Client
from ocppj.errors import CallErrorReceived
from ocppj.frames import Call
from ocppj.peer import Peer
from tests.ocppj.conftest import KEY, Start, dial, running
from tests.ocppj.wires import until

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class TheirChargePoint(ChargePoint):  # type: ignore[misc]
    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.heard: list[tuple[str, dict[str, Any]]] = []

    @on("RemoteStartTransaction")
    async def remote_start(self, **fields: Any) -> call_result.RemoteStartTransaction:
        self.heard.append(("RemoteStartTransaction", fields))
        return call_result.RemoteStartTransaction(RemoteStartStopStatus.accepted)

    @on("GetConfiguration")
    async def get_configuration(self, **fields: Any) -> call_result.GetConfiguration:
        keys = [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}]
        return call_result.GetConfiguration(configuration_key=keys, unknown_key=["Nonsense"])

    @on("ChangeAvailability")
    async def change_availability(self, **fields: Any) -> call_result.ChangeAvailability:
        return call_result.ChangeAvailability(AvailabilityStatus.scheduled)

    @on("SetChargingProfile")
    async def set_charging_profile(self, **fields: Any) -> call_result.SetChargingProfile:
        self.heard.append(("SetChargingProfile", fields))
        return call_result.SetChargingProfile("Accepted")


async def central_system(request: Call) -> v16.Payload:
    match v16.decode_request(request.action, request.payload):
        case v16.BootNotification(charge_point_vendor="Them"):
            return v16.BootNotificationResult("Accepted", NOON, 300)
        case v16.Heartbeat():
            return v16.HeartbeatResult(NOON)
        case v16.Authorize(id_tag=id_tag):
            known = id_tag == "04A1B2C3"
            return v16.AuthorizeResult(v16.IdTagInfo("Accepted" if known else "Invalid", parent_id_tag="GROUP"))
        case v16.StatusNotification(status="Preparing", error_code="NoError"):
            return v16.StatusNotificationResult()
        case v16.StartTransaction(connector_id=1, meter_start=1200, timestamp=at) if at == NOON:
            return v16.StartTransactionResult(42, v16.IdTagInfo("Accepted", NOON))
        case v16.MeterValues(transaction_id=42, meter_value=[v16.MeterValue(sampled_value=[sample, *_])]):
            assert (sample.value, sample.measurand, sample.unit) == ("1500", "Energy.Active.Import.Register", "Wh")
            return v16.MeterValuesResult()
        case v16.StopTransaction(transaction_id=42, meter_stop=2000, reason="EVDisconnected"):
            return v16.StopTransactionResult(v16.IdTagInfo("Accepted"))
        case v16.DataTransfer(vendor_id="Them", data="hello"):
            return v16.DataTransferResult("Accepted", "world")
        case other:
            raise AssertionError(f"unexpected {other}")


async def test_their_charge_point_charges_at_our_server(start: Start) -> None:
    peers: list[Peer] = []

    async def on_connect(peer: Peer) -> None:
        peers.append(peer)
        await peer.serve(central_system)

    central = await start(on_connect=on_connect)
    async with dial(central.port) as connection:
        theirs = TheirChargePoint("CP7", connection)
        async with running(theirs.start()), asyncio.timeout(10):
            boot = await theirs.call(call.BootNotification("Model", "Them"), suppress=False)
            assert (boot.status, boot.interval) == (RegistrationStatus.accepted, 300)
            assert (await theirs.call(call.Heartbeat(), suppress=False)).current_time == "2026-03-01T12:00:00Z"
            allowed = await theirs.call(call.Authorize("04A1B2C3"), suppress=False)
            assert allowed.id_tag_info == {"status": AuthorizationStatus.accepted, "parent_id_tag": "GROUP"}
            assert (await theirs.call(call.Authorize("04FF"), suppress=False)).id_tag_info["status"] == "Invalid"
            await theirs.call(
                call.StatusNotification(1, ChargePointErrorCode.no_error, ChargePointStatus.preparing), suppress=False
            )
            began = await theirs.call(call.StartTransaction(1, "04A1B2C3", 1200, NOON.isoformat()), suppress=False)
            assert (began.transaction_id, began.id_tag_info["expiry_date"]) == (42, "2026-03-01T12:00:00Z")
            sample = {"value": "1500", "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
            value = {"timestamp": NOON.isoformat(), "sampledValue": [sample]}
            await theirs.call(call.MeterValues(1, [value], 42), suppress=False)
            await theirs.call(
                call.StopTransaction(2000, NOON.isoformat(), 42, "EVDisconnected", "04A1B2C3"), suppress=False
            )
            answer = await theirs.call(call.DataTransfer("Them", data="hello"), suppress=False)
            assert (answer.status, answer.data) == (DataTransferStatus.accepted, "world")


async def test_our_server_commands_their_charge_point(start: Start) -> None:
    central = await start()
    async with dial(central.port) as connection:
        theirs = TheirChargePoint("CP7", connection)
        async with running(theirs.start()), asyncio.timeout(10):
            await central.opened_count(1)
            peer = central.opened[0]
            schedule = v16.ChargingSchedule(
                "A", [v16.ChargingSchedulePeriod(0, 16.1), v16.ChargingSchedulePeriod(60, 6.0)]
            )
            profile = v16.ChargingProfile(1, 0, "TxProfile", "Relative", schedule)
            started = await peer.call(v16.RemoteStartTransaction("04A1B2C3", 1, profile))
            assert started.status == "Accepted"
            periods = theirs.heard[0][1]["charging_profile"]["charging_schedule"]["charging_schedule_period"]
            assert [(period["start_period"], float(period["limit"])) for period in periods] == [(0, 16.1), (60, 6.0)]
            assert (await peer.call(v16.SetChargingProfile(1, profile))).status == "Accepted"
            configuration = await peer.call(v16.GetConfiguration(["HeartbeatInterval", "Nonsense"]))
            assert configuration.configuration_key == [v16.KeyValue("HeartbeatInterval", False, "300")]
            assert configuration.unknown_key == ["Nonsense"]
            assert (await peer.call(v16.ChangeAvailability(0, "Inoperative"))).status == "Scheduled"
            with pytest.raises(CallErrorReceived) as refused:
                await peer.call(v16.ClearCache())
            assert refused.value.code in ("NotImplemented", "NotSupported")


async def test_their_charge_point_understands_our_errors(start: Start) -> None:
    central = await start()
    async with dial(central.port) as connection:
        theirs = TheirChargePoint("CP7", connection)
        async with running(theirs.start()), asyncio.timeout(10):
            with pytest.raises(OCPPError) as error:
                await theirs.call(call.Authorize("04A1"), suppress=False)
            assert error.value.code == "NotSupported"
            with pytest.raises(OCPPError) as error:
                await theirs.call(
                    call.MeterValues(1, [{"timestamp": "x"}]), suppress=False, skip_schema_validation=True
                )
            assert error.value.code in ("ProtocolError", "PropertyConstraintViolation")


class TheirCentralSystem(ChargePoint):  # type: ignore[misc]
    @on("BootNotification")
    async def boot(self, **fields: Any) -> call_result.BootNotification:
        assert fields == {"charge_point_vendor": "Bollard", "charge_point_model": "Bench", "firmware_version": "1"}
        return call_result.BootNotification(NOON.isoformat(), 60, RegistrationStatus.accepted)

    @on("StartTransaction")
    async def begin(self, **fields: Any) -> call_result.StartTransaction:
        assert fields["timestamp"] == "2026-03-01T12:00:00Z"
        return call_result.StartTransaction(7, {"status": AuthorizationStatus.accepted})

    @on("MeterValues")
    async def meter_values(self, **fields: Any) -> call_result.MeterValues:
        assert fields["meter_value"][0]["sampled_value"][0] == {"value": "31.5", "unit": "Celsius", "location": "Body"}
        return call_result.MeterValues()

    @on("StopTransaction")
    async def end(self, **fields: Any) -> call_result.StopTransaction:
        raise ValueError("a bug of theirs")


async def test_our_client_charges_at_their_central_system() -> None:
    theirs: list[TheirCentralSystem] = []

    async def connected(connection: ServerConnection) -> None:
        theirs.append(TheirCentralSystem("CP7", connection))
        await theirs[-1].start()

    ours: list[Peer] = []

    async def answer(request: Call) -> v16.Payload:
        match v16.decode_request(request.action, request.payload):
            case v16.ChangeConfiguration(key="HeartbeatInterval", value="60"):
                return v16.ChangeConfigurationResult("RebootRequired")
            case v16.UnlockConnector(connector_id=1):
                return v16.UnlockConnectorResult("Unlocked")
            case other:
                raise AssertionError(other)

    async def on_connect(peer: Peer) -> None:
        ours.append(peer)
        await peer.serve(answer)

    async with serve(connected, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        port = next(iter(server.sockets)).getsockname()[1]
        link = Client(f"ws://127.0.0.1:{port}", "CP7", KEY, on_connect=on_connect)
        async with running(link.run()), asyncio.timeout(10):
            await until(lambda: ours and theirs)
            peer = ours[0]
            boot = await peer.call(v16.BootNotification("Bollard", "Bench", firmware_version="1"))
            assert boot == v16.BootNotificationResult("Accepted", NOON, 60)
            began = await peer.call(v16.StartTransaction(1, "04A1B2C3", 0, NOON))
            assert began == v16.StartTransactionResult(7, v16.IdTagInfo("Accepted"))
            hot = v16.SampledValue("31.5", unit="Celsius", location="Body")
            await peer.call(v16.MeterValues(1, [v16.MeterValue(NOON, [hot])], 7))
            with pytest.raises(CallErrorReceived, match="InternalError"):
                await peer.call(v16.StopTransaction(7, 5, NOON))
            changed = await theirs[0].call(call.ChangeConfiguration("HeartbeatInterval", "60"), suppress=False)
            assert changed.status == ConfigurationStatus.reboot_required
            assert (await theirs[0].call(call.UnlockConnector(1), suppress=False)).status == "Unlocked"
            with pytest.raises(OCPPError) as error:
                await theirs[0].call(call.UnlockConnector(2), suppress=False)
            assert error.value.code == "InternalError"
