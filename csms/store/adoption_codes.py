"""One-time codes that let a new part in. Only their digests are kept."""

import hashlib
from datetime import datetime

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import adoption_code


async def add(
    db: AsyncConnection, code: str, site_id: int, created_by: int, expires_at: datetime, now: datetime
) -> None:
    await db.execute(delete(adoption_code).where(adoption_code.c.expires_at <= now))
    row = {"digest": _digest(code), "site_id": site_id, "created_by": created_by, "expires_at": expires_at}
    await db.execute(insert(adoption_code).values(row))


async def redeem(db: AsyncConnection, code: str, now: datetime) -> tuple[int, int] | None:
    """The site it lets in at, once, and who made it; None if it is unknown, used or too old."""
    valid = (
        adoption_code.c.digest == _digest(code),
        adoption_code.c.used_at.is_(None),
        adoption_code.c.expires_at > now,
    )
    used = update(adoption_code).where(*valid).values(used_at=now)
    told = used.returning(adoption_code.c.site_id, adoption_code.c.created_by)
    row = (await db.execute(told)).one_or_none()
    return None if row is None else (row.site_id, row.created_by)


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
