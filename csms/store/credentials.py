"""What opens a socket: all that the gateway sees of the store."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import certificate, charge_point, charge_point_security, controller


@dataclass(frozen=True, slots=True)
class Credentials:
    """Hashes of the keys that open the socket of one identity. `charge_point_id` is None for a site's controller."""

    charge_point_id: int | None
    own_key_hash: str | None
    site_key_hash: str | None
    next_key_hash: str | None = None  # of a key that it may have by now
    serial: str | None = None
    least_profile: int = 1  # OCPP's security profile: less opens nothing


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate of our own authority."""

    charge_point_id: int
    status: str
    status_at: datetime
    not_after: datetime


async def find(db: AsyncConnection, identity: str) -> Credentials | None:
    s = charge_point_security.c
    of_charge_point = (
        select(
            charge_point.c.id,
            charge_point.c.key_hash,
            controller.c.key_hash,
            s.next_key_hash,
            charge_point.c.serial,
            func.coalesce(s.least_profile, 1),
        )
        .join_from(charge_point, controller, controller.c.site_id == charge_point.c.site_id, isouter=True)
        .join(charge_point_security, s.charge_point_id == charge_point.c.id, isouter=True)
        .where(charge_point.c.identity == identity)
    )
    row = (await db.execute(of_charge_point)).one_or_none()
    if row is not None:
        return Credentials(*row)
    of_controller = select(controller.c.key_hash).where(controller.c.identity == identity)
    key_hash = (await db.execute(of_controller)).scalar_one_or_none()
    return None if key_hash is None else Credentials(None, None, key_hash)


async def issued(db: AsyncConnection, fingerprint: str) -> Issued | None:
    c = certificate.c
    columns = select(c.charge_point_id, c.status, c.status_at, c.not_after)
    row = (await db.execute(columns.where(c.fingerprint == fingerprint))).one_or_none()
    return None if row is None else Issued(*row)
