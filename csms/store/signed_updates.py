"""Firmware that charge points were told to fetch and to check by its signature."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import signed_update

u = signed_update.c
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class SignedUpdate:
    """Field names are those of the HTTP API. `status`: Requested, the answer, then as the charge point tells."""

    id: int
    location: str
    signer: str
    requested_at: datetime
    retrieve_at: datetime
    install_at: datetime | None
    status: str
    status_at: datetime


async def add(
    db: AsyncConnection,
    charge_point_id: int,
    location: str,
    signer: str,
    retrieve_at: datetime,
    install_at: datetime | None,
    now: datetime,
) -> int:
    row = {
        "charge_point_id": charge_point_id,
        "location": location,
        "signer": signer,
        "requested_at": now,
        "retrieve_at": retrieve_at,
        "install_at": install_at,
        "status": "Requested",
        "status_at": now,
    }
    return int((await db.execute(insert(signed_update).values(row).returning(u.id))).scalar_one())


async def answered(db: AsyncConnection, update_id: int, status: str, now: datetime) -> None:
    """What SignedUpdateFirmware came to; it may have told more already."""
    still = update(signed_update).where(u.id == update_id, u.status == "Requested")
    await db.execute(still.values(status=status, status_at=now))


async def told(db: AsyncConnection, charge_point_id: int, update_id: int, status: str, now: datetime) -> bool:
    """False for a request that was never made of this charge point."""
    mine = update(signed_update).where(u.id == update_id, u.charge_point_id == charge_point_id)
    return (await db.execute(mine.values(status=status, status_at=now))).rowcount == 1


async def of_charge_point(db: AsyncConnection, charge_point_id: int) -> Sequence[SignedUpdate]:
    """Newest first."""
    columns = (u.id, u.location, u.signer, u.requested_at, u.retrieve_at, u.install_at, u.status, u.status_at)
    mine = select(*columns).where(u.charge_point_id == charge_point_id).order_by(u.id.desc()).limit(_SHOWN)
    return [SignedUpdate(*row) for row in await db.execute(mine)]
