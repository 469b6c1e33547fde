"""May this card charge now: what the card says, and whether its owner can pay. Who pays is the card's word alone."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import authorization
from csms.domain.authorization import Verdict
from csms.handlers.arrival import Terms
from csms.store import cards, holds
from ocppj.v16 import IdTagInfo


@dataclass(frozen=True, slots=True)
class Permission:
    verdict: Verdict
    payer: int | None  # None: the card is nobody's, or its owner has not charged

    @property
    def id_tag_info(self) -> IdTagInfo:
        return IdTagInfo(self.verdict.status, self.verdict.expires_at)


async def judge(db: AsyncConnection, id_tag: str, at: datetime, terms: Terms) -> Permission:
    card = await cards.find(db, id_tag)
    verdict = authorization.decide(card, at=at)
    if card is None or verdict.status != "Accepted":
        return Permission(verdict, None)
    if terms.stop_when_credit_runs_out and await holds.left_cents(db, card.user_id) <= 0:
        verdict = Verdict("Blocked")
    return Permission(verdict, card.user_id)
