"""Images that charge points can be told to install, and how that went. The images lie in the data folder
(api/firmware_updates.py).
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, Select, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain.errors import Conflict, NotFound
from csms.store.tables import charge_point, firmware_image, firmware_update

MOST_IMAGES = 20
_KEPT = 20  # of one charge point
_MOST_STEPS = 50
_NOT_ASKED = "NotAsked"
_OVER = ("Installed", "InstallationFailed")

i, u = firmware_image.c, firmware_update.c


@dataclass(frozen=True, slots=True)
class Image:
    """Field names are those of the HTTP API."""

    id: int
    file_name: str
    size_bytes: int
    sha256: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class Step:
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class FirmwareUpdate:
    """Field names are those of the HTTP API. `status`: Requested, then as the charge point tells, or NotAsked."""

    id: int
    charge_point: str
    source: str
    image_id: int | None
    requested_at: datetime
    retrieve_at: datetime
    status: str
    steps: Sequence[Step]


_IMAGES = select(i.id, i.file_name, i.size_bytes, i.sha256, i.uploaded_at)


async def add_image(db: AsyncConnection, file_name: str, size_bytes: int, sha256: str, now: datetime) -> Image:
    there = (await db.execute(select(func.count()).select_from(firmware_image))).scalar_one()
    if there >= MOST_IMAGES:
        raise Conflict(f"there are {there} images already: delete one that is not needed any more")
    row = {"file_name": file_name, "size_bytes": size_bytes, "sha256": sha256, "uploaded_at": now}
    image_id = (await db.execute(insert(firmware_image).values(row).returning(i.id))).scalar_one()
    return await image(db, image_id)


async def images(db: AsyncConnection) -> Sequence[Image]:
    """Newest first."""
    return [Image(*row) for row in await db.execute(_IMAGES.order_by(i.id.desc()))]


async def image(db: AsyncConnection, image_id: int) -> Image:
    row = (await db.execute(_IMAGES.where(i.id == image_id))).one_or_none()
    if row is None:
        raise NotFound(f"there is no image {image_id}")
    return Image(*row)


async def delete_image(db: AsyncConnection, image_id: int) -> None:
    await image(db, image_id)
    await db.execute(delete(firmware_image).where(i.id == image_id))


async def opened(db: AsyncConnection, token: str, now: datetime) -> Image | None:
    """The image that this token opens now."""
    there = _IMAGES.join_from(firmware_image, firmware_update)
    row = (await db.execute(there.where(u.token_digest == _digest(token), u.expires_at > now))).one_or_none()
    return None if row is None else Image(*row)


async def request(
    db: AsyncConnection,
    charge_point_id: int,
    image_id: int | None,
    source: str,
    token: str | None,
    retrieve_at: datetime,
    expires_at: datetime,
    now: datetime,
) -> int:
    row = {
        "charge_point_id": charge_point_id,
        "image_id": image_id,
        "source": source,
        "token_digest": None if token is None else _digest(token),
        "requested_at": now,
        "retrieve_at": retrieve_at,
        "expires_at": expires_at,
        "status": "Requested",
        "steps": "[]",
    }
    update_id = int((await db.execute(insert(firmware_update).values(row).returning(u.id))).scalar_one())
    old = select(u.id).where(u.charge_point_id == charge_point_id).order_by(u.id.desc()).offset(_KEPT)
    gone = list((await db.execute(old)).scalars())
    if gone:
        await db.execute(delete(firmware_update).where(u.id.in_(gone)))
    return update_id


async def not_asked(db: AsyncConnection, update_id: int) -> None:
    await db.execute(update(firmware_update).where(u.id == update_id).values(status=_NOT_ASKED, token_digest=None))


async def told(db: AsyncConnection, charge_point_id: int, status: str, at: datetime) -> str | None:
    """The charge point says how it goes with what it was told to install last, and heard of: the image, or where
    it lies. None if that is over, or it says again what it has said.
    """
    asked = (u.charge_point_id == charge_point_id, u.status != _NOT_ASKED)
    newest = select(u.id, u.source, u.status, u.steps).where(*asked)
    row = (await db.execute(newest.order_by(u.id.desc()).limit(1))).one_or_none()
    if row is None or row.status in (*_OVER, status):
        return None
    steps = [*json.loads(row.steps), [status, at.isoformat()]][-_MOST_STEPS:]
    values = {"status": status, "steps": json.dumps(steps)}
    await db.execute(update(firmware_update).where(u.id == row.id).values(values))
    return str(row.source)


async def page(db: AsyncConnection, identity: str) -> Sequence[FirmwareUpdate]:
    """Newest first."""
    rows = await db.execute(_UPDATES.where(charge_point.c.identity == identity).order_by(u.id.desc()))
    return [_view(row) for row in rows]


async def find(db: AsyncConnection, update_id: int) -> FirmwareUpdate:
    return _view((await db.execute(_UPDATES.where(u.id == update_id))).one())


_UPDATES: Select[tuple[object, ...]] = select(
    u.id, charge_point.c.identity, u.source, u.image_id, u.requested_at, u.retrieve_at, u.status, u.steps
).join_from(firmware_update, charge_point)


def _view(row: Row[tuple[object, ...]]) -> FirmwareUpdate:
    said = [Step(status, datetime.fromisoformat(at)) for status, at in json.loads(row.steps)]
    when = (row.requested_at, row.retrieve_at)
    return FirmwareUpdate(row.id, row.identity, row.source, row.image_id, *when, row.status, said)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
