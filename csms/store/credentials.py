"""What opens a socket: all that the gateway sees of the store."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import certificates
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


async def certificate_trouble(
    db: AsyncConnection,
    of: Credentials,
    identity: str,
    der: bytes,
    cpo_name: str,
    root: Callable[[], x509.Certificate | None],
    now: datetime,
) -> str | None:
    """Why a certificate that a handshake has verified does not speak for this identity; None if it does. `root`: our
    own authority's certificate; `cpo_name`: whom those of foreign ones must name; empty: anybody."""
    c = certificate.c
    columns = select(c.charge_point_id, c.status, c.status_at, c.not_after)
    issued = (await db.execute(columns.where(c.fingerprint == certificates.fingerprint(der)))).one_or_none()
    if issued is None:
        return certificates.foreign_trouble(der, {identity, of.serial or identity}, cpo_name, root())
    if issued.charge_point_id != of.charge_point_id:
        return "the certificate is another charge point's"
    return certificates.status_trouble(issued.status, issued.status_at, issued.not_after, now)
