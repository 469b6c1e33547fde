"""Cards: which idTag is whose."""

from collections.abc import Sequence
from datetime import UTC, datetime

from fastapi import APIRouter
from pydantic import AwareDatetime
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api.deps import Db, Operator, RowId, Wired
from csms.api.forms import Form, IdTag
from csms.domain.authorization import Card
from csms.store import cards, users
from csms.store.cards import CardView
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/cards", tags=["cards"])


class NewCard(Form):
    id_tag: IdTag
    user_id: RowId
    expires_at: AwareDatetime | None = None


@router.post("", status_code=201)
async def create(form: NewCard, of: Wired, by: Operator) -> Card:
    """Enrol a card. IdTags are compared without regard to case, and kept in upper case."""
    expires_at: datetime | None = form.expires_at and form.expires_at.astimezone(UTC)

    async def work(db: AsyncConnection) -> Card:
        await users.find(db, form.user_id)
        return await cards.create(db, form.id_tag, form.user_id, expires_at, of.clock())

    card = await of.writer.write(work)
    _log.info("card.enrolled", id_tag=log.short(card.id_tag), user=card.user_id, by=by.id)
    return card


@router.get("")
async def everything(db: Db, by: Operator) -> Sequence[CardView]:
    return await cards.everything(db)
