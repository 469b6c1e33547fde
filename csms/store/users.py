"""People who log in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict, NotFound
from csms.store.tables import (
    car_word,
    card,
    card_budget,
    idempotency,
    limit_wish,
    login,
    mail,
    notice,
    notice_choice,
    notice_threshold,
    on_site_card,
    password_reset,
    problem,
    push_message,
    push_subscription,
    reservation,
    site_operator,
    transaction,
    user,
    vehicle,
)

NO_PASSWORD = "!"  # the hash of none
_GONE = "GONE"  # in place of the idTags of somebody who has left


@dataclass(frozen=True, slots=True)
class User:
    id: int
    email: str
    name: str
    role: str
    surname: str = ""
    language: str | None = None  # in which they are told things; none: never chosen


COLUMNS = (user.c.id, user.c.email, user.c.name, user.c.role, user.c.surname, user.c.language)
_ALL = select(*COLUMNS).where(user.c.deleted_at.is_(None))


async def create(
    db: AsyncConnection, email: str, name: str, password_hash: str, role: str, now: datetime, surname: str = "",
    language: str | None = None,
) -> User:
    address = email.lower()
    row = {
        "email": address,
        "name": name,
        "surname": surname,
        "password_hash": password_hash,
        "role": role,
        "created_at": now,
        "language": language,
    }
    made = await db.execute(
        insert(user).values(row).on_conflict_do_nothing(index_elements=["email"]).returning(user.c.id)
    )
    user_id = made.scalar_one_or_none()
    if user_id is None:
        raise Conflict(f"there is an account for {address}")
    return User(user_id, address, name, role, surname, language)


async def find(db: AsyncConnection, user_id: int) -> User:
    row = (await db.execute(_ALL.where(user.c.id == user_id))).one_or_none()
    if row is None:
        raise NotFound(f"there is no user {user_id}")
    return User(*row)


async def find_for_login(db: AsyncConnection, email: str) -> tuple[User, str] | None:
    """The person and the password's hash."""
    both = select(*COLUMNS, user.c.password_hash)
    mine = (user.c.email == email.lower(), user.c.deleted_at.is_(None))
    row = (await db.execute(both.where(*mine))).one_or_none()
    return None if row is None else (User(*row[:-1]), row[-1])


async def everyone(
    db: AsyncConnection, limit: int = 1000, offset: int = 0, search: str | None = None
) -> tuple[Sequence[User], int]:
    """One page, and how many there are. `search`: in address and name."""
    wanted = _ALL
    if search:
        places = (user.c.email, user.c.name, user.c.surname)
        wanted = wanted.where(or_(*(place.icontains(search, autoescape=True) for place in places)))
    page = await db.execute(wanted.order_by(user.c.id).limit(limit).offset(offset))
    total = (await db.execute(select(func.count()).select_from(wanted.subquery()))).scalar_one()
    return [User(*row) for row in page], total


async def change(db: AsyncConnection, user_id: int, facts: Mapping[str, object]) -> User:
    """`facts`: columns of the table. Conflict if the e-mail address is somebody else's."""
    try:
        async with db.begin_nested():
            changed = update(user).where(user.c.id == user_id, user.c.deleted_at.is_(None)).values(**facts)
            row = (await db.execute(changed.returning(*COLUMNS))).one_or_none()
    except IntegrityError:
        raise Conflict("there is an account with this e-mail address") from None
    if row is None:
        raise NotFound(f"there is no user {user_id}")
    return User(*row)


async def set_role(db: AsyncConnection, user_id: int, role: str) -> User:
    """Conflict if nobody would be left to administrate."""
    before = await find(db, user_id)
    others = select(func.count()).select_from(_ALL.where(user.c.role == "admin", user.c.id != user_id).subquery())
    if before.role == "admin" and role != "admin" and (await db.execute(others)).scalar_one() == 0:
        raise Conflict("the last administrator must stay one")
    return await change(db, user_id, {"role": role})


async def erase(db: AsyncConnection, user_id: int, now: datetime) -> None:
    """Take the person out: bookings and sessions stay, and name nobody. Conflict while a session of theirs runs."""
    t = transaction.c
    running = select(t.id).where(t.user_id == user_id, t.ended_at.is_(None))
    if (await db.execute(running)).first() is not None:
        raise Conflict("a charging session of this account is still running")
    standing = (reservation.c.user_id == user_id, reservation.c.state.in_(("pending", "confirmed")))
    if (await db.execute(select(reservation.c.id).where(*standing))).first() is not None:
        raise Conflict("a reservation of this account still stands: cancel it first")
    who = await find(db, user_id)
    await db.execute(update(reservation).where(reservation.c.user_id == user_id).values(id_tag=_GONE))
    await db.execute(update(transaction).where(t.user_id == user_id).values(id_tag=_GONE))
    mine = select(card.c.id_tag).where(card.c.user_id == user_id)
    for table in (card_budget, on_site_card):
        await db.execute(delete(table).where(table.c.id_tag.in_(mine)))
    said = update(problem).where(problem.c.user_id == user_id)
    await db.execute(said.values(user_id=None, contact=""))
    browsers = select(push_subscription.c.id).where(push_subscription.c.user_id == user_id)
    await db.execute(delete(push_message).where(push_message.c.subscription_id.in_(browsers)))
    for table in (push_subscription, notice, notice_choice, notice_threshold):
        await db.execute(delete(table).where(table.c.user_id == user_id))
    for table in (car_word, limit_wish, card, vehicle, login, password_reset, site_operator, idempotency):
        await db.execute(delete(table).where(table.c.user_id == user_id))
    await db.execute(delete(mail).where(mail.c.recipient == who.email))
    nobody = {"email": f"{user_id}@gone.invalid", "name": "", "surname": "", "password_hash": NO_PASSWORD}
    await db.execute(
        update(user).where(user.c.id == user_id).values(**nobody, role="driver", deleted_at=now)
    )
