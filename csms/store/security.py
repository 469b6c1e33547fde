"""How a charge point proves who it is: a key that changes, and the security profile it must use at least.

While a key changes there are two: `charge_point.key_hash` opens the socket, and so does `next_key_hash`, until an
answer or the next connection shows which one the charge point has (OCPP 1.6 security whitepaper A01).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict
from csms.store.tables import charge_point, charge_point_security

s = charge_point_security.c


@dataclass(frozen=True, slots=True)
class SecurityView:
    """Field names are those of the HTTP API."""

    profile: int | None  # of its last connection of its own; none: it has made none
    least_profile: int
    asked_profile: int | None  # it accepted to go there, and has not come by it yet
    key_changed_at: datetime | None
    new_key: str | None  # none, "in doubt", or "after reboot": then both keys open its socket


@dataclass(frozen=True, slots=True)
class NextKey:
    """One that a charge point was sent and may have."""

    hash: str
    at: datetime
    at_reboot: bool = False  # it said RebootRequired


async def find(db: AsyncConnection, charge_point_id: int) -> SecurityView:
    columns = select(
        s.profile, s.least_profile, s.asked_profile, s.key_changed_at, s.next_key_hash, s.next_key_at_reboot
    )
    row = (await db.execute(columns.where(s.charge_point_id == charge_point_id))).one_or_none()
    if row is None:
        return SecurityView(None, 1, None, None, None)
    new_key = None
    if row.next_key_hash is not None:
        new_key = "after reboot" if row.next_key_at_reboot else "in doubt"
    return SecurityView(row.profile, row.least_profile, row.asked_profile, row.key_changed_at, new_key)


async def offer_key(db: AsyncConnection, charge_point_id: int, key_hash: str, now: datetime) -> NextKey | None:
    """It will be sent: from now on it opens the socket too. Conflict while another one is on its way: the charge point
    may have that one, and nothing else may be what opens its socket then. Returns what it puts aside: one that waits
    since before a boot."""
    columns = (s.next_key_hash, s.next_key_at, s.next_key_at_reboot, charge_point.c.booted_at)
    wanted = select(*columns).join_from(charge_point_security, charge_point).where(s.charge_point_id == charge_point_id)
    row = (await db.execute(wanted)).one_or_none()
    if row is not None and row.next_key_hash is not None and not (row.booted_at and row.booted_at > row.next_key_at):
        raise Conflict("it was sent a new key and has not shown yet whether it uses it: reset it, then try again")
    await _set_next(db, charge_point_id, NextKey(key_hash, now))
    if row is None or row.next_key_hash is None:
        return None
    return NextKey(row.next_key_hash, row.next_key_at, row.next_key_at_reboot)


async def key_accepted(
    db: AsyncConnection, charge_point_id: int, key_hash: str, offered_at: datetime, now: datetime
) -> None:
    """It is the charge point's key from now on, and the one before opens nothing: its word counts, whatever a
    connection seemed to show meanwhile. Beside one that was made by hand meanwhile it opens the socket too."""
    keys = await _keys(db, charge_point_id)
    by_hand = keys.key_changed_at is not None and keys.key_changed_at > offered_at and keys.key_hash != key_hash
    if by_hand:
        await _set_next(db, charge_point_id, NextKey(key_hash, offered_at))
        return
    await _own_key(db, charge_point_id, key_hash)
    if keys.next_key_hash == key_hash:
        await _set_next(db, charge_point_id, None)
    await _set(db, charge_point_id, key_changed_at=now)


async def key_waits_for_reboot(db: AsyncConnection, charge_point_id: int, key_hash: str, offered_at: datetime) -> None:
    """Its word, as with key_accepted; nothing if it has come with the new one already."""
    if (await _keys(db, charge_point_id)).key_hash != key_hash:
        await _set_next(db, charge_point_id, NextKey(key_hash, offered_at, at_reboot=True))


async def key_refused(db: AsyncConnection, charge_point_id: int, key_hash: str, before: NextKey | None) -> None:
    """It did not take this one. `before`: what offer_key put aside, which it may still come with."""
    if (await _keys(db, charge_point_id)).next_key_hash == key_hash:
        await _set_next(db, charge_point_id, before)


async def replace_key(db: AsyncConnection, charge_point_id: int, key_hash: str, now: datetime) -> None:
    """Made by hand: nothing else opens its socket, and this one does by any security profile, as one that was reset to
    what it left the factory with has the lowest."""
    await _own_key(db, charge_point_id, key_hash)
    await _set_next(db, charge_point_id, None)
    await _set(db, charge_point_id, key_changed_at=now, least_profile=1, asked_profile=None)


async def ask_profile(db: AsyncConnection, charge_point_id: int, profile: int) -> None:
    await _set(db, charge_point_id, asked_profile=profile)


async def profile_refused(db: AsyncConnection, charge_point_id: int) -> None:
    await _set(db, charge_point_id, asked_profile=None)


async def connected(db: AsyncConnection, charge_point_id: int, profile: int, key: str | None, now: datetime) -> None:
    """It has come on its own socket, by this profile, with its key ("own"), the new one ("next"), or none."""
    row = (await db.execute(select(charge_point_security).where(s.charge_point_id == charge_point_id))).one_or_none()
    values: dict[str, Any] = {"profile": profile}
    # Of a new key a connection from before it was sent says nothing.
    if row is not None and row.next_key_hash is not None and now > row.next_key_at:
        if key == "next":
            await key_accepted(db, charge_point_id, row.next_key_hash, now, now)
        elif key == "own" and not row.next_key_at_reboot:
            # After RebootRequired it may come with the old one any number of times, until it has started anew.
            await _set_next(db, charge_point_id, None)
    if row is not None and row.asked_profile is not None and profile >= row.asked_profile:
        values |= {"least_profile": row.asked_profile, "asked_profile": None}
    if row is None or any(getattr(row, name) != value for name, value in values.items()):
        await _set(db, charge_point_id, **values)


async def _keys(db: AsyncConnection, charge_point_id: int) -> Row[Any, Any, Any]:
    columns = select(charge_point.c.key_hash, s.next_key_hash, s.key_changed_at)
    joined = columns.join_from(charge_point, charge_point_security, isouter=True)
    return (await db.execute(joined.where(charge_point.c.id == charge_point_id))).one()


async def _own_key(db: AsyncConnection, charge_point_id: int, key_hash: str) -> None:
    await db.execute(update(charge_point).where(charge_point.c.id == charge_point_id).values(key_hash=key_hash))


async def _set_next(db: AsyncConnection, charge_point_id: int, key: NextKey | None) -> None:
    hashed, at, at_reboot = (None, None, False) if key is None else (key.hash, key.at, key.at_reboot)
    await _set(db, charge_point_id, next_key_hash=hashed, next_key_at=at, next_key_at_reboot=at_reboot)


async def _set(db: AsyncConnection, charge_point_id: int, **values: Any) -> None:
    row = insert(charge_point_security).values(charge_point_id=charge_point_id, **values)
    await db.execute(row.on_conflict_do_update(index_elements=["charge_point_id"], set_=values))
