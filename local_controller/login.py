"""The operator's password and who is logged in. One password a site; there is none until somebody sets it."""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from sqlite3 import Connection

from local_controller.errors import SiteError, TooManyTries
from local_controller.store import Store
from ocppj.backoff import FailureBackoff

MIN_LENGTH = 8
SESSION_S = 12 * 3600.0
MAX_SESSIONS = 100
# 16 MiB and some 50 ms on a PC, 200 on a Pi: a guesser pays, the person does not notice (RFC 7914 §2)
_N, _R, _P = 2**14, 8, 1


class WrongPassword(SiteError):
    """Not the operator's password, or none is set."""


async def set_password(store: Store, password: str) -> None:
    if len(password) < MIN_LENGTH:
        raise SiteError(f"the password needs at least {MIN_LENGTH} characters")
    salt = secrets.token_bytes(16)
    stored = f"{salt.hex()}${_derive(password, salt).hex()}"

    def job(db: Connection) -> None:
        db.execute(
            "INSERT INTO settings (name, value) VALUES ('operator_password', ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            (stored,),
        )

    await store.write(job)


class Logins:
    """Sessions live in memory: a restart logs everybody out, a new password too."""

    def __init__(self, store: Store, now_s: Callable[[], float] = time.monotonic) -> None:
        self._store, self._now_s = store, now_s
        self._sessions: dict[str, tuple[float, str]] = {}  # token: end, and the password it was opened with
        self._tries = FailureBackoff(free=5)
        self._one_at_a_time = asyncio.Lock()  # each costs 16 MiB and a core

    async def log_in(self, password: str, remote: str) -> str:
        """A session token; WrongPassword or TooManyTries."""
        async with self._one_at_a_time:
            check_tries(self._tries, remote, self._now_s())
            stored = await self._stored()
            if not await asyncio.to_thread(_matches, password, stored):
                self._tries.failed(remote, self._now_s())
                raise WrongPassword("wrong password" if stored else "no password is set: bollard-site set-password")
        self._tries.succeeded(remote)
        token = secrets.token_urlsafe(32)
        self._forget_old()
        self._sessions[token] = (self._now_s() + SESSION_S, stored)
        return token

    async def is_open(self, token: str | None) -> bool:
        if token is None or token not in self._sessions:
            return False
        end_s, opened_with = self._sessions[token]
        if self._now_s() < end_s and opened_with == await self._stored():
            return True
        self._sessions.pop(token, None)
        return False

    def log_out(self, token: str | None) -> None:
        self._sessions.pop(token or "", None)

    def _forget_old(self) -> None:
        now_s = self._now_s()
        self._sessions = {token: session for token, session in self._sessions.items() if session[0] > now_s}
        while len(self._sessions) >= MAX_SESSIONS:
            del self._sessions[next(iter(self._sessions))]

    async def _stored(self) -> str:
        rows = await self._store.read("SELECT value FROM settings WHERE name = 'operator_password'")
        return str(rows[0][0]) if rows else ""


def check_tries(tries: FailureBackoff, remote: str, now_s: float) -> None:
    wait_s = tries.wait_s(remote, now_s)
    if wait_s > 0:
        raise TooManyTries(int(wait_s) + 1)


def _matches(password: str, stored: str) -> bool:
    salt, _, digest = stored.partition("$")
    # Also with no password set: the time must not tell.
    derived = _derive(password, bytes.fromhex(salt) if salt else b"none")
    return hmac.compare_digest(derived.hex(), digest)


def _derive(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=_N, r=_R, p=_P)
