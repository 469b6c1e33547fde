"""Cards and whose they are. The idTag is kept in its canonical form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.authorization import Card, canonical
from csms.domain.errors import Conflict, NotFound
from csms.domain.transactions import Owner
from csms.store.tables import card, on_site_card, user


@dataclass(frozen=True, slots=True)
class CardView:
    """Field names are those of the HTTP API."""

    id_tag: str
    user: Owner
    blocked: bool
    expires_at: datetime | None
    valid_from: datetime | None = None
    parent_id_tag: str | None = None
    site_id: int | None = None


_CARD = select(
    card.c.id_tag,
    card.c.user_id,
    card.c.blocked,
    card.c.expires_at,
    card.c.valid_from,
    card.c.parent_id_tag,
    on_site_card.c.site_id,
).join_from(card, on_site_card, isouter=True)


async def find(db: AsyncConnection, id_tag: str) -> Card | None:
    row = (await db.execute(_CARD.where(card.c.id_tag == canonical(id_tag)))).one_or_none()
    return None if row is None else Card(*row)


async def create(
    db: AsyncConnection,
    id_tag: str,
    user_id: int,
    expires_at: datetime | None,
    now: datetime,
    *,
    valid_from: datetime | None = None,
    parent_id_tag: str | None = None,
) -> Card:
    parent = None if parent_id_tag is None else canonical(parent_id_tag)
    made = Card(canonical(id_tag), user_id, False, expires_at, valid_from, parent)
    row = {
        "id_tag": made.id_tag,
        "user_id": user_id,
        "blocked": False,
        "expires_at": expires_at,
        "valid_from": valid_from,
        "parent_id_tag": parent,
        "created_at": now,
    }
    done = await db.execute(insert(card).values(row).on_conflict_do_nothing(index_elements=["id_tag"]))
    if done.rowcount == 0:
        raise Conflict(f"the card {made.id_tag} is known already")
    return made


async def change(db: AsyncConnection, id_tag: str, facts: Mapping[str, object]) -> Card:
    """`facts`: columns of the table."""
    if facts:
        await db.execute(update(card).where(card.c.id_tag == canonical(id_tag)).values(**facts))
    changed = await find(db, id_tag)
    if changed is None:
        raise NotFound("there is no such card")
    return changed


async def of_user(db: AsyncConnection, user_id: int) -> Sequence[Card]:
    return [Card(*row) for row in await db.execute(_CARD.where(card.c.user_id == user_id).order_by(card.c.id_tag))]


async def everything_at(db: AsyncConnection, site_id: int) -> Sequence[Card]:
    """All that may mean something at this site: not the cards of other sites' pages."""
    here = or_(on_site_card.c.site_id.is_(None), on_site_card.c.site_id == site_id)
    return [Card(*row) for row in await db.execute(_CARD.where(here).order_by(card.c.id_tag))]


async def everything(db: AsyncConnection, limit: int = 1000, offset: int = 0) -> tuple[Sequence[CardView], int]:
    """One page, and how many there are."""
    columns = select(
        card.c.id_tag,
        user.c.id,
        user.c.email,
        card.c.blocked,
        card.c.expires_at,
        card.c.valid_from,
        card.c.parent_id_tag,
        on_site_card.c.site_id,
    )
    both = columns.join_from(card, user).join(on_site_card, on_site_card.c.id_tag == card.c.id_tag, isouter=True)
    rows = await db.execute(both.order_by(card.c.id_tag).limit(limit).offset(offset))
    total = (await db.execute(select(func.count()).select_from(card))).scalar_one()
    return [CardView(id_tag, Owner(owner, email), *rest) for id_tag, owner, email, *rest in rows], total
