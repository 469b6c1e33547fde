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


async def redeem(db: AsyncConnection, code: str, now: datetime) -> int | None:
    """The site it lets in at, once; None if it is unknown, used or too old."""
    valid = (
        adoption_code.c.digest == _digest(code),
        adoption_code.c.used_at.is_(None),
        adoption_code.c.expires_at > now,
    )
    used = update(adoption_code).where(*valid).values(used_at=now).returning(adoption_code.c.site_id)
    site_id: int | None = (await db.execute(used)).scalar_one_or_none()
    return site_id


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
