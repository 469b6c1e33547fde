"""Cards through the API and over the wire: when they are good, with whom they go, and how much they may take."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ocppj import v16
from tests.csms.running import CARD, Csms
from tests.csms.station import Station
from tests.csms.tells import tells


@pytest.fixture
async def station(csms: Csms) -> AsyncIterator[Station]:
    async def remote_stop(request: Any) -> v16.RemoteStopTransactionResult:
        return v16.RemoteStopTransactionResult("Accepted")

    await csms.driver()
    key = await csms.charge_point("CP1", price_cents_per_kwh=100)
    async with csms.station("CP1", key, RemoteStopTransaction=remote_stop) as connected:
        await connected.boot()
        yield connected


async def change(csms: Csms, **facts: Any) -> None:
    answer = await csms.admin.patch(f"/api/cards/{CARD.lower()}", json=facts)
    assert answer.status_code == 200, answer.text


async def tap(station: Station) -> tuple[str, str | None]:
    info = (await station.peer.call(v16.Authorize(CARD))).id_tag_info
    return info.status, info.parent_id_tag


@tells("PATCH /api/cards/{id_tag}")
async def test_a_card_is_good_when_it_is_said_to_be(csms: Csms, station: Station) -> None:
    hour, now = timedelta(hours=1), datetime.now(UTC)
    assert await tap(station) == ("Accepted", None)
    for facts, status in (
        ({"blocked": True}, "Blocked"),
        ({"blocked": False, "valid_from": (now + hour).isoformat()}, "Blocked"),
        ({"valid_from": (now - hour).isoformat()}, "Accepted"),
        ({"expires_at": (now - hour).isoformat()}, "Expired"),
        ({"expires_at": None, "valid_from": None}, "Accepted"),
    ):
        await change(csms, **facts)
        assert (await tap(station))[0] == status, facts
    assert (await csms.admin.patch(f"/api/cards/{CARD}", json={"blocked": None})).status_code == 422
    assert (await csms.admin.patch("/api/cards/NOBODYS", json={"blocked": True})).status_code == 404


async def test_cards_of_a_family_carry_its_tag(csms: Csms, station: Station) -> None:
    await change(csms, parent_id_tag="family1")
    assert await tap(station) == ("Accepted", "FAMILY1")
    transaction_id = (await station.start(CARD)).transaction_id
    stopped = await station.stop(transaction_id, 2000, id_tag=CARD)
    assert stopped.id_tag_info is not None
    assert stopped.id_tag_info.parent_id_tag == "FAMILY1"


async def put_budgets(csms: Csms, *budgets: dict[str, Any]) -> None:
    answer = await csms.admin.put(f"/api/cards/{CARD}/budgets", json={"budgets": budgets})
    assert answer.status_code == 200, answer.text


@tells("PUT /api/cards/{id_tag}/budgets")
async def test_a_card_whose_budget_is_used_up_is_refused(csms: Csms, station: Station) -> None:
    await put_budgets(csms, {"period": "month", "most_wh": 3000}, {"period": "day", "most_cents": 1000})
    transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
    await station.stop(transaction_id, 2999)
    assert (await tap(station))[0] == "Accepted"
    transaction_id = (await station.start(CARD, meter_start=2999)).transaction_id
    await station.stop(transaction_id, 3000)
    assert (await tap(station))[0] == "Blocked"
    refused = await station.start(CARD, meter_start=3000)
    assert refused.id_tag_info.status == "Blocked"
    await station.stop(refused.transaction_id, 3100)
    assert await csms.balance_cents(2) == -300 - 10
    await put_budgets(csms)
    assert (await tap(station))[0] == "Accepted"


async def test_charging_ends_when_a_budget_does(csms: Csms, station: Station) -> None:
    await put_budgets(csms, {"period": "week", "most_cents": 200})
    transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
    await station.meter(transaction_id, 1990, 7000, minutes=1)
    assert station.asked == []
    await station.meter(transaction_id, 2000, 7000, minutes=2)
    async with asyncio.timeout(20):
        while not station.asked:  # noqa: ASYNC110 (the charge point rings no bell)
            await asyncio.sleep(0.01)
    assert station.asked == [v16.RemoteStopTransaction(transaction_id)]


@tells("GET /api/cards/mine", "GET /api/cards/{id_tag}/budgets")
async def test_budgets_are_shown_to_whom_they_concern(csms: Csms, station: Station) -> None:
    await put_budgets(csms, {"period": "week", "most_cents": 200}, {"period": "day", "most_wh": 10})
    dora, eve = csms.logged_in(2), csms.logged_in(3)
    path = f"/api/cards/{CARD}/budgets"
    assert [b["period"] for b in (await dora.get(path)).json()["budgets"]] == ["day", "week"]
    assert (await eve.get(path)).status_code == 404
    assert [c["id_tag"] for c in (await dora.get("/api/cards/mine")).json()] == [CARD]
    assert (await eve.get("/api/cards/mine")).json() == []
    twice = {"budgets": [{"period": "day", "most_wh": 1}, {"period": "day", "most_wh": 2}]}
    assert (await csms.admin.put(path, json=twice)).status_code == 422
    for client in (dora, eve):
        await client.aclose()
