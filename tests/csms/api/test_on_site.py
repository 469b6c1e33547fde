"""The account that pays for charges started at the page of a site's controller, and the card it pays with."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from csms.config import Settings
from csms.store import local_lists
from csms.store.database import Database
from ocppj import v16
from tests.csms.api.test_adoption import PI
from tests.csms.running import CARD, PASSWORD, Csms, until
from tests.csms.station import START, Station
from tests.csms.tells import tells


@dataclass
class Yard:
    """A site with its controller and a charge point on the line; Otto manages it and has adopted its controller."""

    csms: Csms
    otto_id: int
    otto: httpx.AsyncClient
    controller: Station
    point: Station
    site_key: str
    site_id: int

    @property
    def path(self) -> str:
        return f"/api/sites/{self.site_id}/on-site-account"

    async def account(self) -> Any:
        return (await self.otto.get(self.path)).json()

    async def pays(self, user_id: int | None) -> httpx.Response:
        return await self.otto.put(self.path, json={"user_id": user_id})

    def told(self) -> list[dict[str, Any]]:
        return told(self.controller)

    async def hears(self, **wanted: Any) -> dict[str, Any]:
        return await hears(self.controller, **wanted)


def told(controller: Station) -> list[dict[str, Any]]:
    transfers = [one for one in controller.asked if isinstance(one, v16.DataTransfer)]
    assert all((one.vendor_id, one.message_id) == ("org.bollard", "OnSiteAccount") for one in transfers)
    return [json.loads(one.data or "") for one in transfers]


async def hears(controller: Station, **wanted: Any) -> dict[str, Any]:
    """The newest that it was told, once it has these fields."""

    async def newest() -> dict[str, Any] | None:
        found = told(controller)[-1:]
        return found[0] if found and found[0].items() >= wanted.items() else None

    return dict(await until(newest))


async def takes(_: Any) -> Any:
    return v16.DataTransferResult("Accepted")


@pytest.fixture
async def yard(csms: Csms) -> AsyncIterator[Yard]:
    async with AsyncExitStack() as stack:
        otto = await csms.new("/api/users", email="otto@x.example", name="Otto Olsen", password=PASSWORD)
        site = await csms.new("/api/sites", name="Yard", time_zone="UTC")
        await csms.admin.put(f"/api/users/{otto['id']}/sites", json={"site_ids": [site["id"]]})
        page = await stack.enter_async_context(csms.logged_in(otto["id"]))
        code = (await page.post(f"/api/sites/{site['id']}/adoption-codes")).json()["code"]
        pi = await stack.enter_async_context(csms.browser())
        adopted = (await pi.post("/api/adopt", json={"code": code, **PI})).json()
        identity, key = adopted["identity"], adopted["site_key"]
        await pi.put("/api/site/charge-points", json={"charge_points": [{"identity": "CP1"}]}, auth=(identity, key))
        controller = await stack.enter_async_context(csms.station(identity, key, DataTransfer=takes))
        await controller.boot()
        point = await stack.enter_async_context(csms.station("CP1", key))
        await point.boot()
        yield Yard(csms, otto["id"], page, controller, point, key, site["id"])


async def test_whoever_made_the_code_pays_by_a_card_of_their_own_for_this(yard: Yard) -> None:
    account = await yard.account()
    assert account["user"] == {"id": yard.otto_id, "email": "otto@x.example"}
    assert account["name"] == "Otto Olsen"
    card = account["card"]
    assert (card["user_id"], card["site_id"], card["blocked"]) == (yard.otto_id, yard.site_id, False)
    assert (await yard.otto.get("/api/cards/mine")).json() == [card]
    assert [(one["id_tag"], one["site_id"]) for one in await yard.csms.get("/api/cards")] == [
        (card["id_tag"], yard.site_id)
    ]
    assert await yard.hears() == {"idTag": card["id_tag"], "name": "Otto Olsen", "status": "Accepted"}

    started = await yard.point.start(card["id_tag"], meter_start=0)
    assert started.id_tag_info.status == "Accepted"
    await yard.point.stop(started.transaction_id, 10_000)
    session = await yard.csms.session(started.transaction_id)
    assert session["cost_cents"] > 0
    assert await yard.csms.balance_cents(yard.otto_id) == -session["cost_cents"]


@tells("PUT /api/sites/{site_id}/on-site-account", "GET /api/sites/{site_id}/on-site-account")
async def test_another_account_gets_a_card_of_its_own_and_the_old_one_is_refused_for_good(yard: Yard) -> None:
    first = (await yard.account())["card"]["id_tag"]
    await yard.hears(idTag=first)
    assert (await yard.pays(yard.otto_id)).json()["card"]["id_tag"] == first  # as it was
    changed = (await yard.pays(1)).json()
    second = changed["card"]["id_tag"]
    assert (changed["user"]["id"], second != first) == (1, True)
    assert await yard.hears(idTag=second) == {"idTag": second, "name": "Admin", "status": "Accepted"}
    assert len(yard.told()) == 2

    code = (await yard.otto.post(f"/api/sites/{yard.site_id}/adoption-codes")).json()["code"]
    async with yard.csms.browser() as pi:  # adopted again, the account stays
        assert (await pi.post("/api/adopt", json={"code": code, **PI})).is_success
    assert (await yard.account())["card"]["id_tag"] == second
    refused = await yard.point.start(first, meter_start=0)
    assert refused.id_tag_info.status == "Blocked"
    await yard.point.stop(refused.transaction_id, 1000)
    accepted = await yard.point.start(second, meter_start=1000, at=START.replace(hour=12))
    assert accepted.id_tag_info.status == "Accepted"
    assert (await yard.csms.session(accepted.transaction_id))["user"]["id"] == 1
    assert (await yard.csms.get(f"/api/cards/{first}"))["blocked"] is True
    answer = await yard.csms.admin.patch(f"/api/cards/{first}", json={"blocked": False})
    assert answer.status_code == 409
    # what is told only now was started while the first one still was the site's: its account pays
    assert (await yard.csms.session(refused.transaction_id))["user"]["id"] == yard.otto_id
    later = await yard.point.start(first, meter_start=2000, at=datetime.now(UTC) + timedelta(minutes=1))
    assert (await yard.csms.session(later.transaction_id))["user"] is None
    await yard.point.stop(later.transaction_id, 2000)
    back = (await yard.pays(yard.otto_id)).json()["card"]["id_tag"]
    assert back not in (first, second)

    # and somebody whose cards are these alone is given one when they charge by the app
    await yard.point.stop(accepted.transaction_id, 2000, minutes=240)
    answer = await yard.otto.post("/api/station/CP1/start_charging", json={})
    assert answer.status_code == 502  # this station knows no RemoteStartTransaction
    mine = {one["id_tag"]: one["site_id"] for one in (await yard.otto.get("/api/cards/mine")).json()}
    assert list(mine.values()).count(None) == 1


async def test_nobody_may_pay_too_and_only_who_manages_the_site_may(yard: Yard) -> None:
    await yard.csms.driver()
    for user_id in (2, 999):
        assert (await yard.pays(user_id)).status_code == 422
    assert (await yard.otto.put(yard.path, json={})).status_code == 422
    stale = (await yard.otto.get(yard.path)).headers["ETag"]
    assert (await yard.pays(None)).json() is None
    assert await yard.account() is None
    await yard.hears(idTag=None)
    again = await yard.otto.put(yard.path, json={"user_id": yard.otto_id}, headers={"If-Match": stale})
    assert again.status_code == 412


async def test_who_manages_the_site_no_more_and_who_leaves_pays_no_more(yard: Yard) -> None:
    await yard.csms.new("/api/sites", name="Away", time_zone="UTC")
    eve = "/api/user/3/set_user_admin"
    assert (await yard.csms.admin.patch(eve, json={"is_admin": True})).is_success
    assert (await yard.pays(3)).is_success
    assert (await yard.csms.admin.patch(eve, json={"is_admin": False})).is_success
    assert await yard.account() is None
    card = (await yard.pays(yard.otto_id)).json()["card"]["id_tag"]
    sites = f"/api/users/{yard.otto_id}/sites"
    assert (await yard.csms.admin.put(sites, json={"site_ids": [2, yard.site_id]})).is_success
    assert (await yard.csms.get(yard.path))["card"]["id_tag"] == card
    assert (await yard.csms.admin.put(sites, json={"site_ids": [2]})).is_success
    assert await yard.csms.get(yard.path) is None
    assert (await yard.csms.get(f"/api/cards/{card}"))["blocked"] is True
    assert (await yard.csms.admin.put(sites, json={"site_ids": [yard.site_id]})).is_success
    assert (await yard.pays(yard.otto_id)).is_success
    gone = await yard.otto.request("DELETE", "/api/user", json={"password": PASSWORD, "give_up_credit": True})
    assert gone.status_code == 204
    assert await yard.csms.get(yard.path) is None


async def test_the_controller_is_told_again_after_each_boot_and_of_a_card_that_is_blocked(yard: Yard) -> None:
    card = (await yard.account())["card"]["id_tag"]
    await yard.hears(idTag=card)
    identity = yard.controller.peer.identity
    await yard.controller.peer.close()
    assert (await yard.csms.admin.patch(f"/api/cards/{card}", json={"blocked": True})).is_success
    async with yard.csms.station(identity, yard.site_key, DataTransfer=takes) as again:
        await again.boot()
        await hears(again, idTag=card, status="Blocked")
        assert (await yard.csms.admin.patch(f"/api/cards/{card}", json={"blocked": False})).is_success
        await again.boot()
        await hears(again, idTag=card, status="Accepted")
        await again.boot()  # it may have come back with an older disk

        async def thrice() -> bool:
            return len(told(again)) == 3

        await until(thrice)


async def test_the_card_is_in_the_lists_of_its_own_site_and_good_there_alone(yard: Yard, settings: Settings) -> None:
    await yard.csms.driver()
    away = await yard.csms.new("/api/sites", name="Away", time_zone="UTC")
    made = await yard.csms.new("/api/charge-points", identity="CP9", site_id=away["id"])
    card = (await yard.account())["card"]["id_tag"]
    opened = Database(settings.sqlalchemy_url)
    async with opened.read() as db:
        for site_id, cards in ((yard.site_id, {card, CARD}), (away["id"], {CARD})):
            assert set(await local_lists.verdicts(db, site_id, START)) == cards
            assert set(await local_lists.wanted(db, site_id, 100, START)) == cards
    await opened.close()
    async with yard.csms.station("CP9", made["authorization_key"]) as elsewhere:
        await elsewhere.boot()
        assert (await elsewhere.start(card)).id_tag_info.status == "Invalid"
    assert await yard.csms.balance_cents(yard.otto_id) == 0
