"""The corrections of a bill: what was billed stays, and beside it stands what was put right."""

from collections.abc import Sequence

from fastapi import APIRouter

from csms.api.deps import Db, Managed, RowId
from csms.domain.errors import NotFound
from csms.store import correction_list, transactions
from csms.store.correction_list import BookedCorrection

router = APIRouter(prefix="/api/sessions", tags=["sessions"])


@router.get("/{transaction_id}/corrections")
async def everything(transaction_id: RowId, db: Db, managed: Managed) -> Sequence[BookedCorrection]:
    """Oldest first."""
    if await transactions.session(db, transaction_id, sites=managed) is None:
        raise NotFound(f"there is no session {transaction_id}")
    return await correction_list.of_session(db, transaction_id)
