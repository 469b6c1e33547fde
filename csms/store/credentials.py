"""Which keys open a socket: all that the gateway sees of the store."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.store.tables import charge_point, controller


@dataclass(frozen=True, slots=True)
class Credentials:
    """Hashes of the keys that open the socket of one identity. `charge_point_id` is None for a site's controller."""

    charge_point_id: int | None
    own_key_hash: str | None
    site_key_hash: str | None


async def find(db: AsyncConnection, identity: str) -> Credentials | None:
    of_charge_point = (
        select(charge_point.c.id, charge_point.c.key_hash, controller.c.key_hash)
        .join_from(charge_point, controller, controller.c.site_id == charge_point.c.site_id, isouter=True)
        .where(charge_point.c.identity == identity)
    )
    row = (await db.execute(of_charge_point)).one_or_none()
    if row is not None:
        return Credentials(*row)
    of_controller = select(controller.c.key_hash).where(controller.c.identity == identity)
    key_hash = (await db.execute(of_controller)).scalar_one_or_none()
    return None if key_hash is None else Credentials(None, None, key_hash)
