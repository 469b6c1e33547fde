"""The last verdict seen on a card, and what is forgotten first."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from local_controller import authorization
from local_controller.authorization import Authorization
from local_controller.local_list import LocalList
from local_controller.payloads import IdTagInfo
from local_controller.store import Store

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "site.db")
    yield store
    await store.close()


async def test_case_does_not_matter_and_the_last_verdict_counts(store: Store) -> None:
    cards = Authorization(store, LocalList(store, lambda: NOW))
    cards.remember("04aB", IdTagInfo("Accepted"), NOW)
    assert cards.decide("04AB", NOW).status == "Accepted"
    cards.remember("04AB", IdTagInfo("Blocked"), NOW)
    assert cards.decide("04ab", NOW).status == "Blocked"


async def test_a_card_expires(store: Store) -> None:
    cards = Authorization(store, LocalList(store, lambda: NOW))
    cards.remember("A", IdTagInfo("Accepted", NOW + timedelta(hours=1)), NOW)
    assert cards.decide("A", NOW).status == "Accepted"
    assert cards.decide("A", NOW + timedelta(hours=1)).status == "Expired"


async def test_a_moment_and_a_phone_are_not_remembered(store: Store) -> None:
    cards = Authorization(store, LocalList(store, lambda: NOW))
    cards.remember("A", IdTagInfo("ConcurrentTx"), NOW)
    cards.remember("08ABCDEF", IdTagInfo("Accepted"), NOW)
    assert cards.decide("A", NOW).status == cards.decide("08ABCDEF", NOW).status == "Invalid"


async def test_when_full_the_oldest_that_is_not_valid_goes_first(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(authorization, "CAPACITY", 3)
    cards = Authorization(store, LocalList(store, lambda: NOW))
    for number, (tag, status) in enumerate([("A", "Accepted"), ("B", "Blocked"), ("C", "Accepted"), ("D", "Accepted")]):
        cards.remember(tag, IdTagInfo(status), NOW + timedelta(seconds=number))
    cards.remember("E", IdTagInfo("Accepted"), NOW + timedelta(seconds=9))
    await store.write(lambda db: db.execute("SELECT 1"))
    again = Authorization(store, LocalList(store, lambda: NOW))
    await again.load()
    for known in (cards, again):
        decided = [known.decide(tag, NOW).status for tag in "ABCDE"]
        assert decided == ["Invalid", "Invalid", "Accepted", "Accepted", "Accepted"]
