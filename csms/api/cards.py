"""Cards: which idTag is whose, when it is good, and how much it may take."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags
from csms.api.deps import Anyone, Db, Limit, Offset, Operator, RowId, Wired
from csms.api.forms import NO_CONTROLS, Form, IdTag, Moment
from csms.api.pagination import Paged
from csms.domain.authorization import Card, canonical
from csms.domain.budgets import Budget, Period
from csms.domain.errors import Conflict, NotFound, Unusable
from csms.store import budgets, cards, on_site, users
from csms.store.cards import CardView
from csms.store.users import User
from ocppj import log

_log = log.get(__name__)
router = APIRouter(prefix="/api/cards", tags=["cards"])

OfCard = Annotated[str, Path(min_length=1, max_length=20, pattern=NO_CONTROLS)]


class NewCard(Form):
    id_tag: IdTag
    user_id: RowId
    expires_at: Moment | None = None
    valid_from: Moment | None = None
    parent_id_tag: IdTag | None = None


class CardChange(Form):
    """What is left out stays; null takes a limit away."""

    blocked: bool | None = None
    expires_at: Moment | None = None
    valid_from: Moment | None = None
    parent_id_tag: IdTag | None = None


class BudgetForm(Form):
    period: Period
    most_wh: Annotated[int, Field(ge=0, le=10**10)] | None = None
    most_cents: Annotated[int, Field(ge=0, le=10**9)] | None = None


class Budgets(Form):
    budgets: Annotated[list[BudgetForm], Field(max_length=3)]


@dataclass(frozen=True, slots=True)
class Limits:
    budgets: Sequence[Budget]


@router.post("", status_code=201)
async def create(form: NewCard, of: Wired, by: Operator) -> Card:
    """Enrol a card. IdTags are compared without regard to case, and kept in upper case."""

    async def work(db: AsyncConnection) -> Card:
        await users.find(db, form.user_id)
        return await cards.create(
            db,
            form.id_tag,
            form.user_id,
            form.expires_at,
            of.clock(),
            valid_from=form.valid_from,
            parent_id_tag=form.parent_id_tag,
        )

    card = await of.writer.write(work)
    _log.info("card.enrolled", id_tag=log.short(card.id_tag), user=card.user_id, by=by.id)
    return card


@router.get("")
async def everything(
    paged: Paged, db: Db, by: Operator, limit: Limit = 1000, offset: Offset = 0
) -> Sequence[CardView]:
    page, total = await cards.everything(db, limit, offset)
    paged(total, limit, offset)
    return page


@router.get("/mine")
async def mine(db: Db, by: Anyone) -> Sequence[Card]:
    return await cards.of_user(db, by.id)


@router.patch("/{id_tag}")
async def change(
    id_tag: OfCard, form: CardChange, response: Response, of: Wired, by: Operator, if_match: etags.IfMatch = None
) -> Card:
    """Block it, let it go again, say when it is good and with which others it goes. Counts at the next tap."""
    facts: dict[str, object] = form.model_dump(exclude_unset=True)
    if facts.get("blocked", False) is None:
        raise Unusable("blocked is true or false")
    if form.parent_id_tag is not None:
        facts["parent_id_tag"] = canonical(form.parent_id_tag)

    async def work(db: AsyncConnection) -> Card:
        etags.must_match(if_match, etags.tag(await _found(db, id_tag)))
        if form.blocked is False and await on_site.is_replaced(db, id_tag):
            raise Conflict("this card was of a site's page, which has another one now: it stays blocked")
        return await cards.change(db, id_tag, facts)

    card = await of.writer.write(work)
    response.headers["ETag"] = etags.tag(card)
    _log.info("card.changed", id_tag=log.short(card.id_tag), what=sorted(facts), by=by.id)
    return card


@router.get("/{id_tag}")
async def one(id_tag: OfCard, response: Response, db: Db, by: Anyone) -> Card:
    """A driver sees their own cards."""
    card = await _seen_by(db, id_tag, by)
    response.headers["ETag"] = etags.tag(card)
    return card


@router.get("/{id_tag}/budgets")
async def limits(id_tag: OfCard, response: Response, db: Db, by: Anyone) -> Limits:
    """A driver sees those of their own cards."""
    await _seen_by(db, id_tag, by)
    found = Limits(await budgets.of_card(db, id_tag))
    response.headers["ETag"] = etags.tag(found)
    return found


@router.put("/{id_tag}/budgets")
async def set_limits(
    id_tag: OfCard, form: Budgets, response: Response, of: Wired, by: Operator, if_match: etags.IfMatch = None
) -> Limits:
    """These and no others; at most one a period. Nothing left of one: the card is refused, and charging ends."""
    wanted = [Budget(b.period, b.most_wh, b.most_cents) for b in form.budgets]
    if len({b.period for b in wanted}) != len(wanted):
        raise Unusable("there is one budget a period")

    async def work(db: AsyncConnection) -> Limits:
        card = await _found(db, id_tag)
        etags.must_match(if_match, etags.tag(Limits(await budgets.of_card(db, card.id_tag))))
        await budgets.put(db, card.id_tag, wanted)
        return Limits(await budgets.of_card(db, card.id_tag))

    put = await of.writer.write(work)
    response.headers["ETag"] = etags.tag(put)
    _log.info("card.budgets_set", id_tag=log.short(canonical(id_tag)), budgets=len(wanted), by=by.id)
    return put


async def _seen_by(db: AsyncConnection, id_tag: str, by: User) -> Card:
    card = await _found(db, id_tag)
    if by.role == "driver" and card.user_id != by.id:
        raise NotFound("there is no such card")
    return card


async def _found(db: AsyncConnection, id_tag: str) -> Card:
    card = await cards.find(db, id_tag)
    if card is None:
        raise NotFound("there is no such card")
    return card
