"""Cold boot and plain charging sessions."""
from tests.octt.cases import on_board, on_both, scripted_only
from tests.octt.script import LOCALLY, Script
from tests.octt.systems import CARD, COLLEAGUE, now


@on_both
async def test_tc_001_cold_boot(script: Script) -> None:
    await script.power_cycle()
    boot = await script.boots()
    assert boot.payload["chargePointVendor"]
    assert boot.payload["chargePointModel"]
    await script.ends(status="Available")


@scripted_only("our CSMS accepts whoever has a key")
async def test_tc_001_a_rejected_boot_is_repeated_after_the_interval(script: Script) -> None:
    left = [{"currentTime": now(), "interval": 2, "status": "Rejected"}]
    script.answers("BootNotification", lambda _: left.pop() if left else None)
    await script.power_cycle()
    rejected = await script.sees("BootNotification")
    accepted = await script.boots()
    assert rejected.answer
    assert rejected.answer["status"] == "Rejected"
    assert 2 <= accepted.at_s - rejected.at_s <= 4
    await script.ends(status="Available")


@scripted_only("our CSMS accepts whoever has a key")
async def test_tc_002_pending_answers_but_starts_nothing(script: Script) -> None:
    pending = {"currentTime": now(), "interval": 60, "status": "Pending"}
    script.answers("BootNotification", pending)
    await script.power_cycle()
    await script.sees("BootNotification")
    assert await script.reads("NumberOfConnectors") == "1"
    await script.configures(ConnectionTimeOut=30)
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD) == "Rejected"
    assert await script.asks("TriggerMessage", requested_message="StatusNotification", connector_id=1) == "Accepted"
    await script.shows("Available")
    script.answers("BootNotification", None)
    assert await script.asks("TriggerMessage", requested_message="BootNotification") == "Accepted"
    await script.boots()
    await script.ends(status="Available")


@on_both
async def test_tc_003_plug_first(script: Script) -> None:
    await script.plug()
    await script.shows("Preparing")
    await script.tap()
    await script.sees("Authorize", id_tag=CARD, verdict="Accepted")
    await script.charging_begins(CARD, meter_start=script.register_wh())
    await script.stops_charging()
    await script.unplug()
    await script.shows("Available")
    await script.ends(status="Available")


@on_both
async def test_tc_004_1_identification_first(script: Script) -> None:
    await script.tap()
    await script.sees("Authorize", id_tag=CARD, verdict="Accepted")
    await script.shows("Preparing")
    await script.plug()
    await script.charging_begins(CARD)
    await script.ends(status="Charging")


@on_both
async def test_tc_004_2_identification_first_but_no_car_in_time(script: Script) -> None:
    await script.configures(ConnectionTimeOut=1)
    await script.tap()
    await script.sees("Authorize", id_tag=CARD, verdict="Accepted")
    preparing = await script.shows("Preparing")
    available = await script.shows("Available")
    assert 0.7 <= available.at_s - preparing.at_s <= 2
    await script.ends(status="Available")


@on_both
async def test_tc_005_1_the_car_is_unplugged_and_that_ends_it(script: Script) -> None:
    assert await script.reads("StopTransactionOnEVSideDisconnect") == "true"
    assert await script.reads("UnlockConnectorOnEVSideDisconnect") == "true"
    await script.starts_charging()
    await script.unplug()
    await script.until("no energy", lambda: not script.energy_flows())
    opened_in_ms = script.charge_point.board.connector(1).latencies.left_c_to_open_ms
    assert opened_in_ms is not None
    assert opened_in_ms <= 100
    await script.charging_ends("EVDisconnected", unplugged=True)
    await script.ends(status="Available")


@on_board("bench_socket")
async def test_tc_005_2_the_car_leaves_and_the_cable_stays_locked(script: Script) -> None:
    await script.configures(StopTransactionOnEVSideDisconnect=True, UnlockConnectorOnEVSideDisconnect=False)
    script.shares_its_evse(2)
    await script.starts_charging()
    await script.unplug()
    await script.charging_ends("EVDisconnected")
    assert script.cable_is_locked()
    await script.tap()
    await script.shows("Available")
    await script.until("unlocked", lambda: not script.cable_is_locked())   # a bolt takes its time
    await script.ends(status="Available")


@on_board("bench_socket")
async def test_tc_005_3_the_car_leaves_and_the_charge_waits_for_it(script: Script) -> None:
    await script.configures(StopTransactionOnEVSideDisconnect=False)
    script.shares_its_evse(2)
    await script.starts_charging()
    await script.unplug()
    await script.shows("SuspendedEV")
    assert script.cable_is_locked()
    await script.plug()
    await script.shows("Charging")
    await script.stops_charging()
    await script.until("unlocked", lambda: not script.cable_is_locked())
    await script.unplug()
    await script.shows("Available")
    await script.ends(status="Available")


@on_board("esp32_s3_devkitc_1")
async def test_tc_006_one_reader_for_two_connectors(script: Script) -> None:
    await script.plug(1)
    await script.shows("Preparing", 1)
    await script.tap()
    await script.sees("Authorize", id_tag=CARD)
    await script.charging_begins(CARD, connector_id=1)
    first = script.transaction_id
    await script.plug(2)
    await script.shows("Preparing", 2)
    await script.tap(COLLEAGUE)
    await script.sees("Authorize", id_tag=COLLEAGUE)
    await script.charging_begins(COLLEAGUE, connector_id=2)
    second = script.transaction_id
    await script.tap()
    script.transaction_id = first
    await script.charging_ends(LOCALLY, connector_id=1)
    assert second != first
    await script.ends(status="Charging", connector_id=2)
