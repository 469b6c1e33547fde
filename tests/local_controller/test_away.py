"""The CSMS is away, or comes back."""

import asyncio
from pathlib import Path

import pytest

from local_controller import delivery, transaction_messages
from ocppj.errors import FormationViolation, InternalError
from tests.local_controller.central import Central
from tests.local_controller.running import Running, running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import CallError, ChargePoint, start_of, stop_of, values_of


async def gone(site: Running, central: Central, charge_point: ChargePoint) -> None:
    """End the central system and wait until the controller knows."""
    await central.stop()
    views = site.site.state.views
    await eventually("the loss is seen", lambda: not views[charge_point.identity].northbound)


async def test_what_a_charge_point_must_hear_is_answered_here(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await gone(site, central, charge_point)
        boot = await charge_point.boot()
        assert (boot["status"], boot["interval"]) == ("Accepted", 300)
        assert (await charge_point.call("Heartbeat"))["currentTime"].endswith("Z")
        status = {"connectorId": 1, "errorCode": "NoError", "status": "Preparing"}
        assert await charge_point.call("StatusNotification", status) == {}
        assert await charge_point.call("Authorize", idTag="A") == {"idTagInfo": {"status": "Invalid"}}
        with pytest.raises(CallError) as caught:
            await charge_point.call("DataTransfer", {"vendorId": "x"})
        assert caught.value.code == "GenericError"


async def test_a_charge_point_that_the_central_system_refused_is_not_accepted_behind_its_back(
    site: Running, central: Central
) -> None:
    central.answers["BootNotification"] = {"status": "Rejected", "currentTime": "2026-03-01T09:00:00Z", "interval": 30}
    async with await site.adopt() as charge_point:
        assert (await charge_point.boot())["status"] == "Rejected"
        await gone(site, central, charge_point)
        assert (await charge_point.boot())["status"] == "Rejected"


async def test_the_first_boot_of_a_charge_point_is_accepted_without_the_central_system(
    site: Running, central: Central
) -> None:
    await central.stop()
    async with await site.adopt() as charge_point:
        assert (await charge_point.boot())["status"] == "Accepted"
        await central.start()
        await eventually("introduced", lambda: central.got("BootNotification", charge_point.identity), 25)


async def test_on_return_the_boot_and_the_latest_status_of_each_connector_are_told(
    site: Running, central: Central
) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        for status in ("Available", "Preparing"):
            await charge_point.call("StatusNotification", connectorId=1, errorCode="NoError", status=status)
        await charge_point.call("StatusNotification", connectorId=0, errorCode="NoError", status="Available")
        await gone(site, central, charge_point)
        await charge_point.call("StatusNotification", connectorId=1, errorCode="NoError", status="Charging", extra=1)
        central.received.clear()
        await central.start()
        await eventually("both statuses", lambda: len(central.got("StatusNotification")) >= 2, 25)
        mine = [r for r in central.received if r.identity == charge_point.identity]
        assert [r.action for r in mine] == ["BootNotification", "StatusNotification", "StatusNotification"]
        told = [(r.payload["connectorId"], r.payload["status"]) for r in mine[1:]]
        assert told == [(0, "Available"), (1, "Charging")]
        assert mine[2].payload["extra"] == 1


async def test_a_charge_point_that_boots_itself_is_not_introduced_twice(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
    await eventually("the link is closed", lambda: charge_point.identity not in central.peers)
    async with charge_point:
        await charge_point.boot()
        await charge_point.call("StartTransaction", start_of())  # needs the introduction to be over
        await site.all_delivered()
    assert len(central.got("BootNotification", charge_point.identity)) == 2


async def test_a_charge_point_that_only_reconnects_is_introduced_by_the_controller(
    site: Running, central: Central
) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
    await eventually("the link is closed", lambda: charge_point.identity not in central.peers)
    async with charge_point:
        await eventually(
            "introduction", lambda: len(central.got("BootNotification", charge_point.identity)) == 2, within_s=5
        )


async def test_a_whole_transaction_without_the_central_system_is_delivered_later_in_order(
    site: Running, central: Central
) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        assert (await charge_point.call("Authorize", idTag="04A1B2C3"))["idTagInfo"]["status"] == "Accepted"
        await gone(site, central, charge_point)
        started = await charge_point.call("StartTransaction", start_of(id_tag="04a1b2c3"))
        assert started["idTagInfo"] == {"status": "Accepted"}
        ours = started["transactionId"]
        await charge_point.call("MeterValues", values_of(ours, 1500))
        await charge_point.call("MeterValues", values_of(ours, 2500, at="2026-03-01T10:31:00Z"))
        await charge_point.call("StopTransaction", stop_of(ours))
        await central.start()
        await site.all_delivered(within_s=25)
    kept = [r for r in central.received if r.action in {"StartTransaction", "MeterValues", "StopTransaction"}]
    assert [r.action for r in kept] == ["StartTransaction", "MeterValues", "MeterValues", "StopTransaction"]
    assert [r.payload.get("transactionId") for r in kept] == [None, 101, 101, 101]


async def test_what_a_charge_point_left_behind_arrives_without_it(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await gone(site, central, charge_point)
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        await charge_point.call("StopTransaction", stop_of(ours))
    await central.start()
    await site.all_delivered(within_s=25)
    assert (await central.wait_for("StopTransaction"))["transactionId"] == 101
    await eventually("its link is closed again", lambda: charge_point.identity not in central.peers)


@pytest.mark.parametrize(("verdict", "decision"), [("Accepted", "Accepted"), ("Blocked", "Blocked"), (None, "Invalid")])
async def test_the_last_verdict_on_a_card_decides(
    site: Running, central: Central, verdict: str | None, decision: str
) -> None:
    central.answers["Authorize"] = {"idTagInfo": {"status": verdict}}
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        if verdict:
            await charge_point.call("Authorize", idTag="CARD")
        await gone(site, central, charge_point)
        started = await charge_point.call("StartTransaction", start_of(id_tag="CARD"))
    assert started["idTagInfo"] == {"status": decision}


async def test_a_central_system_that_thinks_too_long_is_not_waited_for(
    site: Running, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transaction_messages, "START_ANSWER_S", 0.2)
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await charge_point.call("Authorize", idTag="04A1B2C3")
        central.fall_silent()
        started = await charge_point.call("StartTransaction", start_of())
        assert started["idTagInfo"] == {"status": "Accepted"}
        assert await site.waiting() == 1


async def test_a_refusal_that_comes_late_stops_the_charge(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await charge_point.call("Authorize", idTag="04A1B2C3")
        await gone(site, central, charge_point)
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        central.answers["StartTransaction"] = {"idTagInfo": {"status": "Blocked"}}
        await central.start()
        asked = await eventually("RemoteStop", lambda: charge_point.asked, 25)
        assert asked == [("RemoteStopTransaction", {"transactionId": ours})]
        assert "RemoteStopTransaction" not in {r.action for r in central.received}  # its answer does not leak
        again = await charge_point.call("StartTransaction", start_of())
        assert again == {"transactionId": ours, "idTagInfo": {"status": "Blocked"}}


async def test_a_late_refusal_waits_for_a_charge_point_that_is_away(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await charge_point.call("Authorize", idTag="04A1B2C3")
        await gone(site, central, charge_point)
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
    central.answers["StartTransaction"] = {"idTagInfo": {"status": "Invalid"}}
    await central.start()
    await site.all_delivered(within_s=25)
    async with charge_point:
        asked = await eventually("RemoteStop", lambda: charge_point.asked)
        assert asked == [("RemoteStopTransaction", {"transactionId": ours})]


async def test_a_refusal_in_time_is_the_answer_and_no_remote_stop(site: Running, central: Central) -> None:
    central.answers["StartTransaction"] = {"idTagInfo": {"status": "Blocked", "parentIdTag": "P"}, "vendor": 1}
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        started = await charge_point.call("StartTransaction", start_of())
        assert started["idTagInfo"] == {"status": "Blocked", "parentIdTag": "P"}
        assert started["vendor"] == 1
        await site.all_delivered()
        await charge_point.call("Heartbeat")
        assert charge_point.asked == []


async def test_a_message_that_the_central_system_calls_wrong_stands_aside_and_the_rest_goes_on(
    site: Running, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FIRST_WAIT_S", 0.01)
    central.answers["StartTransaction"] = FormationViolation("not liked")
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        await charge_point.call("StopTransaction", stop_of(ours))
        assert (await central.wait_for("StopTransaction"))["transactionId"] == -1
        await site.all_delivered()
    assert len(central.got("StartTransaction")) == delivery.MAX_REFUSALS
    await site.log_in()
    assert (await site.web.get("/api/status")).json()["quarantined"] == 1


async def test_a_central_system_that_fails_is_asked_again_with_the_same_bytes(
    site: Running, central: Central, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "FIRST_WAIT_S", 0.001)
    monkeypatch.setattr(delivery, "LONGEST_WAIT_S", 0.01)
    central.answers["StopTransaction"] = InternalError("the disk is full")
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        await charge_point.call("StopTransaction", stop_of(ours, extra={"a": 1}))
        await central.wait_for("StopTransaction", 12)
        assert await site.waiting() == 1
        central.answers.clear()
        await site.all_delivered()
    tries = [r.raw for r in central.received if r.action == "StopTransaction"]
    assert len(set(tries)) == 1


async def test_live_messages_do_not_wait_for_the_queue(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        await gone(site, central, charge_point)
        for number in range(100):
            at = f"2026-03-01T10:{number % 60:02}:00Z"
            await charge_point.call("MeterValues", values_of(ours, 1000 + number, at=at))
        central.received.clear()
        await central.start()
        await central.wait_for("MeterValues", within_s=25)
        await charge_point.call("Authorize", idTag="A")
        position = [r.action for r in central.received].index("Authorize")
        await site.all_delivered()
    assert position < 100
    values = [v["meterValue"][0]["sampledValue"][0]["value"] for v in central.got("MeterValues")]
    assert values == [str(1000 + number) for number in range(100)]


async def test_a_restart_remembers_what_was_confirmed_seen_and_said(tmp_path: Path, central: Central) -> None:
    data = tmp_path / "site"
    async with running(data, central) as site:
        charge_point = await site.adopt()
        async with charge_point:
            await charge_point.boot()
            await charge_point.call("Authorize", idTag="04A1B2C3")
            await charge_point.call("StatusNotification", connectorId=1, errorCode="NoError", status="Charging")
            await gone(site, central, charge_point)
            ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
            await charge_point.call("MeterValues", values_of(ours, 1700))
    async with running(data, central) as site:
        await site.log_in()
        connector = await site.connector(charge_point)
        assert connector["status"] == "Charging"
        assert connector["transaction"]["energy_wh"] == 700
        charge_point.url = site.url
        async with charge_point:
            await charge_point.call("StopTransaction", stop_of(ours))
            again = await charge_point.call("StartTransaction", start_of(meter_wh=5000))
            assert again["idTagInfo"] == {"status": "Accepted"}
            assert again["transactionId"] == ours + 1
        await asyncio.gather(central.start(), site.all_delivered(within_s=25))
    kept = [r.action for r in central.received if r.action in {"StartTransaction", "MeterValues", "StopTransaction"}]
    assert kept == ["StartTransaction", "MeterValues", "StopTransaction", "StartTransaction"]
