"""Messages kept aside, for an operator to look at."""

from collections.abc import Sequence

from fastapi import APIRouter

from csms.api.deps import Db, Limit, Managed, Offset
from csms.api.pagination import Paged
from csms.store import quarantine
from csms.store.quarantine import Quarantined

router = APIRouter(prefix="/api/quarantine", tags=["quarantine"])


@router.get("")
async def everything(
    paged: Paged, db: Db, sites: Managed, limit: Limit = 50, offset: Offset = 0
) -> Sequence[Quarantined]:
    """Newest first; X-Total-Count says how many there are."""
    page, total = await quarantine.page(db, limit, offset, sites)
    paged(total, limit, offset)
    return page
