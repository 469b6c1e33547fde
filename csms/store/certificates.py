"""Certificates of charge points that our own authority has issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.certificates import ACCEPTED, ISSUED, REPLACED, REVOKED
from csms.domain.errors import NotFound
from csms.store.tables import certificate, charge_point, charge_point_security

c = certificate.c
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class CertificateView:
    """Field names are those of the HTTP API."""

    id: int
    serial_number: str
    subject: str
    fingerprint: str
    issued_at: datetime
    not_before: datetime
    not_after: datetime
    status: str  # Issued, Accepted, Rejected, Replaced, Revoked
    status_at: datetime


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks for a certificate: its identity, the serial number it told, by which way it is connected."""

    identity: str
    serial: str | None
    via: str | None


_COLUMNS = (
    c.id, c.serial_number, c.subject, c.fingerprint, c.issued_at, c.not_before, c.not_after, c.status, c.status_at
)  # fmt: skip


async def asker(db: AsyncConnection, charge_point_id: int) -> Asker:
    p = charge_point.c
    row = (await db.execute(select(p.identity, p.serial, p.connected_via).where(p.id == charge_point_id))).one()
    return Asker(*row)


async def is_identity(db: AsyncConnection, name: str) -> bool:
    return (await db.execute(select(charge_point.c.id).where(charge_point.c.identity == name))).first() is not None


async def issued_since(db: AsyncConnection, charge_point_id: int, since: datetime) -> int:
    some = select(func.count()).where(c.charge_point_id == charge_point_id, c.issued_at >= since)
    return (await db.execute(some)).scalar_one()


async def add(
    db: AsyncConnection,
    charge_point_id: int,
    fingerprint: str,
    serial_number: str,
    subject: str,
    not_before: datetime,
    not_after: datetime,
    now: datetime,
) -> int:
    row = {
        "charge_point_id": charge_point_id,
        "fingerprint": fingerprint,
        "serial_number": serial_number,
        "subject": subject,
        "issued_at": now,
        "not_before": not_before,
        "not_after": not_after,
        "status": ISSUED,
        "status_at": now,
    }
    return int((await db.execute(insert(certificate).values(row).returning(c.id))).scalar_one())


async def told(db: AsyncConnection, certificate_id: int, status: str, now: datetime) -> None:
    """What the charge point answered; nothing if an operator was quicker, or it has come by it already."""
    still = update(certificate).where(c.id == certificate_id, c.status == ISSUED)
    await db.execute(still.values(status=status, status_at=now))


async def used(db: AsyncConnection, charge_point_id: int, fingerprint: str, now: datetime) -> None:
    """It has come by this one: it has it, and those before it are replaced."""
    mine = (c.charge_point_id == charge_point_id,)
    row = (await db.execute(select(c.id, c.status).where(*mine, c.fingerprint == fingerprint))).one_or_none()
    if row is None or row.status not in (ISSUED, ACCEPTED):
        return
    if row.status == ISSUED:
        await told(db, row.id, ACCEPTED, now)
    older = update(certificate).where(*mine, c.id < row.id, c.status.in_((ISSUED, ACCEPTED)))
    await db.execute(older.values(status=REPLACED, status_at=now))


async def may_have_one(db: AsyncConnection, charge_point_id: int, now: datetime) -> bool:
    good = (c.charge_point_id == charge_point_id, c.status.in_((ISSUED, ACCEPTED)), c.not_after > now)
    return (await db.execute(select(c.id).where(*good).limit(1))).first() is not None


async def ending(db: AsyncConnection, before: datetime) -> Sequence[str]:
    """Identities of those connected by a certificate whose newest one that they have ends before that moment: of one
    that was issued it is not known whether it arrived."""
    p, s = charge_point.c, charge_point_security.c
    by_certificate = (p.connected_via == "direct", s.profile == 3, c.status == ACCEPTED)
    joined = select(p.identity).join_from(charge_point, certificate).join(charge_point_security)
    newest = func.max(c.not_after) < before
    return list((await db.execute(joined.where(*by_certificate).group_by(p.identity).having(newest))).scalars())


async def of_charge_point(db: AsyncConnection, charge_point_id: int) -> Sequence[CertificateView]:
    """Newest first."""
    mine = select(*_COLUMNS).where(c.charge_point_id == charge_point_id).order_by(c.id.desc()).limit(_SHOWN)
    return [CertificateView(*row) for row in await db.execute(mine)]


async def revoke(db: AsyncConnection, charge_point_id: int, certificate_id: int, now: datetime) -> CertificateView:
    """NotFound if it is not this charge point's. Again changes nothing."""
    mine = (c.id == certificate_id, c.charge_point_id == charge_point_id)
    if (await db.execute(select(c.id).where(*mine))).first() is None:
        raise NotFound(f"there is no certificate {certificate_id} here")
    done = update(certificate).where(*mine, c.status != REVOKED)
    await db.execute(done.values(status=REVOKED, status_at=now))
    return CertificateView(*(await db.execute(select(*_COLUMNS).where(*mine))).one())
