"""How the centre itself is: versions, what waits in its queues, its sites and whether they can be reached."""

import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version

from fastapi import APIRouter, Request
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.adoption import ocpp_url
from csms.api.deps import Db, Limit, Managed, Offset, Wired
from csms.api.pagination import Paged
from csms.store import audit, counts, site_heads, site_links
from csms.store.audit import AuditHead
from csms.store.site_heads import SiteHead
from csms.store.site_links import SiteLink

router = APIRouter(tags=["health"])


@dataclass(frozen=True, slots=True)
class System:
    version: str
    python: str
    database: str  # with its version
    database_bytes: int | None  # none: it does not say
    now: datetime
    relays: bool  # events are on their way
    mail: bool  # a mail server is set
    payments: bool  # a payment provider is set
    public_url: str
    ocpp_url: str  # where charge points connect; their identity comes behind it
    counts: dict[str, int]  # what there is now, of the whole centre
    sites: Sequence[SiteLink]
    audit: AuditHead | None  # to note down elsewhere: who writes the log anew cannot make it again


@router.get("/api/system/heads")
async def heads(paged: Paged, db: Db, managed: Managed, limit: Limit = 50, offset: Offset = 0) -> Sequence[SiteHead]:
    """What the running hashes of controllers' books are at, as they told when they last compared them with ours."""
    page, total = await site_heads.page(db, managed, limit, offset)
    paged(total, limit, offset)
    return page


@router.get("/api/system")
async def system(request: Request, of: Wired, db: Db, managed: Managed) -> System:
    """For those who run it. Sites are those that one manages."""
    database, size = await _database(db)
    return System(
        version=_version(),
        python=platform.python_version(),
        database=database,
        database_bytes=size,
        now=of.clock(),
        relays=of.relays(),
        mail=of.mailer is not None,
        payments=of.payments is not None,
        public_url=of.settings.public_url,
        ocpp_url=ocpp_url(of, request),
        counts=await counts.now(db),
        sites=await site_links.everything(db, managed),
        audit=await audit.head(db),
    )


async def _database(db: AsyncConnection) -> tuple[str, int | None]:
    if db.dialect.name != "sqlite":
        told = (await db.exec_driver_sql("SHOW server_version")).scalar_one()
        size = (await db.exec_driver_sql("SELECT pg_database_size(current_database())")).scalar_one()
        return f"PostgreSQL {told}", int(size)
    told = (await db.exec_driver_sql("SELECT sqlite_version()")).scalar_one()
    pages = (await db.exec_driver_sql("PRAGMA page_count")).scalar_one()
    each = (await db.exec_driver_sql("PRAGMA page_size")).scalar_one()
    return f"SQLite {told}", int(pages) * int(each)


def _version() -> str:
    try:
        return version("bollard")
    except PackageNotFoundError:
        return "from its sources"
