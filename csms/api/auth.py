"""Log in and out, register, set a new password. Tokens come in the answer for programs and as a cookie for pages."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from html import escape
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse
from pydantic import StringConstraints, TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import COOKIE, Anyone, CurrentLogin, Db, Parts, RemoteAddress, Wired
from csms.api.forms import Email, Form, Name
from csms.api.passwords import MAX_LENGTH, MIN_LENGTH
from csms.api.tokens import LIFETIME, cookie_lifetime
from csms.domain import languages, notices
from csms.domain import ledger as bookings
from csms.domain.errors import Conflict, Forbidden, NotAuthenticated, NotFound, Unusable
from csms.domain.languages import Language
from csms.domain.notice_words import Occasion
from csms.store import ledger, logins, mails, users
from csms.store.users import User
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/auth", tags=["auth"])

REFRESH_LIFETIME = timedelta(days=30)
_RENEWED_AFTER = timedelta(hours=1)
RESET_LIFETIME = timedelta(minutes=30)
Password = Annotated[
    str, StringConstraints(min_length=MIN_LENGTH, max_length=MAX_LENGTH, strip_whitespace=False)
]
ResetToken = Annotated[str, StringConstraints(min_length=20, max_length=100, pattern=r"^[A-Za-z0-9_-]+$")]


class LoginForm(Form):
    email: Annotated[str, StringConstraints(max_length=254)]
    password: Annotated[str, StringConstraints(max_length=MAX_LENGTH, strip_whitespace=False)]


class Registration(Form):
    email: Email
    name: Name
    surname: Name | None = None
    password: Password
    language: Language | None = None  # in which to be told things


class RefreshForm(Form):
    refresh_token: ResetToken


class ResetRequest(Form):
    email: Email


class NewPassword(Form):
    token: ResetToken
    password: Password
    email: Email | None = None  # if given, it must be the account's


@dataclass(frozen=True, slots=True)
class Me:
    id: int
    email: str
    name: str
    role: str
    currency: str  # of every amount shown
    language: str | None  # in which one is told things; null: never chosen


@dataclass(frozen=True, slots=True)
class LoginAnswer:
    access_token: str
    token_type: str
    expires_in: int
    user: Me
    refresh_token: str  # good for one renewal within 30 days


@dataclass(frozen=True, slots=True)
class Message:
    message: str


@router.post("/register", status_code=201)
async def register(
    form: Registration, request: Request, response: Response, of: Wired, remote: RemoteAddress
) -> LoginAnswer:
    """Make an account, with the house's start credit, and log in."""
    if not of.settings.registration:
        raise Forbidden("accounts are made by the operator here")
    of.registration_addresses.must_be_allowed(remote, of.ticks_s())
    of.registration_addresses.failed(remote, of.ticks_s())  # each counts: a slow hash is worth guarding
    password_hash = await of.passwords.hash(form.password)

    async def work(db: AsyncConnection) -> User:
        now = of.clock()
        who = (form.email, form.name, password_hash, "driver", now, form.surname or "", form.language)
        made = await users.create(db, *who)
        if of.settings.start_credit_cents:
            await ledger.book(db, bookings.start_credit(made.id, of.settings.start_credit_cents), now)
        return made

    user = await of.writer.write(work)
    _log.info("user.registered", user=user.id, remote=remote)
    return await _log_in(user, request, response, of)


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
    _log.info("login.accepted", user=user.id, role=user.role, remote=remote)
    return await _log_in(user, request, response, of)


@router.post("/refresh")
async def refresh(
    form: RefreshForm, request: Request, response: Response, of: Wired, remote: RemoteAddress
) -> LoginAnswer:
    """New tokens for the refresh token of the last answer. One that was used before ends the login: it was stolen."""
    of.login_addresses.must_be_allowed(remote, of.ticks_s())
    next_token, now = secrets.token_urlsafe(32), of.clock()

    async def work(db: AsyncConnection) -> logins.Renewed | None:
        return await logins.renew(db, form.refresh_token, next_token, now + REFRESH_LIFETIME, now)

    renewed = await of.writer.write(work)
    if renewed is None:
        of.login_addresses.failed(remote, of.ticks_s())
        raise NotAuthenticated("this login has ended, please log in")
    claims = (renewed.token_version, renewed.login_id)
    return _answer(renewed.user, claims, next_token, request, response, of)


@router.post("/logout", status_code=204)
async def log_out(response: Response, of: Wired, by: CurrentLogin) -> None:
    """End this login: its tokens open nothing any more."""
    login_id = by.claims.login_id
    if login_id is not None:
        await of.writer.write(lambda db: logins.end(db, login_id, of.clock()))
    _no_cookie(response)


@router.post("/logout-everywhere", status_code=204)
async def log_out_everywhere(response: Response, of: Wired, user: Anyone) -> None:
    """End all logins of this person."""
    await of.writer.write(lambda db: logins.end_all(db, user.id, of.clock()))
    _log.info("login.ended_everywhere", user=user.id)
    _no_cookie(response)


@router.get("/me")
async def me(request: Request, response: Response, by: CurrentLogin, of: Wired) -> Me:
    """Who is logged in. A page that asks at its start keeps its cookie from running out while it is used."""
    left = by.expires_at - of.clock()
    if by.by_cookie and left < cookie_lifetime(by.user.role) - _RENEWED_AFTER:
        _set_cookie(by.user, by.claims.version, by.claims.login_id, request, response, of)
    return _me(by.user, of)


@router.get("/validateToken")
async def validate_token(user: Anyone) -> Message:
    return Message("Valid token")


@router.post("/resetPasswordToken", status_code=202)
async def reset_password_token(form: ResetRequest, of: Wired, remote: RemoteAddress) -> Message:
    """Send a link to set a new password. The answer is the same whether or not there is such an account."""
    mailer, public_url = of.mailer, of.settings.public_url.rstrip("/")
    if mailer is None or not public_url:
        raise Conflict("this installation sends no mail (settings mail and public_url)")
    email, now_s, now = form.email.lower(), of.ticks_s(), of.clock()
    of.reset_addresses.must_be_allowed(remote, now_s)
    of.reset_people.must_be_allowed(email, now_s)
    of.reset_addresses.failed(remote, now_s)
    of.reset_people.failed(email, now_s)
    token = secrets.token_urlsafe(32)
    # Never from the request's Host: whoever sets that would be sent other people's tokens.
    link = f"{public_url}/api/auth/resetPasswordPage?token={token}"
    lifetime = partial(languages.minutes, int(RESET_LIFETIME.total_seconds() // 60))

    async def work(db: AsyncConnection) -> None:
        found = await users.find_for_login(db, email)
        if found is not None:
            await logins.add_reset(db, found[0].id, token, now + RESET_LIFETIME, now)
            words: dict[str, notices.Fill] = {"email": email, "link": link, "minutes": lifetime}
            told = notices.told(Occasion.PASSWORD_RESET, languages.of(found[0].language), words)
            await mails.add(db, email, told.title, told.text + "\n", now, RESET_LIFETIME)

    await of.writer.write(work)
    mailer.poke()
    _log.info("password.reset_asked", remote=remote)
    return Message("If there is such an account, a link is on its way.")


_GONE: dict[int | str, dict[str, Any]] = {410: {"description": "Wrong, used or too old", "content": {"text/html": {}}}}


@router.get("/resetPasswordPage", response_class=HTMLResponse, responses=_GONE)
async def reset_password_page(token: Annotated[ResetToken, Query()], of: Wired, db: Db) -> HTMLResponse:
    """The form that the link in the mail opens."""
    if not await logins.reset_is_valid(db, token, of.clock()):
        return _page("This link is wrong, used or too old. Ask for a new one.", status=410)
    return _page(
        "Set a new password",
        f'<form method="post" action="resetPassword"><input type="hidden" name="token" value="{escape(token)}">'
        f'<p><label>New password, {MIN_LENGTH} characters or more<br><input type="password" name="password" required '
        f'minlength="{MIN_LENGTH}" maxlength="{MAX_LENGTH}" autocomplete="new-password"></label></p>'
        "<p><button>Set it</button></p></form>",
    )


@router.post("/resetPassword")
async def reset_password(request: Request, of: Wired, remote: RemoteAddress) -> Response:
    """Set a new password with the token from the mail: once, and every login ends. JSON, or the form of the page."""
    of.reset_addresses.must_be_allowed(remote, of.ticks_s())
    from_page = request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")
    form = _new_password(await request.body(), from_page=from_page)
    password_hash = await of.passwords.hash(form.password)

    async def work(db: AsyncConnection) -> int:
        user_id = await logins.use_reset(db, form.token, of.clock())
        if user_id is None:
            raise NotFound("this link is wrong, used or too old")
        who = await users.find(db, user_id)
        if form.email is not None and form.email.lower() != who.email:
            raise NotFound("this link is wrong, used or too old")
        await users.change(db, user_id, {"password_hash": password_hash})
        await logins.end_all(db, user_id, of.clock())
        return user_id

    try:
        user_id = await of.writer.write(work)
    except NotFound as error:
        of.reset_addresses.failed(remote, of.ticks_s())
        if from_page:
            return _page(str(error).capitalize() + ".", status=404)
        raise
    _log.info("password.reset", user=user_id, remote=remote)
    if from_page:
        return _page("The new password is set. You can log in with it now.")
    return Response('{"message":"Password changed"}', media_type="application/json")


def _new_password(body: bytes, *, from_page: bool) -> NewPassword:
    try:
        if not from_page:
            return NewPassword.model_validate_json(body)
        fields = parse_qs(body.decode(), max_num_fields=5)
        return TypeAdapter(NewPassword).validate_python({name: values[0] for name, values in fields.items()})
    except (ValidationError, ValueError):
        raise Unusable(f"token and password ({MIN_LENGTH} to {MAX_LENGTH} characters) are needed") from None


def _page(title: str, more: str = "", status: int = 200) -> HTMLResponse:
    return HTMLResponse(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width, initial-scale=1"><title>{escape(title)}</title></head>'
        f"<body><main><h1>{escape(title)}</h1>{more}</main></body></html>\n",
        status,
    )


async def _log_in(user: User, request: Request, response: Response, of: Parts) -> LoginAnswer:
    refresh_token, now = secrets.token_urlsafe(32), of.clock()

    async def work(db: AsyncConnection) -> tuple[int, int]:
        return await logins.begin(db, user.id, refresh_token, now + REFRESH_LIFETIME)

    login_id, version = await of.writer.write(work)
    return _answer(user, (version, login_id), refresh_token, request, response, of)


def _answer(
    user: User, claims: tuple[int, int], refresh_token: str, request: Request, response: Response, of: Parts
) -> LoginAnswer:
    version, login_id = claims
    token = of.tokens.issue(user.id, of.clock(), version=version, login_id=login_id)
    _set_cookie(user, version, login_id, request, response, of)
    return LoginAnswer(token, "bearer", int(LIFETIME.total_seconds()), _me(user, of), refresh_token)


def _set_cookie(
    user: User, version: int, login_id: int | None, request: Request, response: Response, of: Parts
) -> None:
    lifetime = cookie_lifetime(user.role)
    token = of.tokens.issue(user.id, of.clock(), version=version, login_id=login_id, lifetime=lifetime)
    secure = request.url.scheme == "https" or of.settings.public_url.startswith("https:")
    lasts_s = int(lifetime.total_seconds())
    response.set_cookie(COOKIE, token, max_age=lasts_s, httponly=True, samesite="strict", secure=secure)


def _no_cookie(response: Response) -> None:
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


def _me(user: User, of: Parts) -> Me:
    return Me(user.id, user.email, user.name, user.role, of.settings.currency, user.language)
