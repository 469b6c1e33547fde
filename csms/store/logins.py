"""Where people have logged in, the tokens that renew it, and the one-time tokens that set a new password."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import NotAuthenticated
from csms.store.tables import login, password_reset, user
from csms.store.users import COLUMNS, User


@dataclass(frozen=True, slots=True)
class Renewed:
    login_id: int
    user: User
    token_version: int


async def begin(db: AsyncConnection, user_id: int, refresh_token: str, expires_at: datetime) -> tuple[int, int]:
    """Note a login; return its id and the version its tokens must have."""
    row = {"user_id": user_id, "refresh_digest": _digest(refresh_token), "expires_at": expires_at}
    login_id = (await db.execute(insert(login).values(row).returning(login.c.id))).scalar_one()
    return login_id, (await db.execute(select(user.c.token_version).where(user.c.id == user_id))).scalar_one()


async def renew(
    db: AsyncConnection, refresh_token: str, next_token: str, expires_at: datetime, now: datetime
) -> Renewed | None:
    """Trade the token for the next one. None if it opens nothing; one that was used before ends its login."""
    digest = _digest(refresh_token)
    stolen = update(login).where(login.c.used_digest == digest, login.c.ended_at.is_(None))
    await db.execute(stolen.values(ended_at=now))
    valid = (login.c.refresh_digest == digest, login.c.ended_at.is_(None), login.c.expires_at > now)
    values = {"used_digest": digest, "refresh_digest": _digest(next_token), "expires_at": expires_at}
    changed = update(login).where(*valid).values(values).returning(login.c.id, login.c.user_id)
    row = (await db.execute(changed)).one_or_none()
    if row is None:
        return None
    who = (await db.execute(select(*COLUMNS, user.c.token_version).where(user.c.id == row.user_id))).one()
    return Renewed(row.id, User(*who[:-1]), who[-1])


async def holder(db: AsyncConnection, user_id: int, version: int, login_id: int | None) -> User:
    """Whose token it is. NotAuthenticated if it was logged out, or the account is gone."""
    here = user.c.token_version == version
    if login_id is not None:
        alive = select(login.c.id).where(login.c.id == login_id, login.c.ended_at.is_(None)).exists()
        here = here & alive
    row = (
        await db.execute(select(*COLUMNS, here).where(user.c.id == user_id, user.c.deleted_at.is_(None)))
    ).one_or_none()
    if row is None:
        raise NotAuthenticated("this account is gone")
    if not row[-1]:
        raise NotAuthenticated("this login has ended, please log in")
    return User(*row[:-1])


async def end(db: AsyncConnection, login_id: int, now: datetime) -> None:
    await db.execute(update(login).where(login.c.id == login_id, login.c.ended_at.is_(None)).values(ended_at=now))


async def end_all(db: AsyncConnection, user_id: int, now: datetime) -> None:
    """No token given until now opens anything any more."""
    await db.execute(update(login).where(login.c.user_id == user_id, login.c.ended_at.is_(None)).values(ended_at=now))
    raised = user.c.token_version + 1
    await db.execute(update(user).where(user.c.id == user_id).values(token_version=raised))


async def add_reset(db: AsyncConnection, user_id: int, token: str, expires_at: datetime, now: datetime) -> None:
    """The newest token is the only one."""
    old = (password_reset.c.expires_at <= now) | (password_reset.c.user_id == user_id)
    await db.execute(delete(password_reset).where(old))
    await db.execute(
        insert(password_reset).values(digest=_digest(token), user_id=user_id, expires_at=expires_at)
    )


async def reset_is_valid(db: AsyncConnection, token: str, now: datetime) -> bool:
    return (await db.execute(select(password_reset.c.user_id).where(*_valid(token, now)))).first() is not None


async def use_reset(db: AsyncConnection, token: str, now: datetime) -> int | None:
    """Whose password it sets, once; None if it is unknown, used or too old."""
    used = update(password_reset).where(*_valid(token, now)).values(used_at=now)
    user_id: int | None = (await db.execute(used.returning(password_reset.c.user_id))).scalar_one_or_none()
    return user_id


def _valid(token: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    r = password_reset.c
    return r.digest == _digest(token), r.used_at.is_(None), r.expires_at > now


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
