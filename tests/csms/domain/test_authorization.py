from datetime import UTC, datetime, timedelta

import pytest

from csms.domain.authorization import Card, canonical, decide

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("card", "status"),
    [
        (None, "Invalid"),
        (Card("A", 1, blocked=False, expires_at=None), "Accepted"),
        (Card("A", 1, blocked=True, expires_at=None), "Blocked"),
        (Card("A", 1, blocked=True, expires_at=NOON), "Blocked"),
        (Card("A", 1, blocked=False, expires_at=NOON), "Expired"),
        (Card("A", 1, blocked=False, expires_at=NOON + timedelta(seconds=1)), "Accepted"),
    ],
)
def test_a_card_is_judged_by_what_is_known_of_it(card: Card | None, status: str) -> None:
    assert decide(card, NOON).status == status


def test_id_tags_are_compared_without_regard_to_case() -> None:
    assert canonical("04a1b2C3") == canonical("04A1B2c3")
