"""Inboxes, and each person's own word on what reaches them and how."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, String, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import NotFound
from csms.domain.notices import (
    DEFAULT_LOW_BALANCE_CENTS,
    DEFAULT_SOC_PERCENT,
    DEFAULTS,
    Notice,
    NoticeKind,
    Told,
    Ways,
    expiring_from,
)
from csms.domain.states import CONTROLLER_SETTLES
from csms.store.tables import (
    charge_point,
    controller,
    notice,
    notice_choice,
    notice_threshold,
    reservation,
    site,
    site_operator,
    user,
)

n = notice.c


@dataclass(frozen=True, slots=True)
class InboxNotice:
    """Field names are those of the HTTP API."""

    notification_id: int
    kind: str
    title: str
    text: str
    charge_point: str | None
    transaction_id: int | None
    at: datetime
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Thresholds:
    soc_percent: int | None = DEFAULT_SOC_PERCENT
    low_balance_cents: int | None = DEFAULT_LOW_BALANCE_CENTS


@dataclass(frozen=True, slots=True)
class Expiring:
    reservation_id: int
    user_id: int
    charge_point: str
    connector_id: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Silent:
    """A charge point that is not connected."""

    identity: str
    site_id: int
    site: str
    via_site: bool
    last_seen_at: datetime
    time_zone: str


_COLUMNS = (n.id, n.kind, n.title, n.text, n.charge_point, n.transaction_id, n.at, n.read_at)


async def add(
    db: AsyncConnection, user_id: int, what: Notice, told: Told, at: datetime, *, in_inbox: bool
) -> int | None:
    """The new row's id; None if this person was told of it before."""
    row = {
        "user_id": user_id,
        "kind": what.kind.value,
        "key": what.key[:150],
        "title": told.title,
        "text": told.text,
        "charge_point": what.charge_point,
        "transaction_id": what.transaction_id,
        "at": at,
        "in_inbox": in_inbox,
    }
    once = insert(notice).values(row).on_conflict_do_nothing(index_elements=["user_id", "key"])
    made: int | None = (await db.execute(once.returning(n.id))).scalar_one_or_none()
    return made


async def inbox(
    db: AsyncConnection, user_id: int, limit: int, offset: int, *, unread: bool
) -> tuple[Sequence[InboxNotice], int]:
    """One page, newest first, and how many there are."""
    mine = [n.user_id == user_id, n.in_inbox]
    if unread:
        mine.append(n.read_at.is_(None))
    total = (await db.execute(select(func.count()).select_from(notice).where(*mine))).scalar_one()
    rows = await db.execute(select(*_COLUMNS).where(*mine).order_by(n.id.desc()).limit(limit).offset(offset))
    return [InboxNotice(*row) for row in rows], total


async def read(db: AsyncConnection, user_id: int, notice_id: int, at: datetime) -> InboxNotice:
    """Marked as read, at first; NotFound if it is not this person's."""
    mine = (n.id == notice_id, n.user_id == user_id, n.in_inbox)
    await db.execute(update(notice).where(*mine, n.read_at.is_(None)).values(read_at=at))
    row = (await db.execute(select(*_COLUMNS).where(*mine))).one_or_none()
    if row is None:
        raise NotFound(f"there is no notification {notice_id}")
    return InboxNotice(*row)


async def read_all(db: AsyncConnection, user_id: int, at: datetime) -> int:
    mine = (n.user_id == user_id, n.read_at.is_(None))
    return (await db.execute(update(notice).where(*mine).values(read_at=at))).rowcount


async def forget(db: AsyncConnection, before: datetime) -> int:
    return (await db.execute(delete(notice).where(n.at < before))).rowcount


async def ways(db: AsyncConnection, user_id: int, kind: NoticeKind) -> Ways:
    return (await all_ways(db, user_id))[kind]


async def all_ways(db: AsyncConnection, user_id: int) -> dict[NoticeKind, Ways]:
    c = notice_choice.c
    rows = await db.execute(select(c.kind, c.inbox, c.email, c.push).where(c.user_id == user_id))
    known = {kind.value for kind in NoticeKind}
    return dict(DEFAULTS) | {NoticeKind(kind): Ways(*rest) for kind, *rest in rows if kind in known}


async def choose(db: AsyncConnection, user_id: int, choices: Mapping[NoticeKind, Ways]) -> None:
    for kind, to in choices.items():
        values = {"inbox": to.inbox, "email": to.email, "push": to.push}
        once = insert(notice_choice).values(user_id=user_id, kind=kind.value, **values)
        await db.execute(once.on_conflict_do_update(index_elements=["user_id", "kind"], set_=values))


async def thresholds(
    db: AsyncConnection, user_id: int, soc_percent: int | None = DEFAULT_SOC_PERCENT
) -> Thresholds:
    """`soc_percent`: of who has not said another one."""
    t = notice_threshold.c
    row = (await db.execute(select(t.soc_percent, t.low_balance_cents).where(t.user_id == user_id))).one_or_none()
    return Thresholds(soc_percent) if row is None else Thresholds(*row)


async def set_thresholds(db: AsyncConnection, user_id: int, to: Thresholds) -> None:
    values = {"soc_percent": to.soc_percent, "low_balance_cents": to.low_balance_cents}
    once = insert(notice_threshold).values(user_id=user_id, **values)
    await db.execute(once.on_conflict_do_update(index_elements=["user_id"], set_=values))


async def operators_of(db: AsyncConnection, *, identity: str | None = None, site_id: int | None = None) -> list[int]:
    """Who looks after a charge point, or a site: its operators and the administrators."""
    of_site: Select[tuple[int]] = select(site_operator.c.user_id)
    if identity is not None:
        of_site = of_site.join(charge_point, charge_point.c.site_id == site_operator.c.site_id).where(
            charge_point.c.identity == identity
        )
    else:
        of_site = of_site.where(site_operator.c.site_id == site_id)
    u = user.c
    there = or_(u.role == "admin", (u.role == "operator") & u.id.in_(of_site))
    return list((await db.execute(select(u.id).where(u.deleted_at.is_(None), there).order_by(u.id))).scalars())


async def expiring(db: AsyncConnection, now: datetime) -> Sequence[Expiring]:
    """Reservations that end so soon that their driver should hear of it, and have not."""
    r = reservation.c
    told = select(n.id).where(n.user_id == r.user_id, n.key == "reservation:" + cast(r.id, String))
    rows = await db.execute(
        select(r.id, r.user_id, charge_point.c.identity, r.connector_id, r.expires_at, r.reserved_at)
        .join_from(reservation, charge_point)
        .where(r.state.in_(("pending", "confirmed")), r.expires_at > now, ~told.exists())
        .order_by(r.id)
    )
    return [Expiring(*row[:-1]) for row in rows if expiring_from(row.reserved_at, row.expires_at) <= now]


async def silent(db: AsyncConnection, since: datetime) -> Sequence[Silent]:
    """Charge points in use that are not connected and were heard of after `since`."""
    c = charge_point.c
    columns = select(c.identity, c.site_id, site.c.name, c.last_via == "site", c.last_seen_at, site.c.time_zone)
    rows = await db.execute(
        columns.join_from(charge_point, site)
        .where(c.connected_via.is_(None), c.dismissed.is_(False), c.last_seen_at > since)
        .order_by(c.id)
    )
    return [Silent(*row) for row in rows]


async def sites_reached(db: AsyncConnection, now: datetime) -> set[int]:
    """Sites whose controller is connected, itself or with some charge point."""
    behind = select(charge_point.c.site_id).where(charge_point.c.connected_via == "site")
    itself = select(controller.c.site_id).where(controller.c.connected_at <= now - CONTROLLER_SETTLES)
    return set((await db.execute(behind.union(itself))).scalars())
