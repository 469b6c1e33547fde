"""May this card charge? OCPP 1.6 §4.1, §4.8, §7.2; what the charge point does with the answer is its own matter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Status = Literal["Accepted", "Blocked", "Expired", "Invalid"]


@dataclass(frozen=True, slots=True)
class Card:
    id_tag: str  # canonical
    user_id: int
    blocked: bool
    expires_at: datetime | None
    valid_from: datetime | None = None
    parent_id_tag: str | None = None  # canonical
    site_id: int | None = None  # the page of this site's controller starts with it, and it is good there alone


@dataclass(frozen=True, slots=True)
class Verdict:
    status: Status
    expires_at: datetime | None = None
    parent_id_tag: str | None = None


def canonical(id_tag: str) -> str:
    """The form in which idTags are kept and compared: they are case-insensitive (OCPP 1.6 errata 3.58)."""
    return id_tag.upper()


def decide(card: Card | None, at: datetime) -> Verdict:
    if card is None:
        return Verdict("Invalid")
    if card.blocked or (card.valid_from is not None and at < card.valid_from):
        return Verdict("Blocked", parent_id_tag=card.parent_id_tag)
    if card.expires_at is not None and card.expires_at <= at:
        return Verdict("Expired", card.expires_at, card.parent_id_tag)
    return Verdict("Accepted", card.expires_at, card.parent_id_tag)
