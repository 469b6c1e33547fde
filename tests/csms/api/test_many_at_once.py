"""A page asks for several things at once, and many pages do; two people want the same at the same moment."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from ocppj import v16
from tests.csms.running import CARD, Csms
from tests.csms.station import START, Station


async def test_more_requests_than_database_connections_are_all_answered(csms: Csms) -> None:
    """One that waits for a connection gives up after 30 s, with a 500, before the client does."""
    paths = ["/api/charge-points", "/api/sessions", "/api/sites", "/api/quarantine", "/api/cards", "/api/users"]
    answers = await asyncio.gather(*(csms.admin.get(path) for path in paths * 5))
    assert [answer.status_code for answer in answers] == [200] * len(answers)


@dataclass
class Place:
    """CP1 with one connector, which takes the first that comes and refuses all others; dora and eve, logged in."""

    station: Station
    people: tuple[httpx.AsyncClient, httpx.AsyncClient]
    taken: list[Any] = field(default_factory=list)


@pytest.fixture
async def place(csms: Csms) -> AsyncIterator[Place]:
    taken: list[Any] = []

    async def start(request: v16.RemoteStartTransaction) -> v16.RemoteStartTransactionResult:
        taken.append(request)
        return v16.RemoteStartTransactionResult("Accepted" if len(taken) == 1 else "Rejected")

    async def keep(_: v16.ReserveNow) -> v16.ReserveNowResult:
        return v16.ReserveNowResult("Accepted")

    await csms.driver()
    key = await csms.charge_point("CP1")
    async with (
        csms.logged_in(2) as dora,
        csms.logged_in(3) as eve,
        csms.station("CP1", key, RemoteStartTransaction=start, ReserveNow=keep) as station,
    ):
        await station.boot()
        yield Place(station, (dora, eve), taken)


async def test_of_two_starts_at_once_one_is_accepted_and_the_other_is_told_so(csms: Csms, place: Place) -> None:
    path = "/api/station/CP1/start_charging"
    answers = await asyncio.gather(*(who.post(path, json={"connector_id": 1}) for who in place.people))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    winner = [answer.status_code for answer in answers].index(200)
    begun = await place.station.start(place.taken[0].id_tag)
    running = [(await who.get("/api/user/charging")).json() for who in place.people]
    assert [row["transaction_id"] for row in running[winner]] == [begun.transaction_id]
    assert running[1 - winner] == []


async def test_of_two_reservations_at_once_one_stands(csms: Csms, place: Place) -> None:
    answers = await asyncio.gather(*(who.post("/api/station/CP1/reserve", json={}) for who in place.people))
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert len(await csms.get("/api/reservations/everyones", standing=True)) == 1
    # and one who has none asks twice at once
    (made,) = [answer.json() for answer in answers if answer.is_success]
    assert (await csms.admin.post(f"/api/reservations/{made['reservation_id']}/cancel")).is_success
    dora, _ = place.people
    twice = await asyncio.gather(*(dora.post("/api/station/CP1/reserve", json={}) for _ in range(2)))
    assert sorted(answer.status_code for answer in twice) == [201, 409]
    assert len(await csms.get("/api/reservations/everyones", standing=True)) == 1


async def test_one_card_that_starts_at_two_places_at_once_holds_no_more_than_there_is(csms: Csms, place: Place) -> None:
    await csms.new("/api/users/2/credits", amount_cents=700, reason="cash")
    async with csms.station("CP2", await csms.charge_point("CP2")) as other:
        await other.boot()
        both = (place.station, other)
        begun = await asyncio.gather(*(station.start(CARD, 0, at=START) for station in both))
        ids = [each.transaction_id for each in begun]
        assert len({*ids}) == 2
        held = (await csms.get("/api/users/2/balance"))["held_cents"]
        assert 0 < held <= 700
        again = await asyncio.gather(*(station.start(CARD, 0, at=START) for station in both))  # both say it again
        assert [each.transaction_id for each in again] == ids
        await asyncio.gather(
            *(station.stop(number, 2000) for station, number in zip(both, ids, strict=True)),
        )
    assert await csms.get("/api/users/2/balance") == {"balance_cents": 700 - 2 * 90, "held_cents": 0}
    assert len(await csms.get("/api/sessions")) == 2
