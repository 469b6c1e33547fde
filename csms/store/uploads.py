"""Files that charge points were asked to send. The rows are here, the files in the data folder (api/uploads.py)."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import NotFound
from csms.store.tables import charge_point, upload

DIAGNOSTICS = "Diagnostics"
_KEPT = 20  # of one charge point


@dataclass(frozen=True, slots=True)
class UploadView:
    """Field names are those of the HTTP API. `status`: Requested, then as the charge point tells."""

    id: int
    charge_point: str
    kind: str
    requested_at: datetime
    status: str
    file_name: str | None
    size_bytes: int | None
    received_at: datetime | None


_VIEWS = select(
    upload.c.id,
    charge_point.c.identity,
    upload.c.kind,
    upload.c.requested_at,
    upload.c.status,
    upload.c.file_name,
    upload.c.size_bytes,
    upload.c.received_at,
).join_from(upload, charge_point)


async def request(
    db: AsyncConnection, charge_point_id: int, kind: str, token: str, expires_at: datetime, now: datetime
) -> tuple[int, Sequence[int]]:
    """A file is to come with this token: its id, and the ids of old ones whose files can go."""
    row = {
        "charge_point_id": charge_point_id,
        "kind": kind,
        "token_digest": _digest(token),
        "requested_at": now,
        "expires_at": expires_at,
        "status": "Requested",
    }
    upload_id = int((await db.execute(insert(upload).values(row).returning(upload.c.id))).scalar_one())
    old = select(upload.c.id).where(upload.c.charge_point_id == charge_point_id).order_by(upload.c.id.desc())
    gone = [row_id for (row_id,) in await db.execute(old.offset(_KEPT))]
    if gone:
        await db.execute(delete(upload).where(upload.c.id.in_(gone)))
    return upload_id, gone


async def awaited(db: AsyncConnection, token: str, now: datetime) -> int | None:
    """The id of the upload that this token opens now; a charge point may try again until it expires."""
    mine = select(upload.c.id).where(upload.c.token_digest == _digest(token), upload.c.expires_at > now)
    upload_id: int | None = (await db.execute(mine)).scalar_one_or_none()
    return upload_id


async def received(
    db: AsyncConnection, upload_id: int, file_name: str | None, size_bytes: int, now: datetime
) -> None:
    values: dict[str, object] = {"size_bytes": size_bytes, "received_at": now}
    if file_name:
        values["file_name"] = file_name
    await db.execute(update(upload).where(upload.c.id == upload_id).values(values))


async def named(db: AsyncConnection, upload_id: int, file_name: str | None, status: str | None = None) -> None:
    """What the answer to the request said."""
    values = {"file_name": file_name, **({"status": status} if status else {})}
    await db.execute(update(upload).where(upload.c.id == upload_id).values(values))


async def told(db: AsyncConnection, charge_point_id: int, upload_id: int | None, status: str) -> bool:
    """A charge point says how it goes: with GetLog's request id, or, for diagnostics, about the newest one it owes.
    False if that is no upload of this charge point.
    """
    mine = upload.c.charge_point_id == charge_point_id
    if upload_id is None:
        newest = select(upload.c.id).where(mine, upload.c.kind == DIAGNOSTICS).order_by(upload.c.id.desc()).limit(1)
        upload_id = (await db.execute(newest)).scalar_one_or_none()
    done = await db.execute(update(upload).where(mine, upload.c.id == upload_id).values(status=status))
    return done.rowcount == 1


async def page(db: AsyncConnection, identity: str) -> Sequence[UploadView]:
    rows = await db.execute(_VIEWS.where(charge_point.c.identity == identity).order_by(upload.c.id.desc()))
    return [UploadView(*row) for row in rows]


async def find(db: AsyncConnection, identity: str, upload_id: int) -> UploadView:
    row = (
        await db.execute(_VIEWS.where(charge_point.c.identity == identity, upload.c.id == upload_id))
    ).one_or_none()
    if row is None:
        raise NotFound(f"{identity} has no upload {upload_id}")
    return UploadView(*row)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
