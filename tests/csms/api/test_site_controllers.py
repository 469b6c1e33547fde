"""A controller on its own connection: what it tells is kept, and what an operator asks of the site reaches it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, update

from csms.config import Settings
from csms.store import site_meter_values, sites
from csms.store.database import Database
from csms.store.tables import charge_point, controller, site_meter_value
from ocppj import v16
from ocppj.errors import CallErrorReceived
from tests.csms.api.test_adoption import PI, new_code
from tests.csms.running import Csms, until
from tests.csms.station import START, Station
from tests.csms.tells import tells


@asynccontextmanager
async def adopted(csms: Csms, **answers: Any) -> AsyncIterator[tuple[str, Station, str]]:
    """The site's path, its controller on the line, and the site key."""
    async with csms.browser() as pi:
        told = (await pi.post("/api/adopt", json={"code": await new_code(csms), **PI})).json()
    async with csms.station(told["identity"], told["site_key"], **answers) as there:
        yield f"/api/sites/{told['site']['id']}", there, told["site_key"]


def sample(value: str, measurand: Any, unit: Any, phase: Any = None) -> v16.SampledValue:
    return v16.SampledValue(value, measurand=measurand, unit=unit, phase=phase, location="Inlet")


@tells("GET /api/sites/{site_id}/controller", "GET /api/sites/{site_id}/meter-values")
async def test_status_and_meter_of_the_site_are_kept_and_shown(csms: Csms) -> None:
    async with adopted(csms) as (path, there, _):
        await there.boot()
        await there.status(0, "Unavailable")
        values = [
            sample("123.4", "Energy.Active.Import.Register", "kWh"),
            sample("-1500", "Power.Active.Import", "W"),
            *(sample(a, "Current.Import", "A", phase) for a, phase in (("10.25", "L1"), ("0", "L2"), ("3", "L3"))),
            v16.SampledValue("63", measurand="Current.Offered", unit="A"),
            v16.SampledValue("7.4", measurand="Power.Active.Import", unit="kW"),
            sample("much", "Power.Active.Import", "W"),  # of no use, and costs nothing else
        ]
        for minute in (1, 2, 2):  # told twice, kept once
            at = START + timedelta(minutes=minute)
            await there.peer.call(v16.MeterValues(0, [v16.MeterValue(at, values)]))
        shown = await csms.get(f"{path}/controller")
        assert (shown["state"], shown["controller"]["status"]) == ("Reachable", "Unavailable")
        reading = {
            "at": (START + timedelta(minutes=2)).isoformat().replace("+00:00", "Z"), "register_wh": 123_400,
            "power_w": -1500, "l1_ma": 10_250, "l2_ma": 0, "l3_ma": 3000, "charging_w": 7400, "offered_ma": 63_000,
        }  # fmt: skip
        assert shown["meter"] == reading
        series = await csms.get(f"{path}/meter-values")
        assert [one["at"] for one in series] == ["2026-03-01T09:01:00Z", "2026-03-01T09:02:00Z"]
        assert await csms.get(f"{path}/meter-values", since="2026-03-01T09:02:00Z") == [reading]
        with pytest.raises(CallErrorReceived):
            await there.start("CARD")  # it is no charge point
    gone = await until(lambda: _away(csms, path))
    assert gone["controller"]["last_seen_at"] is not None


async def _away(csms: Csms, path: str) -> Any:
    shown = await csms.get(f"{path}/controller")
    return shown if shown["state"] == "SiteNotReachable" else None


@tells("POST /api/sites/{site_id}/availability", "PUT /api/sites/{site_id}/limit")
async def test_the_limit_and_the_availability_of_a_site_reach_its_controller(csms: Csms) -> None:
    async def yes(_: Any) -> Any:
        return {"status": "Accepted"}

    async def scheduled(_: Any) -> Any:
        return {"status": "Scheduled"}

    kinds = {"SetChargingProfile": yes, "ClearChargingProfile": yes, "ChangeAvailability": scheduled}
    async with adopted(csms, **kinds) as (path, there, _):
        assert (await csms.admin.put(f"{path}/limit", json={"limit_a": 40})).json() == {"status": "Accepted"}
        assert (await csms.admin.put(f"{path}/limit", json={"limit_a": None})).json() == {"status": "Accepted"}
        answer = await csms.admin.post(f"{path}/availability", json={"type": "Inoperative"})
        assert answer.json() == {"status": "Scheduled"}
        wanted = ("SetChargingProfile", "ClearChargingProfile", "ChangeAvailability")
        limited, cleared, closed = (one for one in there.asked if type(one).__name__ in wanted)
        profile = limited.cs_charging_profiles
        assert (limited.connector_id, profile.charging_profile_purpose) == (0, "ChargePointMaxProfile")
        assert [p.limit for p in profile.charging_schedule.charging_schedule_period] == [40]
        assert cleared.id == profile.charging_profile_id
        assert (closed.connector_id, closed.type) == (0, "Inoperative")
    await until(lambda: _away(csms, path))
    assert (await csms.admin.put(f"{path}/limit", json={"limit_a": 40})).status_code == 409


async def test_a_site_without_a_controller_and_other_peoples_sites_are_404(csms: Csms) -> None:
    made = await csms.new("/api/sites", name="Bare", time_zone="UTC")
    path = f"/api/sites/{made['id']}"
    assert (await csms.admin.get(f"{path}/controller")).status_code == 404
    assert (await csms.admin.put(f"{path}/limit", json={"limit_a": 1})).status_code == 404
    assert (await csms.admin.get("/api/sites/99/meter-values")).status_code == 404
    driver = csms.logged_in(2)
    assert (await driver.get(f"{path}/controller")).status_code == 403
    await driver.aclose()


async def test_behind_a_controller_that_is_there_a_silent_charge_point_is_broken_else_its_site_is_away(
    csms: Csms, settings: Settings
) -> None:
    async with adopted(csms) as (_, there, key):
        identity = there.peer.identity
        body = {"charge_points": [{"identity": "demo-CP1", "serial": "S1"}]}
        async with csms.browser() as pi:
            assert (await pi.put("/api/site/charge-points", json=body, auth=(identity, key))).is_success
        async with csms.station("demo-CP1", key) as point:
            await point.boot()
        opened = Database(settings.sqlalchemy_url)
        long_ago = datetime.now(UTC) - timedelta(hours=2)

        async def state_after(**of_controller: Any) -> str:
            async with opened.writing.begin() as db:
                await db.execute(update(charge_point).values(last_seen_at=long_ago))
                await db.execute(update(controller).values(**of_controller))
            return str((await csms.get("/api/charge-points/demo-CP1"))["state"])

        async def offline() -> bool:
            return not (await csms.get("/api/charge-points/demo-CP1"))["online"]

        await until(offline)
        # Just connected: its charge points are on their way back.
        assert await state_after(connected_at=datetime.now(UTC)) == "SiteNotReachable"
        assert await state_after(connected_at=long_ago) == "Broken"
        assert await state_after(connected_at=None) == "SiteNotReachable"
        await opened.close()


async def test_what_a_meter_shows_in_the_future_is_not_kept(csms: Csms) -> None:
    async with adopted(csms) as (path, there, _):
        await there.boot()
        now = datetime.now(UTC)
        for at in (now, now + timedelta(days=400)):
            value = v16.MeterValue(at, [sample("1", "Power.Active.Import", "W")])
            await there.peer.call(v16.MeterValues(0, [value]))
        series = await csms.get(f"{path}/meter-values")
        assert [datetime.fromisoformat(one["at"]) for one in series] == [now]


async def test_old_readings_go_a_few_at_a_time_and_the_others_stay(database: Database) -> None:
    async with database.writing.begin() as db:
        for site_id in (1, 2):
            await sites.create(db, f"Site {site_id}", "UTC", START)
        rows = [
            {"site_id": site_id, "at": START + timedelta(minutes=minute)} for site_id in (1, 2) for minute in range(700)
        ]
        await db.execute(insert(site_meter_value), rows)
        before = START + timedelta(minutes=600)
        gone = [await site_meter_values.forget(db, before) for _ in range(5)]
        assert gone == [500, 100, 500, 100, 0]
        for site_id in (1, 2):
            kept = await site_meter_values.series(db, site_id, None, None, 1000)
            assert [reading.at for reading in kept] == [before + timedelta(minutes=n) for n in range(100)]
