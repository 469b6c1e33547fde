"""Who may open a socket: a charge point with its own key or certificate, or with the key of the site it belongs to."""

import hashlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from cryptography import x509
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store import credentials
from ocppj import basic_auth
from ocppj.server import Verdict

# OCPP's security profiles (whitepaper A00): a key in the clear, a key by TLS, a certificate by TLS
CLEAR, ENCRYPTED, CERTIFIED = 1, 2, 3

# Compared with when there is nothing to compare, so that the time taken tells nothing.
_NOBODYS_HASH = basic_auth.hash_key(basic_auth.new_key())


@dataclass(frozen=True, slots=True)
class Principal:
    """Who a socket speaks for. `charge_point_id` is None for a site's controller on its own socket."""

    charge_point_id: int | None
    via: str  # "direct", or "site" when it was the site's key
    profile: int
    key: str | None = None  # "own", or "next" when it was the one that was sent last
    certificate: str | None = None  # the fingerprint (SHA-256) of what was shown


class Readable(Protocol):
    """All that is needed of a database."""

    def ask(self) -> AbstractAsyncContextManager[AsyncConnection]: ...


class Gatekeeper:
    """`root`: our own authority's certificate, if there is one; `cpo_name`: who foreign authorities' certificates must
    name as their organization; empty: anybody."""

    def __init__(
        self,
        database: Readable,
        root: Callable[[], x509.Certificate | None] = lambda: None,
        cpo_name: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database, self._root, self._cpo_name, self._clock = database, root, cpo_name, clock
        self._admitted: dict[str, Principal] = {}

    async def authenticate(
        self, profile: int, identity: str, user: str | None, password: bytes | None, remote: str
    ) -> Verdict:
        async with self._database.ask() as db:
            found = await credentials.find(db, identity)
        given = b"" if password is None else password
        by_own_key = basic_auth.key_matches(given, (found and found.own_key_hash) or _NOBODYS_HASH)
        by_next_key = basic_auth.key_matches(given, (found and found.next_key_hash) or _NOBODYS_HASH)
        by_site_key = basic_auth.key_matches(given, (found and found.site_key_hash) or _NOBODYS_HASH)
        if found is None:
            return Verdict.UNKNOWN_IDENTITY
        if by_own_key or by_next_key:
            if profile < found.least_profile:
                return Verdict.PROFILE_TOO_LOW
            key = "own" if by_own_key else "next"
            self._admitted[identity] = Principal(found.charge_point_id, "direct", profile, key)
        elif by_site_key:
            self._admitted[identity] = Principal(found.charge_point_id, "site", profile)
        else:
            return Verdict.WRONG_KEY
        return Verdict.ACCEPT

    async def by_certificate(self, identity: str, der: bytes, remote: str) -> str | None:
        """Of one that the handshake has verified: why it does not speak for this identity; None if it does."""
        async with self._database.ask() as db:
            found = await credentials.find(db, identity)
            if found is None or found.charge_point_id is None:
                return Verdict.UNKNOWN_IDENTITY.value
            house = (self._cpo_name, self._root, self._clock())
            trouble = await credentials.certificate_trouble(db, found, identity, der, *house)
        if trouble is None:
            proof = (found.charge_point_id, "direct", CERTIFIED)
            self._admitted[identity] = Principal(*proof, certificate=hashlib.sha256(der).hexdigest())
        return trouble

    def principal(self, identity: str) -> Principal:
        """Of the one admitted last under this identity."""
        return self._admitted[identity]
