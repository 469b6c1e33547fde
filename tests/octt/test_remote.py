"""Starting and stopping from afar."""
from tests.octt.cases import on_both
from tests.octt.script import Script
from tests.octt.systems import CARD


@on_both
async def test_tc_010_remote_start_of_a_plugged_car(script: Script) -> None:
    await script.configures(AuthorizeRemoteTxRequests=True)
    await script.plug()
    await script.shows("Preparing")
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD) == "Accepted"
    await script.sees("Authorize", id_tag=CARD, verdict="Accepted")
    await script.charging_begins(CARD)
    await script.ends(status="Charging")


@on_both
async def test_tc_011_1_remote_start_before_the_car_is_there(script: Script) -> None:
    await script.configures(AuthorizeRemoteTxRequests=False)
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD) == "Accepted"
    await script.shows("Preparing")
    await script.plug()
    await script.charging_begins(CARD)
    await script.ends(status="Charging")


@on_both
async def test_tc_011_2_remote_start_but_no_car_in_time(script: Script) -> None:
    await script.configures(AuthorizeRemoteTxRequests=False, ConnectionTimeOut=1)
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD) == "Accepted"
    preparing = await script.shows("Preparing")
    available = await script.shows("Available")
    assert 0.7 <= available.at_s - preparing.at_s <= 2
    await script.ends(status="Available")


@on_both
async def test_tc_012_remote_stop(script: Script) -> None:
    await script.starts_charging()
    assert await script.asks("RemoteStopTransaction", transaction_id=script.transaction_id) == "Accepted"
    await script.charging_ends("Remote")
    await script.unplug()
    await script.shows("Available")
    await script.ends(status="Available")


@on_both
async def test_tc_026_remote_start_of_a_busy_connector(script: Script) -> None:
    await script.starts_charging()
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD) == "Rejected"
    await script.ends(status="Charging")


@on_both
async def test_tc_027_remote_start_of_connector_0(script: Script) -> None:
    assert await script.asks("RemoteStartTransaction", connector_id=0, id_tag=CARD) == "Rejected"
    await script.ends(status="Available")


@on_both
async def test_tc_028_remote_stop_of_an_unknown_transaction(script: Script) -> None:
    await script.starts_charging()
    other = script.transaction_id + 1000
    assert await script.asks("RemoteStopTransaction", transaction_id=other) == "Rejected"
    await script.ends(status="Charging")
