"""Diagnostics and logs: ask a charge point for a file, take it in, hand it out.

The file comes over plain HTTP PUT or POST to an address that is made for it: who holds the address may send, for a day.
"""

import asyncio
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Request
from fastapi import Path as InPath
from fastapi.responses import FileResponse
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.exceptions import HTTPException

from csms.api.charge_points import Named, own
from csms.api.deps import Db, Managed, RowId, Wired
from csms.api.forms import Form, Moment
from csms.api.shield import MAX_UPLOAD_BYTES, UPLOADS_PATH
from csms.commands.get_diagnostics import get_diagnostics
from csms.commands.get_log import get_log
from csms.domain.errors import CommandFailed, NotFound
from csms.store import uploads
from csms.store.uploads import UploadView
from ocppj import log

_log = log.get(__name__)
router = APIRouter(tags=["diagnostics and logs"])

LIFETIME = timedelta(days=1)
_UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Wanted(Form):
    kind: Literal["Diagnostics", "DiagnosticsLog", "SecurityLog"] = "Diagnostics"
    since: Moment | None = None
    until: Moment | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """`status`: Requested, NothingToSend, or what GetLog answered."""

    upload_id: int
    status: str
    file_name: str | None


@router.post("/api/charge-points/{identity}/uploads", status_code=202)
async def ask(identity: Named, form: Wanted, request: Request, of: Wired, managed: Managed) -> Asked:
    """Ask for a file: GetDiagnostics, or GetLog for a log. It comes later; see the list of uploads."""
    async with of.database.ask() as db:
        point = await own(db, managed, identity)
    token = secrets.token_urlsafe(24)
    now = of.clock()

    async def note(db: AsyncConnection) -> tuple[int, Sequence[int]]:
        return await uploads.request(db, point.id, form.kind, token, now + LIFETIME, now)

    upload_id, gone = await of.writer.write(note)
    for old in gone:
        _file(of, old).unlink(missing_ok=True)
    base = of.settings.public_url.rstrip("/") or str(request.base_url).rstrip("/")
    location = f"{base}{UPLOADS_PATH}{token}"
    try:
        if form.kind == "Diagnostics":
            name = await get_diagnostics(of.bus, identity, location, start_at=form.since, stop_at=form.until)
            status = "Requested" if name else "NothingToSend"
        else:
            answer = await get_log(
                of.bus, identity, form.kind, upload_id, location, oldest_at=form.since, latest_at=form.until
            )
            name, status = answer.filename, "Requested" if answer.status != "Rejected" else "Rejected"
    except CommandFailed:
        await of.writer.write(lambda db: uploads.named(db, upload_id, None, "NotAsked"))
        raise
    # It may have begun already: only a refusal changes the status.
    final = None if status == "Requested" else status
    await of.writer.write(lambda db: uploads.named(db, upload_id, name, final))
    return Asked(upload_id, status, name)


@router.get("/api/charge-points/{identity}/uploads")
async def everything(identity: Named, db: Db, managed: Managed) -> Sequence[UploadView]:
    """Newest first; the last twenty are kept."""
    await own(db, managed, identity)
    return await uploads.page(db, identity)


@router.get("/api/charge-points/{identity}/uploads/{upload_id}/file", response_class=FileResponse)
async def file(identity: Named, upload_id: RowId, of: Wired, db: Db, managed: Managed) -> FileResponse:
    """The file as it came. A browser saves it: it is no page of ours."""
    await own(db, managed, identity)
    found = await uploads.find(db, identity, upload_id)
    path = _file(of, upload_id)
    if not path.is_file():
        raise NotFound("this file has not come")
    name = _UNSAFE.sub("_", found.file_name or f"{identity}-{upload_id}.txt")[-100:]
    return FileResponse(path, media_type="application/octet-stream", filename=name)


Token = Annotated[str, InPath(max_length=64)]
FileName = Annotated[str, InPath(max_length=255)]


@router.put(f"{UPLOADS_PATH}{{token}}", status_code=201)
@router.post(f"{UPLOADS_PATH}{{token}}", status_code=201)
async def receive(token: Token, request: Request, of: Wired) -> dict[str, int]:
    """Where a charge point sends the file it was asked for. Sending again replaces what came before."""
    return await _receive(token, None, request, of)


@router.put(f"{UPLOADS_PATH}{{token}}/{{file_name}}", status_code=201)
@router.post(f"{UPLOADS_PATH}{{token}}/{{file_name}}", status_code=201)
async def receive_named(token: Token, file_name: FileName, request: Request, of: Wired) -> dict[str, int]:
    """The same, for charge points that put the file's name behind the address."""
    return await _receive(token, file_name, request, of)


async def _receive(token: str, file_name: str | None, request: Request, of: Wired) -> dict[str, int]:
    async with of.database.ask() as db:
        upload_id = await uploads.awaited(db, token, of.clock())
    if upload_id is None:
        raise NotFound("no file is awaited here")
    path = _file(of, upload_id)
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}.part")
    path.parent.mkdir(mode=0o700, exist_ok=True)
    size = 0
    try:
        with await asyncio.to_thread(draft.open, "wb") as target:
            async for chunk in request.stream():
                size += len(chunk)
                if size > MAX_UPLOAD_BYTES:
                    raise HTTPException(413, f"at most {MAX_UPLOAD_BYTES} bytes")
                await asyncio.to_thread(target.write, chunk)
        await asyncio.to_thread(draft.replace, path)
    finally:
        draft.unlink(missing_ok=True)
    await of.writer.write(lambda db: uploads.received(db, upload_id, file_name, size, of.clock()))
    _log.info("upload.received", upload=upload_id, bytes=size)
    return {"size_bytes": size}


def _file(of: Wired, upload_id: int) -> Path:
    return of.settings.data_dir / "uploads" / str(upload_id)
