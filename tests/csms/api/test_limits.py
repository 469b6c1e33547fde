"""A driver's limit: kept with the session that it was said for, changed while it runs, and what ends it at last."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from csms.payments import credit_guard
from ocppj.v16 import (
    MeterValue,
    MeterValues,
    RemoteStartTransactionResult,
    RemoteStopTransaction,
    RemoteStopTransactionResult,
    SampledValue,
)
from tests.csms.running import CARD, Csms, looked_after, until
from tests.csms.station import START, Station
from tests.csms.tells import tells

ENERGY = {"kind": "energy_wh", "value": 10_000}


@dataclass
class World:
    csms: Csms
    there: Station
    dora: httpx.AsyncClient
    key: str
    stops: list[str]  # how it answers when told to stop; after the last, Accepted

    async def begin(self, limit: Any = None, register_wh: int = 1000, at: datetime = START, **car: Any) -> int:
        """Asked for by the app, started by the charge point."""
        body = {"limit": limit, **car}
        asked = await self.dora.post("/api/station/CP1/start_charging", json=body)
        assert asked.status_code == 200, asked.text
        started = await self.there.start(CARD, register_wh, at=at)
        assert started.transaction_id is not None
        return started.transaction_id

    async def now(self, transaction_id: int) -> dict[str, Any]:
        found: dict[str, Any] = (await self.dora.get(f"/api/sessions/{transaction_id}")).json()
        return found

    @property
    def told_to_stop(self) -> list[int]:
        return [asked.transaction_id for asked in self.there.asked if isinstance(asked, RemoteStopTransaction)]

    async def stopped(self, transaction_id: int, times: int = 1) -> None:
        async def told() -> bool:
            return self.told_to_stop.count(transaction_id) >= times

        await until(told)
        assert self.told_to_stop == [transaction_id] * times


@asynccontextmanager
async def charge_point(world_of: Csms, key: str, stops: list[str]) -> AsyncIterator[Station]:
    async def starts(_: Any) -> Any:
        return RemoteStartTransactionResult("Accepted")

    async def ends(_: Any) -> Any:
        return RemoteStopTransactionResult(stops.pop(0) if stops else "Accepted")  # type: ignore[arg-type]

    answers = {"RemoteStartTransaction": starts, "RemoteStopTransaction": ends}
    async with world_of.station("CP1", key, **answers) as there:
        await there.boot()
        yield there


@pytest.fixture
async def world(csms: Csms) -> AsyncIterator[World]:
    await csms.driver()
    await csms.new("/api/users/2/credits", amount_cents=100_000, reason="welcome")
    key = await csms.charge_point("CP1")
    stops: list[str] = []
    async with charge_point(csms, key, stops) as there, csms.logged_in(2) as dora:
        yield World(csms, there, dora, key, stops)


async def soc(there: Station, transaction_id: int, percent: int, minutes: int) -> None:
    values = [SampledValue(str(percent), measurand="SoC", unit="Percent", location="EV")]
    await there.peer.call(MeterValues(1, [MeterValue(START + timedelta(minutes=minutes), values)], transaction_id))


async def test_it_ends_once_at_the_limit_and_says_why(world: World) -> None:
    begun = await world.begin(ENERGY)
    (running,) = (await world.dora.get("/api/user/charging")).json()
    assert running["limit"] == {**ENERGY, "reached_at": None, "estimated": False}
    for minute, register_wh in enumerate((4000, 9000, 10_999), 1):
        await world.there.meter(begun, register_wh, 11_000, minutes=minute)
    assert (await world.now(begun))["limit"]["reached_at"] is None
    await world.there.meter(begun, 11_400, 11_000, minutes=4)
    await world.there.meter(begun, 11_500, 11_000, minutes=5)  # the charge point takes its time
    await world.there.meter(begun, 5000, 11_000, minutes=1.5)  # and one of its samples came late
    await world.stopped(begun)
    reached_at = (await world.now(begun))["limit"]["reached_at"]
    assert datetime.fromisoformat(reached_at) == START + timedelta(minutes=4)
    await world.there.stop(begun, 11_600, minutes=6, reason="Remote")
    ended = await world.now(begun)
    assert (ended["stop_reason"], ended["limit"]["reached_at"]) == ("Remote", reached_at)

    async def told() -> list[str]:
        got = (await world.dora.get("/api/notifications")).json()
        return [each["text"] for each in got if each["kind"] == "session_ended"]

    text = "Charging at CP1, connector 1, has ended at your limit of 10 kWh: 10.60 kWh, 4.77 EUR."
    assert await until(told) == [text]


async def test_cost_and_time_are_limits_too(world: World) -> None:
    by_cost = await world.begin({"kind": "cost_cents", "value": 90})
    await world.there.meter(by_cost, 2980, 7000, minutes=1)  # 89 cents
    assert (await world.now(by_cost))["limit"]["reached_at"] is None
    await world.there.meter(by_cost, 3000, 7000, minutes=2)
    await world.stopped(by_cost)
    await world.there.stop(by_cost, 3000, minutes=3, reason="Remote")
    now = datetime.now(UTC).replace(microsecond=0)
    begun = (now - START).total_seconds() / 60 - 30  # half an hour ago, and told of only now, samples and all
    by_time = await world.begin({"kind": "minutes", "value": 30}, 3000, now - timedelta(minutes=30))
    await world.there.meter(by_time, 4000, 7000, minutes=begun + 29.9)
    assert (await world.now(by_time))["limit"]["reached_at"] is None
    await world.there.meter(by_time, 4100, 7000, minutes=begun + 30)
    assert (await world.now(by_time))["limit"]["reached_at"] is not None


async def test_a_clock_that_is_set_while_it_charges_is_no_time_that_has_passed(world: World) -> None:
    begun = await world.begin({"kind": "minutes", "value": 60}, at=datetime(2000, 1, 1, tzinfo=UTC))
    minutes = (datetime.now(UTC) - START).total_seconds() / 60
    await world.there.meter(begun, 1100, 7000, minutes=minutes)
    assert (await world.now(begun))["limit"]["reached_at"] is None
    longer = await world.dora.put(f"/api/user/charging/{begun}/limit", json={"kind": "minutes", "value": 90})
    assert longer.status_code == 200, longer.text


async def test_a_level_of_the_battery_is_what_the_car_says_or_is_called_an_estimate(world: World) -> None:
    refused = await world.dora.post(
        "/api/station/CP1/start_charging", json={"limit": {"kind": "soc_percent", "value": 80}}
    )
    assert (refused.status_code, "nobody knows how full" in refused.text) == (422, True)
    vehicle = (await world.dora.post("/api/vehicles", json={"name": "Panda", "battery_wh": 40_000})).json()
    car = {"vehicle_id": vehicle["id"], "soc_percent": 70}
    full = {"limit": {"kind": "soc_percent", "value": 70}, **car}
    assert (await world.dora.post("/api/station/CP1/start_charging", json=full)).status_code == 422
    begun = await world.begin({"kind": "soc_percent", "value": 80}, **car)
    await world.there.meter(begun, 4000, 7000, minutes=10)
    (running,) = (await world.dora.get("/api/user/charging")).json()
    assert (running["soc_percent"], running["target_soc_percent"], running["limit"]["reached_at"]) == (77, 80, None)
    await world.there.meter(begun, 5400, 7000, minutes=20)
    found = (await world.now(begun))["limit"]
    assert (found["reached_at"] is not None, found["estimated"]) == (True, True)
    # More is wanted, and now the car itself says how full it is.
    more = await world.dora.put(f"/api/user/charging/{begun}/limit", json={"kind": "soc_percent", "value": 90})
    assert more.status_code == 200, more.text
    await soc(world.there, begun, 89, 30)
    assert (await world.now(begun))["limit"]["reached_at"] is None
    await soc(world.there, begun, 90, 31)
    found = (await world.now(begun))["limit"]
    assert (found["reached_at"] is not None, found["estimated"]) == (True, False)


@tells("PUT /api/user/charging/{transaction_id}/limit", "DELETE /api/user/charging/{transaction_id}/limit")
async def test_it_is_changed_and_taken_back_by_its_driver_alone(world: World) -> None:
    begun = await world.begin(ENERGY)
    path = f"/api/user/charging/{begun}/limit"
    await world.there.meter(begun, 6000, 7000, minutes=1)
    async with world.csms.logged_in(3) as eve:
        for other in (eve, world.csms.admin):
            assert (await other.put(path, json=ENERGY)).status_code == 404
            assert (await other.delete(path)).status_code == 404
    for wrong in (
        {"kind": "energy_wh", "value": 99},
        {"kind": "soc_percent", "value": 101},
        {"kind": "minutes", "value": 0},
        {"kind": "cost_cents", "value": 1.5},
        {"kind": "wishes", "value": 3},
        {"value": 3},
    ):
        assert (await world.dora.put(path, json=wrong)).status_code == 422, wrong
    passed = await world.dora.put(path, json={"kind": "energy_wh", "value": 5000})
    assert (passed.status_code, (await world.now(begun))["limit"]["value"]) == (409, 10_000)
    assert (await world.dora.put(path, json={"kind": "energy_wh", "value": 6000})).status_code == 200
    assert (await world.dora.delete(path)).status_code == 204
    assert (await world.now(begun))["limit"] is None
    await world.there.meter(begun, 30_000, 7000, minutes=60)
    await world.there.stop(begun, 30_000, minutes=61)
    assert world.told_to_stop == []
    assert (await world.dora.put(path, json=ENERGY)).status_code == 409  # it has ended


async def test_what_was_wished_is_of_the_next_start_and_of_no_other(world: World) -> None:
    first = await world.begin(ENERGY)
    await world.there.stop(first, 1500, minutes=10)
    second = await world.begin(None, 1500, START + timedelta(minutes=20))
    assert (await world.now(second))["limit"] is None
    await world.there.stop(second, 2000, minutes=40)
    await world.begin(ENERGY, 2000, START + timedelta(hours=1))
    by_card = await world.there.start(CARD, 2500, at=START + timedelta(hours=2))
    assert by_card.transaction_id is not None
    assert (await world.now(by_card.transaction_id))["limit"] is None


async def test_a_start_that_was_refused_leaves_no_wish_behind(csms: Csms) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1")

    async def refuses(_: Any) -> Any:
        return RemoteStartTransactionResult("Rejected")

    async with csms.station("CP1", key, RemoteStartTransaction=refuses) as there, csms.logged_in(2) as dora:
        await there.boot()
        assert (await dora.post("/api/station/CP1/start_charging", json={"limit": ENERGY})).status_code == 409
        by_card = await there.start(CARD)
        assert (await dora.get(f"/api/sessions/{by_card.transaction_id}")).json()["limit"] is None


async def test_who_was_away_at_the_limit_is_told_to_stop_when_it_is_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(credit_guard, "_AGAIN_AFTER_S", 0.0)
    begun = await world.begin(ENERGY)
    world.stops.append("Rejected")
    await world.there.meter(begun, 11_100, 7000, minutes=5)
    await world.stopped(begun)
    await world.there.peer.close()

    async def away() -> bool:
        return not (await world.csms.get("/api/charge-points/CP1"))["online"]

    await until(away)
    async with looked_after(world.csms, datetime.now(UTC)) as sessions:
        await sessions.look()  # nobody is there to be told
        async with charge_point(world.csms, world.key, []) as back:
            # No sample comes, and it is told again by what looks after sessions.
            await sessions.look()
            await back.status(1, "Charging")  # a commit of the server's own: it looks what there is to tell

            async def told() -> bool:
                return any(isinstance(asked, RemoteStopTransaction) for asked in back.asked)

            await until(told)


async def test_time_runs_out_without_any_sample_and_by_the_clock_that_says_less(world: World) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    begun = await world.begin({"kind": "minutes", "value": 10}, at=now - timedelta(hours=1))  # its clock is behind
    async with looked_after(world.csms, now + timedelta(minutes=9)) as sessions:
        await sessions.look()
    assert (await world.now(begun))["limit"]["reached_at"] is None
    async with looked_after(world.csms, now + timedelta(minutes=11)) as sessions:
        await sessions.look()
        await sessions.look()
    assert (await world.now(begun))["limit"]["reached_at"] is not None
    await world.there.status(1, "Charging")
    await world.stopped(begun)


async def test_what_time_costs_is_shown_without_samples_and_tells_of_no_energy(world: World) -> None:
    per_hour = {"type": "TIME", "price_cents": "600"}
    parked = {"type": "PARKING_TIME", "price_cents": "1200"}
    energy = {"type": "ENERGY", "price_cents": "50"}
    elements = [{"price_components": [energy, per_hour, parked]}]
    tariff = await world.csms.new("/api/tariffs", name="By the hour", elements=elements)
    await world.csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"]})
    now = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=2)  # the tariff holds
    begun = await world.begin(at=now)
    minutes = (now - START).total_seconds() / 60
    await world.there.meter(begun, 2000, 7000, minutes=minutes + 6)  # 0.50 for energy, 0.60 for six minutes

    async def cost(at: datetime) -> int:
        async with looked_after(world.csms, at) as sessions:
            await sessions.look()
        (running,) = (await world.dora.get("/api/user/charging")).json()
        assert running["energy_wh"] == 1000
        return int(running["cost_cents"])

    assert await cost(now + timedelta(minutes=6, seconds=10)) == 110
    assert await cost(now + timedelta(minutes=16)) == 210  # it charged at the last sample: ten minutes more of that
    await world.there.meter(begun, 2000, 0, minutes=minutes + 20)  # it was full at the first sample: 14 min of parking
    assert await cost(now + timedelta(minutes=20, seconds=1)) == 110 + 280
    assert await cost(now + timedelta(minutes=30)) == 110 + 480  # and it stays parked


async def test_a_clock_that_is_behind_makes_nothing_dearer(world: World) -> None:
    elements = [{"price_components": [{"type": "TIME", "price_cents": "600"}]}]
    tariff = await world.csms.new("/api/tariffs", name="By the hour", elements=elements)
    await world.csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"]})
    for table in ("tariff_use", "tariff_version"):  # it has held for long
        await world.csms.behind(f"UPDATE {table} SET from_at = '2026-01-01 00:00:00.000000'")
    now = datetime.now(UTC).replace(microsecond=0)
    begun = await world.begin({"kind": "cost_cents", "value": 300}, at=now - timedelta(hours=1))
    for minutes, cents in ((1, 10), (6, 60)):
        async with looked_after(world.csms, now + timedelta(minutes=minutes)) as sessions:
            await sessions.look()
        session = await world.now(begun)
        assert abs(session["cost_cents"] - cents) <= 2  # the seconds until it was told of
        assert session["limit"]["reached_at"] is None
    assert world.told_to_stop == []
