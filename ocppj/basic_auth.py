"""Keys of charge points and sites, and the Basic header that carries them (OCPP 1.6 security whitepaper A00, A01).
A key is 20 random bytes, written as 40 hex digits. Stored is a salted SHA-256: a random key needs no slow hash.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets

KEY_BYTES = 20  # the most that AuthorizationKey takes
_SALT_BYTES = 16
_HEX_KEY = re.compile(rb"[0-9a-fA-F]{32,40}")  # 16 to 20 bytes


def new_key() -> str:
    return secrets.token_hex(KEY_BYTES)


def hash_key(key: str) -> str:
    """What to store of a key in hex: "salt$digest", both in hex."""
    salt = secrets.token_bytes(_SALT_BYTES)
    return f"{salt.hex()}${_digest(salt, bytes.fromhex(key)).hex()}"


def key_matches(password: bytes, stored: str) -> bool:
    """Compare in constant time. Charge points send the hex text or the raw bytes, and both are the same key."""
    try:
        salt_hex, _, digest_hex = stored.partition("$")
        salt, digest = bytes.fromhex(salt_hex), bytes.fromhex(digest_hex)
    except ValueError:
        return False
    key = password
    if _HEX_KEY.fullmatch(password) and len(password) % 2 == 0:
        key = bytes.fromhex(password.decode())
    return hmac.compare_digest(_digest(salt, key), digest)


def header(user: str, password: str | bytes) -> str:
    """The value of an Authorization header."""
    secret = password.encode() if isinstance(password, str) else password
    return "Basic " + base64.b64encode(user.encode() + b":" + secret).decode()


def parse(header: str, identity: str | None = None) -> tuple[str, bytes] | None:
    """User and password of an Authorization header, None if it is not a Basic one.

    The user name ends at the first colon, but an OCPP identity may contain colons: tell which `identity` is due.
    """
    scheme, _, encoded = header.strip().partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        both = base64.b64decode(encoded.strip(), validate=True)
    except (binascii.Error, ValueError):
        return None
    if identity is not None and both.startswith(identity.encode() + b":"):
        return identity, both[len(identity.encode()) + 1 :]
    user, colon, password = both.partition(b":")
    if not colon:
        return None
    try:
        return user.decode(), password
    except UnicodeDecodeError:
        return None


def _digest(salt: bytes, key: bytes) -> bytes:
    return hashlib.sha256(salt + key).digest()
