"""What a charge point and the centre have said to each other last."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query

from csms.api.charge_points import Named, own
from csms.api.deps import Db, Managed, Wired
from csms.message_log import Exchange

router = APIRouter(prefix="/api/charge-points/{identity}", tags=["operations"])


@router.get("/messages")
async def messages(
    identity: Named, of: Wired, db: Db, managed: Managed, after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0
) -> Sequence[Exchange]:
    """Newest first, the last 200 since the start of the centre; `after`: only those with a higher number."""
    await own(db, managed, identity)
    return of.message_log.of(identity, after)
