"""How charge points were answered that booted, and what they must wait for. No row: nothing."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import registration as rules
from csms.domain.errors import Conflict
from csms.domain.registration import Status
from csms.store.tables import charge_point, registration

_FACTS = ("vendor", "model", "serial", "firmware_version")  # columns of the charge point, as it booted


@dataclass(frozen=True, slots=True)
class Registration:
    charge_point_id: int
    dismissed: bool
    status: Status | None = None  # its last answer; none: it has not booted since answers are kept
    answered_at: datetime | None = None
    held: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    taken: bool = False  # all of them, by the charge point as it is now
    trouble: str | None = None  # why not
    fingerprint: str = ""


async def find(db: AsyncConnection, identity: str) -> Registration:
    """Of a charge point that exists."""
    facts = [charge_point.c[name] for name in _FACTS]
    columns = select(charge_point.c.id, charge_point.c.dismissed, *facts, registration)
    there = columns.join_from(charge_point, registration, isouter=True).where(charge_point.c.identity == identity)
    row = (await db.execute(there)).one()
    if row.charge_point_id is None:
        return Registration(row.id, row.dismissed)
    settings = json.loads(row.settings)
    fingerprint = rules.fingerprint(settings, {name: getattr(row, name) for name in _FACTS})
    return Registration(
        row.id,
        row.dismissed,
        row.status,
        row.answered_at,
        row.held,
        settings,
        row.taken == fingerprint,
        row.trouble,
        fingerprint,
    )


async def wish(db: AsyncConnection, charge_point_id: int, held: bool, settings: Mapping[str, str]) -> None:
    """What the charge point must wait for, from its next BootNotification on."""
    values = {"held": held, "settings": json.dumps(settings), "trouble": None}
    await _put(db, charge_point_id, values)


async def answered(db: AsyncConnection, charge_point_id: int, status: Status, at: datetime) -> None:
    await _put(db, charge_point_id, {"status": status, "answered_at": at})


async def took(db: AsyncConnection, charge_point_id: int, fingerprint: str) -> None:
    mine = update(registration).where(registration.c.charge_point_id == charge_point_id)
    await db.execute(mine.values(taken=fingerprint, trouble=None))


async def failed(db: AsyncConnection, charge_point_id: int, trouble: str) -> None:
    mine = update(registration).where(registration.c.charge_point_id == charge_point_id)
    await db.execute(mine.values(trouble=trouble[:300]))


async def must_be_accepted(db: AsyncConnection, identity: str) -> None:
    """Conflict for one that waits: nothing may be started or stopped at it from afar (OCPP 1.6 §4.2)."""
    columns = select(registration.c.status).join_from(registration, charge_point)
    status = (await db.execute(columns.where(charge_point.c.identity == identity))).scalar_one_or_none()
    if status not in (None, "Accepted"):
        raise Conflict(f"{identity} is not accepted (registration {status}): nothing is started or stopped there now")


async def _put(db: AsyncConnection, charge_point_id: int, values: Mapping[str, object]) -> None:
    row = {"charge_point_id": charge_point_id, "held": False, "settings": "{}", **values}
    put = insert(registration).values(row)
    await db.execute(put.on_conflict_do_update(index_elements=["charge_point_id"], set_=dict(values)))
