"""Passwords of people: argon2id. Hashing costs time and 64 MiB on purpose, so only a few run at once."""

import asyncio
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

MIN_LENGTH = 10
MAX_LENGTH = 200
_AT_ONCE = 2

_hasher = PasswordHasher()


@cache
def _nobodys_hash() -> str:
    """Compared with when there is no such person, so that the time taken tells nothing."""
    return _hasher.hash("nobody has this password")


class Passwords:
    def __init__(self) -> None:
        self._room = asyncio.Semaphore(_AT_ONCE)

    async def hash(self, password: str) -> str:
        async with self._room:
            return await asyncio.to_thread(_hasher.hash, password)

    async def matches(self, password: str, stored: str | None) -> bool:
        async with self._room:
            return await asyncio.to_thread(_verify, password, stored)


def _verify(password: str, stored: str | None) -> bool:
    instead = _nobodys_hash()  # asked for either way: the first time takes longer
    try:
        _hasher.verify(stored or instead, password)
    except (Argon2Error, InvalidHashError, UnicodeError):
        return False
    return stored is not None
