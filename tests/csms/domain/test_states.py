"""One word for a charge point: the table of what it follows from."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csms.domain.states import Availability, Facts, State, availability, state

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HEARTBEAT_S = 300
WELL: dict[str, Any] = {
    "dismissed": False,
    "online": True,
    "last_seen_at": NOW,
    "via_site": False,
    "site_reachable": True,
    "statuses": ["Available"],
    "running": False,
}
AWAY = {"online": False, "via_site": True, "site_reachable": False}


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, State.FREE),
        ({"dismissed": True}, State.DISMISSED),
        ({"last_seen_at": None, "online": False}, State.UNDEFINED),
        ({"statuses": [None]}, State.UNDEFINED),
        ({"statuses": ["Charging"], "running": True}, State.USED),
        ({"statuses": ["Preparing"]}, State.USED),
        ({"statuses": ["Finishing"]}, State.USED),
        ({"statuses": ["Reserved"]}, State.RESERVED),
        ({"statuses": ["Reserved", "Charging"]}, State.USED),
        ({"statuses": ["Charging", "Available"], "running": True}, State.FREE),
        ({"statuses": ["Faulted"]}, State.BROKEN),
        ({"statuses": ["Unavailable", "Faulted"]}, State.BROKEN),
        ({"last_seen_at": ago(901)}, State.BROKEN),
        ({"last_seen_at": ago(900)}, State.FREE),
        ({"last_seen_at": ago(899), "online": False}, State.FREE),
        ({"last_seen_at": ago(901), "online": False}, State.BROKEN),
        ({**AWAY}, State.SITE_NOT_REACHABLE),
        ({**AWAY, "last_seen_at": ago(99_999), "statuses": ["Charging"]}, State.SITE_NOT_REACHABLE),
        # its neighbours are there: it alone is gone
        ({**AWAY, "site_reachable": True, "last_seen_at": ago(901)}, State.BROKEN),
        ({**AWAY, "dismissed": True}, State.DISMISSED),
        ({"waits": True}, State.UNDEFINED),
        ({"waits": True, "running": True}, State.USED),
        ({"waits": True, "last_seen_at": ago(901)}, State.BROKEN),
        ({**AWAY, "waits": True}, State.SITE_NOT_REACHABLE),
    ],
)
def test_the_state_follows_from_the_facts(facts: dict[str, Any], expected: State) -> None:
    assert state(Facts(**{**WELL, **facts}), HEARTBEAT_S, NOW) is expected


STATUSES = [
    None, "Available", "Preparing", "Charging", "SuspendedEVSE", "SuspendedEV", "Finishing", "Reserved",
    "Unavailable", "Faulted",
]  # fmt: skip


@given(
    st.builds(
        Facts,
        dismissed=st.booleans(),
        online=st.booleans(),
        last_seen_at=st.none() | st.integers(0, 5000).map(ago),
        via_site=st.booleans(),
        site_reachable=st.booleans(),
        statuses=st.lists(st.sampled_from(STATUSES), max_size=4),
        running=st.booleans(),
        waits=st.booleans(),
    )
)
def test_what_is_told_free_has_a_free_connector_that_was_heard_of(facts: Facts) -> None:
    found = state(facts, HEARTBEAT_S, NOW)
    if found is State.FREE:
        assert "Available" in facts.statuses
        assert not facts.dismissed
        assert not facts.waits
        assert facts.last_seen_at is not None
        assert facts.last_seen_at >= ago(900)
    for status in facts.statuses:
        offered = availability(status, found)
        assert (offered is Availability.AVAILABLE) <= (status == "Available")
        if found in (State.BROKEN, State.DISMISSED, State.UNDEFINED):
            assert offered is Availability.INOPERATIVE


@pytest.mark.parametrize(
    ("status", "expected"),
    [("Available", "available"), ("Charging", "occupied"), ("Reserved", "occupied"), ("Unavailable", "inoperative"),
     ("Faulted", "inoperative"), (None, "inoperative")],
)  # fmt: skip
def test_the_three_words_of_a_connector(status: str | None, expected: str) -> None:
    assert availability(status, State.USED) == expected
