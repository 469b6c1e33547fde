"""Web push as bytes and headers: encryption for one browser (RFC 8291, RFC 8188) and who sends it (VAPID, RFC 8292)."""

import base64
import os
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MOST_BYTES = 3993  # of a message: one record of 4,096 bytes, which is what every push service takes
_RECORD_BYTES = 4096
_LAST_RECORD = b"\x02"
_TOKEN_LIFETIME = timedelta(hours=12)  # RFC 8292 §2: at most 24


class BadKey(ValueError):
    """A browser's key is no key."""


def encrypt(
    message: bytes,
    p256dh: str,
    auth: str,
    *,
    private: ec.EllipticCurvePrivateKey | None = None,
    salt: bytes | None = None,
) -> bytes:
    """The body of the request, Content-Encoding aes128gcm.

    p256dh, auth    what the browser gave, base64url: its public key on P-256 (65 bytes), and 16 random bytes
    private, salt   new ones for each message; a test gives those of RFC 8291's example
    BadKey if either is none; ValueError for a message of more than MOST_BYTES.
    """
    if len(message) > MOST_BYTES:
        raise ValueError(f"a push message has at most {MOST_BYTES} bytes")
    browser, shared = read_keys(p256dh, auth)
    private = private or ec.generate_private_key(ec.SECP256R1())
    salt = salt or os.urandom(16)
    ours, theirs = _point(private.public_key()), _point(browser)
    agreed = private.exchange(ec.ECDH(), browser)
    secret = _derive(agreed, shared, b"WebPush: info\0" + theirs + ours, 32)
    key = _derive(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(secret, salt, b"Content-Encoding: nonce\0", 12)
    header = salt + _RECORD_BYTES.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return header + AESGCM(key).encrypt(nonce, message + _LAST_RECORD, None)


def read_keys(p256dh: str, auth: str) -> tuple[ec.EllipticCurvePublicKey, bytes]:
    """BadKey unless they are a point on P-256 and 16 bytes."""
    try:
        point, shared = decode(p256dh), decode(auth)
        key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise BadKey(f"p256dh or auth: {error}") from None
    if len(point) != 65 or len(shared) != 16:
        raise BadKey("p256dh has 65 bytes and auth 16, in base64url")
    return key, shared


class Vapid:
    """Signs as this installation. The key never changes: browsers subscribe to it."""

    def __init__(self, key_file: Path, contact: str) -> None:
        self._key = _load_or_make(key_file)
        self._contact = contact

    @property
    def public_key(self) -> str:
        """What a page subscribes with (applicationServerKey), base64url."""
        return encode(_point(self._key.public_key()))

    def authorization(self, endpoint: str, now: datetime) -> str:
        """The header for a request to this endpoint."""
        at = urlsplit(endpoint)
        claims = {"aud": f"{at.scheme}://{at.netloc}", "exp": now + _TOKEN_LIFETIME, "sub": self._contact}
        return f"vapid t={jwt.encode(claims, self._key, 'ES256')}, k={self.public_key}"


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """ValueError for anything but base64url, with or without its padding."""
    padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
    return base64.b64decode(padded.encode(), altchars=b"-_", validate=True)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _load_or_make(file: Path) -> ec.EllipticCurvePrivateKey:
    try:
        found = serialization.load_pem_private_key(file.read_bytes(), password=None)
    except FileNotFoundError:
        made = ec.generate_private_key(ec.SECP256R1())
        pem = made.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        draft = file.with_suffix(".tmp")
        draft.touch(mode=0o600)
        draft.write_bytes(pem)
        draft.replace(file)
        return made
    if not isinstance(found, ec.EllipticCurvePrivateKey) or not isinstance(found.curve, ec.SECP256R1):
        raise ValueError(f"{file} holds no key on P-256: move it away, and a new one is made")
    return found
