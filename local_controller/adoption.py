"""One-time codes: charge points are adopted here by a code of this controller, the controller by a code of its CSMS.

A code has 8 characters of Crockford's base 32, lives 15 minutes and works once.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from sqlite3 import Connection

import httpx

from local_controller import certificates
from local_controller.errors import AdoptionRefused
from local_controller.identity import Identity
from local_controller.store import Store
from local_controller.tables import to_ms
from ocppj import basic_auth

CODE_LENGTH = 8
CODE_LIFE = timedelta(minutes=15)
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
MAX_SERIAL = 100
HTTP_TIMEOUT_S = 15.0


@dataclass(frozen=True, slots=True)
class Adopted:
    identity: str
    serial: str
    authorization_key: str
    key_hash: str
    again: bool  # it was ours before: same identity, new key


async def new_code(store: Store, now: datetime) -> tuple[str, datetime]:
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_LENGTH))
    expires_at = now + CODE_LIFE

    def job(db: Connection) -> None:
        db.execute("DELETE FROM adoption_codes WHERE expires_at < ?", (to_ms(now - CODE_LIFE),))
        db.execute(
            "INSERT INTO adoption_codes (digest, expires_at) VALUES (?, ?)", (_digest(code), to_ms(expires_at))
        )

    await store.write(job)
    return code, expires_at


async def redeem(store: Store, code: str, serial: str, site_name: str, now: datetime) -> Adopted:
    """Use up the code and give the charge point its identity and key; AdoptionRefused if the code is no good."""
    serial = serial.strip()
    if not serial or len(serial) > MAX_SERIAL or not serial.isprintable():
        raise AdoptionRefused("the serial number must have 1 to 100 printable characters")
    key = basic_auth.new_key()
    key_hash = basic_auth.hash_key(key)

    def job(db: Connection) -> Adopted:
        used = db.execute(
            "UPDATE adoption_codes SET used_at = ? WHERE digest = ? AND used_at IS NULL AND expires_at > ?",
            (to_ms(now), _digest(code), to_ms(now)),
        )
        if used.rowcount != 1:
            raise AdoptionRefused("this code is wrong, used up or older than 15 minutes")
        rows = db.execute("SELECT identity FROM charge_points WHERE serial = ?", (serial,)).fetchall()
        identity = rows[0][0] if rows else _next_identity(db, slug(site_name))
        db.execute(
            "INSERT INTO charge_points (identity, serial, key_hash, adopted_at) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (identity) DO UPDATE SET key_hash = excluded.key_hash, adopted_at = excluded.adopted_at,"
            " next_key_hash = NULL, retired_at = NULL",
            (identity, serial, key_hash, to_ms(now)),
        )
        return Adopted(identity, serial, key, key_hash, again=bool(rows))

    return await store.write(job)


async def ask_csms(api_url: str, code: str, serial: str, ca: str | None = None) -> Identity:
    """Have this controller adopted by its CSMS. `ca`: PEM, the only one to believe it by."""
    request = {"code": code, "serial": serial, "kind": "local_controller"}
    api_url = api_url.rstrip("/")
    try:
        async with httpx.AsyncClient(timeout=HTTP_TIMEOUT_S, verify=certificates.trust(ca, None)) as client:
            answer = await client.post(f"{api_url}/api/adopt", json=request)
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise AdoptionRefused(f"{api_url} cannot be reached: {problem}") from None
    if answer.is_error:
        raise AdoptionRefused(f"{api_url} answered {answer.status_code}: {_reason(answer)}")
    try:
        told = answer.json()
        return Identity(
            identity=str(told["identity"]),
            site_key=str(told["site_key"]),
            site_name=str(told["site"]["name"]),
            time_zone=str(told["site"]["time_zone"]),
            ocpp_url=str(told["ocpp_url"]),
            api_url=api_url,
            ca=told.get("ca") or ca,
        )
    except (ValueError, KeyError, TypeError) as problem:
        raise AdoptionRefused(f"{api_url} gave an answer that is not understood: {problem!r}") from None


def slug(name: str) -> str:
    """The site's name as an identity may have it; short, for an identity has 48 characters at most."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30].rstrip("-") or "site"


def _next_identity(db: Connection, prefix: str) -> str:
    start = f"{prefix}-CP"
    rows = db.execute("SELECT identity FROM charge_points")
    taken = [int(m[1]) for (identity,) in rows if (m := re.fullmatch(re.escape(start) + r"(\d{1,9})", identity))]
    return f"{start}{max(taken, default=0) + 1}"


def _digest(code: str) -> bytes:
    """People type codes by hand: case and the look-alikes of base 32 do not matter, nor do blanks and dashes."""
    typed = re.sub(r"[\s-]", "", code.upper()).translate(str.maketrans("OIL", "011"))
    return hashlib.sha256(typed.encode("utf-8", "replace")).digest()


def _reason(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
        return str(problem.get("detail") or problem.get("title") or problem)[:200]
    except (ValueError, AttributeError):
        return answer.reason_phrase
