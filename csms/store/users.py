"""People who log in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict, NotFound
from csms.store.tables import user


@dataclass(frozen=True, slots=True)
class User:
    id: int
    email: str
    name: str
    role: str


_COLUMNS = select(user.c.id, user.c.email, user.c.name, user.c.role)


async def create(db: AsyncConnection, email: str, name: str, password_hash: str, role: str, now: datetime) -> User:
    address = email.lower()
    row = {"email": address, "name": name, "password_hash": password_hash, "role": role, "created_at": now}
    made = await db.execute(
        insert(user).values(row).on_conflict_do_nothing(index_elements=["email"]).returning(user.c.id)
    )
    user_id = made.scalar_one_or_none()
    if user_id is None:
        raise Conflict(f"there is an account for {address}")
    return User(user_id, address, name, role)


async def find(db: AsyncConnection, user_id: int) -> User:
    row = (await db.execute(_COLUMNS.where(user.c.id == user_id))).one_or_none()
    if row is None:
        raise NotFound(f"there is no user {user_id}")
    return User(*row)


async def find_for_login(db: AsyncConnection, email: str) -> tuple[User, str] | None:
    """The person and the password's hash."""
    both = select(user.c.id, user.c.email, user.c.name, user.c.role, user.c.password_hash)
    row = (await db.execute(both.where(user.c.email == email.lower()))).one_or_none()
    return None if row is None else (User(*row[:4]), row[4])


async def everyone(db: AsyncConnection) -> Sequence[User]:
    return [User(*row) for row in await db.execute(_COLUMNS.order_by(user.c.id))]
