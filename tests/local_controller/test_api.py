"""The page's API: who may, and what it shows."""

from datetime import datetime

import pytest

from local_controller import login
from local_controller.api import PAGE
from local_controller.login import set_password
from tests.local_controller.central import Central
from tests.local_controller.running import PASSWORD, Running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import start_of, stop_of, values_of


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/api/charge-points"), ("GET", "/api/status"), ("GET", "/api/events"), ("POST", "/api/adoption-codes"),
     ("POST", "/api/logout"), ("POST", "/api/charge-points/demo-CP1/connectors/1/start"),
     ("POST", "/api/charge-points/demo-CP1/connectors/1/stop")],
)  # fmt: skip
async def test_nothing_is_shown_without_a_login(site: Running, method: str, path: str) -> None:
    assert (await site.web.request(method, path)).status_code == 401
    site.web.cookies.set("bollard_site_session", "made-up")
    assert (await site.web.request(method, path)).status_code == 401


async def test_health_is_open(site: Running) -> None:
    assert (await site.web.get("/healthz")).json() == {"status": "ok"}


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(site: Running) -> None:
    answer = await site.web.post("/api/login", json={"password": PASSWORD})
    cookie = answer.headers["Set-Cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


async def test_a_write_without_our_header_is_refused(site: Running) -> None:
    await site.log_in()
    answer = await site.web.post("/api/adoption-codes", headers={"X-Requested-With": "other"})
    assert answer.status_code == 403


async def test_a_guesser_of_passwords_has_to_wait(site: Running) -> None:
    statuses = [(await site.web.post("/api/login", json={"password": f"guess {n}"})).status_code for n in range(6)]
    assert statuses == [401] * 5 + [429]
    assert (await site.web.post("/api/login", json={"password": PASSWORD})).status_code == 429


async def test_logging_out_and_a_new_password_end_the_session(site: Running) -> None:
    await site.log_in()
    await site.web.post("/api/logout")
    assert (await site.web.get("/api/status")).status_code == 401
    await site.log_in()
    await set_password(site.store, "another password")
    assert (await site.web.get("/api/status")).status_code == 401


async def test_a_session_ends_by_itself(site: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    now_s = 0.0
    logins = login.Logins(site.store, lambda: now_s)
    token = await logins.log_in(PASSWORD, "here")
    assert await logins.role(token) == "operator"
    now_s = login.SESSION_S + 1
    assert await logins.role(token) is None


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b'{"password": 5}', b"\xff\xfe"])
async def test_a_bad_body_is_told_in_words(site: Running, body: bytes) -> None:
    answer = await site.web.post("/api/login", content=body)
    assert answer.status_code == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "bad body" in answer.json()["detail"]
    assert (await site.web.post("/api/login", content=b"x" * 5000)).status_code == 413


async def test_it_shows_states_and_running_sessions(site: Running, central: Central) -> None:
    await site.log_in()
    async with await site.adopt("S1") as charge_point:
        await charge_point.boot()
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Charging", "timestamp": "2026-03-01T10:00:00Z"}
        await charge_point.call("StatusNotification", status)
        await charge_point.call("StatusNotification", connectorId=0, errorCode="NoError", status="Available")
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        values = values_of(ours, 1800)
        values["meterValue"][0]["sampledValue"].append(
            {"value": "7.2", "measurand": "Power.Active.Import", "unit": "kW"}
        )
        await charge_point.call("MeterValues", values)
        [row] = (await site.web.get("/api/charge-points")).json()
        assert (row["identity"], row["serial"]) == ("demo-CP1", "S1")
        assert (row["connected"], row["northbound"]) == (True, True)
        assert datetime.fromisoformat(row["last_seen_at"])
        assert row["connectors"] == [
            {
                "connector_id": 1, "status": "Charging", "error_code": "NoError", "at": "2026-03-01T10:00:00Z",
                "transaction": {
                    "transaction_id": ours, "id_tag": "04A1B2C3", "started_at": "2026-03-01T10:00:00Z",
                    "energy_wh": 800, "power_w": 7200,
                },
                "asked": None, "why_not": "a charge is running here",
            }
        ]  # fmt: skip
        await charge_point.call("StopTransaction", stop_of(ours))
        assert (await site.connector(charge_point))["transaction"] is None
    await site.all_delivered()
    status = (await site.web.get("/api/status")).json()
    assert status["site"]["name"] == "Demo"
    assert status["csms"]["connected"] is True
    assert status["queue"] == {"messages": 0, "oldest_at": None}


async def test_events_tell_what_happens(site: Running, central: Central) -> None:
    async with site.site.state.subscribe() as page:
        async with await site.adopt("S1") as charge_point:
            await charge_point.boot()
            await charge_point.call("StatusNotification", connectorId=1, errorCode="NoError", status="Preparing")
            ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
            await charge_point.call("MeterValues", values_of(ours, 1500))
            await charge_point.call("StopTransaction", stop_of(ours))
            await site.all_delivered()
        events = await page.get(1) or []
    names = [name for name, _ in events if name != "Queue"]
    assert names[:2] == ["ChargePointAdopted", "ChargePointConnected"]
    assert [n for n in names if n.startswith(("Conn", "Tr", "Me"))] == [
        "ConnectorStatus", "TransactionStarted", "MeterSample", "TransactionEnded",
    ]  # fmt: skip
    assert {"Upstream"} <= set(names)
    sample = next(data for name, data in events if name == "MeterSample")
    assert sample["connectors"][0]["transaction"]["energy_wh"] == 500
    assert (sample["charge_point"], sample["connector_id"]) == ("demo-CP1", 1)


async def test_a_page_that_does_not_read_is_let_go(site: Running) -> None:
    async with site.site.state.subscribe() as page:
        for _ in range(501):
            site.site.state.publish("Queue", {})
        assert await page.get(1) is None


async def test_a_charge_point_cannot_fill_the_page_with_connectors(site: Running, central: Central) -> None:
    await site.log_in()
    async with await site.adopt() as charge_point:
        for number in range(1, 200):
            await charge_point.call("StatusNotification", connectorId=number, errorCode="NoError", status="Available")
        [row] = (await site.web.get("/api/charge-points")).json()
    assert len(row["connectors"]) <= 64


async def test_the_built_page_is_served_or_its_absence_told(site: Running) -> None:
    answer = await site.web.get("/")
    assert (answer.status_code, "<html" in answer.text) == (200, True) if PAGE.is_dir() else (503, False)
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert (await site.web.get("/../main.py")).status_code in {404, 503}


async def test_a_new_connector_is_announced(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.call("StatusNotification", connectorId=2, errorCode="NoError", status="Available")
    await eventually("it is noted", lambda: site.store.read("SELECT 1 FROM charge_points WHERE connectors = 2"))
