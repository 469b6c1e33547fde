"""Reserving, starting and stopping by drivers: through the API, with a charge point that answers, is away, forgets."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

import csms.reservation_keeper
from ocppj import v16
from tests.csms.running import CARD, Csms, until
from tests.csms.station import Station
from tests.csms.tells import tells


class ChargePoint:
    """Answers what a charge point is asked, as told."""

    def __init__(self, csms: Csms, key: str) -> None:
        self.csms = csms
        self.key = key
        self.reserve: Any = "Accepted"
        self.start: Any = "Accepted"
        self.asked: list[Any] = []

    def connect(self) -> Any:
        async def reserve_now(request: v16.ReserveNow) -> v16.ReserveNowResult:
            self.asked.append(request)
            return v16.ReserveNowResult(self.reserve)

        async def cancel(request: v16.CancelReservation) -> v16.CancelReservationResult:
            self.asked.append(request)
            return v16.CancelReservationResult("Accepted")

        async def start(request: v16.RemoteStartTransaction) -> v16.RemoteStartTransactionResult:
            self.asked.append(request)
            return v16.RemoteStartTransactionResult(self.start)

        async def stop(request: v16.RemoteStopTransaction) -> v16.RemoteStopTransactionResult:
            self.asked.append(request)
            return v16.RemoteStopTransactionResult("Accepted")

        answers = {
            "ReserveNow": reserve_now,
            "CancelReservation": cancel,
            "RemoteStartTransaction": start,
            "RemoteStopTransaction": stop,
        }
        return self.csms.station("CP1", self.key, **answers)

    async def is_away(self) -> bool:
        return not (await self.csms.get("/api/charge-points/CP1"))["online"]

    def kinds(self) -> list[str]:
        return [type(request).__name__ for request in self.asked]


@pytest.fixture(autouse=True)
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csms.reservation_keeper, "_GRACE_S", 0.02)
    monkeypatch.setattr(csms.reservation_keeper, "_LOOK_EVERY_S", 0.05)


@pytest.fixture
async def point(csms: Csms) -> ChargePoint:
    await csms.driver()
    return ChargePoint(csms, await csms.charge_point("CP1", connectors=2, price_cents_per_kwh=100))


@pytest.fixture
async def station(point: ChargePoint) -> AsyncIterator[Station]:
    async with point.connect() as connected:
        await connected.boot()
        await connected.status(2, "Available")
        yield connected


@pytest.fixture
async def dora(csms: Csms) -> AsyncIterator[httpx.AsyncClient]:
    async with csms.logged_in(2) as client:
        yield client


@pytest.fixture
async def eve(csms: Csms) -> AsyncIterator[httpx.AsyncClient]:
    async with csms.logged_in(3) as client:
        yield client


async def post(who: httpx.AsyncClient, what: str, **body: Any) -> httpx.Response:
    return await who.post(f"/api/station/CP1/{what}", json=body)


async def expire(csms: Csms, who: httpx.AsyncClient) -> None:
    """The one reservation there is ends a minute ago."""
    past = datetime.now(UTC) - timedelta(minutes=1)
    times = [f"{at:%Y-%m-%d %H:%M:%S.%f}" for at in (past - timedelta(minutes=15), past)]
    await csms.behind("UPDATE reservation SET reserved_at = ?, expires_at = ?", *times)

    async def expired() -> bool:
        return await states(who) == ["expired"]

    await until(expired)


async def states(who: httpx.AsyncClient) -> list[str]:
    return [r["state"] for r in (await who.get("/api/reservations")).json()]


@tells(
    "GET /api/reservations",
    "GET /api/station/{identity}/last_charge",
    "GET /api/station/{identity}/last_reservation",
    "POST /api/station/{identity}/reserve",
    "POST /api/station/{identity}/start_charging",
    "POST /api/station/{identity}/stop_charging",
)
async def test_a_reservation_is_kept_by_the_charge_point_and_used_by_its_driver(
    csms: Csms, point: ChargePoint, station: Station, dora: httpx.AsyncClient
) -> None:
    made = await post(dora, "reserve", connector_id=2)
    assert made.status_code == 201, made.text
    reservation = made.json()
    assert (reservation["state"], reservation["told"], reservation["target_soc_percent"]) == ("confirmed", True, 80)
    sent = point.asked[0]
    assert (sent.connector_id, sent.id_tag, sent.reservation_id) == (2, CARD, reservation["reservation_id"])
    assert timedelta(minutes=14) < sent.expiry_date - datetime.now(UTC) <= timedelta(minutes=15)

    assert (await post(dora, "start_charging")).json()["connector_id"] == 2
    assert point.asked[1] == v16.RemoteStartTransaction(CARD, 2)
    started = await station.peer.call(
        v16.StartTransaction(2, CARD, 0, datetime.now(UTC), reservation["reservation_id"])
    )
    assert await states(dora) == ["used"]
    assert (await post(dora, "stop_charging")).json()["transaction_id"] == started.transaction_id
    assert point.asked[2:] == [v16.RemoteStopTransaction(started.transaction_id)]
    async with csms.browser() as public:
        seen = await public.get("/api/station/CP1/last_reservation")
        charge = await public.get("/api/station/CP1/last_charge")
    assert seen.json()["state"] == "used"
    assert charge.json()["connector_id"] == 2
    for name in ("dora", CARD.lower()):
        assert name not in (seen.text + charge.text).lower()


async def test_what_the_charge_point_cannot_keep_is_refused(
    point: ChargePoint, station: Station, dora: httpx.AsyncClient
) -> None:
    point.reserve = "Occupied"
    refused = await post(dora, "reserve", connector_id=1)
    assert (refused.status_code, "Occupied" in refused.text) == (409, True)
    assert await states(dora) == ["refused"]
    point.reserve = "Accepted"
    assert (await post(dora, "reserve", connector_id=1)).status_code == 201


async def test_one_connector_is_one_persons_and_a_person_has_one(
    point: ChargePoint, station: Station, dora: httpx.AsyncClient, eve: httpx.AsyncClient
) -> None:
    assert (await post(dora, "reserve", connector_id=1)).status_code == 201
    taken, twice = await post(eve, "reserve", connector_id=1), await post(dora, "reserve", connector_id=2)
    assert (taken.status_code, "somebody" in taken.text) == (409, True)
    assert (twice.status_code, "already" in twice.text) == (409, True)
    assert (await post(eve, "start_charging", connector_id=1)).status_code == 409
    assert (await post(eve, "cancel_reservation")).status_code == 404
    # the other connector is free for all, and found without being named
    assert (await post(eve, "start_charging")).json()["connector_id"] == 2
    assert point.asked[-1].id_tag.startswith("APP")


async def test_without_a_free_connector_nobody_reserves(
    csms: Csms, station: Station, dora: httpx.AsyncClient
) -> None:
    await station.start(CARD, connector_id=1)
    await station.status(2, "Faulted", "GroundFailure")
    for body in ({}, {"connector_id": 1}, {"connector_id": 2}):
        assert (await post(dora, "reserve", **body)).status_code == 409
    assert (await post(dora, "reserve", connector_id=3)).status_code == 404
    assert (await dora.post("/api/station/CP9/reserve", json={})).status_code == 404


@tells("POST /api/station/{identity}/cancel_reservation")
async def test_who_cancels_frees_the_connector(
    point: ChargePoint, station: Station, dora: httpx.AsyncClient, eve: httpx.AsyncClient
) -> None:
    await post(dora, "reserve", connector_id=1)
    cancelled = (await post(dora, "cancel_reservation")).json()
    assert (cancelled["state"], cancelled["told"]) == ("cancelled", True)
    assert point.kinds() == ["ReserveNow", "CancelReservation"]
    assert (await post(dora, "cancel_reservation")).status_code == 404
    assert (await post(eve, "reserve", connector_id=1)).status_code == 201


async def test_a_charge_point_that_was_away_is_told_when_it_comes_back(
    point: ChargePoint, dora: httpx.AsyncClient
) -> None:
    async with point.connect() as station:
        await station.boot()
    await until(point.is_away)
    made = (await post(dora, "reserve", connector_id=1)).json()
    assert (made["state"], made["told"]) == ("pending", False)
    async with point.connect() as station:
        await station.boot()

        async def confirmed() -> bool:
            return await states(dora) == ["confirmed"]

        await until(confirmed)
    await until(point.is_away)
    assert (await post(dora, "cancel_reservation")).json()["told"] is False
    async with point.connect() as station:
        await station.boot()

        async def told() -> bool:
            return bool((await dora.get("/api/reservations")).json()[0]["told"])

        await until(told)
    assert list(dict.fromkeys(point.kinds())) == ["ReserveNow", "CancelReservation"]  # saying it twice is no harm


async def test_a_charge_point_that_forgot_is_reminded_and_one_that_is_occupied_by_its_driver_is_believed(
    point: ChargePoint, dora: httpx.AsyncClient
) -> None:
    async with point.connect() as station:
        await station.boot()
        await post(dora, "reserve", connector_id=1)
    point.reserve = "Occupied"
    async with point.connect() as station:
        await station.boot()

        async def reminded() -> bool:
            return point.kinds()[1:2] == ["ReserveNow"]

        await until(reminded)
        assert await states(dora) == ["confirmed"]


async def test_a_reservation_ends_by_itself_and_costs_what_its_tariff_says(
    csms: Csms, point: ChargePoint, station: Station, dora: httpx.AsyncClient, eve: httpx.AsyncClient
) -> None:
    expiring = {
        "price_components": [{"type": "FLAT", "price_cents": "150"}],
        "restrictions": {"reservation": "RESERVATION_EXPIRES"},
    }
    used = {
        "price_components": [{"type": "FLAT", "price_cents": "70"}],
        "restrictions": {"reservation": "RESERVATION"},
    }
    tariff = await csms.new("/api/tariffs", name="r", elements=[expiring, used])
    await csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"]})
    made = (await post(dora, "reserve", connector_id=1, minutes=1)).json()
    await expire(csms, dora)
    assert await csms.balance_cents(2) == -150
    assert (await dora.get("/api/reservations")).json()[0]["cost_cents"] == 150
    assert (await post(eve, "reserve", connector_id=1)).status_code == 201
    # its driver comes after all, and the charge point says so: the fee has been taken, and is not taken twice
    late = v16.StartTransaction(1, CARD, 0, datetime.now(UTC), made["reservation_id"])
    transaction_id = (await station.peer.call(late)).transaction_id
    await station.peer.call(v16.StopTransaction(transaction_id, 1000, datetime.now(UTC)))
    assert await csms.balance_cents(2) == -150


async def test_a_reservation_that_the_charge_point_never_kept_costs_nothing(
    csms: Csms, point: ChargePoint, dora: httpx.AsyncClient
) -> None:
    async with point.connect() as station:
        await station.boot()
    await until(point.is_away)
    fee = {"price_components": [{"type": "FLAT", "price_cents": "150"}], "restrictions": {"reservation": "RESERVATION"}}
    tariff = await csms.new("/api/tariffs", name="r", elements=[fee])
    await csms.admin.put("/api/charge-points/CP1/tariff", json={"tariff_id": tariff["id"]})
    assert (await post(dora, "reserve", connector_id=1, minutes=1)).json()["state"] == "pending"
    await expire(csms, dora)
    assert await csms.balance_cents(2) == 0


async def test_a_request_that_is_sent_again_reserves_and_starts_once(
    point: ChargePoint, station: Station, dora: httpx.AsyncClient
) -> None:
    for what in ("reserve", "start_charging"):
        first, again = [
            await dora.post(f"/api/station/CP1/{what}", json={}, headers={"Idempotency-Key": what}) for _ in range(2)
        ]
        assert first.is_success
        assert (first.status_code, first.json()) == (again.status_code, again.json())
    assert point.kinds() == ["ReserveNow", "RemoteStartTransaction"]


async def test_a_start_that_is_refused_says_so(point: ChargePoint, station: Station, dora: httpx.AsyncClient) -> None:
    point.start = "Rejected"
    assert (await post(dora, "start_charging")).status_code == 409
    assert (await post(dora, "stop_charging")).status_code == 404
    await csms_block(point.csms)
    assert "blocked" in (await post(dora, "start_charging")).text


async def csms_block(csms: Csms) -> None:
    assert (await csms.admin.patch(f"/api/cards/{CARD}", json={"blocked": True})).status_code == 200


async def test_nobody_stops_what_another_charges(
    station: Station, dora: httpx.AsyncClient, eve: httpx.AsyncClient
) -> None:
    await station.start(CARD, connector_id=1)
    assert (await post(eve, "stop_charging", connector_id=1)).status_code == 404
    assert (await post(dora, "stop_charging", connector_id=2)).status_code == 404
    assert (await post(dora, "stop_charging", connector_id=1)).status_code == 200
