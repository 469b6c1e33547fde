"""Settings that administrators change while the CSMS runs: they hold at once, and can be taken back."""

import asyncio

import pytest

from csms.commands import after_boot
from csms.config import Settings
from csms.service import Service
from ocppj import v16
from tests.csms.running import CARD, PASSWORD, Csms, until
from tests.csms.tells import tells


async def change(csms: Csms, **values: object) -> dict[str, dict[str, object]]:
    answer = await csms.admin.patch("/api/settings", json=values)
    assert answer.status_code == 200, answer.text
    return {each["key"]: each for each in answer.json()["changeable"]}


@tells("PATCH /api/settings")
async def test_a_change_holds_at_once_says_whose_it_is_and_is_taken_back(csms: Csms) -> None:
    found = await change(csms, reservation_minutes=25, start_credit_cents=300, registration=True)
    row = found["reservation_minutes"]
    assert (row["value"], row["file_value"], row["source"], row["changed_by"]) == (25, 15, "here", "admin@example.org")
    assert (row["at_least"], row["at_most"], row["unit"]) == (1, 1440, "min")
    assert row["changed_at"] is not None
    assert found["hold_cents"]["source"] == "default"
    assert found["display_costs_every_s"]["source"] == "file"  # the test's own settings
    about = await csms.get("/api/about")
    assert (about["reservation_minutes"], about["start_credit_cents"]) == (25, 300)
    async with csms.browser() as browser:
        form = {"email": "new@x.example", "name": "New", "password": PASSWORD}
        new = (await browser.post("/api/auth/register", json=form)).json()
    assert await csms.balance_cents(new["user"]["id"]) == 300
    found = await change(csms, start_credit_cents=None)
    assert (found["start_credit_cents"]["value"], found["start_credit_cents"]["changed_by"]) == (10_000, None)
    assert (await csms.get("/api/about"))["start_credit_cents"] == 10_000


async def test_a_session_that_starts_after_a_change_goes_by_it(csms: Csms) -> None:
    await csms.driver()
    await csms.new("/api/users/2/credits", amount_cents=5000, reason="to charge")
    async with csms.station("CP1", await csms.charge_point("CP1")) as there:
        await there.boot()
        before = (await there.start(CARD, 0)).transaction_id
        await there.stop(before, 1000)
        await change(csms, default_price_cents_per_kwh=80, hold_cents=700)
        after = (await there.start(CARD, 1000)).transaction_id
        assert (await csms.get("/api/users/2/balance"))["held_cents"] == 700
        await there.stop(after, 2000)
        await change(csms, stop_when_credit_runs_out=True)
        await csms.new("/api/users/2/credits", amount_cents=-4875, reason="all of it")
        assert (await there.start(CARD, 2000)).id_tag_info.status == "Blocked"
    assert [(await csms.session(each))["cost_cents"] for each in (before, after)] == [45, 80]


async def test_what_was_changed_outlives_a_restart(csms: Csms, settings: Settings) -> None:
    await change(csms, reservation_minutes=25)
    async with Service(settings) as again:
        second = Csms(again, settings.data_dir)
        assert (await second.get("/api/about"))["reservation_minutes"] == 25
        await second.admin.aclose()


@tells("GET /api/settings")
async def test_who_saves_what_somebody_else_has_changed_meanwhile_is_told(csms: Csms) -> None:
    seen = (await csms.admin.get("/api/settings")).headers["ETag"]
    await change(csms, hold_cents=100)
    answer = await csms.admin.patch("/api/settings", json={"hold_cents": 200}, headers={"If-Match": seen})
    assert answer.status_code == 412
    seen = (await csms.admin.get("/api/settings")).headers["ETag"]
    answer = await csms.admin.patch("/api/settings", json={"hold_cents": 200}, headers={"If-Match": seen})
    assert (answer.status_code, answer.headers["ETag"] == seen) == (200, False)


@pytest.mark.parametrize(
    ("body", "at"),
    [
        ({"reservation_minutes": 0}, "body.reservation_minutes"),
        ({"reservation_minutes": "15"}, "body.reservation_minutes"),
        ({"registration": 1}, "body.registration"),
        ({"mail_sender_name": "us\r\nBcc: them"}, "body.mail_sender_name"),
        ({"currency": "USD"}, "body.currency"),
        ({"database_url": "sqlite://"}, "body.database_url"),
    ],
)
async def test_a_wrong_value_is_refused_with_its_field_and_nothing_of_it_holds(
    csms: Csms, body: dict[str, object], at: str
) -> None:
    answer = await csms.admin.patch("/api/settings", json={"hold_cents": 1, **body})
    assert (answer.status_code, [each["at"] for each in answer.json()["errors"]]) == (422, [at])
    found = await csms.get("/api/settings")
    assert {each["source"] for each in found["changeable"]} <= {"default", "file"}


@tells("GET /api/audit/check")
async def test_what_was_changed_from_what_to_what_is_in_the_audit_log(csms: Csms) -> None:
    await change(csms, hold_cents=100, emergency_number="113")
    await change(csms, hold_cents=None)

    async def noted() -> list[dict[str, str]]:
        rows: list[dict[str, str]] = await csms.get("/api/audit/changes")
        return rows if len(rows) == 2 else []  # a row is written after its answer

    newest, before = await until(noted)
    assert (newest["method"], newest["route"]) == ("PATCH", "/api/settings")
    assert newest["detail"] == "hold_cents: 100 → 2000 (taken back)"
    assert before["detail"] == 'emergency_number: "112" → "113"; hold_cents: 2000 → 100'
    checked = await csms.get("/api/audit/check")
    assert (checked["findings"], checked["head"]["id"]) == ([], newest["id"])
    assert (await csms.get("/api/system"))["audit"] == checked["head"]


async def test_charge_points_that_are_here_are_told_at_once(csms: Csms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(after_boot, "_GRACE_S", 0)
    told: asyncio.Queue[tuple[str, str]] = asyncio.Queue()

    async def take(request: v16.ChangeConfiguration) -> v16.ChangeConfigurationResult:
        told.put_nowait((request.key, request.value))
        return v16.ChangeConfigurationResult("Accepted")

    async with csms.station("CP1", await csms.charge_point("CP1"), ChangeConfiguration=take) as there:
        await there.boot()
        await change(csms, meter_value_sample_interval_s=7)
        async with asyncio.timeout(5):
            while await told.get() != ("MeterValueSampleInterval", "7"):
                pass
