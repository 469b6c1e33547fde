"""Who edits what somebody else has edited meanwhile is told so: vehicles, cards, budgets, sites."""

import sqlite3
from typing import Any

import httpx
import pytest

from csms.config import Settings
from csms.service import Service
from ocppj.v16 import ChangeConfiguration, ChangeConfigurationResult
from tests.csms.running import CARD, Csms, until
from tests.csms.tells import tells


async def edited_twice(of: httpx.AsyncClient, method: str, path: str, look: str, one: Any, two: Any) -> None:
    """Two pages read the same; the second to write is refused, and told the truth when it looks again."""
    seen = (await of.get(look)).headers["ETag"]
    first = await of.request(method, path, json=one, headers={"If-Match": seen})
    assert first.is_success, first.text
    assert first.headers["ETag"] == (await of.get(look)).headers["ETag"]
    assert first.headers["ETag"] not in ("", seen), path
    late = await of.request(method, path, json=two, headers={"If-Match": seen})
    assert (late.status_code, late.headers["content-type"]) == (412, "application/problem+json"), path
    assert (await of.get(look)).headers["ETag"] == first.headers["ETag"]
    again = await of.request(method, path, json=two, headers={"If-Match": first.headers["ETag"]})
    assert again.is_success, again.text


async def test_vehicles(csms: Csms) -> None:
    async with csms.logged_in(2) as dora:
        made = await dora.post("/api/vehicles", json={"name": "Panda"})
        path = f"/api/vehicles/{made.json()['id']}"
        assert (await dora.get(path)).headers["ETag"] == made.headers["ETag"]
        await edited_twice(dora, "PUT", path, path, {"name": "Punto"}, {"name": "Uno"})
        old = {"If-Match": made.headers["ETag"]}
        assert (await dora.delete(path, headers=old)).status_code == 412
        assert (await csms.admin.get(path)).status_code == 404  # nobody else's to see
        assert (await dora.delete(path)).status_code == 204


@tells("GET /api/cards/{id_tag}")
async def test_cards_and_their_budgets(csms: Csms) -> None:
    await csms.driver()
    path = f"/api/cards/{CARD}"
    await edited_twice(csms.admin, "PATCH", path, path, {"blocked": True}, {"parent_id_tag": "FLEET"})
    budgets = [{"budgets": [{"period": "day", "most_wh": n}]} for n in (1000, 2000)]
    await edited_twice(csms.admin, "PUT", f"{path}/budgets", f"{path}/budgets", *budgets)
    async with csms.logged_in(2) as dora, csms.logged_in(3) as eve:
        assert (await dora.get(path)).json()["parent_id_tag"] == "FLEET"
        assert (await eve.get(path)).status_code == 404


@tells(
    "GET /api/sites/{site_id}",
    "GET /api/sites/{site_id}/operators",
    "PATCH /api/sites/{site_id}",
    "PUT /api/users/{user_id}/sites",
)
async def test_sites_and_who_manages_them(csms: Csms) -> None:
    site = await csms.new("/api/sites", name="Yard", time_zone="Europe/Rome")
    path = f"/api/sites/{site['id']}"
    zone = {"time_zone": "Europe/Berlin"}
    await edited_twice(csms.admin, "PATCH", path, path, {"name": "Harbour", "emergency_number": "115"}, zone)
    assert await csms.get(path) == {**site, "name": "Harbour", "time_zone": "Europe/Berlin", "emergency_number": "115"}
    too_long = {"emergency_number": "+39 010 1234567890123"}  # for a display
    for wrong in ({"name": None}, {"time_zone": "Moon/Base"}, {"emergency_number": "call me"}, too_long):
        assert (await csms.admin.patch(path, json=wrong)).status_code == 422
    form = {"email": "olaf@x.example", "name": "Olaf", "password": "long enough", "role": "operator"}
    olaf = await csms.new("/api/users", **form)
    async with csms.logged_in(olaf["id"]) as operator:
        assert (await operator.get(path)).status_code == 404
        assert (await operator.patch(path, json={"name": "Mine"})).status_code == 404
        await csms.admin.put(f"/api/users/{olaf['id']}/sites", json={"site_ids": [site["id"]]})
        assert (await operator.get(f"{path}/operators")).json() == [{"id": olaf["id"], "email": "olaf@x.example"}]
        assert (await operator.patch(path, json={"emergency_number": None})).json()["emergency_number"] is None


@pytest.mark.parametrize("number", ["115", "", None])
async def test_whom_to_call_is_the_sites_own_where_it_has_one(
    csms: Csms, monkeypatch: pytest.MonkeyPatch, number: str | None
) -> None:
    monkeypatch.setattr("csms.commands.after_boot._GRACE_S", 0.01)
    async def accept(_: Any) -> Any:
        return ChangeConfigurationResult("Accepted")

    shown = "112" if number is None else number
    async with csms.station("CP1", await csms.charge_point("CP1"), ChangeConfiguration=accept) as station:
        await station.boot()

        async def told(value: str) -> bool:
            return ChangeConfiguration("BollardEmergencyNumber", value) in station.asked

        await until(lambda: told("112"))
        station.asked.clear()
        assert (await csms.admin.patch("/api/sites/1", json={"emergency_number": number})).is_success
        await until(lambda: told(shown))
        code = (await csms.get("/api/charge-points/CP1"))["connectors"][0]["code"]
        async with csms.browser() as nobody:
            assert (await nobody.get("/api/station/CP1")).json()["emergency_number"] == shown
            assert (await nobody.get(f"/api/connectors/{code}")).json()["emergency_number"] == shown
            assert (f"tel:{shown}" in (await nobody.get(f"/c/{code}?plain")).text) is bool(shown)
            said = await nobody.post("/api/station/CP1/problems", json={"kind": "other"})
            assert said.json()["emergency_number"] == shown


@pytest.mark.parametrize("now", [None, "+39 010 1234567890123"])
async def test_a_display_shows_no_number_that_holds_no_more(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, now: str | None
) -> None:
    """It is taken back where the house has none, or is one of before there was a bound."""
    monkeypatch.setattr("csms.commands.after_boot._GRACE_S", 0.01)

    async def accept(_: Any) -> Any:
        return ChangeConfigurationResult("Accepted")

    async with Service(settings.model_copy(update={"emergency_number": ""})) as service:
        csms = Csms(service, settings.data_dir)
        key = await csms.charge_point("CP1")
        assert (await csms.admin.patch("/api/sites/1", json={"emergency_number": "115"})).is_success
        async with csms.station("CP1", key, ChangeConfiguration=accept) as station:

            async def told(value: str) -> bool:
                return ChangeConfiguration("BollardEmergencyNumber", value) in station.asked

            await station.boot()
            await until(lambda: told("115"))
            with sqlite3.connect(settings.data_dir / "csms.sqlite3") as db:
                db.execute("UPDATE site SET emergency_number = ?", (now,))
            station.asked.clear()
            await station.boot()
            await until(lambda: told(""))
        await csms.admin.aclose()
