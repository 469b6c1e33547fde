from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csms.domain.transactions import MAX_REGISTER_WH, Open, judge_start, judge_stop, most_energy_wh

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
LATER = START + timedelta(days=300)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
registers = st.integers(-(2**63), 2**63 - 1)


def running(**more: object) -> Open:
    return Open(**{"transaction_id": 7, "charge_point_id": 1, "started_at": START, "meter_start_wh": 1000, **more})  # type: ignore[arg-type]


@given(registers, moments, moments, st.none() | st.integers(1000, 400_000))
def test_no_stop_bills_less_than_nothing_or_more_than_meter_and_time_allow(
    meter_stop: int, stopped_at: datetime, received_at: datetime, last_register_wh: int | None
) -> None:
    verdict = judge_stop(running(last_register_wh=last_register_wh), 1, meter_stop, stopped_at, received_at)
    assert verdict.settle is not None  # whatever it said, the charge has ended
    energy_wh = verdict.settle.energy_wh
    assert 0 <= energy_wh <= max(most_energy_wh(START, min(stopped_at, received_at)), (last_register_wh or 0) - 1000)
    assert energy_wh == verdict.settle.meter_stop_wh - 1000
    assert (verdict.quarantine is None) == (
        energy_wh == meter_stop - 1000 and "stop_quarantined" not in verdict.settle.flags
    )


@given(st.integers(0, 22_000), st.integers(1, 48))
def test_an_honest_session_is_billed_as_its_meter_says(power_w: int, hours: int) -> None:
    end = START + timedelta(hours=hours)
    verdict = judge_stop(running(), 1, 1000 + power_w * hours, end, end + timedelta(days=2))
    assert verdict.quarantine is None
    assert verdict.settle is not None
    assert verdict.settle.energy_wh == power_w * hours


def test_a_clock_that_went_back_is_flagged_and_the_meter_believed() -> None:
    verdict = judge_stop(running(), 1, 5000, datetime(2000, 1, 1, tzinfo=UTC), LATER)
    assert verdict.settle is not None
    assert (verdict.settle.energy_wh, verdict.settle.flags) == (4000, ("clock_went_back",))


def test_a_stop_from_the_future_allows_no_more_energy() -> None:
    received_at = START + timedelta(hours=1)
    verdict = judge_stop(running(), 1, 10**9, START + timedelta(days=36500), received_at)
    assert verdict.quarantine is not None


def test_a_worthless_stop_is_billed_by_what_the_meter_had_shown() -> None:
    verdict = judge_stop(running(last_register_wh=3500), 1, 10, START + timedelta(hours=1), LATER)
    assert verdict.settle is not None
    assert (verdict.settle.energy_wh, verdict.settle.flags) == (2500, ("stop_quarantined",))
    assert verdict.quarantine == "meterStop 10 Wh is below meterStart 1000 Wh"


def test_nobody_stops_what_is_not_theirs_or_not_there() -> None:
    for known, reason in (
        (None, "no such transaction"),
        (running(charge_point_id=2), "transaction of another charge point"),
    ):
        verdict = judge_stop(known, 1, 2000, LATER, LATER)
        assert (verdict.settle, verdict.quarantine) == (None, reason)


def test_a_second_stop_changes_nothing() -> None:
    ended = running(ended_at=LATER, meter_stop_wh=2000)
    same = judge_stop(ended, 1, 2000, LATER, LATER)
    assert (same.settle, same.quarantine) == (None, None)
    other = judge_stop(ended, 1, 9000, LATER, LATER)
    assert (other.settle, other.quarantine) == (None, "transaction ended before, with other figures")


@pytest.mark.parametrize(
    ("connector_id", "meter_start", "opens"),
    [
        (1, 0, True),
        (2, MAX_REGISTER_WH, True),
        (0, 0, False),
        (99, 0, False),
        (1, -1, False),
        (1, MAX_REGISTER_WH + 1, False),
    ],
)
def test_a_start_needs_a_known_connector_and_a_register(connector_id: int, meter_start: int, opens: bool) -> None:
    assert (judge_start(connector_id, [1, 2], meter_start) is None) == opens
