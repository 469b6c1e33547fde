"""Accounts and their balances."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Admin, Anyone, Db, RowId, Wired
from csms.api.forms import Email, Form, Name
from csms.api.passwords import MAX_LENGTH, MIN_LENGTH
from csms.domain import ledger as bookings
from csms.domain.errors import NotFound
from csms.store import ledger, users
from csms.store.ledger import Balance
from csms.store.users import User
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/users", tags=["users"])

_MOST_CENTS = 10_000_000


class NewUser(Form):
    email: Email
    name: Name
    password: Annotated[str, StringConstraints(min_length=MIN_LENGTH, max_length=MAX_LENGTH, strip_whitespace=False)]
    role: Literal["driver", "operator", "admin"] = "driver"


class Credit(Form):
    amount_cents: Annotated[int, Field(ge=-_MOST_CENTS, le=_MOST_CENTS)]
    reason: Name


@router.post("", status_code=201)
async def create(form: NewUser, of: Wired, by: Admin) -> User:
    password_hash = await of.passwords.hash(form.password)

    async def work(db: AsyncConnection) -> User:
        return await users.create(db, form.email, form.name, password_hash, form.role, of.clock())

    user = await of.writer.write(work)
    _log.info("user.created", user=user.id, role=user.role, by=by.id)
    return user


@router.get("")
async def everyone(db: Db, by: Admin) -> Sequence[User]:
    return await users.everyone(db)


@router.post("/{user_id}/credits", status_code=201)
async def credit(user_id: RowId, form: Credit, of: Wired, by: Admin) -> Balance:
    """Give credit, or with a negative amount take some back; a booking in the ledger either way."""

    async def work(db: AsyncConnection) -> Balance:
        await users.find(db, user_id)
        await ledger.book(db, bookings.credit(user_id, form.amount_cents, form.reason, by.id), of.clock())
        return await ledger.balance(db, user_id)

    after = await of.writer.write(work)
    _log.info("credit.booked", user=user_id, amount_cents=form.amount_cents, by=by.id)
    return after


@router.get("/{user_id}/balance")
async def balance(user_id: RowId, db: Db, by: Anyone) -> Balance:
    """One's own; an administrator may see anyone's."""
    if by.id != user_id and by.role != "admin":
        raise NotFound(f"there is no user {user_id}")  # the same as for one who does not exist
    await users.find(db, user_id)
    return await ledger.balance(db, user_id)
