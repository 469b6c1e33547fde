"""People: logins that end, passwords that are set anew, accounts that are made and left."""

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from csms.api.tokens import Tokens, load_secret, load_secrets, rotate_secret
from csms.config import MailServer
from csms.domain.errors import NotAuthenticated
from csms.service import Service
from tests.csms.running import CARD, PASSWORD, Csms, settings_in
from tests.csms.smtp_server import SmtpServer, body, listening, subject
from tests.csms.tells import tells

DORA = {"email": "dora@example.org", "password": PASSWORD}
NEW = {"email": "new@example.org", "name": "New", "surname": "Comer", "password": PASSWORD}


async def log_in(browser: httpx.AsyncClient, **form: str) -> dict[str, Any]:
    answer = await browser.post("/api/auth/login", json=form or DORA)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


async def status(csms: Csms, token: str) -> int:
    async with csms.browser() as browser:
        return (await browser.get("/api/auth/validateToken", headers=bearer(token))).status_code


@tells(
    "GET /api/auth/validateToken",
    "POST /api/auth/login",
    "POST /api/auth/logout",
    "POST /api/auth/logout-everywhere",
)
async def test_a_token_opens_nothing_after_its_logout_and_the_others_go_on(csms: Csms) -> None:
    async with csms.browser() as browser:
        phone, laptop = [(await log_in(browser))["access_token"] for _ in range(2)]
        assert (await browser.post("/api/auth/logout", headers=bearer(phone))).status_code == 204
        assert [await status(csms, token) for token in (phone, laptop)] == [401, 200]
        assert (await browser.post("/api/auth/logout-everywhere", headers=bearer(laptop))).status_code == 204
        assert await status(csms, laptop) == 401
        again = bearer((await log_in(browser))["access_token"])
        assert (await browser.get("/api/auth/validateToken", headers=again)).json() == {"message": "Valid token"}


@tells("POST /api/auth/refresh")
async def test_a_refresh_token_is_good_once_and_a_stolen_one_ends_the_login(csms: Csms) -> None:
    async with csms.browser() as browser:
        first = await log_in(browser)
        other = await log_in(browser)

        async def refresh(token: str) -> httpx.Response:
            return await browser.post("/api/auth/refresh", json={"refresh_token": token})

        second = (await refresh(first["refresh_token"])).json()
        assert await status(csms, second["access_token"]) == 200
        assert (await refresh(first["refresh_token"])).status_code == 401
        assert (await refresh(second["refresh_token"])).status_code == 401
        assert await status(csms, second["access_token"]) == 401
        assert (await refresh(other["refresh_token"])).status_code == 200
        assert (await refresh("x" * 43)).status_code == 401


async def test_a_live_stream_ends_with_its_login(csms: Csms, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("csms.api.live.KEEPALIVE_S", 0.05)
    async with csms.browser() as browser:
        token = (await log_in(browser))["access_token"]
        async with browser.stream("GET", "/api/events", headers=bearer(token)) as response:
            lines = response.aiter_lines()
            await anext(lines)
            await csms.logged_in(2).post("/api/auth/logout-everywhere")
            async with asyncio.timeout(20):
                async for _ in lines:
                    pass


@tells("GET /api/user", "POST /api/auth/register")
async def test_who_registers_gets_the_start_credit_and_is_a_driver(csms: Csms) -> None:
    async with csms.browser() as browser:
        made = await browser.post("/api/auth/register", json=NEW)
        assert made.status_code == 201
        me = (await browser.get("/api/user", headers=bearer(made.json()["access_token"]))).json()
        assert (me["name"], me["surname"], me["role"], me["is_admin"]) == ("New", "Comer", "driver", False)
        assert me["balance"] == 10_000
        assert (await browser.post("/api/auth/register", json=NEW)).status_code == 409
        wrong = await browser.post("/api/auth/register", json={**NEW, "email": "x@y.example", "role": "admin"})
        assert wrong.status_code == 422


async def test_nobody_makes_accounts_without_end(csms: Csms) -> None:
    async with csms.browser() as browser:
        again = [(await browser.post("/api/auth/register", json=NEW)).status_code for _ in range(22)]
    assert again == [201] + [409] * 19 + [429] * 2


async def test_a_closed_house_registers_nobody(fresh: Path, tmp_path: Path) -> None:
    shutil.copytree(fresh, tmp_path / "closed")
    settings = settings_in(tmp_path / "closed").model_copy(update={"registration": False})
    async with Service(settings) as service, Csms(service, settings.data_dir).browser() as browser:
        assert (await browser.post("/api/auth/register", json=NEW)).status_code == 403


@tells("PATCH /api/user")
async def test_ones_password_is_needed_to_change_what_one_logs_in_with(csms: Csms) -> None:
    dora = csms.logged_in(2)
    assert (await dora.patch("/api/user", json={"name": "Dorothea"})).json()["name"] == "Dorothea"
    for surname in ("Rossi", ""):  # and gone again
        assert (await dora.patch("/api/user", json={"surname": surname})).json()["surname"] == surname
    for wrong in ({}, {"current_password": "guess guess"}):
        assert (await dora.patch("/api/user", json={"email": "d@x.example", **wrong})).status_code == 403
    taken = {"email": "eve@example.org", "current_password": PASSWORD}
    assert (await dora.patch("/api/user", json=taken)).status_code == 409
    moved = {"email": "D@x.example", "password": "another password", "current_password": PASSWORD}
    assert (await dora.patch("/api/user", json=moved)).json()["email"] == "d@x.example"
    assert (await dora.get("/api/user")).status_code == 401  # every login has ended
    async with csms.browser() as browser:
        await log_in(browser, email="d@x.example", password="another password")
    await dora.aclose()


async def test_guessing_the_present_password_is_told_to_wait(csms: Csms) -> None:
    dora = csms.logged_in(2)
    form = {"email": "d@x.example", "current_password": "guess guess"}
    answers = [(await dora.patch("/api/user", json=form)).status_code for _ in range(6)]
    assert answers == [403] * 5 + [429]
    await dora.aclose()


@dataclass
class Mailing:
    csms: Csms
    server: SmtpServer

    async def link(self) -> str:
        """The path and query of the link in the mail that dora gets."""
        async with asyncio.timeout(20):
            await self.server.arrived.wait()
        body = self.server.taken("dora@example.org").get_payload(decode=True)
        found = re.search(rb"https://charge.example(/api/auth/resetPasswordPage\?token=\S+)", body)  # type: ignore[arg-type]
        assert found is not None
        return found[1].decode()


@pytest.fixture
async def mailing(fresh: Path, tmp_path: Path) -> AsyncIterator[Mailing]:
    shutil.copytree(fresh, tmp_path / "mailing")
    async with listening() as server:
        mail = MailServer(host="127.0.0.1", port=server.port, tls="none", sender="us@x.example")
        wanted = {"mail": mail, "public_url": "https://charge.example/"}
        settings = settings_in(tmp_path / "mailing").model_copy(update=wanted)
        async with Service(settings) as service:
            csms = Csms(service, settings.data_dir)
            yield Mailing(csms, server)
            await csms.admin.aclose()


@tells("GET /api/auth/resetPasswordPage", "POST /api/auth/resetPassword", "POST /api/auth/resetPasswordToken")
async def test_a_new_password_comes_with_the_link_in_the_mail_and_ends_every_login(mailing: Mailing) -> None:
    async with mailing.csms.browser() as browser:
        before = (await log_in(browser))["access_token"]
        foreign = {"Host": "evil.example"}
        asked = await browser.post("/api/auth/resetPasswordToken", json={"email": "Dora@example.org"}, headers=foreign)
        assert asked.status_code == 202
        link = await mailing.link()
        page = await browser.get(link)
        token = link.partition("=")[2]
        assert (page.status_code, f'value="{token}"' in page.text) == (200, True)
        form = {"token": token, "password": "a new password"}
        assert "is set" in (await browser.post("/api/auth/resetPassword", data=form)).text
        assert await status(mailing.csms, before) == 401
        await log_in(browser, email="dora@example.org", password="a new password")
        assert (await browser.post("/api/auth/login", json=DORA)).status_code == 401
        assert (await browser.post("/api/auth/resetPassword", json=form)).status_code == 404
        assert (await browser.get(link)).status_code == 410


async def test_the_link_comes_in_the_language_of_whoever_it_is_for(mailing: Mailing) -> None:
    async with mailing.csms.logged_in(2) as dora:
        await dora.patch("/api/user", json={"language": "sv"})
        await dora.post("/api/auth/resetPasswordToken", json={"email": "dora@example.org"})
        await mailing.link()
    mail = mailing.server.taken("dora@example.org")
    assert subject(mail) == "Välj ett nytt lösenord"
    assert "Länken gäller en gång, i 30 minuter." in body(mail)
    assert "https://charge.example/api/auth/resetPasswordPage?token=" in body(mail)


async def test_asking_for_a_link_tells_nothing_of_who_is_there(mailing: Mailing) -> None:
    async with mailing.csms.browser() as browser:
        answers = [
            await browser.post("/api/auth/resetPasswordToken", json={"email": email})
            for email in ("nobody@example.org", "dora@example.org")
        ]
        assert answers[0].status_code == answers[1].status_code == 202
        assert answers[0].content == answers[1].content
        await mailing.link()
        assert {to for to, _ in mailing.server.mail} == {"dora@example.org"}
        again = {"email": "dora@example.org"}
        more = [await browser.post("/api/auth/resetPasswordToken", json=again) for _ in range(3)]
        assert [a.status_code for a in more] == [202, 202, 429]


@pytest.mark.parametrize(
    "form",
    [
        {"token": "x" * 43, "password": "long enough!"},
        {"token": "x" * 43, "password": "short"},
        {"token": "../../etc", "password": "long enough!"},
        {"password": "long enough!"},
    ],
)
async def test_a_link_that_is_wrong_sets_nothing(mailing: Mailing, form: dict[str, str]) -> None:
    async with mailing.csms.browser() as browser:
        assert (await browser.post("/api/auth/resetPassword", json=form)).status_code in (404, 422)
        assert (await browser.post("/api/auth/resetPassword", data=form)).status_code in (404, 422)
        await log_in(browser)


async def test_without_a_mail_server_the_person_is_told(csms: Csms) -> None:
    async with csms.browser() as browser:
        answer = await browser.post("/api/auth/resetPasswordToken", json={"email": "dora@example.org"})
    assert answer.status_code == 409


@tells("DELETE /api/user", "GET /api/user/export")
async def test_who_leaves_is_gone_and_the_ledger_stays(csms: Csms) -> None:
    await csms.driver()
    key = await csms.charge_point("CP1", price_cents_per_kwh=100)
    async with csms.station("CP1", key) as station:
        await station.boot()
        transaction_id = (await station.start(CARD, meter_start=0)).transaction_id
        dora = csms.logged_in(2)
        await dora.post("/api/vehicles", json={"name": "Zoe", "plate": "ab 123"})

        async def leave(**more: Any) -> int:
            body = {"password": PASSWORD, **more}
            return (await dora.request("DELETE", "/api/user", json=body)).status_code

        await csms.new("/api/users/2/credits", amount_cents=1000, reason="test")
        assert await leave(password="wrong wrong") == 403
        assert await leave(give_up_credit=True) == 409  # a session runs
        await station.stop(transaction_id, 3000)
        export = (await dora.get("/api/user/export")).json()
        assert export["profile"]["email"] == "dora@example.org"
        assert [v["plate"] for v in export["vehicles"]] == ["AB 123"]
        assert [s["transaction_id"] for s in export["sessions"]] == [transaction_id]
        assert sum(m["amount_cents"] for m in export["movements"]) == 700
        assert (export["reservations"], export["problems"]) == ([], [])
        assert await leave() == 409  # there is credit left
        assert await leave(give_up_credit=True) == 204
        assert (await dora.get("/api/user")).status_code == 401
        assert (await station.start(CARD, meter_start=3000)).id_tag_info.status == "Invalid"
    async with csms.browser() as browser:
        assert (await browser.post("/api/auth/login", json=DORA)).status_code == 401
        assert (await browser.post("/api/auth/register", json={**NEW, **DORA})).status_code == 201
    session = await csms.session(transaction_id)
    assert (session["cost_cents"], session["id_tag"], session["user"]["email"]) == (300, "GONE", "2@gone.invalid")
    everything = (await csms.admin.get("/api/sessions")).text + (await csms.admin.get("/api/cards")).text
    assert "dora" not in everything.lower()
    await dora.aclose()


async def test_who_owes_stays(csms: Csms) -> None:
    await csms.new("/api/users/2/credits", amount_cents=-1, reason="test")
    dora = csms.logged_in(2)
    body = {"password": PASSWORD, "give_up_credit": True}
    assert (await dora.request("DELETE", "/api/user", json=body)).status_code == 409
    await dora.aclose()


@tells("GET /api/user/all", "PATCH /api/user/{user_id}/set_user_admin")
async def test_the_last_administrator_stays_one(csms: Csms) -> None:
    async def set_admin(user_id: int, flag: bool) -> int:
        return (await csms.admin.patch(f"/api/user/{user_id}/set_user_admin", json={"is_admin": flag})).status_code

    assert await set_admin(1, False) == 409
    body = {"password": PASSWORD, "give_up_credit": True}
    assert (await csms.admin.request("DELETE", "/api/user", json=body)).status_code == 409
    assert await set_admin(2, True) == 200
    dora = csms.logged_in(2)
    assert [u["role"] for u in (await dora.get("/api/user/all")).json()] == ["admin", "admin", "driver"]
    assert await set_admin(1, False) == 200
    assert (await csms.admin.get("/api/user/all")).status_code == 403
    await dora.aclose()


async def test_a_drivers_cookie_opens_nothing_once_they_look_after_things(csms: Csms) -> None:
    async with csms.browser() as page:
        await log_in(page)
        cookie = page.cookies["bollard_session"]
        assert (await page.get("/api/auth/me")).json()["role"] == "driver"
        await csms.admin.patch("/api/user/2/set_user_admin", json={"is_admin": True})
        assert (await page.get("/api/users")).status_code == 401  # it lasts thirty days
        assert await status(csms, cookie) == 401
        await log_in(page)
        assert (await page.get("/api/users")).status_code == 200


@tells(
    "DELETE /api/vehicles/{vehicle_id}",
    "GET /api/vehicles",
    "GET /api/vehicles/{vehicle_id}",
    "POST /api/vehicles",
    "PUT /api/vehicles/{vehicle_id}",
)
async def test_vehicles_are_ones_own(csms: Csms) -> None:
    dora, eve = csms.logged_in(2), csms.logged_in(3)
    zoe = {"name": "Zoe", "battery_wh": 52_000, "mac": "02:00:5e:00:53:01"}
    made = (await dora.post("/api/vehicles", json=zoe)).json()
    path = f"/api/vehicles/{made['id']}"
    assert made["mac"] == "02:00:5E:00:53:01"
    assert (await dora.get("/api/vehicles")).json() == [made] == [(await dora.get(path)).json()]
    assert (await eve.get("/api/vehicles")).json() == []
    assert (await eve.put(path, json={"name": "mine"})).status_code == 404
    assert (await eve.delete(path)).status_code == 404
    assert (await dora.put(path, json={"name": "Zoe II"})).json()["name"] == "Zoe II"
    second = (await dora.get(path)).json()
    assert (second["name"], second["battery_wh"]) == ("Zoe II", None)  # put: what is left out is gone
    assert (await dora.post("/api/vehicles", json={"name": "x", "mac": "nonsense"})).status_code == 422
    assert (await dora.delete(path)).status_code == 204
    assert (await dora.get("/api/vehicles")).json() == []
    for client in (dora, eve):
        await client.aclose()


def test_tokens_last_out_one_change_of_the_secret(tmp_path: Path) -> None:
    file, now = tmp_path / "secret.key", datetime.now(UTC)
    old = Tokens(load_secret(file)).issue(7, now)
    rotate_secret(file)
    rotated = Tokens(*load_secrets(file))
    assert rotated.read(old, now).user_id == 7
    new = rotated.issue(7, now)
    assert file.stat().st_mode & 0o777 == 0o600
    rotate_secret(file)
    twice = Tokens(*load_secrets(file))
    assert twice.read(new, now).user_id == 7
    with pytest.raises(NotAuthenticated):
        twice.read(old, now)
