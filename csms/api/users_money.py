"""How a person's money moved, for the administrator who is asked about it."""

from collections.abc import Sequence

from fastapi import APIRouter

from csms.api.deps import Admin, Db, Limit, Offset, RowId
from csms.api.pagination import Paged
from csms.store import ledger, users
from csms.store.ledger import Movement

router = APIRouter(prefix="/api/users", tags=["users"])


@router.get("/{user_id}/movements")
async def movements(
    user_id: RowId, paged: Paged, db: Db, by: Admin, limit: Limit = 50, offset: Offset = 0
) -> Sequence[Movement]:
    """Newest first. Together they are the balance."""
    await users.find(db, user_id)
    page, total = await ledger.movements(db, user_id, limit, offset)
    paged(total, limit, offset)
    return page
