"""Charging profiles: what the pilot offers is what the central system allows."""
from typing import Any

from tests.octt.cases import on_both
from tests.octt.script import Script, moment
from tests.octt.systems import CARD

BOARD_A = 32


def profile(number: int, purpose: str, *limits: tuple[int, float], level: int = 0, kind: str = "Absolute",
            duration_s: int | None = None, **more: Any) -> dict[str, Any]:
    """`limits`: (seconds from the start, amperes)."""
    schedule: dict[str, Any] = {
        "chargingRateUnit": "A",
        "chargingSchedulePeriod": [{"startPeriod": start_s, "limit": limit_a} for start_s, limit_a in limits],
    }
    if kind == "Absolute":
        schedule["startSchedule"] = moment(-1)
    if duration_s is not None:
        schedule["duration"] = duration_s
    return {"chargingProfileId": number, "stackLevel": level, "chargingProfilePurpose": purpose,
            "chargingProfileKind": kind, "chargingSchedule": schedule, **more}


async def installs(script: Script, charging_profile: dict[str, Any], connector_id: int = 1) -> str:
    return await script.asks("SetChargingProfile", connector_id=connector_id, cs_charging_profiles=charging_profile)


async def offers(script: Script, amperes: float) -> None:
    await script.until(f"{amperes} A", lambda: abs(script.offered_a() - amperes) < 0.2)


async def composite(script: Script, connector_id: int = 1, duration_s: int = 300) -> list[tuple[int, float]]:
    answer = await script.asks("GetCompositeSchedule", connector_id=connector_id, duration=duration_s,
                               charging_rate_unit="A")
    assert answer == "Accepted"
    assert answer.payload["connectorId"] == connector_id
    schedule = answer.payload["chargingSchedule"]
    assert schedule["chargingRateUnit"] == "A"
    return [(period["startPeriod"], period["limit"]) for period in schedule["chargingSchedulePeriod"]]


@on_both
async def test_tc_056_a_default_profile_holds_for_the_next_charge(script: Script) -> None:
    assert await installs(script, profile(1, "TxDefaultProfile", (0, 10), (100, 8))) == "Accepted"
    await script.starts_charging()
    await offers(script, 10)
    periods = await composite(script)
    assert periods[0] == (0, 10)
    assert any(abs(start_s - 97) <= 4 and limit_a == 8 for start_s, limit_a in periods[1:])
    await script.ends(status="Charging")


@on_both
async def test_tc_057_a_profile_for_the_running_charge(script: Script) -> None:
    transaction_id = await script.starts_charging()
    await offers(script, BOARD_A)
    assert await installs(script, profile(1, "TxProfile", (0, 9), transactionId=transaction_id)) == "Accepted"
    await offers(script, 9)
    assert (await composite(script))[0] == (0, 9)
    await script.ends(status="Charging")


@on_both
async def test_tc_058_1_a_profile_for_a_charge_where_there_is_none(script: Script) -> None:
    assert await installs(script, profile(1, "TxProfile", (0, 9))) == "Rejected"
    await script.ends(status="Available")


@on_both
async def test_tc_058_2_a_profile_for_another_charge(script: Script) -> None:
    transaction_id = await script.starts_charging()
    assert await installs(script, profile(1, "TxProfile", (0, 9), transactionId=transaction_id + 1000)) == "Rejected"
    await offers(script, BOARD_A)
    await script.ends(status="Charging")


@on_both
async def test_tc_059_a_remote_start_brings_its_profile(script: Script) -> None:
    charging_profile = profile(1, "TxProfile", (0, 7), kind="Relative")
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD,
                             charging_profile=charging_profile) == "Accepted"
    await script.shows("Preparing")
    await script.plug()
    await script.charging_begins(CARD)
    await offers(script, 7)
    assert (await composite(script))[0] == (0, 7)
    await script.ends(status="Charging")


@on_both
async def test_tc_060_a_remote_start_with_a_profile_of_another_purpose(script: Script) -> None:
    charging_profile = profile(1, "TxDefaultProfile", (0, 7), kind="Relative")
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD,
                             charging_profile=charging_profile) == "Rejected"
    await script.ends(status="Available")


@on_both
async def test_tc_066_the_schedule_of_all_profiles_together(script: Script) -> None:
    assert await installs(script, profile(1, "ChargePointMaxProfile", (0, 20), (60, 12)), connector_id=0) == "Accepted"
    assert await installs(script, profile(2, "TxDefaultProfile", (0, 14)), connector_id=1) == "Accepted"
    await script.starts_charging()
    await offers(script, 14)
    first, second, *_ = await composite(script)
    assert first == (0, 14)
    assert 50 <= second[0] <= 60
    assert second[1] == 12
    await script.ends(status="Charging")


@on_both
async def test_tc_067_cleared_profiles_limit_no_more(script: Script) -> None:
    assert await installs(script, profile(7, "TxDefaultProfile", (0, 10))) == "Accepted"
    await script.starts_charging()
    await offers(script, 10)
    assert await script.asks("ClearChargingProfile", id=8) == "Unknown"
    await offers(script, 10)
    assert await script.asks("ClearChargingProfile", id=7) == "Accepted"
    await offers(script, BOARD_A)
    assert await script.asks("ClearChargingProfile") == "Unknown"
    await script.ends(status="Charging")


@on_both
async def test_tc_072_the_higher_stack_level_holds_while_it_lasts(script: Script) -> None:
    await script.starts_charging()
    assert await installs(script, profile(1, "TxDefaultProfile", (0, 12), level=0)) == "Accepted"
    await offers(script, 12)
    assert await installs(script, profile(2, "TxDefaultProfile", (0, 8), level=1, duration_s=5)) == "Accepted"
    await offers(script, 8)
    first, second, *_ = await composite(script)
    assert first == (0, 8)
    assert second[1] == 12
    await offers(script, 12)   # it has run out
    await script.ends(status="Charging")


@on_both
async def test_tc_082_a_default_profile_holds_for_the_running_charge_too(script: Script) -> None:
    await script.starts_charging()
    await offers(script, BOARD_A)
    assert await installs(script, profile(1, "TxDefaultProfile", (0, 11)), connector_id=0) == "Accepted"
    await offers(script, 11)
    assert (await composite(script))[0] == (0, 11)
    await script.ends(status="Charging")
