"""An operator sees and touches the sites they manage; those of others do not exist for them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass

import httpx
import pytest

from tests.csms.running import CARD, PASSWORD, Csms, Events
from tests.csms.station import Station
from tests.csms.tells import tells


@dataclass
class TwoSites:
    """HOME with charge point CP1 and a session, managed by `own`; AWAY, managed by `other`."""

    csms: Csms
    station: Station
    own: httpx.AsyncClient
    other: httpx.AsyncClient
    transaction_id: int
    tariff_id: int


@pytest.fixture
async def sites(csms: Csms) -> AsyncIterator[TwoSites]:
    async with AsyncExitStack() as stack:
        await csms.driver()
        clients = []
        key = await csms.charge_point("CP1", price_cents_per_kwh=100)
        await csms.new("/api/sites", name="Away", time_zone="UTC")
        for site_id, name in ((1, "own"), (2, "other")):
            user = await csms.new("/api/users", email=f"{name}@x.example", name=name, password=PASSWORD)
            put = await csms.admin.put(f"/api/users/{user['id']}/sites", json={"site_ids": [site_id]})
            assert put.json()["role"] == "operator"
            clients.append(await stack.enter_async_context(csms.logged_in(user["id"])))
        component = {"type": "ENERGY", "price_cents": "50"}
        tariff = await csms.new("/api/tariffs", name="t", elements=[{"price_components": [component]}])
        station = await stack.enter_async_context(csms.station("CP1", key))
        await station.boot()
        transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
        await station.stop(transaction_id, 3000)
        await station.stop(transaction_id, 4000)  # other figures: into quarantine
        yield TwoSites(csms, station, clients[0], clients[1], transaction_id, tariff["id"])


async def test_lists_show_ones_own_sites_alone(sites: TwoSites) -> None:
    for path in ("/api/charge-points", "/api/sessions", "/api/quarantine"):
        for client, count in ((sites.own, 1), (sites.other, 0)):
            answer = await client.get(path)
            assert (len(answer.json()), answer.headers["x-total-count"]) == (count, str(count)), path
    assert [[s["id"] for s in (await c.get("/api/sites")).json()] for c in (sites.own, sites.other)] == [[1], [2]]


async def test_what_is_at_other_sites_is_not_there(sites: TwoSites) -> None:
    new_point = {"identity": "CP9", "site_id": 1}
    correction = {"amount_cents": 10, "reason": "test"}
    session = f"/api/sessions/{sites.transaction_id}"
    for method, path, body, status in (
        ("GET", "/api/charge-points/CP1", None, 200),
        ("GET", session, None, 200),
        ("GET", f"{session}/bill", None, 200),
        ("GET", f"{session}/receipt", None, 200),
        ("POST", f"{session}/corrections", correction, 201),
        ("POST", f"{session}/remote-stop", None, 409),
        ("PUT", "/api/charge-points/CP1/tariff", {"tariff_id": sites.tariff_id}, 204),
        ("POST", "/api/sites/1/adoption-codes", None, 201),
        ("GET", "/api/sites/1/meter-values", None, 200),
        ("POST", "/api/charge-points", new_point, 201),
        ("POST", "/api/charge-points/CP1/connectors/1/remote-start", {"id_tag": CARD}, 502),
    ):
        assert (await sites.other.request(method, path, json=body)).status_code == 404, path
        assert (await sites.own.request(method, path, json=body)).status_code == status, path


@tells("GET /api/sites", "POST /api/sites")
async def test_who_makes_a_site_manages_it(sites: TwoSites) -> None:
    made = (await sites.other.post("/api/sites", json={"name": "New"})).json()
    assert [s["id"] for s in (await sites.other.get("/api/sites")).json()] == [2, made["id"]]
    assert made["id"] not in [s["id"] for s in (await sites.own.get("/api/sites")).json()]


@tells("GET /api/events")
async def test_the_live_stream_tells_of_ones_own_sites_alone(sites: TwoSites) -> None:
    async with sites.csms.events(sites.own) as mine, sites.csms.events(sites.other) as theirs:
        await sites.station.status(1, "Preparing")
        assert (await mine.next("ConnectorStatus"))["charge_point"] == "CP1"
        key = (await sites.csms.admin.post("/api/charge-points", json={"identity": "CP2", "site_id": 2})).json()
        async with sites.csms.station("CP2", key["authorization_key"]) as away:
            await away.boot()
        with pytest.raises((TimeoutError, asyncio.TimeoutError)):
            await theirs.next("ConnectorStatus", within_s=0.3)  # CP2 came after it began to listen
    async with sites.csms.events(sites.other) as theirs, sites.csms.station("CP2", key["authorization_key"]) as away:
        await sites.station.status(1, "Available")
        await away.boot()
        assert (await theirs.next("ConnectorStatus"))["charge_point"] == "CP2"


async def test_an_operator_without_sites_is_a_driver_again(sites: TwoSites) -> None:
    user_id = (await sites.own.get("/api/user")).json()["id"]
    put = await sites.csms.admin.put(f"/api/users/{user_id}/sites", json={"site_ids": []})
    assert put.json()["role"] == "driver"
    assert (await sites.own.get("/api/charge-points")).status_code == 403
    assert (await sites.csms.admin.put("/api/users/1/sites", json={"site_ids": [1]})).status_code == 409
    assert (await sites.csms.admin.put(f"/api/users/{user_id}/sites", json={"site_ids": [99]})).status_code == 404


async def test_what_charges_for_an_operator_tells_of_their_own_bills_alone(sites: TwoSites) -> None:
    user_id = (await sites.other.get("/api/user")).json()["id"]
    await sites.csms.new("/api/cards", id_tag="OPERATOR", user_id=user_id)
    stream = sites.other.stream("GET", "/api/user/charging/events", timeout=None)
    async with stream as answer:
        heard = Events(answer.aiter_lines())
        await heard.next("Charging")
        for card in (CARD, "OPERATOR"):
            transaction_id = (await sites.station.start(card, meter_start=5000)).transaction_id
            await sites.station.stop(transaction_id, 6000)
        assert (await heard.next("TransactionEnded"))["transaction_id"] == transaction_id
