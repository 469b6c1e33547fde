"""Access tokens: JWT, HS256, signed with a secret that this installation made for itself at its first start."""

import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

import jwt

from csms.domain.errors import NotAuthenticated

LIFETIME = timedelta(hours=12)
_ALGORITHM = "HS256"
_SECRET_BYTES = 32


class Tokens:
    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def issue(self, user_id: int, now: datetime) -> str:
        claims = {"sub": str(user_id), "iat": now, "exp": now + LIFETIME}
        return jwt.encode(claims, self._secret, _ALGORITHM)

    def read(self, token: str, now: datetime) -> tuple[int, datetime]:
        """Whose it is and until when; NotAuthenticated if it is not ours or too old."""
        try:
            # Expiry is checked by hand, against the clock that everything else here uses.
            claims = jwt.decode(
                token,
                self._secret,
                [_ALGORITHM],
                options={"require": ["sub", "exp"], "verify_exp": False, "verify_iat": False},
            )
            user_id, expires_at = int(claims["sub"]), datetime.fromtimestamp(claims["exp"], now.tzinfo)
        except (jwt.InvalidTokenError, ValueError, TypeError, OverflowError):
            raise NotAuthenticated("this token is not valid") from None
        if expires_at <= now:
            raise NotAuthenticated("this token has expired")
        return user_id, expires_at


def load_secret(path: Path) -> bytes:
    """Read the secret, or make it: readable by the owner alone from its first moment."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text().strip())
    secret = secrets.token_bytes(_SECRET_BYTES)
    with os.fdopen(file, "w") as out:
        out.write(secret.hex())
        out.flush()
        os.fsync(out.fileno())
    return secret
