"""What an administrator looks up of one person: how their money moved, their cards, the sites they manage."""

from collections.abc import Sequence

from fastapi import APIRouter, Response

from csms.api import etags
from csms.api.deps import Admin, Db, Limit, Offset, RowId
from csms.api.pagination import Paged
from csms.domain.authorization import Card
from csms.store import cards, ledger, site_operators, users
from csms.store.ledger import Movement
from csms.store.users import User

router = APIRouter(prefix="/api/users", tags=["users"])


@router.get("/{user_id}")
async def one(user_id: RowId, response: Response, db: Db, by: Admin) -> User:
    found = await users.find(db, user_id)
    response.headers["ETag"] = etags.tag(found)
    return found


@router.get("/{user_id}/movements")
async def movements(
    user_id: RowId, paged: Paged, db: Db, by: Admin, limit: Limit = 50, offset: Offset = 0
) -> Sequence[Movement]:
    """Newest first. Together they are the balance."""
    await users.find(db, user_id)
    page, total = await ledger.movements(db, user_id, limit, offset)
    paged(total, limit, offset)
    return page


@router.get("/{user_id}/cards")
async def their_cards(user_id: RowId, db: Db, by: Admin) -> Sequence[Card]:
    await users.find(db, user_id)
    return await cards.of_user(db, user_id)


@router.get("/{user_id}/sites")
async def their_sites(user_id: RowId, response: Response, db: Db, by: Admin) -> Sequence[int]:
    """Ids of the sites that an operator manages; of an administrator none, since it is every one."""
    found = await users.find(db, user_id)
    managed = sorted(await site_operators.sites_of(db, user_id, found.role) or ())
    response.headers["ETag"] = etags.tag(managed)
    return managed
