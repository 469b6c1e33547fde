"""May this card charge now: what the card says, what is left of its budgets, and whether its owner can pay.

Who pays is the card's word alone: a start that is refused for want of credit is still its owner's.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import authorization
from csms.domain.authorization import Verdict
from csms.handlers.arrival import Arrival
from csms.store import budgets, cards, charge_points, holds, on_site
from ocppj.v16 import IdTagInfo


@dataclass(frozen=True, slots=True)
class Permission:
    verdict: Verdict
    payer: int | None  # None: the card is nobody's, or its owner has not charged
    budgeted: bool = False

    @property
    def id_tag_info(self) -> IdTagInfo:
        return IdTagInfo(self.verdict.status, self.verdict.expires_at, self.verdict.parent_id_tag)


async def judge(db: AsyncConnection, id_tag: str, arrival: Arrival, started_at: datetime | None = None) -> Permission:
    """`started_at`: of a start that is told now, and may have been a while ago."""
    card = await cards.find(db, id_tag)
    if card is not None and card.site_id is not None:
        here = await charge_points.get(db, arrival.charge_point_id)
        card = card if card.site_id == here.site_id else None
    verdict = authorization.decide(card, at=arrival.received_at)
    if card is not None and verdict.status == "Blocked" and card.site_id is not None and started_at is not None:
        # Started at the site's page while this card still was the one to start with: its account pays.
        return Permission(verdict, card.user_id if await on_site.was_a_sites(db, id_tag, started_at) else None)
    if card is None or verdict.status != "Accepted":
        return Permission(verdict, None)
    limits = await budgets.of_card(db, id_tag)
    used_up = limits and await budgets.exceeded(db, id_tag, limits, arrival.received_at, arrival.charge_point_id)
    if used_up or (arrival.terms.stop_when_credit_runs_out and await holds.left_cents(db, card.user_id) <= 0):
        verdict = replace(verdict, status="Blocked")
    return Permission(verdict, card.user_id, bool(limits))
