"""The list the CSMS sends: in versions, all or nothing, and above what was seen of a card before."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from msgspec import Raw

from local_controller import local_list
from local_controller.authorization import Authorization, id_tag_info
from local_controller.errors import StoreError
from local_controller.local_list import LocalList
from local_controller.payloads import IdTagInfo
from local_controller.store import Store
from ocppj import list_digest
from ocppj.errors import PropertyConstraintViolation
from ocppj.v16 import SendLocalList, decode_request
from tests.local_controller.central import Central
from tests.local_controller.running import Running, running
from tests.local_controller.waiting import eventually

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    store = await Store.open(tmp_path / "site.db")
    yield store
    await store.close()


@pytest.fixture
async def cards(store: Store, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[LocalList]:
    monkeypatch.setattr(local_list, "MOST_A_MESSAGE", 3)
    cards = LocalList(store, lambda: NOW)
    await cards.load()
    yield cards
    await cards.close()


def sending(version: int, kind: str, *entries: str | dict[str, Any]) -> SendLocalList:
    """Plain names are Accepted; one that begins with "-" is to be removed."""
    rows: list[dict[str, Any]] = []
    for entry in entries:
        if isinstance(entry, dict):
            rows.append(entry)
        elif entry.startswith("-"):
            rows.append({"idTag": entry[1:]})
        else:
            rows.append({"idTag": entry, "idTagInfo": {"status": "Accepted"}})
    payload = {"listVersion": version, "updateType": kind, "localAuthorizationList": rows}
    request: SendLocalList = decode_request("SendLocalList", Raw(msgspec.json.encode(payload)))  # type: ignore[assignment]
    return request


def held(cards: LocalList) -> set[str]:
    return set(cards._cards)


async def again(cards: LocalList, store: Store) -> LocalList:
    """As the next start finds it."""
    loaded = LocalList(store, lambda: NOW)
    await loaded.load()
    await loaded.close()
    return loaded


async def test_versions_go_up_and_a_difference_adds_changes_and_removes(cards: LocalList, store: Store) -> None:
    assert (cards.version, len(cards)) == (0, 0)
    assert await cards.send(sending(4, "Full", "A", "B")) == "Accepted"
    assert await cards.send(sending(4, "Differential", "C")) == "VersionMismatch"
    assert await cards.send(sending(3, "Differential", "C")) == "VersionMismatch"
    change = sending(5, "Differential", "-a", {"idTag": "B", "idTagInfo": {"status": "Blocked"}}, "C")
    assert await cards.send(change) == "Accepted"
    for known in (cards, await again(cards, store)):
        assert (known.version, held(known)) == (5, {"b", "c"})
        found = known.get("b")
        assert found is not None
        assert found.status == "Blocked"
    assert await cards.send(sending(1, "Full")) == "Accepted"  # a full one may begin anew
    assert (cards.version, len(cards)) == (1, 0)


@pytest.mark.parametrize("version", [0, -1])
async def test_versions_that_mean_something_else_are_no_versions(cards: LocalList, version: int) -> None:
    with pytest.raises(PropertyConstraintViolation):
        await cards.send(sending(version, "Full", "A"))


@pytest.mark.parametrize("entries", [("A", "a"), ("A", "-B"), ("A", "B", "C", "D")], ids=["twice", "bare", "too many"])
async def test_a_bad_list_leaves_the_old_one(cards: LocalList, entries: tuple[str, ...]) -> None:
    await cards.send(sending(1, "Full", "OLD"))
    assert await cards.send(sending(2, "Full", *entries)) == "Failed"
    assert (cards.version, held(cards)) == (1, {"old"})


async def test_a_list_in_pieces_counts_when_it_is_whole_and_not_before(cards: LocalList, store: Store) -> None:
    await cards.send(sending(1, "Full", "OLD"))
    assert await cards.send(sending(2, "Full", "A", "B", "C")) == "Accepted"
    assert (cards.version, held(cards)) == (2, {"old"})
    assert held(await again(cards, store)) == {"old"}
    assert await cards.send(sending(3, "Differential", "D", "E", "F")) == "Accepted"
    assert held(cards) == {"old"}
    assert await cards.send(sending(4, "Differential", "G")) == "Accepted"
    for known in (cards, await again(cards, store)):
        assert (known.version, held(known)) == (4, set("abcdefg"))


async def test_a_list_that_was_cut_off_leaves_the_old_one(cards: LocalList, store: Store) -> None:
    await cards.send(sending(1, "Full", "OLD"))
    await cards.send(sending(2, "Full", "A", "B", "C"))
    cards.interrupted()
    assert (cards.version, held(cards)) == (1, {"old"})
    assert await cards.send(sending(2, "Full", "X")) == "Accepted"  # nothing of A, B, C is left to come up again
    assert held(await again(cards, store)) == {"x"}
    assert await cards.send(sending(3, "Full", "D", "E", "F")) == "Accepted"
    assert await cards.send(sending(4, "Differential")) == "Accepted"
    assert held(await again(cards, store)) == {"d", "e", "f"}


async def test_a_list_that_ends_with_a_full_message_counts_after_a_while(
    cards: LocalList, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_list, "SETTLE_S", 0.01)
    await cards.send(sending(1, "Full", "A", "B", "C"))
    await eventually("settled", lambda: held(cards) == {"a", "b", "c"})
    assert cards.version == 1


async def test_rows_of_old_lists_go(cards: LocalList, store: Store) -> None:
    for version in range(1, 6):
        await cards.send(sending(version, "Full", f"A{version}", "B"))

    async def rows() -> bool:
        return await store.read("SELECT count(*) FROM local_list") == [(2,)]

    await eventually("swept", rows)


async def test_a_disk_that_is_full_leaves_the_old_list(
    cards: LocalList, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    await cards.send(sending(1, "Full", "OLD"))

    async def full(job: Any) -> Any:
        raise StoreError("not committed: database or disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(store, "write", full)
        assert await cards.send(sending(2, "Full", "A")) == "Failed"
        assert await cards.send(sending(2, "Differential", "A")) == "Failed"
    assert (cards.version, held(cards)) == (1, {"old"})
    assert await cards.send(sending(2, "Differential", "A")) == "Accepted"


async def test_the_list_beats_what_was_seen_and_what_leaves_it_is_forgotten(cards: LocalList, store: Store) -> None:
    decisions = Authorization(store, cards)
    decisions.remember("SEEN", IdTagInfo("Accepted"), NOW)
    await cards.send(sending(1, "Full", {"idTag": "SEEN", "idTagInfo": {"status": "Blocked"}}, "B"))
    assert decisions.decide("seen", NOW).status == "Blocked"
    decisions.remember("B", IdTagInfo("Blocked"), NOW)  # only the list may change the list
    assert decisions.decide("B", NOW).status == "Accepted"
    await cards.send(sending(2, "Differential", "-SEEN", "-B"))
    assert decisions.decide("SEEN", NOW).status == "Invalid"  # not what was seen before it was in the list
    later = Authorization(store, cards)
    await later.load()
    assert len(decisions) == len(later) == 0


async def test_unknown_cards_go_by_the_policy_and_refused_ones_never(cards: LocalList, store: Store) -> None:
    old = {"status": "Accepted", "expiryDate": "2026-03-01T11:00:00Z"}
    lost = {"status": "Blocked"}
    await cards.send(sending(1, "Full", {"idTag": "OLD", "idTagInfo": old}, {"idTag": "LOST", "idTagInfo": lost}))
    strict, lenient = Authorization(store, cards), Authorization(store, cards, accept_unknown=True)
    for decisions, unknown in ((strict, "Invalid"), (lenient, "Accepted")):
        decisions.remember("REFUSED", IdTagInfo("Invalid"), NOW)
        asked = ["OLD", "LOST", "REFUSED", "STRANGER"]
        assert [decisions.decide(tag, NOW).status for tag in asked] == ["Expired", "Blocked", "Invalid", unknown]


async def test_the_digest_is_of_the_content_alone(cards: LocalList) -> None:
    until = {"status": "Accepted", "expiryDate": "2026-03-02T00:00:00Z", "parentIdTag": "Fleet"}
    await cards.send(sending(7, "Full", {"idTag": "b", "idTagInfo": until}, "A"))
    at = datetime(2026, 3, 2, tzinfo=UTC)
    same = [("A", "Accepted", None, None), ("B", "Accepted", at, "FLEET")]
    assert await cards.digest() == list_digest.digest_of(same)
    for entry in (("C", "Accepted", None, None), ("A", "Blocked", None, None), ("A", "Accepted", at, None)):
        assert await cards.digest() != list_digest.digest_of([entry, same[1]])
    assert await cards.digest() != list_digest.digest_of([same[0], ("B", "Accepted", at + timedelta(seconds=1), "x")])


async def test_over_the_controllers_own_connection_and_used_when_it_is_cut(
    tmp_path: Path, site: Running, central: Central
) -> None:
    await central.connected("demo-site")
    told = await central.ask("demo-site", "GetConfiguration", key=["SendLocalListMaxLength", "nothing"])
    assert told["configurationKey"] == [{"key": "SendLocalListMaxLength", "readonly": True, "value": "2000"}]
    assert told["unknownKey"] == ["nothing"]
    member = {"status": "Accepted", "parentIdTag": "FLEET", "expiryDate": "2199-01-01T00:00:00Z"}
    sent = await central.ask(
        "demo-site", "SendLocalList", listVersion=3, updateType="Full",
        localAuthorizationList=[{"idTag": "04A1B2C3", "idTagInfo": member}],
    )  # fmt: skip
    assert sent == {"status": "Accepted"}
    assert await central.ask("demo-site", "GetLocalListVersion") == {"listVersion": 3}
    await site.log_in()
    shown = (await site.web.get("/api/status")).json()["cards"]
    assert (shown["version"], shown["entries"], shown["unknown"]) == (3, 1, "refuse")
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await central.stop()
        views = site.site.state.views
        await eventually("the loss is seen", lambda: not views[charge_point.identity].northbound)
        for tag, info in (("04a1b2c3", member), ("FFFFFFFF", {"status": "Invalid"})):
            assert (await charge_point.call("Authorize", idTag=tag))["idTagInfo"] == info
            start = {"connectorId": 1, "idTag": tag, "timestamp": "2026-03-01T10:00:00Z", "meterStart": 0}
            assert (await charge_point.call("StartTransaction", start))["idTagInfo"] == info


async def test_a_connection_lost_in_the_middle_of_a_list_leaves_the_old_one(
    tmp_path: Path, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local_list, "MOST_A_MESSAGE", 1)
    async with running(tmp_path / "site", central) as site:
        one = [{"idTag": "A", "idTagInfo": {"status": "Accepted"}}]
        asked = {"updateType": "Full", "localAuthorizationList": one}
        await central.connected("demo-site")
        assert await central.ask("demo-site", "SendLocalList", listVersion=9, **asked) == {"status": "Accepted"}
        assert site.site._list.version == 9
        await central.stop()
        await eventually("dropped", lambda: site.site._list.version == 0)


def test_a_verdict_is_told_as_far_as_it_goes() -> None:
    assert id_tag_info(local_list.Verdict("Blocked")) == {"status": "Blocked"}
