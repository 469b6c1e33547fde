"""Cards, lists and refusals on the whole firmware, with the link up and down."""
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from ocpp.v16 import call, call_result

from hardware.bench.charge_point import ChargePoint, Plug
from hardware.bench.world import World
from tests.firmware.central_system import CARD, CentralSystem, central_system
from tests.firmware.test_charge_point import closed, configure, options, register_wh, said, tap, until

pytestmark = pytest.mark.story

MATE, BLOCKED, STRANGER = "04BBBBBBBBBBBB", "04CCCCCCCCCCCC", "04DEADBEEF0102"


@pytest.fixture
async def system() -> AsyncIterator[CentralSystem]:
    async with central_system() as running:
        yield running


@pytest.fixture
async def charge_point(system: CentralSystem, tmp_path: Path) -> AsyncIterator[ChargePoint]:
    async with World(tmp_path) as world:
        added = await world.add(options(system.url))
        await system.wait_for("StatusNotification", connector_id=1, status="Available")
        yield added


def tag(id_tag: str, status: str = "Accepted", parent: str | None = None) -> dict[str, Any]:
    info = {"status": status} | ({"parentIdTag": parent} if parent else {})
    return {"id_tag": id_tag, "id_tag_info": info}


async def send_list(system: CentralSystem, version: int, *tags: dict[str, Any], kind: str = "Full") -> str:
    answer = await system.call(call.SendLocalList(
        list_version=version, update_type=kind, local_authorization_list=list(tags)))
    return str(answer.status)


def answer_start(system: CentralSystem, status: str) -> None:
    system.answers["StartTransaction"] = lambda **_: call_result.StartTransaction(7, {"status": status})


async def cut(charge_point: ChargePoint) -> None:
    """The WiFi is gone, and the charge point has seen it."""
    downs = sum("link.down" in line for line in charge_point.console)
    charge_point.set_link(False)
    await until("the cut is seen", lambda: sum("link.down" in line for line in charge_point.console) > downs)


async def again(charge_point: ChargePoint, count: int) -> None:
    """Plug anew once the charge before is on record."""
    def lines(text: str) -> int:
        return sum(text in line for line in charge_point.console)

    await until("the record", lambda: lines("transaction.stopped") >= count)
    unplugged, plugged = lines("connector.unplugged"), lines("connector.plugged")
    if plugged > unplugged:
        charge_point.unplug(1)
        await until("unplugged", lambda: lines("connector.unplugged") > unplugged)
    charge_point.plug(1, Plug())
    await until("plugged", lambda: lines("connector.plugged") > plugged)


async def test_rules_29_30_34_35_with_the_link_down_the_list_decides(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    assert (await system.call(call.GetLocalListVersion())).list_version == 0
    many = [tag(f"04{i:012X}") for i in range(97)]
    assert await send_list(system, 5, tag(CARD, parent="Fleet"), tag(MATE, parent="FLEET"), tag(BLOCKED, "Blocked"),
                           *many) == "Accepted"
    assert (await system.call(call.GetLocalListVersion())).list_version == 5
    assert await send_list(system, 5, tag("X"), kind="Differential") == "VersionMismatch"
    assert await send_list(system, 6, tag("X"), kind="Differential") == "Failed"   # 100 is all there is room for
    await configure(system, AllowOfflineTxForUnknownId="true")
    await cut(charge_point)
    charge_point.plug(1, Plug())
    await until("plugged", lambda: said(charge_point, "connector.plugged"))
    await tap(charge_point, BLOCKED)
    await until("refusal", lambda: said(charge_point, "card.refused id_tag=CCCC status=Blocked"))
    assert not closed(charge_point)
    await tap(charge_point)
    await until("contactor closed", lambda: closed(charge_point))
    await tap(charge_point, STRANGER)   # welcome, but of another group
    await until("decision", lambda: said(charge_point, "card.ignored id_tag=0102"))
    assert closed(charge_point)
    await tap(charge_point, MATE)
    await until("contactor open", lambda: not closed(charge_point))
    await again(charge_point, 1)
    await tap(charge_point, STRANGER)
    await until("contactor closed", lambda: closed(charge_point))
    await tap(charge_point, STRANGER)
    await until("the record", lambda: sum("transaction.stopped" in line for line in charge_point.console) >= 2)
    charge_point.set_link(True)
    await system.wait_for("StopTransaction", count=2, within_s=40)
    said_of = [(a, p["id_tag"]) for a, p in system.said if a in ("StartTransaction", "StopTransaction", "Authorize")]
    assert said_of == [("StartTransaction", CARD), ("StopTransaction", MATE),
                       ("StartTransaction", STRANGER), ("StopTransaction", STRANGER)]
    # a stop by the starting card asks nobody, online neither
    await again(charge_point, 2)
    await tap(charge_point)
    await system.wait_for("StartTransaction", count=3)
    await until("contactor closed", lambda: closed(charge_point))
    asked = len(system.all("Authorize"))
    await tap(charge_point)
    await system.wait_for("StopTransaction", count=3)
    assert len(system.all("Authorize")) == asked


async def test_rules_31_41_a_cached_card_charges_offline_until_the_cache_is_cleared(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    await system.wait_for("StartTransaction")
    await until("contactor closed", lambda: closed(charge_point))
    await until("kept", lambda: said(charge_point, "cache.kept id_tag=E5F6 status=Accepted"))
    await charge_point.power(False)
    await charge_point.power(True)
    await system.wait_for("StopTransaction")
    await system.wait_for("BootNotification", count=2)
    await cut(charge_point)
    await again(charge_point, 1)
    charge_point.tap(CARD)
    await until("contactor closed", lambda: closed(charge_point))
    assert len(system.all("Authorize")) == 1
    charge_point.set_link(True)
    await system.wait_for("StartTransaction", count=2, within_s=40)
    assert (await system.call(call.ClearCache())).status == "Accepted"
    assert closed(charge_point)   # transactions are none of its business
    system.answers["StopTransaction"] = lambda **_: call_result.StopTransaction({"status": "Blocked"})
    await tap(charge_point)
    await system.wait_for("StopTransaction", count=2)
    await until("kept", lambda: said(charge_point, "cache.kept id_tag=E5F6 status=Blocked"))
    await configure(system, AuthorizationCacheEnabled="false")
    assert (await system.call(call.ClearCache())).status == "Rejected"
    await configure(system, AuthorizationCacheEnabled="true")
    assert (await system.call(call.ClearCache())).status == "Accepted"
    await cut(charge_point)
    await again(charge_point, 2)
    await tap(charge_point)
    await until("refusal", lambda: said(charge_point, "card.refused id_tag=E5F6 status=Offline"))


async def test_rule_36_a_start_refused_later_ends_with_de_authorized(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    assert await send_list(system, 1, tag(CARD)) == "Accepted"
    answer_start(system, "Blocked")
    await cut(charge_point)
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    await until("contactor closed", lambda: closed(charge_point))
    charge_point.set_link(True)
    stop = await system.wait_for("StopTransaction", within_s=40)
    assert (stop["reason"], stop["transaction_id"]) == ("DeAuthorized", 7)
    assert stop["meter_stop"] == register_wh(charge_point)
    assert not closed(charge_point)
    # and the list was wrong about it
    await system.wait_for("StatusNotification", connector_id=0, error_code="LocalListConflict")


async def test_rules_36_37_a_refused_start_may_only_lose_its_energy_at_once_or_after_some(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await configure(system, StopTransactionOnInvalidId="false", MinimumStatusDuration=0)
    answer_start(system, "Invalid")
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    await system.wait_for("StartTransaction")
    await system.wait_for("StatusNotification", status="SuspendedEVSE")
    await until("contactor open", lambda: not closed(charge_point))
    assert register_wh(charge_point) <= 1000 + 15   # what a car takes before it has followed
    assert not system.all("StopTransaction")
    await tap(charge_point)
    assert (await system.wait_for("StopTransaction"))["reason"] == "Local"
    await configure(system, MaxEnergyOnInvalidId=30)
    await again(charge_point, 1)
    before_wh = register_wh(charge_point)
    await tap(charge_point)
    await system.wait_for("StartTransaction", count=2)
    await until("refused", lambda: sum("status=Invalid" in line for line in charge_point.console) >= 2)
    await until("contactor closed", lambda: closed(charge_point))
    await until("energy", lambda: register_wh(charge_point) >= before_wh + 8)
    await until("contactor open", lambda: not closed(charge_point), within_s=20)
    assert register_wh(charge_point) <= before_wh + 30
    assert len(system.all("StopTransaction")) == 1
    charge_point.unplug(1)
    stop = await system.wait_for("StopTransaction", count=2)
    assert (stop["reason"], stop["meter_stop"]) == ("EVDisconnected", register_wh(charge_point))


async def test_rules_34_38_pre_authorized_by_a_list_that_is_wrong(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await configure(system, LocalPreAuthorize="true")
    assert await send_list(system, 1, tag(CARD), tag(BLOCKED, "Blocked")) == "Accepted"
    system.answers["Authorize"] = lambda id_tag: call_result.Authorize({"status": "Blocked"})
    charge_point.plug(1, Plug())
    await tap(charge_point, BLOCKED)
    await until("refusal", lambda: said(charge_point, "card.refused id_tag=CCCC status=Blocked"))
    assert len(system.all("Authorize")) == 1   # it might have become good
    await tap(charge_point)
    await system.wait_for("StartTransaction")
    assert len(system.all("Authorize")) == 1   # nobody was asked for this one
    await tap(charge_point)
    await system.wait_for("StopTransaction")
    assert not [p for p in system.all("StatusNotification") if p["error_code"] != "NoError"]
    await configure(system, LocalPreAuthorize="false")
    await again(charge_point, 1)
    await tap(charge_point)
    conflict = await system.wait_for("StatusNotification", error_code="LocalListConflict")
    assert (conflict["connector_id"], conflict["status"]) == (0, "Available")
    await until("refusal", lambda: said(charge_point, "card.refused id_tag=E5F6 status=Blocked"))
    assert await send_list(system, 2, tag(CARD, "Blocked")) == "Accepted"
    await system.wait_for("StatusNotification", connector_id=0, error_code="NoError", count=2)


async def test_rule_42_a_remote_start_is_authorized_first_where_so_configured(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await configure(system, AuthorizeRemoteTxRequests="true", LocalPreAuthorize="true")
    assert await send_list(system, 1, tag("APP")) == "Accepted"
    charge_point.plug(1, Plug())
    await system.wait_for("StatusNotification", status="Preparing")
    assert (await system.call(call.RemoteStartTransaction(id_tag="NOBODY", connector_id=1))).status == "Accepted"
    await until("refusal", lambda: said(charge_point, "remote_start.refused id_tag=BODY status=Invalid"))
    assert (await system.call(call.RemoteStartTransaction(id_tag="app", connector_id=1))).status == "Accepted"
    await system.wait_for("StartTransaction", id_tag="app")   # by the list
    assert [p["id_tag"] for p in system.all("Authorize")] == ["NOBODY"]
    await until("contactor closed", lambda: closed(charge_point))
    charge_point.unplug(1)
    await system.wait_for("StopTransaction")
    await configure(system, AuthorizeRemoteTxRequests="false")
    await again(charge_point, 1)
    answer_start(system, "Invalid")
    assert (await system.call(call.RemoteStartTransaction(id_tag="OTHER", connector_id=1))).status == "Accepted"
    assert (await system.wait_for("StopTransaction", count=2))["reason"] == "DeAuthorized"   # judged in the Start
    assert len(system.all("Authorize")) == 1


async def test_free_vend_needs_a_plug_only_and_records_its_id_tag(
    system: CentralSystem, charge_point: ChargePoint,
) -> None:
    await configure(system, BollardFreeVendActive="true", ConnectionTimeOut=1)
    charge_point.plug(1, Plug())   # no idTag is configured yet: nobody would be on record
    await system.wait_for("StatusNotification", status="Finishing")
    charge_point.unplug(1)
    await configure(system, BollardFreeVendIdTag="FREE-VEND")
    await system.wait_for("StatusNotification", connector_id=1, status="Available", count=2)
    charge_point.plug(1, Plug())
    assert (await system.wait_for("StartTransaction"))["id_tag"] == "FREE-VEND"
    await until("contactor closed", lambda: closed(charge_point))
    await system.call(call.RemoteStopTransaction(transaction_id=42))
    assert (await system.wait_for("StopTransaction"))["reason"] == "Remote"
    await system.wait_for("StatusNotification", status="Finishing", count=2)
    await configure(system, HeartbeatInterval=1)
    await system.wait_for("Heartbeat", count=len(system.all("Heartbeat")) + 1)   # long enough to start once more
    await again(charge_point, 1)
    await system.wait_for("StartTransaction", count=2)
    await until("contactor closed", lambda: closed(charge_point))
    charge_point.unplug(1)
    await system.wait_for("StopTransaction", count=2)
    # one charge a plug, and none that a card had a say in
    assert [(a, p.get("id_tag")) for a, p in system.said if "Transaction" in a or a == "Authorize"] == [
        ("StartTransaction", "FREE-VEND"), ("StopTransaction", None)] * 2
