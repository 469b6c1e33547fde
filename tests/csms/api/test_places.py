"""Charge points as drivers and operators see them: states, places, types, codes."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any

import pytest

from csms.config import Settings
from csms.domain.connector_types import CATALOGUE
from csms.service import Service
from ocppj.v16 import ChangeConfiguration, ChangeConfigurationResult
from tests.csms.running import CARD, Csms, until
from tests.csms.station import Station
from tests.csms.tells import tells


async def stations(csms: Csms, **query: Any) -> list[dict[str, Any]]:
    async with csms.browser() as nobody:
        answer = await nobody.get("/api/station", params=query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()
    return found


async def change(csms: Csms, identity: str, **values: Any) -> dict[str, Any]:
    answer = await csms.admin.patch(f"/api/charge-points/{identity}", json=values)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


@pytest.fixture
async def three(csms: Csms) -> AsyncIterator[dict[str, Station]]:
    """A in Genoa, B in Turin, C in Rome: seen, connector 1 available."""
    places = {"A": (44.41, 8.93), "B": (45.07, 7.69), "C": (41.9, 12.5)}
    async with AsyncExitStack() as stack:
        there = {}
        for name, (latitude, longitude) in places.items():
            key = await csms.charge_point(name)
            there[name] = await stack.enter_async_context(csms.station(name, key))
            await there[name].boot()
            await change(csms, name, latitude=latitude, longitude=longitude, notes=f"key under the mat of {name}")
        yield there


@tells("GET /api/connector")
async def test_the_catalogue_is_for_everybody(csms: Csms) -> None:
    async with csms.browser() as nobody:
        rows = (await nobody.get("/api/connector")).json()
    assert {"id": "type2", "name": "Type 2", "current": "AC", "power": 43.0} in rows
    assert len({row["id"] for row in rows}) == len(rows) == len(CATALOGUE)


async def test_the_nearest_come_first_and_nobody_learns_of_notes_or_people(
    csms: Csms, three: dict[str, Station]
) -> None:
    await csms.driver()
    await three["A"].start(CARD)
    rows = await stations(csms, latitude=44.0, longitude=9.0)
    assert [row["id"] for row in rows] == ["A", "B", "C"]
    (nearest,) = await stations(csms, latitude=42.0, longitude=12.0, limit=1)
    assert nearest["id"] == "C"
    told = str(rows)
    assert "mat" not in told
    assert CARD not in told
    assert "dora" not in told
    assert (await csms.get("/api/charge-points/A"))["notes"] == "key under the mat of A"


@tells("PATCH /api/charge-points/{identity}/connectors/{connector_id}")
async def test_filters_are_met_by_one_connector(csms: Csms, three: dict[str, Station]) -> None:
    for name, values in (("A", {"type": "ccs2", "power_w": 50_000}), ("B", {"type": "type2"})):
        answer = await csms.admin.patch(f"/api/charge-points/{name}/connectors/1", json=values)
        assert answer.status_code == 200
    assert [row["id"] for row in await stations(csms, connector="ccs2")] == ["A"]
    strong = await stations(csms, min_power_w=40_000)  # type 2 is made for 43 kW
    assert [row["id"] for row in strong] == ["A", "B"]
    assert [row["id"] for row in await stations(csms, connector="ccs2", min_power_w=60_000)] == []
    await three["A"].status(1, "Charging")
    assert [row["id"] for row in await stations(csms, free=True)] == ["B", "C"]
    wrong = await csms.admin.patch("/api/charge-points/A/connectors/1", json={"type": "steam"})
    assert wrong.status_code == 422
    assert (await csms.admin.patch("/api/charge-points/A/connectors/9", json={"power_w": 5})).status_code == 404


async def test_a_charge_point_goes_through_its_states(csms: Csms) -> None:
    key = await csms.charge_point("CP1")

    async def shown() -> str:
        return str((await csms.get("/api/charge-points/CP1"))["state"])

    assert await shown() == "Undefined"
    assert await stations(csms) == []
    async with csms.station("CP1", key) as station:
        await station.boot()
        assert await shown() == "Free"
        await station.status(1, "Reserved")
        assert await shown() == "Reserved"
        await station.status(1, "Charging")
        assert await shown() == "Used"
        await station.status(1, "Faulted", "GroundFailure")
        assert await shown() == "Broken"
        await station.status(1, "Available")
        (seen,) = await stations(csms)
        number = seen["id"]
        async with csms.browser() as nobody:
            assert (await nobody.get(f"/api/station/{number}")).json()["name"] == "CP1"
        await change(csms, "CP1", dismissed=True)
        assert await shown() == "Dismissed"
        assert await stations(csms) == []
        async with csms.browser() as nobody:
            assert (await nobody.get(f"/api/station/{number}")).status_code == 404
        await change(csms, "CP1", dismissed=False, description="behind the church")
        (row,) = await stations(csms)
        assert (row["state"], row["description"]) == ("Free", "behind the church")


async def test_a_site_whose_controller_is_away_charges_on_its_own(csms: Csms) -> None:
    site = await csms.new("/api/sites", name="Yard", time_zone="UTC")
    code = (await csms.new(f"/api/sites/{site['id']}/adoption-codes"))["code"]
    adopted = await csms.new("/api/adopt", code=code, serial="1", kind="local_controller")
    announced = {"charge_points": [{"identity": name} for name in ("S1", "S2")]}
    key = adopted["site_key"]
    async with csms.browser() as lc:
        answer = await lc.put("/api/site/charge-points", json=announced, auth=(adopted["identity"], key))
        assert answer.status_code == 200

    async def state(name: str) -> str:
        return str((await csms.get(f"/api/charge-points/{name}"))["state"])

    async def gone(name: str) -> bool:
        return not (await csms.get(f"/api/charge-points/{name}"))["online"]

    async with csms.station("S1", key) as first:
        await first.boot()
        async with csms.station("S2", key) as second:
            await second.boot()
        await until(lambda: gone("S2"))
        assert await state("S2") == "Free"  # its neighbour is there, and three heartbeats are not over yet
    await until(lambda: gone("S1"))
    assert [await state(name) for name in ("S1", "S2")] == ["SiteNotReachable"] * 2
    assert {row["state"] for row in await stations(csms)} == {"SiteNotReachable"}


async def test_connectors_of_one_evse(csms: Csms) -> None:
    site = await csms.new("/api/sites", name="Yard", time_zone="UTC")
    made = await csms.new("/api/charge-points", identity="DC1", site_id=site["id"], evses=[1, 1, 2])
    assert [(c["connector_id"], c["evse_id"]) for c in made["connectors"]] == [(1, 1), (2, 1), (3, 2)]


async def test_a_code_finds_its_connector_however_it_is_typed(csms: Csms, three: dict[str, Station]) -> None:
    code = (await csms.get("/api/charge-points/B"))["connectors"][0]["code"]
    async with csms.browser() as nobody:
        for typed in (code, code.lower(), f"{code[:4]}-{code[4:]}"):
            found = (await nobody.get(f"/api/connectors/{typed}")).json()
            assert (found["station"]["id"], found["connector_id"], found["link"]) == ("B", 1, None)
        other = ("0" if code[0] != "0" else "1") + code[1:]
        assert (await nobody.get(f"/api/connectors/{other}")).status_code == 404
        assert (await nobody.get("/api/connectors/UUUUUUUU")).status_code == 404
        assert (await nobody.get(f"/api/connectors/{code}/ndef")).status_code == 404  # there is no public address


@pytest.mark.parametrize(
    "wrong",
    [
        {"latitude": 91, "longitude": 0},
        {"latitude": 9},
        {"latitude": None, "longitude": 5},
        {"name": None},
        {"notes": "a\x00b"},
        {"description": "x" * 2001},
        {"colour": "red"},
    ],
)
async def test_what_makes_no_sense_changes_nothing(csms: Csms, wrong: dict[str, Any]) -> None:
    await csms.charge_point("CP1")
    before = await csms.get("/api/charge-points/CP1")
    assert (await csms.admin.patch("/api/charge-points/CP1", json=wrong)).status_code == 422
    assert await csms.get("/api/charge-points/CP1") == before


@tells("GET /api/connectors/{code}", "GET /api/connectors/{code}/ndef")
async def test_a_charge_point_is_told_its_links(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csms.commands.after_boot._GRACE_S", 0.05)
    changed = settings.model_copy(
        update={
            "public_url": "https://charge.example",
            "meter_value_sample_interval_s": 0,
            "tell_emergency_number": False,
        }
    )

    async def accept(_: Any) -> Any:
        return ChangeConfigurationResult("Accepted")

    async with Service(changed) as service:
        csms = Csms(service, settings.data_dir)
        key = await csms.charge_point("CP1", connectors=2)
        codes = [c["code"] for c in (await csms.get("/api/charge-points/CP1"))["connectors"]]
        async with csms.station("CP1", key, ChangeConfiguration=accept) as station:
            await station.boot()

            async def told() -> Any:
                return station.asked

            await until(told)
            value = ",".join(f"HTTPS://CHARGE.EXAMPLE/C/{code}" for code in codes)
            assert station.asked == [ChangeConfiguration("BollardConnectorLinks", value)]
            async with csms.browser() as nobody:
                found = (await nobody.get(f"/api/connectors/{codes[1]}")).json()
                assert (found["link"], found["connector_id"]) == (f"HTTPS://CHARGE.EXAMPLE/C/{codes[1]}", 2)
                sticker = await nobody.get(f"/api/connectors/{codes[1]}/ndef")
                assert sticker.content.endswith(f"CHARGE.EXAMPLE/C/{codes[1]}".encode())
        await csms.admin.aclose()
