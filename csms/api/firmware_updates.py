"""Firmware: images that operators upload, charge points that are told to install one, and what they say of it.

An image is fetched over plain HTTP GET from an address that is made for one charge point: who holds it may fetch, for
a week from when the charge point is to come for it. An image that lies elsewhere is named by its own address.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from pydantic import Field, StringConstraints, field_validator, model_validator
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException

from csms.api.charge_points import Named, own
from csms.api.deps import Db, Managed, Operator, RowId, Wired
from csms.api.forms import Form, Moment
from csms.api.shield import IMAGES_PATH, MAX_UPLOAD_BYTES
from csms.commands.update_firmware import update_firmware
from csms.domain.errors import CommandFailed, NoAnswer, NotFound, Unusable
from csms.domain.locations import without_password
from csms.store import firmware_updates
from csms.store.firmware_updates import FirmwareUpdate, Image
from ocppj import log

_log = log.get(__name__)
router = APIRouter(tags=["firmware"])

LIFETIME = timedelta(days=7)
_SCHEMES = ("http", "https", "ftp", "ftps", "sftp")
_FETCH_PATH = "/api/firmware/"

FileName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$")]


class UpdateForm(Form):
    """One of our images, or where another one lies. `retrieve_at`: not before then; none: now."""

    image_id: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = None
    location: Annotated[str, StringConstraints(max_length=500, pattern=r"^[!-~]+$")] | None = None
    retrieve_at: Moment | None = None
    retries: Annotated[int, Field(ge=0, le=100)] = 3
    retry_interval_s: Annotated[int, Field(ge=0, le=86_400)] = 60

    @field_validator("location")
    @classmethod
    def _is_an_address(cls, value: str | None) -> str | None:
        if value is not None:
            parts = urlsplit(value)
            _ = parts.port  # ValueError, if it is no number
            if parts.scheme not in _SCHEMES or not parts.hostname:
                raise ValueError(f"an address begins with one of {', '.join(_SCHEMES)}:// and names a host")
        return value

    @model_validator(mode="after")
    def _names_one(self) -> Self:
        if (self.image_id is None) == (self.location is None):
            raise ValueError("an image_id or a location, and not both")
        return self


@router.post(IMAGES_PATH, status_code=201)
async def upload(
    request: Request, of: Wired, by: Operator, file_name: Annotated[FileName, Query()] = "firmware.bin"
) -> Image:
    """The image is the body, as it is: at most 20 MB. The last part of its address will be `file_name`."""
    folder = _folder(of)
    folder.mkdir(mode=0o700, exist_ok=True)
    draft, digest, size = folder / f"{secrets.token_hex(8)}.part", hashlib.sha256(), 0
    try:
        with await asyncio.to_thread(draft.open, "xb") as target:
            async for chunk in request.stream():
                size += len(chunk)
                if size > MAX_UPLOAD_BYTES:
                    raise HTTPException(413, f"at most {MAX_UPLOAD_BYTES} bytes")
                digest.update(chunk)
                await asyncio.to_thread(target.write, chunk)
        if size == 0:
            raise Unusable("the image is empty: send it as the body of this request")

        async def keep(db: AsyncConnection) -> Image:
            kept = await firmware_updates.add_image(db, file_name, size, digest.hexdigest(), of.clock())
            draft.replace(folder / str(kept.id))
            return kept

        image = await of.writer.write(keep)
    finally:
        draft.unlink(missing_ok=True)
    _log.info("firmware.uploaded", image=image.id, file_name=file_name, bytes=size, by=by.id)
    return image


@router.get(IMAGES_PATH)
async def images(db: Db, by: Operator) -> Sequence[Image]:
    """Newest first; they are everybody's who looks after charge points."""
    return await firmware_updates.images(db)


@router.delete(f"{IMAGES_PATH}/{{image_id}}", status_code=204)
async def delete(image_id: RowId, of: Wired, by: Operator) -> None:
    """Who has not fetched it yet finds nothing any more."""
    await of.writer.write(lambda db: firmware_updates.delete_image(db, image_id))
    (_folder(of) / str(image_id)).unlink(missing_ok=True)
    _log.info("firmware.deleted", image=image_id, by=by.id)


@router.post("/api/charge-points/{identity}/firmware-updates", status_code=202)
async def ask(
    identity: Named, form: UpdateForm, request: Request, of: Wired, by: Operator, managed: Managed
) -> FirmwareUpdate:
    """UpdateFirmware: fetch an image and install it. The charge point waits for its sessions to end; how it goes it
    tells later: see the list of updates.
    """
    now = of.clock()
    retrieve_at = form.retrieve_at or now
    token = None if form.image_id is None else secrets.token_urlsafe(24)

    async def note(db: AsyncConnection) -> tuple[int, str]:
        point = await own(db, managed, identity)
        if form.image_id is not None:
            name = (await firmware_updates.image(db, form.image_id)).file_name
            base = of.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
            source, location = name, f"{base}{_FETCH_PATH}{token}/{name}"
        else:
            assert form.location is not None  # the form has one or the other
            source, location = without_password(form.location), form.location
        update_id = await firmware_updates.request(
            db, point.id, form.image_id, source, token, retrieve_at, max(now, retrieve_at) + LIFETIME, now
        )
        return update_id, location

    update_id, location = await of.writer.write(note)
    try:
        await update_firmware(
            of.bus, identity, location, retrieve_at, retries=form.retries, retry_interval_s=form.retry_interval_s
        )
    except NoAnswer:
        raise  # it may have begun: what it says is kept
    except CommandFailed:
        await of.writer.write(lambda db: firmware_updates.not_asked(db, update_id))
        raise
    _log.info("firmware.update_asked", charge_point=identity, update=update_id, by=by.id)
    async with of.database.read() as db:
        return await firmware_updates.find(db, update_id)


@router.get("/api/charge-points/{identity}/firmware-updates")
async def everything(identity: Named, db: Db, managed: Managed) -> Sequence[FirmwareUpdate]:
    """Newest first; the last twenty are kept."""
    await own(db, managed, identity)
    return await firmware_updates.page(db, identity)


@router.get(f"{_FETCH_PATH}{{token}}/{{file_name}}", response_class=FileResponse)
async def fetch(
    token: Annotated[str, InPath(max_length=64)], file_name: Annotated[str, InPath(max_length=100)], of: Wired
) -> FileResponse:
    """Where a charge point fetches the image it was told to install."""
    async with of.database.ask() as db:
        image = await firmware_updates.opened(db, token, of.clock())
    path = None if image is None else _folder(of) / str(image.id)
    if image is None or path is None or not path.is_file():
        raise NotFound("no image is to be fetched here")
    _log.info("firmware.fetched", image=image.id, bytes=image.size_bytes)
    return FileResponse(path, media_type="application/octet-stream", filename=image.file_name)


def _folder(of: Wired) -> Path:
    return of.settings.data_dir / "firmware"
