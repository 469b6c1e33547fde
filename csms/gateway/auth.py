"""Who may open a socket: a charge point with its own key, or with the key of the site it belongs to."""

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store import credentials
from ocppj import basic_auth
from ocppj.server import Verdict

# Compared with when there is nothing to compare, so that the time taken tells nothing.
_NOBODYS_HASH = basic_auth.hash_key(basic_auth.new_key())


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a socket speaks for. `charge_point_id` is None for a site's controller on its own socket."""

    charge_point_id: int | None
    via: str  # "direct", or "site" when it was the site's key


class Readable(Protocol):
    """All that is needed of a database."""

    def ask(self) -> AbstractAsyncContextManager[AsyncConnection]: ...


class Gatekeeper:
    def __init__(self, database: Readable) -> None:
        self._database = database
        self._admitted: dict[str, Principal] = {}

    async def authenticate(self, identity: str, user: str | None, password: bytes | None, remote: str) -> Verdict:
        async with self._database.ask() as db:
            found = await credentials.find(db, identity)
        given = b"" if password is None else password
        by_own_key = basic_auth.key_matches(given, (found and found.own_key_hash) or _NOBODYS_HASH)
        by_site_key = basic_auth.key_matches(given, (found and found.site_key_hash) or _NOBODYS_HASH)
        if found is None:
            return Verdict.UNKNOWN_IDENTITY
        if not (by_own_key or by_site_key):
            return Verdict.WRONG_KEY
        self._admitted[identity] = Principal(found.charge_point_id, "direct" if by_own_key else "site")
        return Verdict.ACCEPT

    def principal(self, identity: str) -> Principal:
        """Of the one admitted last under this identity."""
        return self._admitted[identity]
