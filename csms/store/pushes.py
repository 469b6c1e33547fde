"""Browsers that take push messages, and the messages on their way to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict, NotFound
from csms.store.tables import push_message, push_subscription

s, m = push_subscription.c, push_message.c
MOST_BROWSERS = 20  # of one person; the oldest goes


@dataclass(frozen=True, slots=True)
class Subscription:
    """Field names are those of the HTTP API. The keys are nobody's to read back."""

    subscription_id: int
    endpoint: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Message:
    id: int
    subscription_id: int
    endpoint: str
    p256dh: str
    auth: str
    payload: str
    tries: int
    useless_at: datetime


async def subscribe(
    db: AsyncConnection, user_id: int, endpoint: str, p256dh: str, auth: str, now: datetime
) -> Subscription:
    """The same browser again renews its keys. Conflict if it is somebody else's, who has not logged out there."""
    owner = (await db.execute(select(s.user_id).where(s.endpoint == endpoint))).scalar_one_or_none()
    if owner is not None and owner != user_id:
        raise Conflict("somebody else takes push messages with this browser")
    mine = select(s.id).where(s.user_id == user_id, s.endpoint != endpoint).order_by(s.id.desc())
    for each in (await db.execute(mine.offset(MOST_BROWSERS - 1))).scalars().all():
        await remove(db, each)
    values = {"user_id": user_id, "endpoint": endpoint, "p256dh": p256dh, "auth": auth, "created_at": now}
    once = insert(push_subscription).values(values)
    renewed = once.on_conflict_do_update(index_elements=["endpoint"], set_={"p256dh": p256dh, "auth": auth})
    row = (await db.execute(renewed.returning(s.id, s.endpoint, s.created_at))).one()
    return Subscription(*row)


async def of_user(db: AsyncConnection, user_id: int) -> Sequence[Subscription]:
    rows = await db.execute(select(s.id, s.endpoint, s.created_at).where(s.user_id == user_id).order_by(s.id))
    return [Subscription(*row) for row in rows]


async def unsubscribe(db: AsyncConnection, user_id: int, subscription_id: int) -> None:
    mine = select(s.id).where(s.id == subscription_id, s.user_id == user_id)
    if (await db.execute(mine)).first() is None:
        raise NotFound(f"there is no push subscription {subscription_id}")
    await remove(db, subscription_id)


async def remove(db: AsyncConnection, subscription_id: int) -> None:
    """With what waits for it: the browser is gone."""
    await db.execute(delete(push_message).where(m.subscription_id == subscription_id))
    await db.execute(delete(push_subscription).where(s.id == subscription_id))


async def add(db: AsyncConnection, user_id: int, payload: str, now: datetime, useful: timedelta) -> int:
    """One message to each browser of this person; how many."""
    ids = (await db.execute(select(s.id).where(s.user_id == user_id))).scalars().all()
    for each in ids:
        row = {"subscription_id": each, "payload": payload, "tries": 0, "next_try_at": now}
        await db.execute(insert(push_message).values(**row, useless_at=now + useful))
    return len(ids)


async def due(db: AsyncConnection, now: datetime, most: int) -> Sequence[Message]:
    columns = select(m.id, s.id, s.endpoint, s.p256dh, s.auth, m.payload, m.tries, m.useless_at)
    rows = columns.join_from(push_message, push_subscription).where(m.next_try_at <= now, m.useless_at > now)
    return [Message(*row) for row in await db.execute(rows.order_by(m.id).limit(most))]


async def next_try_at(db: AsyncConnection) -> datetime | None:
    found: datetime | None = (await db.execute(select(func.min(m.next_try_at)))).scalar_one()
    return found


async def sent(db: AsyncConnection, message_id: int) -> None:
    await db.execute(delete(push_message).where(m.id == message_id))


async def failed(db: AsyncConnection, message_id: int, next_try: datetime) -> None:
    await db.execute(update(push_message).where(m.id == message_id).values(tries=m.tries + 1, next_try_at=next_try))


async def give_up(db: AsyncConnection, now: datetime) -> int:
    """How many are too old to be of use; they are gone then."""
    return (await db.execute(delete(push_message).where(m.useless_at <= now))).rowcount
