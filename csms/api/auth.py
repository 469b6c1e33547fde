"""Log in and out. The token comes in the answer for programs and as a cookie for pages."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import StringConstraints

from csms.api.deps import COOKIE, Anyone, Db, RemoteAddress, Wired
from csms.api.forms import Form
from csms.api.passwords import MAX_LENGTH
from csms.api.tokens import LIFETIME
from csms.domain.errors import NotAuthenticated
from csms.store import users
from csms.store.users import User
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/auth", tags=["auth"])


class LoginForm(Form):
    email: Annotated[str, StringConstraints(max_length=254)]
    password: Annotated[str, StringConstraints(max_length=MAX_LENGTH, strip_whitespace=False)]


@dataclass(frozen=True, slots=True)
class Me:
    id: int
    email: str
    name: str
    role: str
    currency: str  # of every amount shown


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    access_token: str
    token_type: str
    expires_in: int
    user: Me


@router.post("/login")
async def log_in(
    form: LoginForm, request: Request, response: Response, of: Wired, db: Db, remote: RemoteAddress
) -> LoginAnswer:
    """Bearer token and cookie for a person. A wrong password and an unknown person look and last the same."""
    pair, now_s = f"{remote} {form.email.lower()}", of.ticks_s()
    of.login_addresses.must_be_allowed(remote, now_s)
    of.login_pairs.must_be_allowed(pair, now_s)
    # Counted before the slow check, so that many tries at once are no way around.
    of.login_addresses.failed(remote, now_s)
    of.login_pairs.failed(pair, now_s)
    found = await users.find_for_login(db, form.email)
    right = await of.passwords.matches(form.password, found[1] if found else None)
    if found is None or not right:
        _log.warning("login.refused", remote=remote)
        raise NotAuthenticated("wrong e-mail address or password")
    of.login_pairs.forget(pair)
    of.login_addresses.was_right(remote)
    user = found[0]
    token = of.tokens.issue(user.id, of.clock())
    lifetime_s = int(LIFETIME.total_seconds())
    secure = request.url.scheme == "https" or of.settings.public_url.startswith("https:")
    response.set_cookie(COOKIE, token, max_age=lifetime_s, httponly=True, samesite="strict", secure=secure)
    _log.info("login.accepted", user=user.id, role=user.role, remote=remote)
    return LoginAnswer(token, "bearer", lifetime_s, _me(user, of))


@router.post("/logout", status_code=204)
async def log_out(response: Response, user: Anyone) -> None:
    """Take the cookie back."""
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


@router.get("/me")
async def me(user: Anyone, of: Wired) -> Me:
    return _me(user, of)


def _me(user: User, of: Wired) -> Me:
    return Me(user.id, user.email, user.name, user.role, of.settings.currency)
