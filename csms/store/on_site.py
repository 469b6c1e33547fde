"""Who pays for charges that are started at the page of a site's controller, and the card it starts them with.

A site has one such account at most. Its card is made for this alone and is good at this site alone; when the account
changes it is blocked for good, and the next account gets a card of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import codes
from csms.domain.authorization import Card, canonical
from csms.domain.errors import Conflict, Unusable
from csms.domain.transactions import Owner
from csms.store import cards
from csms.store.tables import card, controller, on_site_card, site_operator, user

_present = on_site_card.c.replaced_at.is_(None)


@dataclass(frozen=True, slots=True)
class OnSiteAccount:
    """Field names are those of the HTTP API. `name`: as the page shows it."""

    user: Owner
    name: str
    card: Card


@dataclass(frozen=True, slots=True)
class ToTell:
    """What the controller with this identity shall know; no account: nobody pays for charges started at its page."""

    identity: str
    account: OnSiteAccount | None


async def of_site(db: AsyncConnection, site_id: int) -> OnSiteAccount | None:
    row = (await db.execute(_ACCOUNTS.where(on_site_card.c.site_id == site_id))).one_or_none()
    return None if row is None else _account(*row)


async def to_tell(db: AsyncConnection) -> Sequence[ToTell]:
    """For each controller that is connected."""
    accounts = {found.card.site_id: found for row in await db.execute(_ACCOUNTS) if (found := _account(*row))}
    here = select(controller.c.identity, controller.c.site_id).where(controller.c.connection.is_not(None))
    return [ToTell(identity, accounts.get(site_id)) for identity, site_id in await db.execute(here)]


async def begin(db: AsyncConnection, site_id: int, user_id: int, now: datetime) -> None:
    """For a site that has none yet, if this person manages it still."""
    if await of_site(db, site_id) is None and await _manages(db, user_id, site_id):
        await _make(db, site_id, user_id, now)


async def put(db: AsyncConnection, site_id: int, user_id: int | None, now: datetime) -> OnSiteAccount | None:
    """This person's, or nobody's. Unusable if they do not manage the site. The same one as before keeps the card."""
    before = await of_site(db, site_id)
    if user_id is not None and not await _manages(db, user_id, site_id):
        raise Unusable("this account does not manage the site: choose an operator of the site or an administrator")
    if before is None or before.user.id != user_id:
        await _replace(db, and_(on_site_card.c.site_id == site_id, _present), now)
        if user_id is not None:
            await _make(db, site_id, user_id, now)
    return await of_site(db, site_id)


async def leave(db: AsyncConnection, user_id: int, now: datetime) -> None:
    """What this person manages has changed: where they do so no more, they pay no more."""
    mine = select(on_site_card.c.id_tag, on_site_card.c.site_id).join_from(on_site_card, card)
    for id_tag, site_id in (await db.execute(mine.where(card.c.user_id == user_id, _present))).all():
        if not await _manages(db, user_id, site_id):
            await _replace(db, on_site_card.c.id_tag == id_tag, now)


async def is_replaced(db: AsyncConnection, id_tag: str) -> bool:
    """A card that was a site's once, and is blocked for good."""
    found = select(on_site_card.c.id_tag).where(on_site_card.c.id_tag == canonical(id_tag), ~_present)
    return (await db.execute(found)).first() is not None


async def was_a_sites(db: AsyncConnection, id_tag: str, at: datetime) -> bool:
    """True of a card that is blocked for good by now, and was a site's present one at that moment."""
    found = select(on_site_card.c.id_tag).where(
        on_site_card.c.id_tag == canonical(id_tag), on_site_card.c.replaced_at > at
    )
    return (await db.execute(found)).first() is not None


async def _make(db: AsyncConnection, site_id: int, user_id: int, now: datetime) -> None:
    made = await cards.create(db, codes.new_on_site_id_tag(), user_id, None, now)
    done = await db.execute(insert(on_site_card).values(id_tag=made.id_tag, site_id=site_id).on_conflict_do_nothing())
    if done.rowcount == 0:
        raise Conflict("somebody has just changed who pays: look again")


async def _replace(db: AsyncConnection, which: ColumnElement[bool], now: datetime) -> None:
    tags = select(on_site_card.c.id_tag).where(which)
    await db.execute(update(card).where(card.c.id_tag.in_(tags)).values(blocked=True))
    await db.execute(update(on_site_card).where(which).values(replaced_at=now))


async def _manages(db: AsyncConnection, user_id: int, site_id: int) -> bool:
    here = and_(site_operator.c.user_id == user.c.id, site_operator.c.site_id == site_id)
    allowed = or_(user.c.role == "admin", and_(user.c.role == "operator", site_operator.c.site_id.is_not(None)))
    found = select(user.c.id).join_from(user, site_operator, here, isouter=True)
    query = found.where(user.c.id == user_id, user.c.deleted_at.is_(None), allowed)
    return (await db.execute(query)).first() is not None


_ACCOUNTS = (
    select(
        user.c.email,
        user.c.name,
        user.c.surname,
        card.c.id_tag,
        card.c.user_id,
        card.c.blocked,
        card.c.expires_at,
        card.c.valid_from,
        card.c.parent_id_tag,
        on_site_card.c.site_id,
    )
    .join_from(on_site_card, card)
    .join(user, user.c.id == card.c.user_id)
    .where(_present)
)


def _account(email: str, name: str, surname: str, *of_card: Any) -> OnSiteAccount:
    found = Card(*of_card)
    return OnSiteAccount(Owner(found.user_id, email), f"{name} {surname}".strip() or email, found)
