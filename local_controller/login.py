"""Who is logged in, and as what: the operator, who may all, or a viewer, who sees all but the site's secrets.

A password for each role, which says the role; there is none until somebody sets it.
"""

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Callable
from sqlite3 import Connection
from typing import Literal

from local_controller.errors import SiteError, TooManyTries
from local_controller.store import Store
from ocppj.backoff import FailureBackoff

Role = Literal["operator", "viewer"]
MIN_LENGTH = 8
SESSION_S = 12 * 3600.0
MAX_SESSIONS = 100
# 16 MiB and some 50 ms on a PC, 200 on a Pi: a guesser pays, the person does not notice (RFC 7914 §2)
_N, _R, _P = 2**14, 8, 1


class WrongPassword(SiteError):
    """Not the operator's password, or none is set."""


class TooShort(SiteError):
    """The password will not do; the text says why."""


class PasswordSet(SiteError):
    """The first password has been set already."""


async def set_password(store: Store, password: str, role: Role = "operator", *, first: bool = False) -> None:
    """`first`: only if there is none, so that of two who come to a new controller one is told."""
    if len(password) < MIN_LENGTH:
        raise TooShort(f"the password needs at least {MIN_LENGTH} characters")
    for name, stored in await _stored(store):
        if name != role and await asyncio.to_thread(_matches, password, stored):
            raise TooShort("operator and viewer need different passwords: the password says who it is")
    salt = secrets.token_bytes(16)
    derived = await asyncio.to_thread(_derive, password, salt)
    values = (f"{role}_password", f"{salt.hex()}${derived.hex()}")

    def job(db: Connection) -> None:
        if first and db.execute("SELECT 1 FROM settings WHERE name = ?", values[:1]).fetchone():
            raise PasswordSet("a password is set already: log in with it")
        db.execute(
            "INSERT INTO settings (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            values,
        )

    await store.write(job)


async def forget_viewer(store: Store) -> None:
    """No viewer any more; whoever is logged in as one is logged out."""
    await store.write(lambda db: db.execute("DELETE FROM settings WHERE name = 'viewer_password'"))


async def roles(store: Store) -> set[str]:
    """Which of them have a password."""
    return {role for role, _ in await _stored(store)}


class Logins:
    """Sessions live in memory: a restart logs everybody out, a new password too."""

    def __init__(self, store: Store, now_s: Callable[[], float] = time.monotonic) -> None:
        self._store, self._now_s = store, now_s
        self._sessions: dict[str, tuple[float, Role, str]] = {}  # token: end, as what, the password it was opened with
        self._tries = FailureBackoff(free=5)
        self._one_at_a_time = asyncio.Lock()  # each costs 16 MiB and a core

    async def log_in(self, password: str, remote: str) -> str:
        """A session token; WrongPassword or TooManyTries."""
        async with self._one_at_a_time:
            check_tries(self._tries, remote, self._now_s())
            known = await _stored(self._store) or [("operator", "")]  # also with none set: the time must not tell
            found = [one for one in known if await asyncio.to_thread(_matches, password, one[1])]
            if not found:
                self._tries.failed(remote, self._now_s())
                raise WrongPassword("wrong password" if known[0][1] else "no password is set yet")
        self._tries.succeeded(remote)
        token = secrets.token_urlsafe(32)
        self._forget_old()
        self._sessions[token] = (self._now_s() + SESSION_S, *found[0])
        return token

    async def role(self, token: str | None) -> Role | None:
        """As what this session is open; None if it is not."""
        if token is None or token not in self._sessions:
            return None
        end_s, role, opened_with = self._sessions[token]
        if self._now_s() < end_s and (role, opened_with) in await _stored(self._store):
            return role
        self._sessions.pop(token, None)
        return None

    def log_out(self, token: str | None) -> None:
        self._sessions.pop(token or "", None)

    def _forget_old(self) -> None:
        now_s = self._now_s()
        self._sessions = {token: session for token, session in self._sessions.items() if session[0] > now_s}
        while len(self._sessions) >= MAX_SESSIONS:
            del self._sessions[next(iter(self._sessions))]


async def _stored(store: Store) -> list[tuple[Role, str]]:
    """Roles and the hashes of their passwords, the operator's first."""
    rows = dict(await store.read("SELECT name, value FROM settings WHERE name LIKE '%_password'"))
    every: tuple[Role, ...] = ("operator", "viewer")
    return [(role, rows[f"{role}_password"]) for role in every if f"{role}_password" in rows]


def check_tries(tries: FailureBackoff, remote: str, now_s: float) -> None:
    wait_s = tries.wait_s(remote, now_s)
    if wait_s > 0:
        raise TooManyTries(int(wait_s) + 1)


def _matches(password: str, stored: str) -> bool:
    salt, _, digest = stored.partition("$")
    derived = _derive(password, bytes.fromhex(salt) if salt else b"none")
    return hmac.compare_digest(derived.hex(), digest)


def _derive(password: str, salt: bytes) -> bytes:
    return hashlib.scrypt(password.encode("utf-8", "surrogatepass"), salt=salt, n=_N, r=_R, p=_P)
