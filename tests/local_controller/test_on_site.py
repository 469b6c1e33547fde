"""Charges that the operator starts and ends at the controller's page, for the account that the CSMS has named."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from local_controller import on_site
from local_controller.login import set_password
from local_controller.on_site_account import MOST_NAMES
from tests.local_controller.central import Central
from tests.local_controller.running import PASSWORD, Running, running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import ChargePoint, start_of, stop_of

OWN = "demo-site"  # the controller's own identity
TAG = "SITE0123456789ABCDEF"
OTTO = {"idTag": TAG, "name": "Otto Operator", "status": "Accepted"}


async def tell(central: Central, data: Any = OTTO, message: str = "OnSiteAccount", vendor: str = "org.bollard") -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    answer = await central.ask(OWN, "DataTransfer", vendorId=vendor, messageId=message, data=text)
    return str(answer["status"])


async def status(charge_point: ChargePoint, status: str, connector_id: int = 1) -> None:
    await charge_point.call("StatusNotification", connectorId=connector_id, errorCode="NoError", status=status)


async def press(site: Running, what: str, connector: object = 1, **body: Any) -> httpx.Response:
    return await site.web.post(f"/api/charge-points/demo-CP1/connectors/{connector}/{what}", json=body)


def asked(charge_point: ChargePoint, action: str) -> list[dict[str, Any]]:
    return [payload for name, payload in charge_point.asked if name == action]


@pytest.fixture
async def point(site: Running, central: Central) -> AsyncIterator[ChargePoint]:
    """Connected, with a free connector; the operator is at the page, and Otto pays."""
    await site.log_in()
    assert await tell(central) == "Accepted"
    async with await site.adopt() as charge_point:
        charge_point.answers["GetConfiguration"] = {
            "configurationKey": [{"key": "ConnectionTimeOut", "readonly": False, "value": "90"}]
        }
        await charge_point.boot()
        await status(charge_point, "Available")
        yield charge_point


async def test_the_operator_starts_for_the_account_and_ends_it_again(
    site: Running, point: ChargePoint, capfd: pytest.CaptureFixture[str]
) -> None:
    answer = await press(site, "start")
    assert answer.status_code == 202
    assert answer.json()["status"] == "Accepted"
    assert asked(point, "RemoteStartTransaction") == [{"idTag": TAG, "connectorId": 1}]
    shown = await site.connector(point)
    assert (shown["asked"]["what"], shown["asked"]["until"]) == ("start", answer.json()["until"])
    now = (await site.web.get("/api/status")).json()["clock"]["now"]
    left_s = (datetime.fromisoformat(shown["asked"]["until"]) - datetime.fromisoformat(now)).total_seconds()
    assert 60 < left_s <= 90  # as the charge point says

    ours = (await point.call("StartTransaction", start_of(id_tag=TAG)))["transactionId"]
    shown = await site.connector(point)
    assert (shown["asked"], shown["transaction"]["id_tag"]) == (None, TAG)
    assert (await site.web.get("/api/status")).json()["on_site"]["names"][TAG] == "Otto Operator"

    assert (await press(site, "stop", transaction_id=ours)).json()["status"] == "Accepted"
    assert asked(point, "RemoteStopTransaction") == [{"transactionId": ours}]
    assert (await site.connector(point))["asked"]["what"] == "stop"
    await point.call("StopTransaction", stop_of(ours))
    assert (await site.connector(point))["asked"] is None
    # who looks too late, or presses again, ends nothing else
    ended = {"status": "Ended", "until": None}
    assert (await press(site, "stop", transaction_id=ours)).json() == ended
    await point.call("StartTransaction", start_of(id_tag=TAG, at="2026-03-01T12:00:00Z"))
    assert (await press(site, "stop", transaction_id=ours)).json() == ended
    assert len(asked(point, "RemoteStopTransaction")) == 1
    lines = [line for line in "".join(capfd.readouterr()).splitlines() if "on_site.st" in line]
    assert len(lines) == 2
    assert all("operator at 127.0.0.1" in line and TAG not in line for line in lines)


async def test_pressing_twice_is_one_start_and_one_stop(site: Running, point: ChargePoint) -> None:
    point.answers["RemoteStartTransaction"] = None  # it thinks
    pressed = [asyncio.create_task(press(site, "start")) for _ in range(3)]
    await eventually("it is asked", lambda: asked(point, "RemoteStartTransaction"))
    await point.catch_up()
    first, *others = [(await press).json() for press in pressed]
    assert others == [first, first]
    assert (await press(site, "start")).json() == first  # and until a car is plugged in
    assert len(asked(point, "RemoteStartTransaction")) == 1
    ours = (await point.call("StartTransaction", start_of(id_tag=TAG)))["transactionId"]
    assert (await press(site, "start")).status_code == 409
    stops = [await press(site, "stop", transaction_id=ours), await press(site, "stop")]
    assert [stop.json()["status"] for stop in stops] == ["Accepted", "Accepted"]
    assert len(asked(point, "RemoteStopTransaction")) == 1


async def test_who_means_a_charge_that_has_ended_is_told_so_while_the_next_one_is_being_ended(
    site: Running, point: ChargePoint
) -> None:
    ours = (await point.call("StartTransaction", start_of()))["transactionId"]
    point.answers["RemoteStopTransaction"] = None  # it thinks
    pressed = [asyncio.create_task(press(site, "stop", transaction_id=ours)), asyncio.create_task(press(site, "stop"))]
    await eventually("it is asked", lambda: asked(point, "RemoteStopTransaction"))
    assert (await press(site, "stop", transaction_id=ours - 1)).json() == {"status": "Ended", "until": None}
    await point.catch_up()
    first, second = [(await press).json() for press in pressed]
    assert (first["status"], second) == ("Accepted", first)
    assert len(asked(point, "RemoteStopTransaction")) == 1


async def test_a_car_that_is_plugged_in_may_start_before_the_answer_comes(site: Running, point: ChargePoint) -> None:
    point.answers["RemoteStartTransaction"] = None
    pressed = asyncio.create_task(press(site, "start"))
    await eventually("it is asked", lambda: asked(point, "RemoteStartTransaction"))
    await point.call("StartTransaction", start_of(id_tag=TAG))
    await point.catch_up()
    assert (await pressed).status_code == 202
    assert (await site.connector(point))["asked"] is None


async def test_the_charge_of_a_card_is_ended_too(site: Running, point: ChargePoint) -> None:
    ours = (await point.call("StartTransaction", start_of()))["transactionId"]
    assert (await press(site, "stop")).status_code == 202
    assert asked(point, "RemoteStopTransaction") == [{"transactionId": ours}]


async def test_no_start_where_the_connector_cannot_and_why(site: Running, point: ChargePoint) -> None:
    for now, why in (
        ("Reserved", "reserved"), ("Charging", "in use"), ("SuspendedEV", "in use"), ("Finishing", "still plugged in"),
        ("Unavailable", "out of service"), ("Faulted", "fault"),
    ):  # fmt: skip
        await status(point, now)
        assert why in (await site.connector(point))["why_not"]
        answer = await press(site, "start")
        assert (answer.status_code, why in answer.json()["detail"]) == (409, True)
    assert not asked(point, "RemoteStartTransaction")
    await status(point, "Preparing")
    assert (await site.connector(point))["why_not"] is None


async def test_no_start_and_no_stop_at_what_is_not_there(site: Running, point: ChargePoint) -> None:
    for connector in (0, 2, "x", "-1", "9" * 6000, "²"):
        for what in ("start", "stop"):
            assert (await press(site, what, connector)).status_code == 404, connector
    assert (await site.web.post("/api/charge-points/nobody/connectors/1/start")).status_code == 404
    assert (await press(site, "stop")).status_code == 409
    assert (await press(site, "stop", transaction_id="1")).status_code == 422


async def test_a_charge_point_that_is_away_refuses_or_is_silent_is_told_apart(
    site: Running, point: ChargePoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    point.answers["RemoteStartTransaction"] = {"status": "Rejected"}
    answer = await press(site, "start")
    assert (answer.status_code, "refused" in answer.json()["detail"]) == (409, True)
    point.answers["RemoteStartTransaction"] = ["NotSupported", "not me", {}]
    assert (await press(site, "start")).status_code == 409
    monkeypatch.setattr(on_site, "ANSWER_S", 0.05)
    point.answers["RemoteStartTransaction"] = None
    answer = await press(site, "start")
    assert (answer.status_code, "did not answer within" in answer.json()["detail"]) == (504, True)
    assert (await site.connector(point))["asked"] is None
    await point.__aexit__()
    await eventually("it is gone", lambda: not site.site.state.views["demo-CP1"].connected)
    answer = await press(site, "start")
    assert (answer.status_code, "not connected" in answer.json()["detail"]) == (409, True)


async def test_a_hammered_button_is_told_to_wait(site: Running, point: ChargePoint) -> None:
    point.answers["RemoteStartTransaction"] = {"status": "Rejected"}
    codes = [(await press(site, "start")).status_code for _ in range(on_site.MOST_A_MINUTE)]
    assert codes == [409] * on_site.MOST_A_MINUTE
    answer = await press(site, "start")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert len(asked(point, "RemoteStartTransaction")) == on_site.MOST_A_MINUTE


async def test_a_viewer_starts_and_stops_nothing(site: Running, point: ChargePoint) -> None:
    await set_password(site.store, "only looking", "viewer")
    assert (await site.web.post("/api/login", json={"password": "only looking"})).status_code == 204
    ours = (await point.call("StartTransaction", start_of()))["transactionId"]
    assert (await press(site, "start")).status_code == 403
    assert (await press(site, "stop", transaction_id=ours)).status_code == 403
    assert not asked(point, "RemoteStartTransaction")
    assert not asked(point, "RemoteStopTransaction")
    assert (await site.web.post("/api/login", json={"password": PASSWORD})).status_code == 204
    foreign = {"X-Requested-With": "other"}
    path = "/api/charge-points/demo-CP1/connectors/1/stop"
    assert (await site.web.post(path, json={}, headers=foreign)).status_code == 403


async def test_it_works_with_the_centre_away_and_after_a_restart(tmp_path: Path, central: Central) -> None:
    async with running(tmp_path / "site", central) as site:
        await tell(central)
        point = await site.adopt()
    await central.stop()
    async with running(tmp_path / "site", central) as site:
        await site.log_in()
        point.url = site.url
        async with point:
            await status(point, "Available")
            answer = await press(site, "start")
            assert (answer.status_code, "not been accepted" in answer.json()["detail"]) == (409, True)
            await point.boot()
            assert (await press(site, "start")).status_code == 202
            assert asked(point, "RemoteStartTransaction") == [{"idTag": TAG, "connectorId": 1}]
            answer = await point.call("StartTransaction", start_of(id_tag=TAG))
            assert answer["idTagInfo"]["status"] == "Accepted"


async def test_nobody_pays_until_the_centre_says_who_and_the_account_can_change(
    site: Running, central: Central
) -> None:
    await site.log_in()
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await status(charge_point, "Available")
        answer = await press(site, "start")
        assert (answer.status_code, "has not said whose account" in answer.json()["detail"]) == (409, True)
        await tell(central)
        assert (await press(site, "start")).status_code == 202
        ours = (await charge_point.call("StartTransaction", start_of(id_tag=TAG)))["transactionId"]
        other = {"idTag": "SITEOTHER", "name": "Ada", "status": "Accepted"}
        assert await tell(central, other) == "Accepted"
        await charge_point.call("StopTransaction", stop_of(ours))
        await status(charge_point, "Available")
        assert (await press(site, "start")).status_code == 202
        assert [one["idTag"] for one in asked(charge_point, "RemoteStartTransaction")] == [TAG, "SITEOTHER"]
        await central.stop()
        old = await charge_point.call("Authorize", idTag=TAG)
        assert old["idTagInfo"]["status"] == "Blocked"
        assert (await charge_point.call("Authorize", idTag="SITEOTHER"))["idTagInfo"]["status"] == "Accepted"


async def test_a_blocked_card_and_nobody_are_told_on_the_page(site: Running, central: Central) -> None:
    await site.log_in()
    for told, why in (({**OTTO, "status": "Blocked"}, "Otto Operator"), ({"idTag": None}, "has not said")):
        async with site.site.state.subscribe() as page:
            assert await tell(central, told) == "Accepted"
            assert ("OnSiteAccount", {}) in (await page.get(1) or [])
        assert why in (await site.web.get("/api/status")).json()["on_site"]["why_not"]


async def test_what_cannot_be_read_is_rejected_and_the_one_before_pays(site: Running, central: Central) -> None:
    await site.log_in()
    await tell(central)
    bad: tuple[Any, ...] = (
        "", "[]", "{}", '{"idTag": 5}', {"idTag": "T" * 21}, {"idTag": ""}, {"idTag": "T", "name": "x" * 251},
    )  # fmt: skip
    for data in bad:
        assert await tell(central, data) == "Rejected", data
    assert (await site.web.get("/api/status")).json()["on_site"]["name"] == "Otto Operator"
    assert await tell(central, {"idTag": "T", "name": "New", "more": 1}) == "Accepted"
    assert (await site.web.get("/api/status")).json()["on_site"]["name"] == "New"


async def test_other_words_are_not_understood(site: Running, central: Central) -> None:
    assert await tell(central, vendor="com.example") == "UnknownVendorId"
    assert await tell(central, message="Other") == "UnknownMessageId"


async def test_names_of_accounts_before_are_few(site: Running, central: Central) -> None:
    await site.log_in()
    for number in range(MOST_NAMES + 5):
        await tell(central, {"idTag": f"SITE{number}", "name": f"Number {number}"})
    names = (await site.web.get("/api/status")).json()["on_site"]["names"]
    assert len(names) == MOST_NAMES
    assert names[f"SITE{MOST_NAMES + 4}"] == f"Number {MOST_NAMES + 4}"


async def test_in_transparent_mode_the_page_starts_nothing(tmp_path: Path, central: Central) -> None:
    async with running(tmp_path / "site", central, mode="transparent") as site:
        await site.log_in()
        await tell(central)
        async with await site.adopt() as charge_point:
            await charge_point.boot()
            await status(charge_point, "Available")
            answer = await press(site, "start")
            assert (answer.status_code, "transparent" in answer.json()["detail"]) == (409, True)
