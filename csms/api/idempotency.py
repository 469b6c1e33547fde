"""The header Idempotency-Key: a request that is sent again, since its answer was lost, acts once."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import msgspec
from fastapi import Header
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Parts
from csms.store import idempotency

T = TypeVar("T")
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=100, pattern=r"^[!-~]+$")]


async def once(
    of: Parts, user_id: int, key: str | None, asked: object, answer_type: type[T], act: Callable[[], Awaitable[T]]
) -> T:
    """`act()`, or the answer it gave when this user sent the same key before. Failures are not kept.

    asked   what tells this request from another: the route's name and what was sent
    """
    if key is None:
        return await act()
    digest = hashlib.sha256(msgspec.json.encode(asked)).hexdigest()

    async def claim(db: AsyncConnection) -> str | None:
        return await idempotency.claim(db, user_id, key, digest, of.clock())

    known = await of.writer.write(claim)
    if known is not None:
        return msgspec.json.decode(known, type=answer_type)
    try:
        answer = await act()
    except BaseException:
        await of.writer.write(lambda db: idempotency.drop(db, user_id, key))
        raise
    text = msgspec.json.encode(answer).decode()
    await of.writer.write(lambda db: idempotency.keep(db, user_id, key, text))
    return answer
