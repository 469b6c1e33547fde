"""What passes a controller, and what does not."""

import json

import pytest

from ocppj.errors import CallErrorReceived, GenericError, NotSupported
from tests.local_controller.central import Central
from tests.local_controller.running import SITE_KEY, Running
from tests.local_controller.wire import CallError, start_of, stop_of, values_of


async def test_a_message_passes_byte_for_byte_with_unknown_actions_and_fields(site: Running, central: Central) -> None:
    central.answers["VendorThing"] = {"odd": [1, 2, {"three": None}], "status": "Sure"}
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        text = '[2, "x1", "VendorThing", {"b":1.50,  "a":"\\u00e9", "b2":1e3}]'
        assert await charge_point.call_text("x1", text) == {"odd": [1, 2, {"three": None}], "status": "Sure"}
        assert central.received[-1].raw == b'{"b":1.50,  "a":"\\u00e9", "b2":1e3}'


async def test_a_message_of_the_central_system_passes_too(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        charge_point.answers["GetConfiguration"] = {"configurationKey": [], "unknownKey": ["a"], "more": 1}
        answer = await central.ask(charge_point.identity, "GetConfiguration", key=["a"], extra=True)
        assert answer == {"configurationKey": [], "unknownKey": ["a"], "more": 1}
        assert charge_point.asked == [("GetConfiguration", {"key": ["a"], "extra": True})]


async def test_a_callerror_of_the_central_system_passes_as_it_is(site: Running, central: Central) -> None:
    central.answers["DataTransfer"] = NotSupported("not here", {"why": ["because"]})
    async with await site.adopt() as charge_point:
        with pytest.raises(CallError) as caught:
            await charge_point.call("DataTransfer", vendorId="x")
    assert (caught.value.code, caught.value.description) == ("NotSupported", "not here")
    assert caught.value.details == {"why": ["because"]}


async def test_a_callerror_of_the_charge_point_passes_with_a_code_of_its_own(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        charge_point.answers["Reset"] = ["VendorError", "no reset today", {"until": "noon"}]
        with pytest.raises(CallErrorReceived) as caught:
            await central.ask(charge_point.identity, "Reset", type="Soft")
    assert (caught.value.code, caught.value.description) == ("VendorError", "no reset today")
    assert caught.value.details == {"until": "noon"}


async def test_northbound_the_identity_is_the_charge_points_and_the_password_the_site_key(
    site: Running, central: Central
) -> None:
    async with await site.adopt() as charge_point:
        await central.connected(charge_point.identity)
        assert central.passwords[charge_point.identity] == SITE_KEY.encode()
        await central.connected("demo-site")


async def test_a_central_system_that_asks_an_absent_charge_point_gets_an_error(site: Running, central: Central) -> None:
    central.answers["StopTransaction"] = GenericError("not now")  # so that the link stays open without the charge point
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await charge_point.call("StopTransaction", stop_of(1))
    await central.wait_for("StopTransaction")
    with pytest.raises(CallErrorReceived) as caught:
        await central.ask(charge_point.identity, "Reset", type="Soft")
    assert caught.value.code == "GenericError"


async def test_charge_points_see_only_our_ids_and_the_central_system_only_its_own(
    site: Running, central: Central
) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        started = await charge_point.call("StartTransaction", start_of())
        ours = started["transactionId"]
        assert ours > 30_000_000
        assert started["idTagInfo"] == {"status": "Accepted"}
        await charge_point.call("MeterValues", values_of(ours, 1500))
        await charge_point.call("StopTransaction", stop_of(ours, reason="Local", vendorField=7))
        assert (await central.wait_for("MeterValues"))["transactionId"] == 101
        assert await central.wait_for("StopTransaction") == {**stop_of(101), "reason": "Local", "vendorField": 7}


async def test_cost_and_time_left_name_the_transaction_by_our_id_and_other_transfers_pass_as_they_came(
    site: Running, central: Central
) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        await site.all_delivered()
        cost = {"vendorId": "org.openchargealliance.costmsg", "messageId": "RunningCost"}
        left = {"vendorId": "org.bollard", "messageId": "TimeRemaining"}
        for kind, data in (
            (cost, '{"transactionId":101,"cost":0.90,"state":"Charging"}'),
            (left, '{"connectorId":1,"minutes":5}'),
            (cost, "no JSON"),
            ({"vendorId": "Somebody"}, '{"transactionId":101}'),
        ):
            await central.ask(charge_point.identity, "DataTransfer", **kind, data=data)
        assert [asked["data"] for _, asked in charge_point.asked] == [
            f'{{"transactionId":{ours},"cost":0.90,"state":"Charging"}}',
            '{"connectorId":1,"minutes":5}',
            "no JSON",
            '{"transactionId":101}',
        ]


async def test_remote_stop_and_profiles_reach_the_transaction_by_our_id(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        await site.all_delivered()
        profile = {"chargingProfileId": 1, "transactionId": 101, "stackLevel": 0, "x": "y"}
        assert await central.ask(charge_point.identity, "RemoteStopTransaction", transactionId=101)
        assert await central.ask(charge_point.identity, "SetChargingProfile", connectorId=1, csChargingProfiles=profile)
        assert await central.ask(
            charge_point.identity, "RemoteStartTransaction", idTag="A", chargingProfile={"stackLevel": 1}
        )
        assert charge_point.asked == [
            ("RemoteStopTransaction", {"transactionId": ours}),
            ("SetChargingProfile", {"connectorId": 1, "csChargingProfiles": {**profile, "transactionId": ours}}),
            ("RemoteStartTransaction", {"idTag": "A", "chargingProfile": {"stackLevel": 1}}),
        ]


async def test_an_id_of_ours_in_the_mouth_of_the_central_system_hits_nobody(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        await site.all_delivered()
        answer = await central.ask(charge_point.identity, "RemoteStopTransaction", transactionId=ours)
        assert answer == {"status": "Rejected"}
        assert charge_point.asked == []


async def test_nobody_stops_the_transaction_of_another(site: Running, central: Central) -> None:
    await site.log_in()
    async with await site.adopt("A") as one, await site.adopt("B") as other:
        await one.boot()
        await other.boot()
        ours = (await one.call("StartTransaction", start_of()))["transactionId"]
        await other.call("StopTransaction", stop_of(ours))
        assert (await central.wait_for("StopTransaction"))["transactionId"] == -1
        assert (await site.connector(one))["transaction"]["transaction_id"] == ours


async def test_an_unknown_id_is_delivered_as_it_came(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await charge_point.call("StopTransaction", stop_of(77))
        await charge_point.call("MeterValues", values_of(-1, 5))
        assert (await central.wait_for("StopTransaction"))["transactionId"] == 77
        assert (await central.wait_for("MeterValues"))["transactionId"] == -1


async def test_a_start_that_comes_again_is_the_same_and_delivered_once(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        first = await charge_point.call("StartTransaction", start_of())
        again = await charge_point.call("StartTransaction", {**start_of(), "timestamp": "2026-03-01T11:00:00+01:00"})
        other = await charge_point.call("StartTransaction", start_of(meter_wh=1001))
        await site.all_delivered()
    assert first == again
    assert other["transactionId"] == first["transactionId"] + 1
    assert len(central.got("StartTransaction")) == 2


async def test_a_stop_and_meter_values_that_come_again_are_delivered_once(site: Running, central: Central) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        ours = (await charge_point.call("StartTransaction", start_of()))["transactionId"]
        for _ in range(2):
            await charge_point.call("MeterValues", values_of(ours, 1500), message_id=None)
            await charge_point.call("StopTransaction", stop_of(ours))
        await site.all_delivered()
    assert (len(central.got("MeterValues")), len(central.got("StopTransaction"))) == (1, 1)


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("StartTransaction", {"connectorId": 1, "idTag": "A"}),
        ("StartTransaction", {**start_of(), "connectorId": "one"}),
        ("StartTransaction", []),
        ("StartTransaction", {**start_of(), "connectorId": 1_634_030_126}),
        ("StopTransaction", {"transactionId": None, "timestamp": "yesterday", "meterStop": 1}),
        ("StopTransaction", {"transactionId": 10**30, "timestamp": "2026-03-01T10:00:00Z", "meterStop": 1}),
        ("MeterValues", {"connectorId": 1, "meterValue": "none"}),
        ("MeterValues", {}),
    ],
)
async def test_what_cannot_be_read_is_kept_and_confirmed(
    site: Running, central: Central, action: str, payload: object
) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        answer = await charge_point.call(action, payload)
        assert await charge_point.call(action, payload) == answer  # and when it comes again, nothing new happens
    if action == "StartTransaction":
        assert answer["transactionId"] > 0
        assert answer["idTagInfo"] == {"status": "Invalid"}
    else:
        assert answer == {}
    [(kept_action, kept, reason)] = await site.store.read("SELECT action, payload, reason FROM quarantine")
    assert (kept_action, json.loads(kept)) == (action, payload)
    assert reason
    assert central.got(action) == []


@pytest.mark.parametrize("id_tag", ["'; DROP TABLE messages; --", "<script>", "a\nb\x1b[31m", "\ufeff", "x" * 200, ""])
async def test_a_hostile_id_tag_is_passed_on_as_it_is(site: Running, central: Central, id_tag: str) -> None:
    async with await site.adopt() as charge_point:
        await charge_point.boot()
        await charge_point.call("StartTransaction", start_of(id_tag=id_tag))
    assert (await central.wait_for("StartTransaction"))["idTag"] == id_tag
