"""What an operator asks: the CSMS's half of the cases that begin at the central system."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.csms.running import CARD
from tests.octt_csms.charge_point import Any_, ChargePoint, Number
from tests.octt_csms.shared import shared_cp, shared_csms, shared_new  # noqa: F401 (fixtures cp, csms, new)

pytestmark = pytest.mark.asyncio(loop_scope="module")

ACCEPTED = {"status": "Accepted"}
REJECTED = {"status": "Rejected"}


async def remote_start(cp: ChargePoint, answer: dict[str, str] = ACCEPTED) -> None:
    path = "connectors/1/remote-start"
    call = {"idTag": CARD, "connectorId": 1}
    await cp.asked_by("POST", path, {"id_tag": CARD}, "RemoteStartTransaction", call, answer)


async def remote_stop(cp: ChargePoint, transaction_id: int, answer: dict[str, str] = ACCEPTED) -> None:
    stopping = asyncio.create_task(cp.csms.admin.post(f"/api/sessions/{transaction_id}/remote-stop"))
    await cp.hears("RemoteStopTransaction", {"transactionId": transaction_id}, answer)
    assert (await stopping).json() == answer


async def test_tc_010_remote_start_of_a_plugged_car(cp: ChargePoint) -> None:
    await cp.shows("Preparing")
    await remote_start(cp)
    await cp.authorizes()
    transaction_id = await cp.starts()
    await cp.shows("Charging")
    assert (await cp.connector())["transaction"]["transaction_id"] == transaction_id


async def test_tc_011_1_remote_start_before_the_car_is_there(cp: ChargePoint) -> None:
    await remote_start(cp)
    await cp.authorizes()
    await cp.shows("Preparing")
    await cp.starts()
    await cp.shows("Charging")


async def test_tc_011_2_remote_start_but_no_car_in_time(cp: ChargePoint) -> None:
    await remote_start(cp)
    await cp.authorizes()
    await cp.shows("Preparing")
    await cp.shows("Available")
    assert (await cp.connector())["transaction"] is None


async def test_tc_012_remote_stop(cp: ChargePoint) -> None:
    transaction_id = await cp.starts()
    await remote_stop(cp, transaction_id)
    await cp.stops(transaction_id, reason="Remote")
    assert (await cp.session(transaction_id))["stop_reason"] == "Remote"


async def test_tc_026_a_remote_start_that_is_rejected_is_shown_so(cp: ChargePoint) -> None:
    await remote_start(cp, REJECTED)


async def test_tc_027_no_remote_start_leaves_without_a_connector(cp: ChargePoint) -> None:
    for connector_id in (0, 3):
        path = f"/api/charge-points/{cp.identity}/connectors/{connector_id}/remote-start"
        assert (await cp.csms.admin.post(path, json={"id_tag": CARD})).status_code in (404, 422)


async def test_tc_028_a_remote_stop_that_is_rejected_is_shown_so(cp: ChargePoint) -> None:
    transaction_id = await cp.starts()
    await remote_stop(cp, transaction_id, REJECTED)
    assert (await cp.session(transaction_id))["state"] == "active"


async def test_tc_013_hard_reset(cp: ChargePoint) -> None:
    await cp.asked_by("POST", "reset", {"type": "Hard"}, "Reset", {"type": "Hard"}, ACCEPTED)
    await cp.boots()


async def test_tc_014_soft_reset(cp: ChargePoint) -> None:
    await cp.asked_by("POST", "reset", {"type": "Soft"}, "Reset", {"type": "Soft"}, ACCEPTED)
    await cp.boots()


async def test_tc_015_hard_reset_during_a_charge(cp: ChargePoint) -> None:
    transaction_id = await cp.starts()
    await cp.asked_by("POST", "reset", {"type": "Hard"}, "Reset", {"type": "Hard"}, ACCEPTED)
    await cp.boots()
    await cp.stops(transaction_id, reason="HardReset")
    assert (await cp.session(transaction_id))["stop_reason"] == "HardReset"


async def test_tc_016_soft_reset_during_a_charge(cp: ChargePoint) -> None:
    transaction_id = await cp.starts()
    await cp.asked_by("POST", "reset", {"type": "Soft"}, "Reset", {"type": "Soft"}, ACCEPTED)
    await cp.stops(transaction_id, reason="SoftReset")
    await cp.boots()
    assert (await cp.session(transaction_id))["stop_reason"] == "SoftReset"


async def unlock(cp: ChargePoint, status: str) -> None:
    call = {"connectorId": 1}
    await cp.asked_by("POST", "unlock", {"connector_id": 1}, "UnlockConnector", call, {"status": status})


async def test_tc_017_1_unlock_while_idle(cp: ChargePoint) -> None:
    await unlock(cp, "Unlocked")


async def test_tc_017_2_unlock_of_a_fixed_cable_while_idle(cp: ChargePoint) -> None:
    await unlock(cp, "NotSupported")


async def test_tc_018_2_unlock_of_a_fixed_cable_during_a_charge(cp: ChargePoint) -> None:
    transaction_id = await cp.starts()
    await unlock(cp, "NotSupported")
    assert (await cp.session(transaction_id))["state"] == "active"


async def test_tc_018_1_unlock_during_a_charge(cp: ChargePoint) -> None:
    transaction_id = await cp.starts()
    await unlock(cp, "Unlocked")
    await cp.stops(transaction_id, reason="UnlockCommand")
    assert (await cp.session(transaction_id))["stop_reason"] == "UnlockCommand"


async def test_tc_030_an_unlock_that_fails_is_shown_so(cp: ChargePoint) -> None:
    await unlock(cp, "UnlockFailed")


async def test_tc_031_unlock_of_a_connector_that_is_none(cp: ChargePoint) -> None:
    path = f"/api/charge-points/{cp.identity}/unlock"
    assert (await cp.csms.admin.post(path, json={"connector_id": 3})).status_code == 404  # and no frame
    await unlock(cp, "NotSupported")  # of one that only we think is there


async def test_tc_019_1_all_configuration_keys(cp: ChargePoint) -> None:
    row = {"key": "HeartbeatInterval", "readonly": False, "value": "300"}
    shown = {"keys": [row], "unknown": []}
    await cp.asked_by("GET", "configuration", None, "GetConfiguration", {}, {"configurationKey": [row]}, shown)


async def test_tc_019_2_one_configuration_key(cp: ChargePoint) -> None:
    row = {"key": "SupportedFeatureProfiles", "readonly": True, "value": "Core"}
    shown = {"keys": [row], "unknown": []}
    path, call = "configuration?key=SupportedFeatureProfiles", {"key": ["SupportedFeatureProfiles"]}
    await cp.asked_by("GET", path, None, "GetConfiguration", call, {"configurationKey": [row]}, shown)


async def configure(cp: ChargePoint, status: str, key: str = "MeterValueSampleInterval", value: str = "30") -> None:
    body = {"key": key, "value": value}
    await cp.asked_by("PATCH", "configuration", body, "ChangeConfiguration", body, {"status": status})


async def test_tc_021_a_key_is_changed(cp: ChargePoint) -> None:
    await configure(cp, "Accepted")


async def test_tc_040_1_a_key_that_is_none(cp: ChargePoint) -> None:
    await configure(cp, "NotSupported", "Nonsense")


async def test_tc_040_2_a_value_that_does_not_fit(cp: ChargePoint) -> None:
    await configure(cp, "Rejected", value="-1")


async def test_tc_061_clear_cache(cp: ChargePoint) -> None:
    await cp.asked_by("POST", "clear-cache", None, "ClearCache", {}, ACCEPTED)


async def test_change_availability_of_all_and_while_charging(cp: ChargePoint) -> None:
    body, call = {"type": "Inoperative"}, {"connectorId": 0, "type": "Inoperative"}
    await cp.asked_by("POST", "availability", body, "ChangeAvailability", call, {"status": "Scheduled"})
    await cp.shows("Unavailable")
    assert (await cp.connector())["status"] == "Unavailable"


# Files


async def test_tc_045_1_diagnostics_are_delivered(cp: ChargePoint) -> None:
    location = Any_()
    call = {"location": location, "retries": 3, "retryInterval": 60}
    shown = {"upload_id": Number(), "status": "Requested", "file_name": "d.txt"}
    await cp.asked_by("POST", "uploads", {}, "GetDiagnostics", call, {"fileName": "d.txt"}, shown)
    await cp.says("DiagnosticsStatusNotification", {"status": "Uploading"}, {})
    async with httpx.AsyncClient() as web:
        assert (await web.put(location.value, content=b"all is well")).status_code == 201
    await cp.says("DiagnosticsStatusNotification", {"status": "Uploaded"}, {})
    (row,) = await cp.csms.get(f"/api/charge-points/{cp.identity}/uploads")
    assert (row["status"], row["size_bytes"]) == ("Uploaded", 11)


async def test_tc_045_2_diagnostics_that_fail(cp: ChargePoint) -> None:
    call = {"location": Any_(), "retries": 3, "retryInterval": 60}
    shown = {"upload_id": Number(), "status": "Requested", "file_name": "d.txt"}
    await cp.asked_by("POST", "uploads", {}, "GetDiagnostics", call, {"fileName": "d.txt"}, shown)
    for status in ("Uploading", "UploadFailed", "Idle"):
        await cp.says("DiagnosticsStatusNotification", {"status": status}, {})
    assert (await cp.csms.get(f"/api/charge-points/{cp.identity}/uploads"))[0]["status"] == "UploadFailed"


async def test_tc_079_the_security_log(cp: ChargePoint) -> None:
    log = {"remoteLocation": Any_()}
    number = Number()
    call = {"log": log, "logType": "SecurityLog", "requestId": number, "retries": 3, "retryInterval": 60}
    shown = {"upload_id": number, "status": "Requested", "file_name": "s.log"}
    answer = {"status": "Accepted", "filename": "s.log"}
    await cp.asked_by("POST", "uploads", {"kind": "SecurityLog"}, "GetLog", call, answer, shown)
    for status in ("Uploading", "Uploaded"):
        await cp.says("LogStatusNotification", {"status": status, "requestId": number.value}, {})
    assert (await cp.csms.get(f"/api/charge-points/{cp.identity}/uploads"))[0]["status"] == "Uploaded"


# Trigger, data transfer


async def test_tc_054_a_triggered_message_follows_its_answer(cp: ChargePoint) -> None:
    for message, more in (("MeterValues", {"connectorId": 1}), ("StatusNotification", {"connectorId": 1})):
        body = {"message": message, "connector_id": 1}
        call = {"requestedMessage": message, **more}
        await cp.asked_by("POST", "trigger", body, "TriggerMessage", call, ACCEPTED)
    value = {"timestamp": "2026-03-01T09:00:00Z", "sampledValue": [{"value": "1000", "context": "Trigger"}]}
    await cp.says("MeterValues", {"connectorId": 1, "meterValue": [value]}, {})
    await cp.shows("Available")


async def test_tc_055_a_trigger_that_is_rejected(cp: ChargePoint) -> None:
    call = {"requestedMessage": "MeterValues"}
    await cp.asked_by("POST", "trigger", {"message": "MeterValues"}, "TriggerMessage", call, REJECTED)


async def test_tc_062_data_transfer_to_the_charge_point(cp: ChargePoint) -> None:
    answer = {"status": "UnknownVendorId"}
    call = {"vendorId": "org.example", "messageId": "hello", "data": "x"}
    body = {"vendor_id": "org.example", "message_id": "hello", "data": "x"}
    await cp.asked_by("POST", "data-transfer", body, "DataTransfer", call, answer, {**answer, "data": None})


async def test_tc_064_data_transfer_to_the_csms(cp: ChargePoint) -> None:
    await cp.says("DataTransfer", {"vendorId": "org.example", "data": "x"}, {"status": "UnknownVendorId"})


# Smart charging


def profile(purpose: str, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """As the operator says it, and as it goes out."""
    body: dict[str, Any] = {"id": 1, "purpose": purpose, "kind": "Relative", "periods": [{"start_s": 0, "limit": 10}]}
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0}]}
    call: dict[str, Any] = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Relative",
        "chargingSchedule": schedule,
    }
    if "transaction_id" in more:
        call["transactionId"] = more["transaction_id"]
    return {"connector_id": 1, **body, **more}, {"connectorId": 1, "csChargingProfiles": call}


async def test_tc_056_a_default_profile(cp: ChargePoint) -> None:
    body, call = profile("TxDefaultProfile")
    await cp.asked_by("PUT", "charging-profiles", body, "SetChargingProfile", call, ACCEPTED)


async def test_tc_057_a_profile_for_the_running_transaction(cp: ChargePoint) -> None:
    body, call = profile("TxProfile", transaction_id=await cp.starts())
    await cp.asked_by("PUT", "charging-profiles", body, "SetChargingProfile", call, ACCEPTED)


async def leaves_no_frame(cp: ChargePoint, body: dict[str, Any], status: int, words: str) -> None:
    """The fixture looks that none came."""
    answer = await cp.csms.admin.put(f"/api/charge-points/{cp.identity}/charging-profiles", json=body)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text


async def test_tc_058_1_no_profile_without_its_transaction_leaves(cp: ChargePoint) -> None:
    body, _ = profile("TxProfile", transaction_id=None)
    await leaves_no_frame(cp, body, 422, "the transaction that runs there")
    body, _ = profile("TxProfile", transaction_id=await cp.starts())
    await leaves_no_frame(cp, {**body, "connector_id": 0}, 422, "for one connector")


async def test_tc_058_2_no_profile_with_a_wrong_transaction_leaves(cp: ChargePoint) -> None:
    transaction_id = await cp.starts()
    for wrong, connector_id in ((transaction_id + 1000, 1), (transaction_id, 2)):
        body, _ = profile("TxProfile", transaction_id=wrong)
        await leaves_no_frame(cp, {**body, "connector_id": connector_id}, 404, "no transaction")
    await cp.stops(transaction_id)
    body, _ = profile("TxProfile", transaction_id=transaction_id)
    await leaves_no_frame(cp, body, 409, "has ended")


START_PROFILE = {"id": 3, "stack_level": 1, "duration_s": 3600, "periods": [{"start_s": 0, "limit": 10, "phases": 1}]}
START_CALL = {
    "idTag": CARD,
    "connectorId": 1,
    "chargingProfile": {
        "chargingProfileId": 3,
        "stackLevel": 1,
        "chargingProfilePurpose": "TxProfile",
        "chargingProfileKind": "Relative",
        "chargingSchedule": {
            "duration": 3600,
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 10.0, "numberPhases": 1}],
        },
    },
}


async def start_with_profile(cp: ChargePoint, answer: dict[str, str]) -> None:
    body = {"id_tag": CARD, "charging_profile": START_PROFILE}
    await cp.asked_by("POST", "connectors/1/remote-start", body, "RemoteStartTransaction", START_CALL, answer)


async def test_tc_059_remote_start_with_a_profile(cp: ChargePoint) -> None:
    await cp.shows("Preparing")
    await start_with_profile(cp, ACCEPTED)
    await cp.authorizes()
    transaction_id = await cp.starts()
    await cp.shows("Charging")
    assert (await cp.connector())["transaction"]["transaction_id"] == transaction_id


async def test_tc_060_a_remote_start_with_a_profile_that_is_rejected_is_shown_so(cp: ChargePoint) -> None:
    await start_with_profile(cp, REJECTED)
    assert (await cp.connector())["transaction"] is None


async def test_tc_060_no_start_leaves_with_a_profile_that_is_none_for_it(cp: ChargePoint) -> None:
    wrong: list[dict[str, Any]] = [
        {"purpose": "TxDefaultProfile"},
        {"transaction_id": 5},
        {"periods": []},
        {"periods": [{"start_s": 60, "limit": 10}]},
        {"kind": "Absolute"},
        {"kind": "Recurring", "start_at": "2026-03-01T09:00:00Z"},
        {"start_at": "2026-03-01T09:00:00Z"},
    ]
    for each in wrong:
        body = {"id_tag": CARD, "charging_profile": {**START_PROFILE, **each}}
        path = f"/api/charge-points/{cp.identity}/connectors/1/remote-start"
        assert (await cp.csms.admin.post(path, json=body)).status_code == 422, each


async def test_tc_072_profiles_on_two_levels(cp: ChargePoint) -> None:
    for stack_level, profile_id, limit in ((0, 1, 10.0), (1, 2, 6.0)):
        periods = [{"start_s": 0, "limit": limit}]
        body, call = profile("TxDefaultProfile", id=profile_id, stack_level=stack_level, periods=periods)
        details = call["csChargingProfiles"]
        details |= {"chargingProfileId": profile_id, "stackLevel": stack_level}
        details["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"] = limit
        await cp.asked_by("PUT", "charging-profiles", body, "SetChargingProfile", call, ACCEPTED)
    await composite(cp, 6.0)  # the higher level is the lower limit here
    body = call = {"id": 2}
    await cp.asked_by("POST", "charging-profiles/clear", body, "ClearChargingProfile", call, ACCEPTED)
    await composite(cp, 10.0)


async def test_tc_066_the_composite_schedule(cp: ChargePoint) -> None:
    await composite(cp, 8.0)


async def composite(cp: ChargePoint, limit: float) -> None:
    periods = [{"startPeriod": 0, "limit": limit}]
    schedule = {"chargingRateUnit": "A", "duration": 300, "chargingSchedulePeriod": periods}
    answer = {
        "status": "Accepted",
        "connectorId": 1,
        "scheduleStart": "2026-03-01T09:00:00Z",
        "chargingSchedule": schedule,
    }
    shown = {
        "status": "Accepted",
        "starts_at": "2026-03-01T09:00:00Z",
        "unit": "A",
        "duration_s": 300,
        "periods": [{"start_s": 0, "limit": limit, "phases": None}],
    }
    path, call = "composite-schedule?connector_id=1&duration_s=300", {"connectorId": 1, "duration": 300}
    await cp.asked_by("GET", path, None, "GetCompositeSchedule", call, answer, shown)


async def test_tc_067_profiles_are_cleared(cp: ChargePoint) -> None:
    path = "charging-profiles/clear"
    await cp.asked_by("POST", path, {"id": 1}, "ClearChargingProfile", {"id": 1}, ACCEPTED)
    body, call = {"purpose": "TxDefaultProfile"}, {"chargingProfilePurpose": "TxDefaultProfile"}
    await cp.asked_by("POST", path, body, "ClearChargingProfile", call, {"status": "Unknown"})


async def test_tc_082_a_default_profile_during_a_transaction(cp: ChargePoint) -> None:
    await cp.starts()
    body, call = profile("TxDefaultProfile")
    await cp.asked_by("PUT", "charging-profiles", body, "SetChargingProfile", call, ACCEPTED)


async def test_security_events_are_taken_and_shown(cp: ChargePoint) -> None:
    async with cp.csms.events() as events:
        event = {"type": "InvalidCentralSystemCertificate", "timestamp": "2026-03-01T09:00:00Z"}
        await cp.says("SecurityEventNotification", event, {})
        alert = await events.next("Alert", charge_point=cp.identity)
        assert alert["kind"] == "security"
        assert alert["text"] == "InvalidCentralSystemCertificate"


async def test_one_call_at_a_time(cp: ChargePoint) -> None:
    """The second waits for the answer to the first (OCPP-J 1.6 §4.1.1)."""
    posts = [
        asyncio.create_task(cp.csms.admin.post(f"/api/charge-points/{cp.identity}/reset", json={"type": kind}))
        for kind in ("Soft", "Soft")
    ]
    await cp.nothing_between("Reset", {"type": "Soft"}, ACCEPTED)
    await cp.hears("Reset", {"type": "Soft"}, ACCEPTED)
    assert [(await post).json() for post in posts] == [ACCEPTED] * 2
