"""For those who run it: is it alive, can it do its work, what does it count, and who changed what."""

import asyncio
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Admin, Db, Limit, Offset, RemoteAddress, Wired
from csms.api.pagination import Paged
from csms.domain.errors import Forbidden
from csms.store import audit, counts
from csms.store.audit import AuditCheck, Change

router = APIRouter()
_WRITES_WITHIN_S = 2.0


@dataclass(frozen=True, slots=True)
class Ready:
    status: str
    checks: dict[str, str]


@router.get("/healthz", tags=["health"])
async def health(db: Db) -> dict[str, str]:
    """Alive, and the database answers."""
    await db.exec_driver_sql("SELECT 1")
    return {"status": "ok"}


@router.get("/readyz", tags=["health"], response_model=Ready)
async def ready(of: Wired, db: Db) -> Response:
    """Able to work: it reads, and it commits. 503 and the reason if not."""
    checks = {"read": "ok", "write": "ok", "outbox": "ok"}
    try:
        await db.exec_driver_sql("SELECT 1")
    except Exception as error:
        checks["read"] = type(error).__name__

    async def nothing(db: AsyncConnection) -> None:
        await db.exec_driver_sql("SELECT 1")

    try:
        async with asyncio.timeout(_WRITES_WITHIN_S):
            await of.writer.write(nothing)
    except Exception as error:
        checks["write"] = type(error).__name__
    if not of.relays():
        checks["outbox"] = "nobody tells what happens"
    good = set(checks.values()) == {"ok"}
    body = {"status": "ok" if good else "not ready", "checks": checks}
    return JSONResponse(body, 200 if good else 503)


@router.get("/metrics", tags=["health"], response_class=Response)
async def metrics(request: Request, of: Wired, db: Db, remote: RemoteAddress) -> Response:
    """For Prometheus: from this machine, or with the token of the setting metrics_token_file."""
    file = of.settings.metrics_token_file
    if file is None:
        if remote not in ("127.0.0.1", "::1"):
            raise Forbidden("metrics are for this machine only (setting metrics_token_file)")
    else:
        wanted = (await asyncio.to_thread(file.read_text)).strip()
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not wanted or not hmac.compare_digest(given.encode(), wanted.encode()):
            raise Forbidden("metrics need their token")
    return Response(of.metrics.text(await counts.now(db)), media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/api/audit/changes", tags=["audit"])
async def changes(
    paged: Paged,
    db: Db,
    by: Admin,
    user_id: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    path: Annotated[str | None, Query(max_length=300)] = None,
    limit: Limit = 100,
    offset: Offset = 0,
) -> Sequence[Change]:
    """Changes that operators and administrators made, newest first; `path`: those of what begins with it."""
    page, total = await audit.changes(db, limit, offset, user_id=user_id, path=path)
    paged(total, limit, offset)
    return page


@router.get("/api/audit/check", tags=["audit"])
async def check(db: Db, by: Admin) -> AuditCheck:
    """Walk the hashes of the audit log's rows: which rows were changed, deleted or put in."""
    return await audit.check(db)
