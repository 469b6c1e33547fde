"""Holds, payments, corrections, and charging that ends with the credit: through the API and real sockets."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from csms.payments.provider import Outcome
from csms.payments.sandbox import SIGNATURE, Sandbox
from csms.service import Service
from ocppj import v16
from tests.csms.running import CARD, Csms, settings_in, until
from tests.csms.station import Station
from tests.csms.tells import tells


@pytest.fixture
async def paying(fresh: Path, tmp_path: Path) -> AsyncIterator[Csms]:
    """A CSMS that takes payments and charges nobody without credit."""
    shutil.copytree(fresh, tmp_path / "paying")
    wanted = {"payment_provider": "sandbox", "stop_when_credit_runs_out": True, "hold_cents": 500}
    settings = settings_in(tmp_path / "paying").model_copy(update=wanted)
    async with Service(settings) as service:
        made = Csms(service, settings.data_dir)
        yield made
        await made.admin.aclose()


@asynccontextmanager
async def charging(csms: Csms, **answers: Any) -> AsyncIterator[Station]:
    await csms.driver()
    key = await csms.charge_point("CP1", price_cents_per_kwh=100)
    async with csms.station("CP1", key, **answers) as station:
        await station.boot()
        yield station


async def credit(csms: Csms, cents: int) -> None:
    await csms.new("/api/users/2/credits", amount_cents=cents, reason="test")


async def pay(dora: httpx.AsyncClient, cents: int, *, paid: bool = True) -> str:
    made = (await dora.post("/api/top-ups", json={"amount_cents": cents})).json()
    assert (await dora.post(made["pay_url"], json={"paid": paid})).status_code == 204
    return str(made["reference"])


@tells("GET /api/wallet", "GET /api/wallet/movements")
async def test_credit_is_held_while_it_charges_and_the_rest_comes_back(paying: Csms) -> None:
    await credit(paying, 2000)
    dora = paying.logged_in(2)
    async with charging(paying) as station:
        transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
        assert (await dora.get("/api/wallet")).json() == {"balance_cents": 2000, "held_cents": 500}
        await station.stop(transaction_id, 3000)
    assert (await dora.get("/api/wallet")).json() == {"balance_cents": 1700, "held_cents": 0}
    answer = await dora.get("/api/wallet/movements")
    assert [(m["kind"], m["amount_cents"], m["transaction_id"]) for m in answer.json()] == [
        ("charge", -300, transaction_id),
        ("credit", 2000, None),
    ]
    assert answer.headers["x-total-count"] == "2"
    await dora.aclose()


async def test_charging_ends_when_the_credit_does(paying: Csms) -> None:
    asked = asyncio.Event()

    async def remote_stop(request: Any) -> v16.RemoteStopTransactionResult:
        asked.set()
        return v16.RemoteStopTransactionResult("Accepted")

    await credit(paying, 250)
    async with charging(paying, RemoteStopTransaction=remote_stop) as station:
        transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
        await station.meter(transaction_id, 2490, 7000, minutes=1)
        assert (await station.peer.call(v16.Authorize(CARD))).id_tag_info.status == "Accepted"
        assert not asked.is_set()
        await station.meter(transaction_id, 2500, 7000, minutes=2)
        async with asyncio.timeout(20):
            await asked.wait()
        assert station.asked == [v16.RemoteStopTransaction(transaction_id)]
        assert (await station.peer.call(v16.Authorize(CARD))).id_tag_info.status == "Blocked"
        await station.stop(transaction_id, 2510, reason="Remote")
        refused = await station.start(CARD, meter_start=2510)
        assert refused.id_tag_info.status == "Blocked"
        await station.stop(refused.transaction_id, 2610, reason="DeAuthorized")
    # What flowed before the refusal arrived is the driver's all the same: the card is theirs and was not stolen.
    assert await paying.balance_cents(2) == 250 - 251 - 10


async def test_a_stop_that_could_not_be_told_is_asked_for_again(paying: Csms) -> None:
    calls: list[Any] = []

    async def remote_stop(request: Any) -> v16.RemoteStopTransactionResult:
        calls.append(request)
        if len(calls) == 1:
            raise RuntimeError("not now")
        return v16.RemoteStopTransactionResult("Accepted")

    await credit(paying, 100)
    async with charging(paying, RemoteStopTransaction=remote_stop) as station:
        transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
        minutes = 0

        async def asked_twice() -> bool:
            nonlocal minutes
            minutes += 1
            await station.meter(transaction_id, 1000 + minutes, 7000, minutes=minutes)
            return len(calls) >= 2

        await until(asked_twice)


async def test_without_the_setting_a_driver_may_owe(csms: Csms) -> None:
    async with charging(csms) as station:
        transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
        await station.stop(transaction_id, 3000)
    assert await csms.balance_cents(2) == -300


async def test_a_payment_counts_once_however_often_it_is_told(paying: Csms) -> None:
    dora = paying.logged_in(2)
    reference = await pay(dora, 1000)
    sandbox = Sandbox(bytes.fromhex((paying.data_dir / "secret.key").read_text()))
    for paid in (True, False, True):  # a replay, and a word that comes too late
        headers, body = sandbox.callback(Outcome(reference, 1000, paid))
        assert (await paying.admin.post("/api/payments/callback", content=body, headers=headers)).status_code == 204
    assert await paying.balance_cents(2) == 1000
    assert [t["state"] for t in (await dora.get("/api/top-ups")).json()] == ["paid"]
    await dora.aclose()


@tells(
    "GET /api/top-ups",
    "GET /api/top-ups/{top_up_id}",
    "POST /api/sandbox/payments/{reference}",
    "POST /api/top-ups",
)
async def test_a_payment_that_failed_gives_nothing_until_it_is_paid(paying: Csms) -> None:
    dora = paying.logged_in(2)
    await pay(dora, 1000, paid=False)
    assert await paying.balance_cents(2) == 0
    made = (await dora.get("/api/top-ups")).json()[0]
    assert made["state"] == "failed"
    await dora.post(made["pay_url"], json={"paid": True})
    assert (await dora.get(f"/api/top-ups/{made['id']}")).json()["state"] == "paid"
    assert await paying.balance_cents(2) == 1000
    await dora.aclose()


@tells("POST /api/payments/callback")
async def test_only_the_provider_says_that_something_is_paid(paying: Csms) -> None:
    dora, eve = paying.logged_in(2), paying.logged_in(3)
    made = (await dora.post("/api/top-ups", json={"amount_cents": 1000})).json()
    body = msgspec.json.encode({"reference": made["reference"], "amount_cents": 1000, "paid": True})
    for headers in ({}, {SIGNATURE: "0" * 64}):
        assert (await dora.post("/api/payments/callback", content=body, headers=headers)).status_code == 401
    sandbox = Sandbox(bytes.fromhex((paying.data_dir / "secret.key").read_text()))
    headers, body = sandbox.callback(Outcome(made["reference"], 9_000_000, True))
    assert (await dora.post("/api/payments/callback", content=body, headers=headers)).status_code == 409
    headers, body = sandbox.callback(Outcome("f" * 32, 1000, True))
    assert (await dora.post("/api/payments/callback", content=body, headers=headers)).status_code == 404
    assert (await eve.post(made["pay_url"], json={"paid": True})).status_code == 404
    assert (await eve.get(f"/api/top-ups/{made['id']}")).status_code == 404
    assert await paying.balance_cents(2) == 0
    headers, body = sandbox.callback(Outcome(made["reference"], 1000, True))
    assert (await paying.browser().post("/api/payments/callback", content=body, headers=headers)).status_code == 204
    assert await paying.balance_cents(2) == 1000
    await dora.aclose()
    await eve.aclose()


async def test_without_a_provider_nobody_tops_up(csms: Csms) -> None:
    assert (await csms.admin.post("/api/top-ups", json={"amount_cents": 1000})).status_code == 409
    assert (await csms.admin.post("/api/payments/callback", content=b"{}")).status_code == 404
    assert (await csms.admin.post(f"/api/sandbox/payments/{'0' * 32}", json={"paid": True})).status_code == 404


async def test_a_request_with_a_key_acts_once(paying: Csms) -> None:
    dora, eve = paying.logged_in(2), paying.logged_in(3)
    key = {"Idempotency-Key": "k1"}
    async with AsyncExitStack() as stack:
        for client in (dora, eve):
            await stack.enter_async_context(client)
        first, *others = await asyncio.gather(
            *(dora.post("/api/top-ups", json={"amount_cents": 1000}, headers=key) for _ in range(4))
        )
        statuses = {a.status_code for a in (first, *others)}
        assert statuses <= {201, 409}
        again = await dora.post("/api/top-ups", json={"amount_cents": 1000}, headers=key)
        assert len((await dora.get("/api/top-ups")).json()) == 1
        assert again.json() == (await dora.get("/api/top-ups")).json()[0]
        other = await dora.post("/api/top-ups", json={"amount_cents": 2000}, headers=key)
        assert (other.status_code, other.json()["status"]) == (422, 422)
        assert (await eve.post("/api/top-ups", json={"amount_cents": 1000}, headers=key)).status_code == 201
        assert (await eve.get("/api/top-ups")).json()[0]["id"] != again.json()["id"]


async def test_a_failure_is_not_kept_under_a_key(paying: Csms) -> None:
    key = {"Idempotency-Key": "k1"}
    async with charging(paying) as station:
        await credit(paying, 1000)
        transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
        path = f"/api/sessions/{transaction_id}/corrections"
        body = {"amount_cents": 100, "reason": "slow"}
        assert (await paying.admin.post(path, json=body, headers=key)).status_code == 409
        await station.stop(transaction_id, 3000)
        for _ in range(2):
            answer = await paying.admin.post(path, json=body, headers=key)
            assert (answer.status_code, answer.json()) == (201, {"cost_cents": 200})
    assert await paying.balance_cents(2) == 1000 - 300 + 100


async def test_credit_given_again_under_its_key_is_booked_once(paying: Csms) -> None:
    await paying.driver()
    path, key = "/api/users/2/credits", {"Idempotency-Key": "k1"}
    for _ in range(2):
        answer = await paying.admin.post(path, json={"amount_cents": 700, "reason": "cash"}, headers=key)
        assert (answer.status_code, answer.json()) == (201, {"balance_cents": 700, "held_cents": 0})
    other = await paying.admin.post(path, json={"amount_cents": 700, "reason": "gift"}, headers=key)
    assert other.status_code == 422
    assert await paying.balance_cents(2) == 700
    assert len(await paying.get("/api/users/2/movements")) == 1


@tells("GET /api/users/{user_id}/balance", "POST /api/sessions/{transaction_id}/corrections")
async def test_more_than_was_paid_is_never_given_back(csms: Csms) -> None:
    async with charging(csms) as station:
        transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
        await station.stop(transaction_id, 3000)
    path = f"/api/sessions/{transaction_id}/corrections"
    for amount_cents, status in ((200, 201), (101, 409), (0, 409), (-50, 201), (150, 201), (1, 409)):
        answer = await csms.admin.post(path, json={"amount_cents": amount_cents, "reason": "broken display"})
        assert answer.status_code == status, amount_cents
    assert await csms.balance_cents(2) == 0
    dora = csms.logged_in(2)
    kinds = [(m["kind"], m["amount_cents"], m["reason"]) for m in (await dora.get("/api/wallet/movements")).json()]
    assert kinds[:2] == [("refund", 150, "broken display"), ("correction", -50, "broken display")]
    await dora.aclose()
