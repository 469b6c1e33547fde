"""Cards and whose they are. The idTag is kept in its canonical form."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.authorization import Card, canonical
from csms.domain.errors import Conflict
from csms.domain.transactions import Owner
from csms.store.tables import card, user


@dataclass(frozen=True, slots=True)
class CardView:
    """Field names are those of the HTTP API."""

    id_tag: str
    user: Owner
    blocked: bool
    expires_at: datetime | None


async def find(db: AsyncConnection, id_tag: str) -> Card | None:
    columns = select(card.c.id_tag, card.c.user_id, card.c.blocked, card.c.expires_at)
    row = (await db.execute(columns.where(card.c.id_tag == canonical(id_tag)))).one_or_none()
    return None if row is None else Card(*row)


async def create(db: AsyncConnection, id_tag: str, user_id: int, expires_at: datetime | None, now: datetime) -> Card:
    made = Card(canonical(id_tag), user_id, blocked=False, expires_at=expires_at)
    row = {"id_tag": made.id_tag, "user_id": user_id, "blocked": False, "expires_at": expires_at, "created_at": now}
    done = await db.execute(insert(card).values(row).on_conflict_do_nothing(index_elements=["id_tag"]))
    if done.rowcount == 0:
        raise Conflict(f"the card {made.id_tag} is known already")
    return made


async def everything(db: AsyncConnection) -> Sequence[CardView]:
    columns = select(card.c.id_tag, user.c.id, user.c.email, card.c.blocked, card.c.expires_at)
    rows = await db.execute(columns.join_from(card, user).order_by(card.c.id_tag))
    return [CardView(id_tag, Owner(owner, email), blocked, expires) for id_tag, owner, email, blocked, expires in rows]
