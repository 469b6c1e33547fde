"""The site's limit reaches its charge points: lowered first, raised when there is room, kept over links and lives."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from local_controller import site_limit
from local_controller.config import Power
from tests.local_controller.central import Central
from tests.local_controller.running import Running, running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import ChargePoint, start_of, stop_of

OWN = "demo-site"


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(site_limit, "LOOK_S", 0.02)
    monkeypatch.setattr(site_limit, "ASK_AGAIN_S", 0.1)


def ordered(limit: float, profile_id: int = 1, level: int = 0) -> dict[str, Any]:
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": limit}]}
    profile = {
        "chargingProfileId": profile_id, "stackLevel": level, "chargingProfilePurpose": "ChargePointMaxProfile",
        "chargingProfileKind": "Absolute", "chargingSchedule": schedule,
    }  # fmt: skip
    return {"connectorId": 0, "csChargingProfiles": profile}


def shares(charge_point: ChargePoint) -> list[float]:
    """The shares it was given, in order."""
    return [
        payload["csChargingProfiles"]["chargingSchedule"]["chargingSchedulePeriod"][0]["limit"]
        for action, payload in charge_point.asked
        if action == "SetChargingProfile"
    ]


async def has(charge_point: ChargePoint, share_a: float) -> None:
    await eventually(f"{charge_point.identity} has {share_a} A, not {shares(charge_point)}",
                     lambda: shares(charge_point)[-1:] == [share_a])  # fmt: skip


async def two(site: Running, stack: AsyncExitStack) -> tuple[ChargePoint, ChargePoint]:
    first = await stack.enter_async_context(await site.adopt("S1"))
    second = await stack.enter_async_context(await site.adopt("S2"))
    for charge_point in (first, second):
        await charge_point.boot()
    return first, second


async def test_the_order_of_the_central_system_is_shared_and_lifted(site: Running, central: Central) -> None:
    async with AsyncExitStack() as stack:
        first, second = await two(site, stack)
        assert await central.ask(OWN, "SetChargingProfile", **ordered(30)) == {"status": "Accepted"}
        await has(first, 15)
        await has(second, 15)
        [(_, cleared), (_, given)] = [asked for asked in first.asked if "ChargingProfile" in asked[0]]
        assert cleared == {"connectorId": 0, "chargingProfilePurpose": "ChargePointMaxProfile"}
        assert given["connectorId"] == 0
        ours = (await first.call("StartTransaction", start_of()))["transactionId"]
        await has(first, 30)
        await has(second, 0)
        await first.call("StopTransaction", stop_of(ours))
        await has(first, 15)
        composite = await central.ask(OWN, "GetCompositeSchedule", connectorId=0, duration=60)
        assert composite["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 30.0}]
        await site.log_in()
        shown = (await site.web.get("/api/status")).json()["power"]
        assert shown == {"limit_a": 30, "shared_a": 30, "waiting": [], "building_a": None}
        # nobody else may give one of them more
        asked = await central.ask(first.identity, "SetChargingProfile", **ordered(32, 7, 9))
        assert asked == {"status": "Rejected"}
        assert await central.ask(OWN, "ClearChargingProfile", id=2) == {"status": "Unknown"}
        assert await central.ask(OWN, "ClearChargingProfile", id=1) == {"status": "Accepted"}
        await eventually("lifted", lambda: ("ClearChargingProfile", {"id": site_limit.PROFILE_ID}) in second.asked)
        asked = await central.ask(first.identity, "SetChargingProfile", **ordered(32, 7, 9))
        assert asked == {"status": "Accepted"}


async def test_a_raise_waits_for_the_decrease_to_be_confirmed(site: Running, central: Central) -> None:
    async with AsyncExitStack() as stack:
        first, second = await two(site, stack)
        await central.ask(OWN, "SetChargingProfile", **ordered(30))
        await has(first, 15)
        await has(second, 15)
        second.answers["SetChargingProfile"] = {"status": "Rejected"}
        await first.call("StartTransaction", start_of())
        await eventually("it was asked again and again", lambda: len(shares(second)) >= 4)
        assert shares(first)[-1] == 15  # of 30 A the other may still draw 15
        await site.log_in()
        assert (await site.web.get("/api/status")).json()["power"]["waiting"] == [second.identity]
        second.answers.clear()
        await has(first, 30)


async def test_who_is_away_keeps_its_share_and_who_was_never_heard_may_draw_all(
    tmp_path: Path, central: Central
) -> None:
    power = Power(limit_a=40)
    async with running(tmp_path / "site", central, power=power) as site, AsyncExitStack() as stack:
        first = await stack.enter_async_context(await site.adopt("S1"))
        await first.boot()
        await has(first, 32)
        async with await site.adopt("S2") as second:
            await second.boot()
            await has(first, 20)
            await has(second, 20)
        await first.call("StartTransaction", start_of())
        await eventually("the other is gone", lambda: not site.site.state.views[second.identity].connected)
        await site.log_in()
        assert (await site.web.get("/api/status")).json()["power"]["shared_a"] == 40
        assert shares(first)[-1] == 20
    # the next start knows it still
    async with running(tmp_path / "site", central, power=power) as site:
        first.url = site.url
        first.asked.clear()
        async with first:
            await first.boot()  # it may have lost its profiles
            await has(first, 20)


async def test_a_charge_point_whose_profiles_were_cleared_gets_its_share_again(site: Running, central: Central) -> None:
    async with AsyncExitStack() as stack:
        first, second = await two(site, stack)
        await central.ask(OWN, "SetChargingProfile", **ordered(30))
        await has(second, 15)
        before = len(shares(second))
        assert await central.ask(second.identity, "ClearChargingProfile") == {"status": "Accepted"}
        await eventually("again", lambda: len(shares(second)) > before)
        assert shares(second)[-1] == shares(first)[-1] == 15


async def test_the_lower_of_fuse_and_order_holds_and_what_is_no_limit_is_refused(
    tmp_path: Path, central: Central
) -> None:
    async with running(tmp_path / "site", central, power=Power(limit_a=20)) as site, await site.adopt() as only:
        await only.boot()
        await has(only, 20)
        for limit, share_a in ((12, 12), (32, 20)):
            assert await central.ask(OWN, "SetChargingProfile", **ordered(limit)) == {"status": "Accepted"}
            await has(only, share_a)
        wrong = ordered(10)
        wrong["csChargingProfiles"]["chargingProfilePurpose"] = "TxDefaultProfile"
        assert await central.ask(OWN, "SetChargingProfile", **wrong) == {"status": "Rejected"}
        assert shares(only)[-1] == 20


async def test_the_whole_site_closes_and_opens_and_who_was_away_follows(site: Running, central: Central) -> None:
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(await site.adopt("S1"))
        await first.boot()
        second = await site.adopt("S2")
        close = {"connectorId": 0, "type": "Inoperative"}
        assert await central.ask(OWN, "ChangeAvailability", **close) == {"status": "Scheduled"}
        assert ("ChangeAvailability", close) in first.asked
        async with second:
            await second.boot()
            await eventually("told when it came", lambda: ("ChangeAvailability", close) in second.asked)
            told = await eventually("told upwards", lambda: central.got("StatusNotification", OWN)[1:])
            assert (told[0]["connectorId"], told[0]["status"]) == (0, "Unavailable")
            again = await central.ask(OWN, "ChangeAvailability", connectorId=0, type="Operative")
            assert again == {"status": "Accepted"}
            one = await central.ask(OWN, "ChangeAvailability", connectorId=1, type="Operative")
            assert one == {"status": "Rejected"}


async def test_the_site_is_told_upwards_when_it_is_asked_for(site: Running, central: Central) -> None:
    await central.ask(OWN, "SetChargingProfile", **ordered(30))
    assert await central.ask(OWN, "TriggerMessage", requestedMessage="MeterValues") == {"status": "Accepted"}
    values = await central.wait_for("MeterValues")
    samples = {s["measurand"]: s["value"] for s in values["meterValue"][0]["sampledValue"]}
    assert (values["connectorId"], samples) == (0, {"Power.Active.Import": "0", "Current.Offered": "30"})
    told = await central.ask(OWN, "TriggerMessage", requestedMessage="FirmwareStatusNotification")
    assert told == {"status": "NotImplemented"}
