"""Logging in, staying in, getting nowhere without it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Literal

import jwt
import pytest
from argon2 import PasswordHasher, extract_parameters

from csms.api import passwords
from csms.api.tokens import Tokens, load_secret
from csms.domain.errors import NotAuthenticated
from tests.csms.running import PASSWORD, Csms
from tests.csms.tells import tells

ADMIN = {"email": "admin@example.org", "password": PASSWORD}


@tells("GET /api/auth/me")
async def test_a_login_gives_a_token_and_a_cookie_no_script_can_read(csms: Csms) -> None:
    async with csms.browser() as browser:
        answer = await browser.post("/api/auth/login", json={**ADMIN, "email": "Admin@Example.org"})
        body = answer.json()
        assert body["token_type"] == "bearer"
        assert body["expires_in"] > 0
        assert body["user"] == {
            "id": 1,
            "email": "admin@example.org",
            "name": "Admin",
            "role": "admin",
            "currency": "EUR",
            "language": None,
        }
        cookie = answer.headers["set-cookie"].lower()
        assert "bollard_session=" in cookie
        assert "httponly" in cookie
        assert "samesite=strict" in cookie
        assert (await browser.get("/api/auth/me")).json() == body["user"]
        assert "no-store" in answer.headers["cache-control"]


async def test_a_write_with_the_cookie_needs_a_header_no_foreign_page_can_send(csms: Csms) -> None:
    async with csms.browser() as browser:
        await browser.post("/api/auth/login", json=ADMIN)
        site = {"name": "Yard"}
        assert (await browser.post("/api/sites", json=site)).status_code == 403
        ours = {"X-Requested-With": "bollard"}
        assert (await browser.post("/api/sites", json=site, headers=ours)).status_code == 201
        assert (await browser.post("/api/auth/logout", headers=ours)).status_code == 204
        assert (await browser.get("/api/auth/me")).status_code == 401


@pytest.mark.parametrize("email", ["admin@example.org", "nobody@example.org"])
async def test_a_wrong_password_and_an_unknown_person_look_the_same(csms: Csms, email: str) -> None:
    async with csms.browser() as browser:
        answer = await browser.post("/api/auth/login", json={"email": email, "password": "wrong wrong"})
    assert answer.status_code == 401
    assert answer.json()["detail"] == "wrong e-mail address or password"


async def test_an_unknown_person_costs_the_same_work_as_a_wrong_password(
    csms: Csms, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that the time taken tells nothing: one verification each, of hashes made with the same pains."""
    verified: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:
            verified.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_hasher", Watched(time_cost=1, memory_cost=8, parallelism=1))
    async with csms.browser() as browser:
        for email in ("dora@example.org", "nobody@example.org"):
            await browser.post("/api/auth/login", json={"email": email, "password": "wrong wrong"})
    known, unknown = verified
    assert extract_parameters(known) == extract_parameters(unknown)
    assert known != unknown


async def test_guessing_is_told_to_wait_and_the_right_password_too(csms: Csms) -> None:
    async with csms.browser() as browser:
        guesses = [browser.post("/api/auth/login", json={**ADMIN, "password": f"guess {n}"}) for n in range(8)]
        answers = [(await answer).status_code for answer in asyncio.as_completed(guesses)]
        assert sorted(answers) == [401] * 5 + [429] * 3
        locked = await browser.post("/api/auth/login", json=ADMIN)
    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) > 0
    assert locked.headers["content-type"] == "application/problem+json"


async def test_passwords_keep_their_blanks_and_are_never_echoed(csms: Csms) -> None:
    form = {"email": "a@b.example", "name": "A", "password": "  blanks around  ", "role": "driver"}
    await csms.new("/api/users", **form)
    async with csms.browser() as browser:
        login = {"email": form["email"], "password": form["password"]}
        assert (await browser.post("/api/auth/login", json=login)).status_code == 200
        assert (await browser.post("/api/auth/login", json={**login, "password": "blanks around"})).status_code == 401
    short = await csms.admin.post("/api/users", json={**form, "email": "c@d.example", "password": "s3cret"})
    assert short.status_code == 422
    assert "s3cret" not in short.text


async def test_tokens_of_others_of_yesterday_and_of_nobody_open_nothing(csms: Csms) -> None:
    now = datetime.now(UTC)
    claims = {"sub": "1", "iat": now, "exp": now + timedelta(hours=1)}
    secret = load_secret(csms.data_dir / "secret.key")
    tokens = {
        "another secret": jwt.encode(claims, b"x" * 32, "HS256"),
        "no algorithm": jwt.encode(claims, None, "none"),
        "too old": jwt.encode({**claims, "exp": now - timedelta(seconds=1)}, secret, "HS256"),
        "no expiry": jwt.encode({"sub": "1"}, secret, "HS256"),
        "nobody": jwt.encode({**claims, "sub": "999"}, secret, "HS256"),
        "no number": jwt.encode({**claims, "sub": "admin"}, secret, "HS256"),
        "rubbish": "a.b.c",
    }
    async with csms.browser() as browser:
        for why, token in tokens.items():
            answer = await browser.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})
            assert answer.status_code == 401, why


def test_a_token_ends_when_its_time_has_come() -> None:
    tokens, now = Tokens(b"s" * 32), datetime(2026, 3, 1, tzinfo=UTC)
    token = tokens.issue(7, now)
    assert tokens.read(token, now + timedelta(hours=11))[0] == 7
    with pytest.raises(NotAuthenticated, match="expired"):
        tokens.read(token, now + timedelta(hours=13))


async def test_the_secret_is_the_owners_alone(csms: Csms) -> None:
    file = csms.data_dir / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert load_secret(file) == load_secret(file)
