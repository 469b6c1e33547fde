"""Every operation from the HTTP API to a charge point of the `ocpp` package, whose schemas judge what we send."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from ocpp.v16 import call

from csms.commands import call as commands_call
from csms.config import Settings
from tests.csms.independent import Independent, independent
from tests.csms.running import CARD, Csms, until
from tests.csms.tells import tells

AT = "2026-03-01T09:00:00Z"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Asks nothing of its own accord, however slow the machine is."""
    return settings.model_copy(update={"meter_value_sample_interval_s": 0})


@pytest.fixture
async def point(csms: Csms) -> AsyncIterator[Independent]:
    key = await csms.charge_point("CP1", connectors=2)
    async with independent(csms, "CP1", key) as there:
        await there.boot()
        yield there


PROFILE = {
    "connector_id": 1,
    "id": 7,
    "stack_level": 2,
    "purpose": "TxDefaultProfile",
    "kind": "Recurring",
    "recurrency": "Daily",
    "start_at": "2026-03-01T10:00:00+01:00",
    "duration_s": 3600,
    "periods": [{"start_s": 0, "limit": 16.0}, {"start_s": 600, "limit": 9.5, "phases": 1}],
}
OCPP_PROFILE = {
    "charging_profile_id": 7,
    "stack_level": 2,
    "charging_profile_purpose": "TxDefaultProfile",
    "charging_profile_kind": "Recurring",
    "recurrency_kind": "Daily",
    "charging_schedule": {
        "charging_rate_unit": "A",
        "duration": 3600,
        "start_schedule": "2026-03-01T09:00:00Z",
        "charging_schedule_period": [
            {"start_period": 0, "limit": 16.0},
            {"start_period": 600, "limit": 9.5, "number_phases": 1},
        ],
    },
}

# method, path below the charge point, body, action, what arrives, what is answered
OPERATIONS: list[tuple[str, str, Any, str, dict[str, Any], Any]] = [
    ("POST", "unlock", {"connector_id": 2}, "UnlockConnector", {"connector_id": 2}, {"status": "Unlocked"}),
    ("POST", "reset", {"type": "Hard"}, "Reset", {"type": "Hard"}, {"status": "Accepted"}),
    (
        "POST",
        "availability",
        {"type": "Inoperative"},
        "ChangeAvailability",
        {"type": "Inoperative", "connector_id": 0},
        {"status": "Accepted"},
    ),
    ("POST", "clear-cache", None, "ClearCache", {}, {"status": "Accepted"}),
    (
        "GET",
        "configuration?key=HeartbeatInterval&key=Nonsense",
        None,
        "GetConfiguration",
        {"key": ["HeartbeatInterval", "Nonsense"]},
        {"keys": [{"key": "HeartbeatInterval", "readonly": False, "value": "300"}], "unknown": []},
    ),
    (
        "PATCH",
        "configuration",
        {"key": "HeartbeatInterval", "value": "60"},
        "ChangeConfiguration",
        {"key": "HeartbeatInterval", "value": "60"},
        {"status": "Accepted"},
    ),
    (
        "POST",
        "trigger",
        {"message": "MeterValues", "connector_id": 1},
        "TriggerMessage",
        {"requested_message": "MeterValues", "connector_id": 1},
        {"status": "Accepted"},
    ),
    (
        "POST",
        "trigger",
        {"message": "LogStatusNotification"},
        "ExtendedTriggerMessage",
        {"requested_message": "LogStatusNotification"},
        {"status": "Accepted"},
    ),
    (
        "PUT",
        "charging-profiles",
        PROFILE,
        "SetChargingProfile",
        {"connector_id": 1, "cs_charging_profiles": OCPP_PROFILE},
        {"status": "Accepted"},
    ),
    (
        "POST",
        "charging-profiles/clear",
        {"purpose": "TxDefaultProfile", "stack_level": 2},
        "ClearChargingProfile",
        {"charging_profile_purpose": "TxDefaultProfile", "stack_level": 2},
        {"status": "Accepted"},
    ),
    (
        "GET",
        "composite-schedule?connector_id=1&duration_s=600&unit=W",
        None,
        "GetCompositeSchedule",
        {"connector_id": 1, "duration": 600, "charging_rate_unit": "W"},
        {"status": "Accepted", "starts_at": None, "unit": None, "duration_s": None, "periods": []},
    ),
    (
        "POST",
        "data-transfer",
        {"vendor_id": "org.example", "message_id": "hello", "data": " as it is "},
        "DataTransfer",
        {"vendor_id": "org.example", "message_id": "hello", "data": " as it is "},
        {"status": "Accepted", "data": None},
    ),
]


@tells(
    "GET /api/charge-points/{identity}/composite-schedule",
    "GET /api/charge-points/{identity}/configuration",
    "PATCH /api/charge-points/{identity}/configuration",
    "POST /api/charge-points/{identity}/availability",
    "POST /api/charge-points/{identity}/charging-profiles/clear",
    "POST /api/charge-points/{identity}/clear-cache",
    "POST /api/charge-points/{identity}/data-transfer",
    "POST /api/charge-points/{identity}/reset",
    "POST /api/charge-points/{identity}/trigger",
    "POST /api/charge-points/{identity}/unlock",
    "PUT /api/charge-points/{identity}/charging-profiles",
)
async def test_each_operation_arrives_and_its_answer_is_shown(csms: Csms, point: Independent) -> None:
    for method, path, body, action, arrives, answer in OPERATIONS:
        point.asked.clear()
        told = await csms.admin.request(method, f"/api/charge-points/CP1/{path}", json=body)
        assert (told.status_code, told.json()) == (200, answer), path
        assert point.asked == [(action, arrives)], path


async def test_each_operation_on_a_charge_point_that_is_not_there_says_so(csms: Csms) -> None:
    await csms.charge_point("CP1", connectors=2)
    for method, path, body, *_ in OPERATIONS:
        for identity, status in (("CP1", 409), ("NOBODY", 404)):
            answer = await csms.admin.request(method, f"/api/charge-points/{identity}/{path}", json=body)
            assert answer.status_code == status, path


async def test_firmware_and_a_start_with_a_profile_keep_to_the_schemas(csms: Csms, point: Independent) -> None:
    body = {"location": "https://files.example.org/cp-2.bin", "retrieve_at": AT, "retries": 1}
    told = await csms.admin.post("/api/charge-points/CP1/firmware-updates", json=body)
    assert (told.status_code, told.json()["status"]) == (202, "Requested")
    about = {"retrieve_date": AT, "retries": 1, "retry_interval": 60}
    assert point.of("UpdateFirmware") == [{"location": "https://files.example.org/cp-2.bin", **about}]
    profile = {name: value for name, value in PROFILE.items() if name not in ("connector_id", "purpose")}
    start = {"id_tag": CARD, "charging_profile": profile}
    told = await csms.admin.post("/api/charge-points/CP1/connectors/2/remote-start", json=start)
    assert (told.status_code, told.json()) == (200, {"status": "Accepted"})
    sent = {**OCPP_PROFILE, "charging_profile_purpose": "TxProfile"}
    assert point.of("RemoteStartTransaction") == [{"id_tag": CARD, "connector_id": 2, "charging_profile": sent}]


async def test_what_belongs_to_another_is_refused_before_anything_is_sent(csms: Csms, point: Independent) -> None:
    await csms.driver()
    other_key = await csms.charge_point("CP2")
    async with csms.station("CP2", other_key) as station:
        await station.boot()
        elsewhere = (await station.start(CARD)).transaction_id
    tx = {**PROFILE, "purpose": "TxProfile", "kind": "Relative", "recurrency": None, "start_at": None}
    for path, body in (
        ("unlock", {"connector_id": 3}),
        ("availability", {"type": "Operative", "connector_id": 3}),
        ("trigger", {"message": "MeterValues", "connector_id": 3}),
    ):
        assert (await csms.admin.post(f"/api/charge-points/CP1/{path}", json=body)).status_code == 404, path
    put = await csms.admin.put("/api/charge-points/CP1/charging-profiles", json={**tx, "transaction_id": elsewhere})
    assert put.status_code == 404
    key = await csms.admin.patch(
        "/api/charge-points/CP1/configuration", json={"key": "authorizationKEY", "value": "00" * 20}
    )
    assert key.status_code == 409
    assert point.asked == []


async def test_a_profile_for_the_running_transaction_is_sent_and_for_one_that_has_ended_is_not(
    csms: Csms, point: Independent
) -> None:
    await csms.driver()
    started = await point.call(call.StartTransaction(connector_id=1, id_tag=CARD, meter_start=0, timestamp=AT))
    tx = {**PROFILE, "purpose": "TxProfile", "kind": "Relative", "recurrency": None, "start_at": None}
    body = {**tx, "transaction_id": started.transaction_id}
    assert (await csms.admin.put("/api/charge-points/CP1/charging-profiles", json=body)).status_code == 200
    sent = point.of("SetChargingProfile")[0]["cs_charging_profiles"]
    assert sent["transaction_id"] == started.transaction_id
    await point.call(call.StopTransaction(meter_stop=10, timestamp=AT, transaction_id=started.transaction_id))
    assert (await csms.admin.put("/api/charge-points/CP1/charging-profiles", json=body)).status_code == 409


CONTRADICTIONS: list[dict[str, Any]] = [
    {"purpose": "ChargePointMaxProfile"},
    {"purpose": "TxProfile"},
    {"transaction_id": 5},
    {"recurrency": None},
    {"kind": "Relative", "recurrency": None},
    {"start_at": None},
    {"periods": []},
    {"periods": [{"start_s": 5, "limit": 6}]},
    {"periods": [{"start_s": 0, "limit": 6}, {"start_s": 0, "limit": 8}]},
    {"periods": [{"start_s": 0, "limit": -1}]},
]


async def test_a_profile_that_contradicts_itself_is_not_sent(csms: Csms, point: Independent) -> None:
    for wrong in CONTRADICTIONS:
        answer = await csms.admin.put("/api/charge-points/CP1/charging-profiles", json={**PROFILE, **wrong})
        assert answer.status_code == 422, wrong
    assert point.asked == []


async def test_a_charge_point_that_does_not_answer_is_told_with_the_time(
    csms: Csms, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def silence(_: Any) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(commands_call.call, "__defaults__", (0.2,))
    key = await csms.charge_point("CP1")
    async with csms.station("CP1", key, Reset=silence) as station:
        await station.boot()
        refused = await csms.admin.post("/api/charge-points/CP1/clear-cache")
        assert refused.status_code == 502
        assert "NotImplemented" in refused.json()["detail"]
        answer = await csms.admin.post("/api/charge-points/CP1/reset", json={})
        assert answer.status_code == 504
        assert "within 0.2 s" in answer.json()["detail"]


@tells(
    "GET /api/charge-points/{identity}/uploads",
    "GET /api/charge-points/{identity}/uploads/{upload_id}/file",
    "POST /api/charge-points/{identity}/uploads",
    "PUT /api/uploads/{token}",
)
async def test_diagnostics_are_asked_for_taken_in_and_handed_out(csms: Csms, point: Independent) -> None:
    content = b"line\n" * 300_000  # more than a form may have
    sent: list[int] = []

    async def deliver(location: str, **_: Any) -> None:
        async with csms.browser() as web:
            await point.call(call.DiagnosticsStatusNotification(status="Uploading"))
            sent.append((await web.put(location, content=content)).status_code)
            await point.call(call.DiagnosticsStatusNotification(status="Uploaded"))

    point.then["GetDiagnostics"] = deliver
    asked = await csms.admin.post(
        "/api/charge-points/CP1/uploads", json={"kind": "Diagnostics", "since": "2026-03-01T08:00:00Z"}
    )
    assert asked.status_code == 202
    assert asked.json()["file_name"] == "diagnostics.txt"

    async def uploaded() -> Any:
        rows = await csms.get("/api/charge-points/CP1/uploads")
        return rows[0]["status"] == "Uploaded" and rows[0]

    row = await until(uploaded)
    assert sent == [201]
    assert (row["size_bytes"], row["kind"]) == (len(content), "Diagnostics")
    assert point.of("GetDiagnostics")[0]["start_time"] == "2026-03-01T08:00:00Z"
    file = await csms.admin.get(f"/api/charge-points/CP1/uploads/{row['id']}/file")
    assert file.content == content
    assert "attachment" in file.headers["content-disposition"]


async def test_a_log_carries_its_request_id_and_says_how_it_went(csms: Csms, point: Independent) -> None:
    point.answers["GetLog"] = {"status": "Accepted", "filename": "security.log"}
    asked = (await csms.admin.post("/api/charge-points/CP1/uploads", json={"kind": "SecurityLog"})).json()
    request = point.of("GetLog")[0]
    assert (request["log_type"], request["request_id"]) == ("SecurityLog", asked["upload_id"])
    await point.call(call.LogStatusNotification(status="UploadFailure", request_id=asked["upload_id"]))
    await point.call(call.LogStatusNotification(status="Uploaded", request_id=asked["upload_id"] + 7))  # nobody's
    (row,) = await csms.get("/api/charge-points/CP1/uploads")
    assert row["status"] == "UploadFailure"
    answer = await csms.admin.get(f"/api/charge-points/CP1/uploads/{row['id']}/file")
    assert answer.status_code == 404  # nothing came


async def test_nobody_else_can_send_a_file_or_read_one(csms: Csms, point: Independent) -> None:
    await csms.admin.post("/api/charge-points/CP1/uploads", json={})
    location = point.of("GetDiagnostics")[0]["location"]
    async with csms.browser() as web:
        assert (await web.put(location + "x", content=b"a")).status_code == 404
        assert (await web.put(location, content=b"a" * 20_000_001)).status_code == 413
        assert (await web.put(location + "/..%2F..%2Fevil", content=b"abc")).status_code in (201, 404)
        assert (await web.put(location + "/my log.txt", content=b"abc")).status_code == 201
        (row,) = await csms.get("/api/charge-points/CP1/uploads")
        assert (await web.get(f"/api/charge-points/CP1/uploads/{row['id']}/file")).status_code == 401
    await csms.charge_point("CP2")
    assert (await csms.admin.get(f"/api/charge-points/CP2/uploads/{row['id']}/file")).status_code == 404
    assert sorted(path.name for path in (csms.data_dir / "uploads").iterdir()) == [str(row["id"])]


async def test_only_the_newest_twenty_uploads_of_a_charge_point_are_kept(csms: Csms, point: Independent) -> None:
    for _ in range(22):
        await csms.admin.post("/api/charge-points/CP1/uploads", json={})
    rows = await csms.get("/api/charge-points/CP1/uploads")
    assert [row["id"] for row in rows] == list(range(22, 2, -1))


async def test_an_operator_of_another_site_finds_no_such_charge_point(csms: Csms, point: Independent) -> None:
    user = await csms.new("/api/users", email="o@x.example", name="O", password="p" * 12, role="operator")
    elsewhere = await csms.new("/api/sites", name="Elsewhere", time_zone="UTC")
    answer = await csms.admin.put(f"/api/users/{user['id']}/sites", json={"site_ids": [elsewhere["id"]]})
    assert answer.status_code == 200, answer.text
    async with csms.logged_in(user["id"]) as stranger:
        for method, path, body, *_ in OPERATIONS:
            told = await stranger.request(method, f"/api/charge-points/CP1/{path}", json=body)
            assert told.status_code == 404, path
        for method, path in (("POST", "uploads"), ("GET", "uploads"), ("POST", "local-list/sync"), ("PATCH", "")):
            told = await stranger.request(method, f"/api/charge-points/CP1/{path}".rstrip("/"), json={})
            assert told.status_code == 404, path
        assert (await stranger.get("/api/audit/missing-energy")).json() == []
    assert point.asked == []


@tells("POST /api/uploads/{token}", "POST /api/uploads/{token}/{file_name}", "PUT /api/uploads/{token}/{file_name}")
async def test_a_file_comes_by_put_or_post_with_or_without_its_name(csms: Csms, point: Independent) -> None:
    asked = await csms.admin.post("/api/charge-points/CP1/uploads", json={})
    location = point.of("GetDiagnostics")[0]["location"]
    file = f"/api/charge-points/CP1/uploads/{asked.json()['upload_id']}/file"
    ways = (("POST", "", "diagnostics.txt"), ("POST", "/a.log", "a.log"), ("PUT", "/b.log", "b.log"))
    async with csms.browser() as web:
        for method, behind, name in ways:  # each replaces what came before
            content = f"{method} {name}".encode()
            sent = await web.request(method, location + behind, content=content)
            assert (sent.status_code, sent.json()) == (201, {"size_bytes": len(content)})
            got = await csms.admin.get(file)
            assert (got.content, f'filename="{name}"' in got.headers["content-disposition"]) == (content, True)
