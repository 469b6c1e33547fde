"""One session from the first word to the bill, over real sockets."""

import asyncio

import httpx
import pytest

from tests.csms.running import CARD, Csms, until
from tests.csms.station import Station
from tests.csms.tells import tells


@pytest.fixture
async def dora(csms: Csms) -> int:
    return await csms.driver()


@pytest.fixture
async def station(csms: Csms, dora: int):
    key = await csms.charge_point("CP1", price_cents_per_kwh=45)
    async with csms.station("CP1", key) as connected:
        await connected.boot()
        yield connected


@tells("GET /api/sessions/{transaction_id}")
async def test_a_session_is_priced_and_booked_at_its_stop(csms: Csms, station: Station, dora: int) -> None:
    started = await station.start(CARD, meter_start=1000)
    assert started.id_tag_info.status == "Accepted"
    assert started.transaction_id > 0
    await station.meter(started.transaction_id, 1500, 11_000, minutes=30)
    running = await csms.session(started.transaction_id)
    assert (running["state"], running["energy_wh"], running["power_w"], running["cost_cents"]) == (
        "active",
        500,
        11_000,
        23,
    )

    stopped = await station.stop(started.transaction_id, meter_stop=11_000, id_tag=CARD)
    assert stopped.id_tag_info is not None
    assert stopped.id_tag_info.status == "Accepted"
    ended = await csms.session(started.transaction_id)
    assert (ended["state"], ended["energy_wh"], ended["cost_cents"], ended["stop_reason"]) == (
        "ended",
        10_000,
        450,
        "Local",
    )
    assert ended["user"] == {"id": dora, "email": "dora@example.org"}
    assert [s["energy_wh"] for s in ended["samples"]] == [500]
    assert await csms.balance_cents(dora) == -450


async def test_a_start_that_comes_again_gets_the_same_transaction(csms: Csms, station: Station) -> None:
    first = await station.start(CARD)
    again = await station.start(CARD)
    other = await station.start(CARD, meter_start=1001)
    assert again.transaction_id == first.transaction_id != other.transaction_id
    assert len(await csms.get("/api/sessions")) == 2


async def test_a_stop_that_comes_again_is_confirmed_and_billed_once(csms: Csms, station: Station, dora: int) -> None:
    transaction_id = (await station.start(CARD)).transaction_id
    for _ in range(3):
        await station.stop(transaction_id, 3000)
    assert await csms.balance_cents(dora) == -90
    assert await csms.quarantined() == []


async def test_a_refused_card_gets_a_transaction_that_nobody_known_pays(
    csms: Csms, station: Station, dora: int
) -> None:
    refused = await station.start("DEADBEEF")
    assert refused.id_tag_info.status == "Invalid"
    assert refused.transaction_id > 0
    await station.stop(refused.transaction_id, 1500, reason="DeAuthorized")
    session = await csms.session(refused.transaction_id)
    assert (session["user"], session["energy_wh"], session["authorization"]) == (None, 500, "Invalid")
    assert await csms.balance_cents(dora) == 0


async def test_cards_are_known_in_upper_and_lower_case(station: Station) -> None:
    assert (await station.start(CARD.lower())).id_tag_info.status == "Accepted"


async def test_the_price_at_the_start_is_the_price_billed(csms: Csms, station: Station, dora: int) -> None:
    assert (await csms.session((await station.start(CARD)).transaction_id))["price_cents_per_kwh"] == 45


async def test_events_tell_of_every_step_with_the_fields_of_the_resources(csms: Csms, station: Station) -> None:
    async with csms.events() as events:
        await station.status(1, "Preparing")
        told = await events.next("ConnectorStatus", status="Preparing")  # those of the boot may still be on their way
        assert (told["charge_point"], told["connector_id"]) == ("CP1", 1)
        transaction_id = (await station.start(CARD)).transaction_id
        assert (await events.next("TransactionStarted"))["transaction_id"] == transaction_id
        await station.meter(transaction_id, 2000, 7000)
        sample = await events.next("MeterSample")
        assert (sample["energy_wh"], sample["power_w"], sample["cost_cents"]) == (1000, 7000, 45)
        await station.stop(transaction_id, 4000)
        ended = await events.next("TransactionEnded")
        more = ("samples", "battery")
        assert ended == {k: v for k, v in (await csms.session(transaction_id)).items() if k not in more}


@tells("GET /api/charge-points/{identity}")
async def test_a_charge_point_is_shown_with_its_connectors_and_what_runs_there(csms: Csms, station: Station) -> None:
    transaction_id = (await station.start(CARD)).transaction_id
    await station.status(1, "Charging")
    await station.meter(transaction_id, 1200, 3000)
    (shown,) = await csms.get("/api/charge-points")
    assert shown == await csms.get("/api/charge-points/CP1")
    assert (shown["online"], shown["via"], shown["site"]["name"]) == (True, "direct", "Yard")
    (connector,) = shown["connectors"]
    assert (connector["status"], connector["error_code"]) == ("Charging", "NoError")
    assert connector["transaction"]["transaction_id"] == transaction_id
    assert connector["transaction"]["energy_wh"] == 200


async def test_a_charge_point_that_leaves_is_shown_offline(csms: Csms) -> None:
    key = await csms.charge_point("CP2")
    shown = await csms.get("/api/charge-points/CP2")
    assert (shown["online"], shown["connectors"][0]["status"]) == (False, "Undefined")
    async with csms.events() as events:
        async with csms.station("CP2", key) as station:
            assert (await events.next("ChargePointConnected"))["via"] == "direct"
            await station.boot()
        assert (await events.next("ChargePointDisconnected"))["charge_point"] == "CP2"
    assert not (await csms.get("/api/charge-points/CP2"))["online"]


async def test_the_newest_connection_of_a_charge_point_stays_online(csms: Csms) -> None:
    key = await csms.charge_point("CP3")
    async with csms.station("CP3", key) as old, csms.station("CP3", key) as new:
        await until(lambda: asyncio.sleep(0, old.peer.ended))
        await new.boot()
        shown = await csms.get("/api/charge-points/CP3")
        assert shown["online"]


@tells(
    "POST /api/charge-points/{identity}/connectors/{connector_id}/remote-start",
    "POST /api/sessions/{transaction_id}/remote-stop",
)
async def test_an_operator_starts_and_stops_a_session_from_afar(csms: Csms, dora: int) -> None:
    from ocppj import v16

    key = await csms.charge_point("CP4")

    async def accept_start(request: v16.RemoteStartTransaction) -> v16.RemoteStartTransactionResult:
        return v16.RemoteStartTransactionResult("Accepted")

    async def accept_stop(request: v16.RemoteStopTransaction) -> v16.RemoteStopTransactionResult:
        return v16.RemoteStopTransactionResult("Accepted")

    answers = {"RemoteStartTransaction": accept_start, "RemoteStopTransaction": accept_stop}
    async with csms.station("CP4", key, **answers) as station:
        answer = await csms.new("/api/charge-points/CP4/connectors/1/remote-start", id_tag=CARD)
        assert answer == {"status": "Accepted"}
        assert station.asked[-1] == v16.RemoteStartTransaction(CARD, 1)
        transaction_id = (await station.start(CARD)).transaction_id
        assert await csms.new(f"/api/sessions/{transaction_id}/remote-stop") == {"status": "Accepted"}
        assert station.asked[-1] == v16.RemoteStopTransaction(transaction_id)
        await station.stop(transaction_id, 2000, reason="Remote")
        late = await csms.admin.post(f"/api/sessions/{transaction_id}/remote-stop")
        assert late.status_code == 409


async def test_a_command_to_nobody_or_to_one_who_refuses_says_so(csms: Csms) -> None:
    key = await csms.charge_point("CP5")
    path = "/api/charge-points/CP5/connectors/1/remote-start"
    offline = await csms.admin.post(path, json={"id_tag": CARD})
    assert offline.status_code == 409
    assert "not connected" in offline.json()["detail"]
    async with csms.station("CP5", key):
        refused = await csms.admin.post(path, json={"id_tag": CARD})
    assert refused.status_code == 502
    assert "NotImplemented" in refused.json()["detail"]
    assert refused.headers["content-type"] == "application/problem+json"
    nowhere = await csms.admin.post("/api/charge-points/CP5/connectors/2/remote-start", json={"id_tag": CARD})
    assert nowhere.status_code == 404


async def test_a_link_that_breaks_during_a_command_is_told_as_unknown_outcome(csms: Csms) -> None:
    key = await csms.charge_point("CP6")

    async with csms.station("CP6", key) as station:

        async def hang_up(request: object) -> None:
            await station.peer.close()

        station._answers["RemoteStartTransaction"] = hang_up
        answer = await csms.admin.post("/api/charge-points/CP6/connectors/1/remote-start", json={"id_tag": CARD})
    assert answer.status_code == 504
    assert "unknown" in answer.json()["detail"]


async def test_a_driver_sees_only_their_own_sessions_and_events(csms: Csms, station: Station) -> None:
    await csms.driver("eve@example.org", card="EE")
    dora, eve = csms.logged_in(2), csms.logged_in(3)
    async with csms.events(dora) as hers, csms.events(eve) as eves:
        mine = (await station.start(CARD)).transaction_id
        theirs = (await station.start("ee", meter_start=5)).transaction_id
        assert (await hers.next("TransactionStarted"))["transaction_id"] == mine
        assert (await eves.next("TransactionStarted"))["transaction_id"] == theirs
    assert [s["transaction_id"] for s in (await dora.get("/api/sessions")).json()] == [mine]
    assert (await dora.get(f"/api/sessions/{mine}")).status_code == 200
    assert (await dora.get(f"/api/sessions/{theirs}")).status_code == 404
    await _close(dora, eve)


async def _close(*clients: httpx.AsyncClient) -> None:
    for client in clients:
        await client.aclose()
