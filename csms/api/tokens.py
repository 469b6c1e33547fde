"""Access tokens: JWT, HS256, signed with a secret that this installation made for itself at its first start."""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import jwt

from csms.domain.errors import NotAuthenticated

LIFETIME = timedelta(hours=12)
# A page stays logged in for as long as it is used now and then; that of people who look after things, for a day's work.
_COOKIE_LIFETIME = {"driver": timedelta(days=30)}
_ALGORITHM = "HS256"
_SECRET_BYTES = 32


class Claims(NamedTuple):
    user_id: int
    expires_at: datetime
    version: int  # of all tokens of this person; logging out everywhere raises it
    login_id: int | None


def cookie_lifetime(role: str) -> timedelta:
    return _COOKIE_LIFETIME.get(role, LIFETIME)


class Tokens:
    """`older`: secrets that sign no more, whose tokens are still good for as long as they last."""

    def __init__(self, secret: bytes, *older: bytes) -> None:
        self._secrets = (secret, *older)

    def issue(
        self,
        user_id: int,
        now: datetime,
        *,
        version: int = 0,
        login_id: int | None = None,
        lifetime: timedelta = LIFETIME,
    ) -> str:
        claims = {"sub": str(user_id), "iat": now, "exp": now + lifetime, "ver": version}
        if login_id is not None:
            claims["sid"] = str(login_id)
        return jwt.encode(claims, self._secrets[0], _ALGORITHM)

    def read(self, token: str, now: datetime) -> Claims:
        """Whose it is and until when; NotAuthenticated if it is not ours or too old."""
        for secret in self._secrets[:-1]:
            try:
                return self._read(token, secret, now)
            except jwt.InvalidSignatureError:
                continue
        try:
            return self._read(token, self._secrets[-1], now)
        except jwt.InvalidSignatureError:
            raise NotAuthenticated("this token is not valid") from None

    def _read(self, token: str, secret: bytes, now: datetime) -> Claims:
        try:
            # Expiry is checked by hand, against the clock that everything else here uses.
            claims = jwt.decode(
                token,
                secret,
                [_ALGORITHM],
                options={"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False},
            )
            expires_at = datetime.fromtimestamp(claims["exp"], now.tzinfo)
            login_id = int(claims["sid"]) if "sid" in claims else None
            found = Claims(int(claims["sub"]), expires_at, int(claims.get("ver", 0)), login_id)
        except jwt.InvalidSignatureError:
            raise
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
            raise NotAuthenticated("this token is not valid") from None
        if expires_at <= now:
            raise NotAuthenticated("this token has expired")
        return found


def load_secret(path: Path) -> bytes:
    """The secret that signs."""
    return load_secrets(path)[0]


def load_secrets(path: Path) -> list[bytes]:
    """Read the secrets, newest first, or make one: readable by the owner alone from its first moment."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return [bytes.fromhex(line) for line in path.read_text().split()]
    secret = secrets.token_bytes(_SECRET_BYTES)
    _write(file, [secret])
    return [secret]


def rotate_secret(path: Path) -> None:
    """A new secret signs from the next start on; the one before is still read, those before that no more."""
    known = load_secrets(path)
    draft = path.with_suffix(".tmp")
    draft.unlink(missing_ok=True)
    _write(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), [secrets.token_bytes(_SECRET_BYTES), known[0]])
    draft.replace(path)


def _write(file: int, keys: list[bytes]) -> None:
    with os.fdopen(file, "w") as out:
        out.write("\n".join(key.hex() for key in keys))
        out.flush()
        os.fsync(out.fileno())
