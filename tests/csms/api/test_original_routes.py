"""The paths of the systems this one continues: stations made and changed, the year's report, heartbeat, start, stop."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from csms.api import pages
from csms.config import Settings
from csms.store.database import Database
from ocppj import v16
from tests.csms.running import CARD, Csms, until
from tests.csms.station import START
from tests.csms.tells import tells


async def accepts(_: Any) -> Any:
    return v16.RemoteStartTransactionResult("Accepted")


async def site(csms: Csms, zone: str = "Europe/Rome") -> int:
    return int((await csms.new("/api/sites", name="Yard", time_zone=zone))["id"])


@tells("PATCH /api/station", "POST /api/station")
async def test_a_station_is_made_connects_with_its_key_and_is_changed(csms: Csms) -> None:
    await site(csms)
    form = {"id": "S1", "name": "Station 1", "lat": 44.4, "lon": 8.9, "price": 228, "connectors": ["type2", "ccs2"]}
    made = await csms.new("/api/station", **form, notes="This is a note")
    assert (made["price"], made["lat"], made["lon"], made["state"]) == (228, 44.4, 8.9, "Undefined")
    assert [c["type"] for c in made["connectors"]] == ["type2", "ccs2"]
    async with csms.station("S1", made["authorization_key"]) as there, csms.browser() as browser:
        await there.boot()
        shown = (await browser.get("/api/station/S1")).json()
        assert (shown["name"], shown["price"], shown["dismissed"]) == ("Station 1", 228, False)
        assert "notes" not in shown
        changes = {"id": "S1", "price": None, "description": "by the gate", "dismissed": True}
        answer = await csms.admin.patch("/api/station", json=changes)
        changed = answer.json()
        assert (changed["price"], changed["description"], changed["notes"]) == (45, "by the gate", "This is a note")
        assert (await browser.get("/api/station/S1")).status_code == 404


async def test_a_station_needs_a_site_when_there_is_not_just_one(csms: Csms) -> None:
    assert (await csms.admin.post("/api/station", json={"id": "S1", "name": "S"})).status_code == 409
    for wrong in ({"connectors": ["toaster"]}, {"lat": 1}, {"connectors": []}, {"price": -1}):
        form = {"id": "S1", "name": "S", **wrong}
        assert (await csms.admin.post("/api/station", json=form)).status_code == 422
    assert (await csms.admin.patch("/api/station", json={"id": "none"})).status_code == 404


@tells("GET /api/heartbeat/{connector_id}", "POST /api/start", "POST /api/stop")
async def test_heartbeat_start_and_stop_are_the_same_functions(csms: Csms) -> None:
    await csms.driver()
    dora, eve = csms.logged_in(2), csms.logged_in(3)
    key = await csms.charge_point("CP1")
    answers = {"RemoteStartTransaction": accepts, "RemoteStopTransaction": accepts}
    async with csms.station("CP1", key, **answers) as there:
        await there.boot()
        async with csms.browser() as browser:
            beat = (await browser.get("/api/heartbeat/1")).json()
            assert (beat["connectorId"], beat["status"], beat["errorCode"]) == (1, "Available", "NoError")
            assert datetime.now(UTC) - datetime.fromisoformat(beat["timeStamp"]) < timedelta(minutes=1)
            assert (await browser.get("/api/heartbeat/2")).status_code == 404
        old_app = {"id": 320, "transactionId": 16330, "connectorId": 1, "startTime": None}
        begun = await dora.post("/api/start", json=old_app)
        assert begun.json() == {
            "id": None, "transactionId": None, "connectorId": 1, "startTime": None, "stopTime": None,
            "status": "Accepted",
        }  # fmt: skip
        assert (there.asked[-1].connector_id, there.asked[-1].id_tag) == (1, CARD)
        started = await there.start(CARD)
        assert (await eve.post("/api/stop", json={"connectorId": 1})).status_code == 404
        stopped = (await dora.post("/api/stop", json={"connectorId": 1, "chargePoint": "CP1"})).json()
        assert (stopped["transactionId"], stopped["startTime"]) == (started.transaction_id, "2026-03-01T09:00:00Z")
        assert there.asked[-1].transaction_id == started.transaction_id
    await dora.aclose()
    await eve.aclose()


async def test_with_more_charge_points_one_must_be_named(csms: Csms) -> None:
    for identity in ("CP1", "CP2"):
        async with csms.station(identity, await csms.charge_point(identity)) as there:
            await there.boot()
    async with csms.browser() as browser:
        assert (await browser.get("/api/heartbeat/1")).status_code == 409
        assert (await browser.get("/api/heartbeat/1", params={"chargePoint": "CP2"})).status_code == 200
        assert (await browser.get("/api/heartbeat/1", params={"chargePoint": "CP9"})).status_code == 404


@tells("GET /api/station/report", "GET /api/station/report.csv", "GET /api/station/report.pdf")
async def test_the_years_report_agrees_with_the_ledger_and_counts_months_where_the_site_is(
    csms: Csms, settings: Settings
) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1")  # in Rome
    rome = ZoneInfo("Europe/Rome")
    ends = [datetime(2026, 1, 1, 0, 30, tzinfo=rome), datetime(2026, 2, 28, 12, tzinfo=rome)]
    ends += [datetime(2026, 3, 31, 23, 59, tzinfo=rome), datetime(2026, 4, 1, 0, 0, tzinfo=rome)]
    ends += [datetime(2025, 12, 31, 23, 59, 59, tzinfo=rome)]
    async with csms.station("CP1", key) as there:
        for register, end in enumerate(ends):
            at = end.astimezone(UTC)
            started = await there.start(CARD, register * 1000, at=at - timedelta(minutes=20))
            minutes = (at - START).total_seconds() / 60
            await there.stop(started.transaction_id, register * 1000 + 1000, minutes=minutes)
    given_back = {"amount_cents": 20, "reason": "sorry"}
    assert (await csms.admin.post("/api/sessions/3/corrections", json=given_back)).status_code == 201
    report = await csms.get("/api/station/report", year=2026)
    by_month = {m["month"]: (m["sessions"], m["energy_wh"], m["earnings_cents"]) for m in report["months"]}
    assert by_month == dict.fromkeys(range(1, 13), (0, 0, 0)) | {
        1: (1, 1000, 45), 2: (1, 1000, 45), 3: (1, 1000, 25), 4: (1, 1000, 45),
    }  # fmt: skip
    assert [(p["charge_point"], p["sessions"]) for p in report["charge_points"]] == [("CP1", 4)]
    assert [(t["tariff"], t["earnings_cents"]) for t in report["tariffs"]] == [("price per kWh", 160)]
    as_csv = (await csms.admin.get("/api/station/report.csv", params={"year": 2026})).text.splitlines()
    assert as_csv[0] == "year,by,name,month,sessions,energy_wh,earnings_cents,currency"
    assert as_csv[3] == "2026,month,2026-03,2026-03,1,1000,25,EUR"
    assert as_csv[13:] == [
        "2026,charge point,CP1,,4,4000,160,EUR", "2026,tariff,price per kWh,,4,4000,160,EUR",
        "2026,total,2026,,4,4000,160,EUR",
        *(
            f"2026,{by},2026-0{month},1,1000,{25 if month == 3 else 45},EUR"
            for by in ("charge point and month,CP1", "tariff and month,price per kWh")
            for month in range(1, 5)
        ),
    ]  # fmt: skip
    printed = await csms.admin.get("/api/station/report.pdf", params={"year": 2026})
    assert (printed.headers["content-type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    before = await csms.get("/api/station/report", year=2025)
    database = Database(settings.sqlalchemy_url)
    async with database.read() as db:
        revenue = (
            "SELECT sum(amount_cents) FROM ledger_entry JOIN account ON account.id = account_id "
            "WHERE code = 'revenue'"
        )
        booked = (await db.execute(text(revenue))).scalar_one()
    await database.close()
    assert report["total"]["earnings_cents"] + before["total"]["earnings_cents"] == booked == 205


LEDGER_BY_CHARGE_POINT_AND_MONTH = """
    SELECT c.identity, CAST(strftime('%m', t.ended_at) AS INTEGER), sum(e.amount_cents)
    FROM ledger_entry e JOIN account a ON a.id = e.account_id AND a.code = 'revenue'
    JOIN booking b ON b.id = e.booking_id LEFT JOIN correction k ON k.booking_id = b.id
    JOIN "transaction" t ON t.id = coalesce(b.transaction_id, k.transaction_id)
    JOIN charge_point c ON c.id = t.charge_point_id GROUP BY 1, 2
"""


async def test_months_by_charge_points_add_up_at_both_edges_to_what_the_ledger_has(
    csms: Csms, settings: Settings
) -> None:
    await csms.driver()
    for number, identity in enumerate(("CP1", "CP2", "CP3")):
        async with csms.station(identity, await csms.charge_point(identity, price_cents_per_kwh=50 + number)) as there:
            for turn, month in enumerate((2, 2, 7 + number) if identity != "CP3" else ()):
                at = datetime(2025, month, 11 + turn, 12, tzinfo=UTC)
                started = await there.start(CARD, turn * 10_000, at=at - timedelta(minutes=20))
                minutes = (at - START).total_seconds() / 60
                await there.stop(started.transaction_id, turn * 10_000 + 1000 * (number + 1 + turn), minutes=minutes)
    assert (await csms.admin.post("/api/sessions/4/corrections", json={"amount_cents": 7, "reason": "x"})).is_success
    report = await csms.get("/api/station/report", year=2025)

    database = Database(settings.sqlalchemy_url)
    async with database.read() as db:
        booked = {(row[0], row[1]): row[2] for row in await db.execute(text(LEDGER_BY_CHARGE_POINT_AND_MONTH))}
    await database.close()
    assert booked == {("CP1", 2): 150, ("CP1", 7): 150, ("CP2", 2): 255 - 7, ("CP2", 8): 204}
    earned = {
        (point["charge_point"], month): sums["earnings_cents"]
        for point in report["charge_points"]
        for month, sums in enumerate(point["months"], 1)
    }
    assert {place: cents for place, cents in earned.items() if cents} == booked
    assert len(earned) == 2 * 12  # CP3 did nothing

    what = ("sessions", "energy_wh", "earnings_cents")
    for by in ("charge_points", "tariffs"):
        for name in what:
            for row in report[by]:
                assert sum(sums[name] for sums in row["months"]) == row[name]
            for month in range(12):
                assert sum(row["months"][month][name] for row in report[by]) == report["months"][month][name]
            assert sum(row[name] for row in report[by]) == report["total"][name]
    assert [report["total"][name] for name in what] == [6, 6000 + 9000, sum(booked.values())]
    printed = (await csms.admin.get("/api/station/report.pdf", params={"year": 2025})).content
    assert printed.count(b"/Type /Page\n") == 3  # the tables, energy and earnings


async def test_the_report_names_tariffs(csms: Csms) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1")
    component = {"type": "ENERGY", "price_cents": "50"}
    tariff = await csms.new("/api/tariffs", name="Night", elements=[{"price_components": [component]}])
    put = await csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"]})
    assert put.is_success, put.text
    now = datetime.now(UTC)
    async with csms.station("CP1", key) as there:
        started = await there.start(CARD, at=now)
        await there.stop(started.transaction_id, 2000, minutes=(now - START).total_seconds() / 60 + 1)
    report = await csms.get("/api/station/report")
    assert [(t["tariff"], t["energy_wh"], t["earnings_cents"]) for t in report["tariffs"]] == [("Night", 1000, 50)]


@pytest.mark.parametrize("built", [True, False])
async def test_a_connectors_link_leads_into_the_app_at_this_connector(
    csms: Csms, built: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "app_is_built", lambda: built)
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        await there.boot()
        code = (await csms.get("/api/charge-points/CP1"))["connectors"][0]["code"]
        async with csms.browser() as browser:
            page = await browser.get(f"/C/{code.lower()}", follow_redirects=False)
    if built:
        assert (page.status_code, page.headers["location"]) == (303, f"/app/?code={code}")
    else:
        assert (page.status_code, "<h1>" in page.text) == (200, True)


async def test_a_connectors_link_shows_where_one_is_and_takes_a_report(csms: Csms) -> None:
    async with csms.station("CP1", await csms.charge_point("CP1", name="Gate <1>")) as there:
        await there.boot()
        code = (await csms.get("/api/charge-points/CP1"))["connectors"][0]["code"]
        async with csms.browser() as browser:
            for path in (f"/C/{code}", f"/c/{code.lower()}", f"/c/{code[:4]}-{code[4:]}"):
                page = await browser.get(f"{path}?plain")
                assert page.status_code == 200
                assert "<h1>Gate &lt;1&gt;, connector 1</h1>" in page.text
                assert all(text in page.text for text in (code, "CP1", "free", "0.45 EUR", 'href="tel:112"'))
                assert "<script" not in page.text
            assert (await browser.get("/c/00000000")).status_code == 404
            form = {"kind": "blocked", "text": "a <b>car</b>\r\nis in the way", "contact": "me@x.example"}
            thanks = await browser.post(f"/C/{code}/problem", data=form)
            assert (thanks.status_code, "has been told" in thanks.text) == (201, True)
            assert (await browser.post(f"/c/{code}/problem", data={"kind": "nonsense"})).status_code == 422
    problem = (await csms.get("/api/problems", open=True))[0]
    assert (problem["charge_point"], problem["connector_id"], problem["text"]) == (
        "CP1", 1, "a <b>car</b>\nis in the way",
    )  # fmt: skip

    async def noticed() -> Any:
        return [n for n in await csms.get("/api/notifications") if n["kind"] == "problem_reported"]

    assert (await until(noticed))[0]["title"] == "CP1: the place is blocked"


@tells("GET /api/problems", "POST /api/problems/{problem_id}/close", "POST /api/station/{identity}/problems")
async def test_problems_are_closed_by_those_who_manage_the_site_and_bounded_by_address(csms: Csms) -> None:
    await csms.charge_point("CP1")
    body = {"email": "o@x.example", "name": "o", "password": "long enough for all", "role": "operator"}
    elsewhere = csms.logged_in((await csms.new("/api/users", **body))["id"])
    dora = csms.logged_in(2)
    said = await dora.post("/api/station/CP1/problems", json={"kind": "broken", "connector_id": 1})
    assert said.json() == {"problem_id": 1, "emergency_number": "112"}
    assert (await csms.get("/api/problems"))[0]["user_id"] == 2
    assert (await dora.post("/api/station/CP1/problems", json={"kind": "broken", "connector_id": 9})).status_code == 404
    assert (await elsewhere.get("/api/problems")).json() == []
    assert (await elsewhere.post("/api/problems/1/close", json={})).status_code == 404
    closed = await csms.new("/api/problems/1/close", note="fixed")
    assert (closed["note"], closed["closed_at"] is not None) == ("fixed", True)
    assert await csms.get("/api/problems", open=True) == []
    answers = [(await dora.post("/api/station/CP1/problems", json={"kind": "other"})).status_code for _ in range(10)]
    assert answers == [201] * 9 + [429]
    await dora.aclose()
    await elsewhere.aclose()
