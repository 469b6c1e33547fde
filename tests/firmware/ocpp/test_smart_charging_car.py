"""Smart Charging with the whole firmware on the bench: what the central system sets reaches the pilot."""
import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from ocpp.exceptions import PropertyConstraintViolationError
from ocpp.v16 import call, call_result

from hardware.bench.charge_point import ChargePoint, Options, Plug
from hardware.bench.world import World
from tests.firmware.central_system import CARD, CentralSystem, central_system

pytestmark = pytest.mark.story

KEY = "00112233445566778899aabbccddeeff00112233"
Profile = dict[str, Any]


@pytest.fixture
async def system() -> AsyncIterator[CentralSystem]:
    async with central_system() as running:
        running.answers["Authorize"] = lambda **_: call_result.Authorize({"status": "Accepted"})
        yield running


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path) as running:
        yield running


async def started(system: CentralSystem, world: World, **changes: Any) -> ChargePoint:
    usual = {"identity": "CP1", "url": system.url, "authorization_key": KEY, "stalls": False, "meter_wh": 1000}
    charge_point = await world.add(Options(**usual | changes))
    await system.wait_for("StatusNotification", connector_id=1, status="Available")
    return charge_point


def profile(purpose: str, *limits: float, every_s: int = 3600, **changes: Any) -> Profile:
    made = {
        "charging_profile_id": 1, "stack_level": 0, "charging_profile_purpose": purpose,
        "charging_profile_kind": "Relative", "charging_schedule": {
            "charging_rate_unit": "A", "charging_schedule_period": [
                {"start_period": i * every_s, "limit": limit} for i, limit in enumerate(limits)]}}
    return made | changes


async def put(system: CentralSystem, connector_id: int, made: Profile) -> str:
    answer = await system.call(call.SetChargingProfile(connector_id=connector_id, cs_charging_profiles=made))
    return str(answer.status)


async def clear(system: CentralSystem, **fields: Any) -> str:
    return str((await system.call(call.ClearChargingProfile(**fields))).status)


def offered_a(charge_point: ChargePoint, connector_id: int = 1) -> float:
    duty = charge_point.board.connector(connector_id).duty
    return 0.0 if duty == 1.0 else round(duty * 60, 1)


async def until_offered(charge_point: ChargePoint, *amperes: float, within_s: float = 1.0) -> None:
    """`amperes` of connector 1, 2, …"""
    def now() -> tuple[float, ...]:
        return tuple(offered_a(charge_point, i + 1) for i in range(len(amperes)))

    try:
        async with asyncio.timeout(within_s):
            while now() != amperes:   # noqa: ASYNC110  (the bench's state is not ours to signal)
                await asyncio.sleep(0.02)
    except TimeoutError:
        raise AssertionError(f"{now()} A offered, not {amperes}, after {within_s} s") from None


async def tapped(charge_point: ChargePoint, card: str = CARD) -> None:
    reader = charge_point.board.reader
    assert reader
    looks = reader.vain_looks
    async with asyncio.timeout(10):
        while reader.card is not None or reader.vain_looks < looks + 2:   # noqa: ASYNC110
            await asyncio.sleep(0.02)
    charge_point.tap(card)


async def test_rules_79_and_85_a_default_limits_the_pilot_before_and_during_a_transaction(
    system: CentralSystem, world: World,
) -> None:
    """OCTT 056, 082, 067; Current.Offered, pause and resumption."""
    charge_point = await started(system, world)
    assert await put(system, 0, profile("TxDefaultProfile", 16)) == "Accepted"
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    await system.wait_for("StatusNotification", status="Charging")
    assert offered_a(charge_point) == 16.0
    assert await put(system, 0, profile("TxDefaultProfile", 10.5)) == "Accepted"
    await until_offered(charge_point, 10.5)
    await system.call(call.TriggerMessage(requested_message="MeterValues", connector_id=1))
    values = (await system.wait_for("MeterValues"))["meter_value"][0]["sampled_value"]
    assert [v["value"] for v in values if v["measurand"] == "Current.Offered"] == ["10.5"]
    assert await put(system, 1, profile("TxDefaultProfile", 5.9, charging_profile_id=2)) == "Accepted"
    await until_offered(charge_point, 0)
    await system.wait_for("StatusNotification", status="SuspendedEVSE", within_s=10)
    assert not charge_point.board.connector(1).contactor.closed
    assert await clear(system, id=2) == "Accepted"
    await until_offered(charge_point, 10.5)
    await system.wait_for("StatusNotification", status="Charging", count=2)
    assert await clear(system, id=2) == "Unknown"
    assert await clear(system) == "Accepted"
    await until_offered(charge_point, 32, within_s=7)   # a car may take five seconds to follow each change
    with pytest.raises(PropertyConstraintViolationError):
        await put(system, 2, profile("TxDefaultProfile", 16))
    assert len(system.all("StartTransaction")) == 1
    assert not system.all("StopTransaction")


async def test_rules_78_82_and_87_a_tx_profile_limits_its_transaction_by_the_second(
    system: CentralSystem, world: World,
) -> None:
    """OCTT 057, 058, 066, 072."""
    charge_point = await started(system, world)
    assert await put(system, 1, profile("TxProfile", 10, transaction_id=42)) == "Rejected"
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    await system.wait_for("StatusNotification", status="Charging")
    assert await put(system, 1, profile("TxProfile", 10, transaction_id=41)) == "Rejected"
    assert await put(system, 0, profile("TxProfile", 10, transaction_id=42)) == "Rejected"
    begins = datetime.now(UTC) - timedelta(seconds=4)   # the charge point's clock may be seconds behind
    steps = profile("TxProfile", 20, 13, every_s=12, transaction_id=42, charging_profile_kind="Absolute")
    steps["charging_schedule"] |= {"start_schedule": begins.strftime("%Y-%m-%dT%H:%M:%SZ"), "duration": 60}
    assert await put(system, 1, steps) == "Accepted"
    await until_offered(charge_point, 20)
    await put(system, 1, profile("TxProfile", 25, charging_profile_id=2, transaction_id=42, valid_from=(
        begins + timedelta(hours=1)).isoformat(), stack_level=1))
    await put(system, 0, profile("ChargePointMaxProfile", 18, charging_profile_id=3))
    answer = await system.call(call.GetCompositeSchedule(connector_id=1, duration=30, charging_rate_unit="A"))
    schedule = answer.charging_schedule
    assert (answer.status, schedule["duration"]) == ("Accepted", 30)
    assert [p["limit"] for p in schedule["charging_schedule_period"]] == [18.0, 13.0]
    assert 1 <= schedule["charging_schedule_period"][1]["start_period"] <= 12
    assert (await system.call(call.GetCompositeSchedule(connector_id=5, duration=30))).status == "Rejected"
    await until_offered(charge_point, 13, within_s=15)   # by itself, when its time has come
    assert (datetime.now(UTC) - begins).total_seconds() >= 11
    await tapped(charge_point)
    await system.wait_for("StopTransaction")
    charge_point.unplug(1)
    await system.wait_for("StatusNotification", connector_id=1, status="Available", count=2)
    charge_point.plug(1, Plug())
    await tapped(charge_point)
    await system.wait_for("StartTransaction", count=2)
    await until_offered(charge_point, 18, within_s=2)   # the station's limit stays, the transaction's is gone


async def test_rules_86_and_89_a_remote_starts_profile_ends_with_it_and_a_default_survives_a_power_cut(
    system: CentralSystem, world: World,
) -> None:
    """OCTT 059, 060."""
    charge_point = await started(system, world)
    await put(system, 1, profile("TxDefaultProfile", 14, charging_profile_id=7))

    async def start(made: Profile) -> str:
        return str((await system.call(call.RemoteStartTransaction(
            id_tag="APP", connector_id=1, charging_profile=made))).status)

    async def expected_a() -> float:
        schedule = (await system.call(call.GetCompositeSchedule(connector_id=1, duration=60))).charging_schedule
        return float(schedule["charging_schedule_period"][0]["limit"])

    await system.call(call.ChangeConfiguration(key="AuthorizeRemoteTxRequests", value="true"))
    accept = system.answers["Authorize"]
    system.answers["Authorize"] = lambda **_: call_result.Authorize({"status": "Blocked"})
    assert await start(profile("TxProfile", 9)) == "Accepted"
    async with asyncio.timeout(5):
        while not any("remote_start.refused" in line for line in charge_point.console):   # noqa: ASYNC110
            await asyncio.sleep(0.02)
    assert await expected_a() == 14.0   # with the refused idTag its profile goes
    system.answers["Authorize"] = accept
    await system.call(call.ChangeConfiguration(key="AuthorizeRemoteTxRequests", value="false"))
    assert await start(profile("TxDefaultProfile", 9)) == "Rejected"
    assert await start(profile("TxProfile", 9, transaction_id=4)) == "Rejected"
    assert await start(profile("TxProfile", 9)) == "Accepted"
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", status="Charging")
    assert offered_a(charge_point) == await expected_a() == 9.0
    await charge_point.power(False)
    charge_point.unplug(1)
    await charge_point.power(True)
    assert (await system.wait_for("StopTransaction"))["reason"] == "PowerLoss"
    charge_point.plug(1, Plug())
    await tapped(charge_point)
    await system.wait_for("StatusNotification", status="Charging", count=2)
    assert offered_a(charge_point) == 14.0


async def test_rule_81_two_cars_share_the_stations_limit(system: CentralSystem, world: World) -> None:
    charge_point = await started(system, world, board="esp32_s3_devkitc_1")
    await put(system, 0, profile("ChargePointMaxProfile", 32))
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    await system.wait_for("StatusNotification", connector_id=1, status="Charging")
    await until_offered(charge_point, 32, 0, within_s=8)
    charge_point.plug(2, Plug())
    await tapped(charge_point, "04BBBBBBBBBBBB")
    await system.wait_for("StatusNotification", connector_id=2, status="Charging", within_s=15)
    await until_offered(charge_point, 16, 16, within_s=8)
    await put(system, 0, profile("ChargePointMaxProfile", 11.9))
    await until_offered(charge_point, 11.9, 0, within_s=8)
    await system.wait_for("StatusNotification", connector_id=2, status="SuspendedEVSE", within_s=10)
    charge_point.unplug(1)
    await until_offered(charge_point, 0, 11.9, within_s=8)
    await system.wait_for("StatusNotification", connector_id=2, status="Charging", count=2, within_s=15)
