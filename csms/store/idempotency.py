"""Answers to requests with an Idempotency-Key: who asks again after a lost answer gets the same."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict, Unusable
from csms.store.tables import idempotency

KEPT = timedelta(days=1)
_GIVEN_UP = timedelta(minutes=5)  # whoever was at it then has died


async def claim(db: AsyncConnection, user_id: int, key: str, digest: str, at: datetime) -> str | None:
    """None: go on, and `keep` the answer or `drop` the claim. Otherwise the answer there was (JSON)."""
    k = idempotency.c
    old = (k.asked_at <= at - KEPT) | (k.answer.is_(None) & (k.asked_at <= at - _GIVEN_UP))
    await db.execute(delete(idempotency).where(old))
    row = {"user_id": user_id, "key": key, "digest": digest, "asked_at": at}
    made = await db.execute(insert(idempotency).values(row).on_conflict_do_nothing())
    if made.rowcount == 1:
        return None
    before = (await db.execute(select(k.digest, k.answer).where(k.user_id == user_id, k.key == key))).one()
    if before.digest != digest:
        raise Unusable("this Idempotency-Key was used for another request")
    if before.answer is None:
        raise Conflict("the request with this Idempotency-Key is still being worked on")
    return str(before.answer)


async def keep(db: AsyncConnection, user_id: int, key: str, answer: str) -> None:
    mine = (idempotency.c.user_id == user_id, idempotency.c.key == key)
    await db.execute(update(idempotency).where(*mine).values(answer=answer))


async def drop(db: AsyncConnection, user_id: int, key: str) -> None:
    mine = (idempotency.c.user_id == user_id, idempotency.c.key == key, idempotency.c.answer.is_(None))
    await db.execute(delete(idempotency).where(*mine))
