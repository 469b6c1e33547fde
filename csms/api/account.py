"""One's own account: profile, password, what is known of one, and the way out. Paths are those of the original API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags
from csms.api.auth import Password
from csms.api.deps import Admin, Anyone, Db, Limit, Offset, Parts, RowId, Wired
from csms.api.forms import Email, Form, Name, Surname
from csms.api.pagination import Paged
from csms.api.passwords import MAX_LENGTH
from csms.domain import ledger as bookings
from csms.domain.authorization import Card
from csms.domain.errors import Conflict, Forbidden, TooMany
from csms.domain.languages import Language
from csms.domain.reservations import Reservation
from csms.domain.transactions import Session
from csms.store import (
    cards,
    ledger,
    logins,
    notices,
    on_site,
    problems,
    reservations,
    top_ups,
    transactions,
    users,
    vehicles,
)
from csms.store.ledger import Movement
from csms.store.notices import InboxNotice
from csms.store.problems import Problem
from csms.store.top_ups import TopUp
from csms.store.users import User
from csms.store.vehicles import Vehicle
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/user", tags=["account"])

_MOST_ROWS = 100_000
OldPassword = Annotated[str, StringConstraints(max_length=MAX_LENGTH, strip_whitespace=False)]


@dataclass(frozen=True, slots=True)
class Profile:
    id: int
    email: str
    name: str
    surname: str
    is_admin: bool
    role: str
    balance: int  # cents, as in the original API
    language: str | None  # in which one is told things; null: never chosen


class ProfileChange(Form):
    """What is left out stays. A new e-mail address or password needs the present password."""

    name: Name | None = None
    surname: Surname | None = None
    email: Email | None = None
    language: Language | None = None
    password: Password | None = None
    current_password: OldPassword | None = None


class Departure(Form):
    password: OldPassword
    give_up_credit: bool = False


class AdminFlag(Form):
    is_admin: bool


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that is kept about a person."""

    profile: User
    cards: Sequence[Card]
    vehicles: Sequence[Vehicle]
    sessions: Sequence[Session]
    movements: Sequence[Movement]
    top_ups: Sequence[TopUp]
    notifications: Sequence[InboxNotice]
    reservations: Sequence[Reservation]
    problems: Sequence[Problem]  # reported by them


@router.get("")
async def profile(response: Response, db: Db, by: Anyone) -> Profile:
    response.headers["ETag"] = _etag(by)
    return await _profile(db, by)


@router.patch("")
async def change(
    form: ProfileChange, response: Response, of: Wired, by: Anyone, if_match: etags.IfMatch = None
) -> Profile:
    """A new password ends every login, this one too."""
    if form.email is not None or form.password is not None:
        await _must_be(of, by, form.current_password or "")
    facts: dict[str, object] = {
        name: value for name in ("name", "surname", "language") if (value := getattr(form, name)) is not None
    }
    if form.email is not None:
        facts["email"] = form.email.lower()
    if form.password is not None:
        facts["password_hash"] = await of.passwords.hash(form.password)

    async def work(db: AsyncConnection) -> Profile:
        etags.must_match(if_match, _etag(await users.find(db, by.id)))
        if facts:
            await users.change(db, by.id, facts)
        if form.password is not None:
            await logins.end_all(db, by.id, of.clock())
        return await _profile(db, await users.find(db, by.id))

    changed = await of.writer.write(work)
    response.headers["ETag"] = _etag(User(changed.id, changed.email, changed.name, changed.role, changed.surname))
    _log.info("user.changed", user=by.id, what=sorted(facts))
    return changed


@router.delete("", status_code=204)
async def leave(form: Departure, of: Wired, by: Anyone) -> None:
    """Delete the account: cards, vehicles and name are gone, bookings and sessions stay without the person."""
    await _must_be(of, by, form.password)

    async def work(db: AsyncConnection) -> None:
        left_cents = await ledger.balance_cents(db, by.id)
        if left_cents < 0:
            raise Conflict(f"{-left_cents} cents are still to be paid")
        if left_cents > 0:
            if not form.give_up_credit:
                raise Conflict(f"there are {left_cents} cents of credit: have them paid out, or send give_up_credit")
            await ledger.book(db, bookings.credit(by.id, -left_cents, "given up with the account", by.id), of.clock())
        if by.role == "admin":
            await users.set_role(db, by.id, "driver")  # refused for the last one
        await users.erase(db, by.id, of.clock())

    await of.writer.write(work)
    _log.info("user.erased", user=by.id)


@router.get("/export")
async def export(response: Response, db: Db, by: Anyone) -> Export:
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    sessions, _ = await transactions.sessions(db, state=None, owned_by=by.id, limit=_MOST_ROWS, offset=0)
    movements, _ = await ledger.movements(db, by.id, _MOST_ROWS, 0)
    payments, _ = await top_ups.of_user(db, by.id, _MOST_ROWS, 0)
    told, _ = await notices.inbox(db, by.id, _MOST_ROWS, 0, unread=False)
    reserved, _ = await reservations.of_user(db, by.id, _MOST_ROWS, 0)
    return Export(
        by,
        await cards.of_user(db, by.id),
        await vehicles.of_user(db, by.id),
        sessions,
        movements,
        payments,
        told,
        reserved,
        await problems.of_user(db, by.id),
    )


@router.get("/last_usage")
async def last_usage(db: Db, by: Anyone) -> Session | None:
    """One's newest session; null if there was none."""
    page, _ = await transactions.sessions(db, state=None, owned_by=by.id, limit=1, offset=0)
    return page[0] if page else None


@router.get("/all")
async def everyone(paged: Paged, db: Db, by: Admin, limit: Limit = 100, offset: Offset = 0) -> Sequence[User]:
    page, total = await users.everyone(db, limit, offset)
    paged(total, limit, offset)
    return page


@router.patch("/{user_id}/set_user_admin")
async def set_user_admin(
    user_id: RowId, form: AdminFlag, response: Response, of: Wired, by: Admin, if_match: etags.IfMatch = None
) -> User:
    """Make somebody administrator, or driver again; the last administrator stays one."""
    role = "admin" if form.is_admin else "driver"

    async def work(db: AsyncConnection) -> User:
        etags.must_match(if_match, etags.tag(await users.find(db, user_id)))
        changed = await users.set_role(db, user_id, role)
        await on_site.leave(db, user_id, of.clock())
        return changed

    changed = await of.writer.write(work)
    response.headers["ETag"] = etags.tag(changed)
    _log.info("user.role_set", user=user_id, role=role, by=by.id)
    return changed


def _etag(of: User) -> str:
    return etags.tag(of.id, of.email, of.name, of.surname)


async def _profile(db: AsyncConnection, of: User) -> Profile:
    balance = await ledger.balance_cents(db, of.id)
    return Profile(of.id, of.email, of.name, of.surname, of.role == "admin", of.role, balance, of.language)


async def _must_be(of: Parts, by: User, password: str) -> None:
    """Forbidden unless it is their password: somebody may have found a device that is logged in."""
    key, now_s = f"user {by.id}", of.ticks_s()
    try:
        of.login_pairs.must_be_allowed(key, now_s)
    except TooMany:
        _log.warning("password.guessed", user=by.id)
        raise
    of.login_pairs.failed(key, now_s)
    async with of.database.read() as db:
        found = await users.find_for_login(db, by.email)
    if not await of.passwords.matches(password, found[1] if found else None):
        raise Forbidden("the present password is needed, and this is not it")
    of.login_pairs.forget(key)
