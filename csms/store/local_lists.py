"""What each charge point's local list holds, as far as it has told us."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.authorization import Verdict, decide
from csms.domain.local_list import Entries, Known
from csms.store import cards
from csms.store.tables import card, charge_point, local_list, on_site_card, transaction


@dataclass(frozen=True, slots=True)
class LocalListView:
    """Field names are those of the HTTP API. `status`: what the charge point answered last, or why nothing was sent."""

    version: int
    entries: int
    status: str
    at: datetime


async def wanted(db: AsyncConnection, site_id: int, most: int, now: datetime) -> Entries:
    """The cards that may charge; if there are more than `most`, those used last at this site, then by idTag."""
    valid = (
        select(card.c.id_tag, card.c.expires_at)
        .join_from(card, on_site_card, isouter=True)
        .where(
            card.c.blocked.is_(False),
            or_(card.c.expires_at.is_(None), card.c.expires_at > now),
            or_(on_site_card.c.site_id.is_(None), on_site_card.c.site_id == site_id),
        )
    )
    everyone = {row.id_tag: row.expires_at for row in await db.execute(valid.order_by(card.c.id_tag))}
    if len(everyone) <= most:
        return everyone
    used = (
        select(transaction.c.id_tag)
        .join_from(transaction, charge_point)
        .where(charge_point.c.site_id == site_id)
        .order_by(transaction.c.id.desc())
        .limit(20 * most)
    )
    first = dict.fromkeys(tag.upper() for (tag,) in await db.execute(used) if tag.upper() in everyone)
    ranked = [*first, *(tag for tag in everyone if tag not in first)]
    return {tag: everyone[tag] for tag in sorted(ranked[:most])}


async def verdicts(db: AsyncConnection, site_id: int, now: datetime) -> dict[str, Verdict]:
    """Every card that may be shown at this site, with what is thought of it now."""
    return {card.id_tag: decide(card, now) for card in await cards.everything_at(db, site_id)}


async def connected(db: AsyncConnection) -> Sequence[tuple[str, int, int, str | None]]:
    """Identity, row and site of each charge point that is here, and the digest of its list."""
    c = charge_point.c
    columns = select(c.identity, c.id, c.site_id, local_list.c.digest)
    rows = await db.execute(
        columns.join_from(charge_point, local_list, isouter=True).where(c.connected_via.is_not(None)).order_by(c.id)
    )
    return [(identity, row_id, site_id, digest) for identity, row_id, site_id, digest in rows]


async def find(db: AsyncConnection, charge_point_id: int) -> tuple[Known | None, LocalListView | None]:
    row = (
        await db.execute(select(local_list).where(local_list.c.charge_point_id == charge_point_id))
    ).one_or_none()
    if row is None:
        return None, None
    entries = {tag: None if at is None else datetime.fromisoformat(at) for tag, at in json.loads(row.entries).items()}
    return Known(row.version, entries), LocalListView(row.version, len(entries), row.status, row.at)


async def note(
    db: AsyncConnection, charge_point_id: int, known: Known, digest: str | None, status: str, at: datetime
) -> None:
    """`digest` names the content that the list should have; none: it has not got there."""
    values = {
        "version": known.version,
        "entries": json.dumps({tag: expires and expires.isoformat() for tag, expires in known.entries.items()}),
        "digest": digest,
        "status": status,
        "at": at,
    }
    row = insert(local_list).values(charge_point_id=charge_point_id, **values)
    await db.execute(row.on_conflict_do_update(index_elements=["charge_point_id"], set_=values))


async def forget_digest(db: AsyncConnection, charge_point_id: int) -> None:
    """After a boot: what it takes, and what it holds, may have changed."""
    mine = local_list.update().where(local_list.c.charge_point_id == charge_point_id)
    await db.execute(mine.values(digest=None))
