"""What an operator asks: the CSMS's half of the cases that begin at the central system."""

import asyncio
from typing import Any

import httpx

from tests.csms.running import CARD
from tests.octt_csms.charge_point import Any_, ChargePoint

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


async def test_tc_017_unlock_while_idle(cp: ChargePoint) -> None:
    await unlock(cp, "Unlocked")


async def test_tc_018_unlock_during_a_charge(cp: ChargePoint) -> None:
    transaction_id = await cp.starts()
    await unlock(cp, "Unlocked")
    await cp.stops(transaction_id, reason="UnlockCommand")
    assert (await cp.session(transaction_id))["stop_reason"] == "UnlockCommand"


async def test_tc_030_an_unlock_that_fails_is_shown_so(cp: ChargePoint) -> None:
    await unlock(cp, "UnlockFailed")


async def test_tc_031_unlock_of_what_cannot_be_unlocked(cp: ChargePoint) -> None:
    await unlock(cp, "NotSupported")


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


# Local lists


async def sync(cp: ChargePoint, version: int, *, listed: bool = True) -> "asyncio.Task[httpx.Response]":
    """Ask for it, up to the charge point's version."""
    path = f"/api/charge-points/{cp.identity}/local-list/sync"
    asking = asyncio.create_task(cp.csms.admin.post(path))
    keys = ["LocalAuthListEnabled", "LocalAuthListMaxLength", "SendLocalListMaxLength"]
    rows = [
        {"key": key, "readonly": False, "value": value} for key, value in zip(keys, ("true", "9", "9"), strict=True)
    ]
    answer = {"configurationKey": rows} if listed else {"unknownKey": keys}
    await cp.hears("GetConfiguration", {"key": keys}, answer)
    if listed:
        await cp.hears("GetLocalListVersion", {}, {"listVersion": version})
    return asking


def full(version: int) -> dict[str, Any]:
    entry = {"idTag": CARD, "idTagInfo": {"status": "Accepted"}}
    return {"listVersion": version, "updateType": "Full", "localAuthorizationList": [entry]}


async def status_of(asking: "asyncio.Task[httpx.Response]") -> str:
    return str((await asking).json()["status"])


async def test_tc_042_1_a_charge_point_without_lists(cp: ChargePoint) -> None:
    assert await status_of(await sync(cp, 0, listed=False)) == "NotSupported"


async def test_tc_042_2_an_empty_list_is_filled(cp: ChargePoint) -> None:
    asking = await sync(cp, 0)
    await cp.hears("SendLocalList", full(1), ACCEPTED)
    assert await status_of(asking) == "Accepted"


async def test_tc_043_1_lists_that_are_not_supported_after_all(cp: ChargePoint) -> None:
    asking = await sync(cp, 0)
    await cp.hears("SendLocalList", full(1), {"status": "NotSupported"})
    assert await status_of(asking) == "NotSupported"


async def test_tc_043_2_a_version_mismatch_is_followed_by_a_full_list(cp: ChargePoint) -> None:
    asking = await sync(cp, 0)
    await cp.hears("SendLocalList", full(1), ACCEPTED)
    await asking
    await cp.csms.new("/api/cards", id_tag="BB01", user_id=2)
    asking = await sync(cp, 1)
    entry = {"idTag": "BB01", "idTagInfo": {"status": "Accepted"}}
    change = {"listVersion": 2, "updateType": "Differential", "localAuthorizationList": [entry]}
    await cp.hears("SendLocalList", change, {"status": "VersionMismatch"})
    await cp.hears("GetLocalListVersion", {}, {"listVersion": 5})
    whole = full(6)
    whole["localAuthorizationList"].append(entry)
    await cp.hears("SendLocalList", whole, ACCEPTED)
    assert await status_of(asking) == "Accepted"


async def test_tc_043_3_a_list_that_fails(cp: ChargePoint) -> None:
    asking = await sync(cp, 0)
    await cp.hears("SendLocalList", full(1), {"status": "Failed"})
    assert await status_of(asking) == "Failed"


# Files


async def test_tc_045_1_diagnostics_are_delivered(cp: ChargePoint) -> None:
    location = Any_()
    call = {"location": location, "retries": 3, "retryInterval": 60}
    shown = {"upload_id": 1, "status": "Requested", "file_name": "d.txt"}
    await cp.asked_by("POST", "uploads", {}, "GetDiagnostics", call, {"fileName": "d.txt"}, shown)
    await cp.says("DiagnosticsStatusNotification", {"status": "Uploading"}, {})
    async with httpx.AsyncClient() as web:
        assert (await web.put(location.value, content=b"all is well")).status_code == 201
    await cp.says("DiagnosticsStatusNotification", {"status": "Uploaded"}, {})
    (row,) = await cp.csms.get("/api/charge-points/CP1/uploads")
    assert (row["status"], row["size_bytes"]) == ("Uploaded", 11)


async def test_tc_045_2_diagnostics_that_fail(cp: ChargePoint) -> None:
    call = {"location": Any_(), "retries": 3, "retryInterval": 60}
    shown = {"upload_id": 1, "status": "Requested", "file_name": "d.txt"}
    await cp.asked_by("POST", "uploads", {}, "GetDiagnostics", call, {"fileName": "d.txt"}, shown)
    for status in ("Uploading", "UploadFailed", "Idle"):
        await cp.says("DiagnosticsStatusNotification", {"status": status}, {})
    assert (await cp.csms.get("/api/charge-points/CP1/uploads"))[0]["status"] == "UploadFailed"


async def test_tc_079_the_security_log(cp: ChargePoint) -> None:
    log = {"remoteLocation": Any_()}
    call = {"log": log, "logType": "SecurityLog", "requestId": 1, "retries": 3, "retryInterval": 60}
    shown = {"upload_id": 1, "status": "Requested", "file_name": "s.log"}
    answer = {"status": "Accepted", "filename": "s.log"}
    await cp.asked_by("POST", "uploads", {"kind": "SecurityLog"}, "GetLog", call, answer, shown)
    for status in ("Uploading", "Uploaded"):
        await cp.says("LogStatusNotification", {"status": status, "requestId": 1}, {})
    assert (await cp.csms.get("/api/charge-points/CP1/uploads"))[0]["status"] == "Uploaded"


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


async def test_tc_058_no_profile_for_a_transaction_that_does_not_run_leaves(cp: ChargePoint) -> None:
    for wrong in (77, None):
        body, _ = profile("TxProfile", transaction_id=wrong)
        answer = await cp.csms.admin.put("/api/charge-points/CP1/charging-profiles", json=body)
        assert answer.status_code in (404, 422)  # and no frame: the fixture looks


async def test_tc_066_the_composite_schedule(cp: ChargePoint) -> None:
    schedule = {"chargingRateUnit": "A", "duration": 300, "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 8.0}]}
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
        "periods": [{"start_s": 0, "limit": 8.0, "phases": None}],
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
        alert = await events.next("Alert")
        assert alert["kind"] == "security"
        assert alert["text"] == "InvalidCentralSystemCertificate"


async def test_one_call_at_a_time(cp: ChargePoint) -> None:
    """The second waits for the answer to the first (OCPP-J 1.6 §4.1.1)."""
    posts = [
        asyncio.create_task(cp.csms.admin.post("/api/charge-points/CP1/reset", json={"type": kind}))
        for kind in ("Soft", "Soft")
    ]
    await cp.nothing_between("Reset", {"type": "Soft"}, ACCEPTED)
    await cp.hears("Reset", {"type": "Soft"}, ACCEPTED)
    assert [(await post).json() for post in posts] == [ACCEPTED] * 2
