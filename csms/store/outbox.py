"""Events on their way out, written with the rows they speak of. What is not committed never happened for anyone."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.events import Event
from csms.store.bulk import execute_many
from csms.store.tables import outbox


@dataclass(frozen=True, slots=True)
class OutboxRow:
    id: int
    type: str
    data: str  # JSON
    user_id: int | None


_INSERT = insert(outbox)


async def add(db: AsyncConnection, event: Event, user_id: int | None = None) -> None:
    """`user_id` is the driver it concerns: others but operators do not hear of it."""
    data = msgspec.json.encode(event).decode()
    await db.execute(insert(outbox).values(type=type(event).__name__, data=data, user_id=user_id))


async def add_many(db: AsyncConnection, events: Sequence[tuple[Event, int | None]]) -> None:
    """As `add`, for each event and the driver it concerns."""
    rows = [
        {"type": type(event).__name__, "data": msgspec.json.encode(event).decode(), "user_id": user_id}
        for event, user_id in events
    ]
    await execute_many(db, _INSERT, rows)


async def after(db: AsyncConnection, last_id: int, most: int) -> Sequence[OutboxRow]:
    rows = select(outbox.c.id, outbox.c.type, outbox.c.data, outbox.c.user_id).where(outbox.c.id > last_id)
    return [OutboxRow(*row) for row in await db.execute(rows.order_by(outbox.c.id).limit(most))]


async def forget(db: AsyncConnection, up_to_id: int) -> None:
    await db.execute(delete(outbox).where(outbox.c.id <= up_to_id))
