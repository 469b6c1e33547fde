"""Mail on its way out: written with what it tells of, gone once a server has taken it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import mail


@dataclass(frozen=True, slots=True)
class Mail:
    id: int
    recipient: str
    subject: str
    body: str
    tries: int


async def add(db: AsyncConnection, recipient: str, subject: str, body: str, now: datetime, useful: timedelta) -> None:
    row = {"recipient": recipient, "subject": subject, "body": body, "tries": 0}
    await db.execute(insert(mail).values(**row, next_try_at=now, useless_at=now + useful))


async def due(db: AsyncConnection, now: datetime, most: int) -> Sequence[Mail]:
    m = mail.c
    rows = select(m.id, m.recipient, m.subject, m.body, m.tries).where(m.next_try_at <= now, m.useless_at > now)
    return [Mail(*row) for row in await db.execute(rows.order_by(m.id).limit(most))]


async def next_try_at(db: AsyncConnection) -> datetime | None:
    found: datetime | None = (await db.execute(select(func.min(mail.c.next_try_at)))).scalar_one()
    return found


async def sent(db: AsyncConnection, mail_id: int) -> None:
    await db.execute(delete(mail).where(mail.c.id == mail_id))


async def failed(db: AsyncConnection, mail_id: int, next_try: datetime) -> None:
    await db.execute(update(mail).where(mail.c.id == mail_id).values(tries=mail.c.tries + 1, next_try_at=next_try))


async def give_up(db: AsyncConnection, now: datetime) -> int:
    """How many are too old to be of use; they are gone then."""
    return (await db.execute(delete(mail).where(mail.c.useless_at <= now))).rowcount
