"""Accounts and their balances."""

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags, idempotency
from csms.api.deps import Admin, Anyone, Db, Limit, Offset, RowId, Wired
from csms.api.forms import Email, Form, Name
from csms.api.pagination import Paged
from csms.api.passwords import MAX_LENGTH, MIN_LENGTH
from csms.domain import ledger as bookings
from csms.domain.errors import Conflict, NotFound
from csms.store import ledger, on_site, site_operators, sites, users
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


class OperatedSites(Form):
    site_ids: Annotated[list[Annotated[int, Field(ge=1, le=2**63 - 1)]], Field(max_length=1000)]


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
async def everyone(
    paged: Paged,
    db: Db,
    by: Admin,
    search: Annotated[str | None, Query(max_length=100)] = None,
    limit: Limit = 1000,
    offset: Offset = 0,
) -> Sequence[User]:
    """`search`: in address and name."""
    page, total = await users.everyone(db, limit, offset, search)
    paged(total, limit, offset)
    return page


@router.put("/{user_id}/sites")
async def set_sites(
    user_id: RowId, form: OperatedSites, response: Response, of: Wired, by: Admin, if_match: etags.IfMatch = None
) -> User:
    """These sites an operator manages, and no others. With none they are a driver again. ETags are of the list."""

    async def work(db: AsyncConnection) -> User:
        for site_id in form.site_ids:
            await sites.find(db, site_id)
        role = (await users.find(db, user_id)).role
        if role == "admin":
            raise Conflict("an administrator manages every site")
        etags.must_match(if_match, etags.tag(sorted(await site_operators.sites_of(db, user_id, role) or ())))
        await site_operators.put(db, user_id, form.site_ids)
        changed = await users.set_role(db, user_id, "operator" if form.site_ids else "driver")
        await on_site.leave(db, user_id, of.clock())
        return changed

    changed = await of.writer.write(work)
    response.headers["ETag"] = etags.tag(sorted(set(form.site_ids)))
    _log.info("user.sites_set", user=user_id, sites=sorted(form.site_ids), by=by.id)
    return changed


@router.post("/{user_id}/credits", status_code=201)
async def credit(user_id: RowId, form: Credit, of: Wired, by: Admin, key: idempotency.Key = None) -> Balance:
    """Give credit, or with a negative amount take some back; a booking in the ledger either way."""

    async def act() -> Balance:
        async def work(db: AsyncConnection) -> Balance:
            await users.find(db, user_id)
            await ledger.book(db, bookings.credit(user_id, form.amount_cents, form.reason, by.id), of.clock())
            return await ledger.balance(db, user_id)

        after = await of.writer.write(work)
        _log.info("credit.booked", user=user_id, amount_cents=form.amount_cents, by=by.id)
        return after

    return await idempotency.once(of, by.id, key, ("credit", user_id, form.amount_cents, form.reason), Balance, act)


@router.get("/{user_id}/balance")
async def balance(user_id: RowId, db: Db, by: Anyone) -> Balance:
    """One's own; an administrator may see anyone's."""
    if by.id != user_id and by.role != "admin":
        raise NotFound(f"there is no user {user_id}")  # the same as for one who does not exist
    await users.find(db, user_id)
    return await ledger.balance(db, user_id)
