"""Power cuts, lost links, faults."""
from datetime import UTC, datetime
from itertools import pairwise

from tests.octt.cases import on_both
from tests.octt.script import LOCALLY, Script, says, status
from tests.octt.systems import CARD, STRANGER
from tests.octt.test_cache_and_list import entry, listed


def moment_of(text: str) -> datetime:
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


@on_both
async def test_tc_032_2_after_a_power_cut_the_charge_is_ended(script: Script) -> None:
    transaction_id = await script.starts_charging()
    await script.power(False)
    await script.until("no energy", lambda: not script.energy_flows())
    await script.power(True)
    await script.sees("BootNotification", within_s=15)
    stop, _, finishing, preparing = await script.sees_in_any_order(
        says("StopTransaction", transaction_id=transaction_id, reason="PowerLoss"),
        status("Available", 0), status("Finishing"), status("Preparing"))
    assert stop.payload["meterStop"] == script.register_wh()
    assert finishing.number < preparing.number
    await script.ends(status="Preparing")


@on_both
async def test_tc_034_unavailable_survives_a_power_cut(script: Script) -> None:
    assert await script.asks("ChangeAvailability", connector_id=1, type="Inoperative") == "Accepted"
    await script.shows("Unavailable")
    await script.power_cycle()
    await script.boots({0: "Available", 1: "Unavailable"})
    await script.ends(status="Unavailable")
    assert await script.asks("ChangeAvailability", connector_id=1, type="Operative") == "Accepted"
    await script.shows("Available")
    await script.ends(status="Available")


@on_both
async def test_tc_035_an_idle_charge_point_comes_back_without_a_boot(script: Script) -> None:
    await script.link(False)
    await script.link(True)
    await script.ends(status="Available")


@on_both
async def test_tc_036_a_lost_link_loses_no_meter_values(script: Script) -> None:
    await script.configures(MeterValueSampleInterval=1)
    await script.starts_charging()
    script.leaves_free("MeterValues")
    await script.link(False)
    cut = datetime.now(UTC)
    readings = len(script.charge_point.meter_log(1))
    await script.until("time to pass", lambda: len(script.charge_point.meter_log(1)) >= readings + 4)   # one a second
    assert script.energy_flows()
    back = datetime.now(UTC)
    await script.link(True)
    await script.stops_charging()
    stamps = [moment_of(e.payload["meterValue"][0]["timestamp"]) for e in script.all("MeterValues")]
    assert stamps == sorted(stamps)
    assert len([at for at in stamps if cut <= at <= back]) >= 2
    assert max((b - a).total_seconds() for a, b in pairwise(stamps)) <= 2
    assert {e.payload["transactionId"] for e in script.all("MeterValues")} == {script.transaction_id}
    await script.ends(status="Finishing")


async def starts_offline(script: Script, card: str) -> None:
    await script.link(False)
    await script.plug()
    await script.console_says("connector.plugged")
    await script.tap(card)
    await script.until("energy", script.energy_flows)


@on_both
async def test_tc_037_1_an_offline_start_of_a_known_card(script: Script) -> None:
    await script.configures(LocalAuthorizeOffline=True)
    assert await listed(script, entry(CARD)) == "Accepted"
    await starts_offline(script, CARD)
    began = datetime.now(UTC)
    await script.link(True)
    start = await script.charging_begins(CARD)
    assert moment_of(start.payload["timestamp"]) <= began
    await script.ends(status="Charging")


@on_both
async def test_tc_037_2_an_offline_start_that_is_refused_later_gives_no_more_energy(script: Script) -> None:
    await script.configures(AllowOfflineTxForUnknownId=True, StopTransactionOnInvalidId=False, MaxEnergyOnInvalidId=0)
    await starts_offline(script, STRANGER)
    await script.link(True)
    start, *_ = await script.sees_in_any_order(
        says("StartTransaction", id_tag=STRANGER, verdict="Invalid"), status("Charging"))
    await script.shows("SuspendedEVSE")
    await script.until("no energy", lambda: not script.energy_flows())
    await script.ends(status="SuspendedEVSE")
    script.transaction_id = start.answer["transactionId"]   # type: ignore[index]
    await script.unplug()
    await script.charging_ends("EVDisconnected", unplugged=True)
    await script.ends(status="Available")


@on_both
async def test_tc_037_3_an_offline_start_that_is_refused_later_is_ended(script: Script) -> None:
    await script.configures(AllowOfflineTxForUnknownId=True, StopTransactionOnInvalidId=True)
    await starts_offline(script, STRANGER)
    await script.link(True)
    await script.sees_in_any_order(says("StartTransaction", id_tag=STRANGER, verdict="Invalid"), status("Charging"))
    await script.charging_ends("DeAuthorized")
    await script.ends(status="Finishing")


@on_both
async def test_tc_038_an_offline_stop(script: Script) -> None:
    await script.starts_charging()
    await script.link(False)
    await script.tap()
    await script.until("no energy", lambda: not script.energy_flows())
    await script.console_says("transaction.stopped")
    stopped = datetime.now(UTC)
    await script.link(True)
    stop = await script.charging_ends(LOCALLY)
    assert moment_of(stop.payload["timestamp"]) <= stopped
    await script.ends(status="Finishing")


@on_both
async def test_tc_039_a_whole_charge_offline(script: Script) -> None:
    await script.configures(LocalAuthorizeOffline=True)
    assert await listed(script, entry(CARD)) == "Accepted"
    await starts_offline(script, CARD)
    await script.tap()
    await script.console_says("transaction.stopped")
    await script.unplug()
    await script.console_says("connector.unplugged")
    await script.link(True)
    start = await script.sees("StartTransaction", id_tag=CARD)
    stop = await script.sees("StopTransaction", reason=LOCALLY, transaction_id=script.transaction_id)
    assert moment_of(start.payload["timestamp"]) <= moment_of(stop.payload["timestamp"])
    assert stop.payload["meterStop"] == script.register_wh()
    await script.ends(status="Available")


@on_both
async def test_tc_041_a_fault_refuses_a_start(script: Script) -> None:
    script.fault("ground")
    await script.shows("Faulted", error_code="GroundFailure")
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD) == "Rejected"
    await script.tap()
    await script.console_says("card.ignored")
    await script.ends(status="Faulted")
    script.fault("ground", False)
    await script.shows("Available")
    await script.ends(status="Available")
