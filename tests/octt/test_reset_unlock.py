"""Resets, and connectors that are unlocked from afar."""
from tests.octt.cases import on_board, on_both
from tests.octt.script import Script, either, says, status

PLUGGED = either("Preparing", "Finishing")   # a car that stayed plugged across a restart: OCPP does not say which


async def idle(script: Script, kind: str) -> None:
    assert await script.asks("Reset", type=kind) == "Accepted"
    await script.boots()
    assert script.charge_point.station.link
    await script.ends(status="Available")


@on_both
async def test_tc_013_a_hard_reset_while_idle(script: Script) -> None:
    await idle(script, "Hard")


@on_both
async def test_tc_014_a_soft_reset_while_idle(script: Script) -> None:
    await idle(script, "Soft")


async def charging(script: Script, kind: str, reason: str) -> None:
    await script.starts_charging()
    assert await script.asks("Reset", type=kind) == "Accepted"
    await script.charging_ends(reason)
    await script.boots({0: "Available", 1: PLUGGED})
    await script.unplug()
    await script.shows("Available")
    await script.ends(status="Available")


@on_both
async def test_tc_015_a_hard_reset_ends_the_charge(script: Script) -> None:
    await charging(script, "Hard", "HardReset")


@on_both
async def test_tc_016_a_soft_reset_ends_the_charge(script: Script) -> None:
    await charging(script, "Soft", "SoftReset")


@on_board("bench_socket")
async def test_tc_017_1_unlocking_a_socket_while_idle(script: Script) -> None:
    script.shares_its_evse(2, uses=0)
    assert await script.asks("UnlockConnector", connector_id=1) == "Unlocked"
    assert not script.cable_is_locked()
    await script.ends(status="Available")


@on_both
async def test_tc_017_2_unlocking_a_fixed_cable_while_idle(script: Script) -> None:
    assert await script.asks("UnlockConnector", connector_id=1) == "NotSupported"
    await script.ends(status="Available")


@on_board("bench_socket")
async def test_tc_018_1_unlocking_a_socket_ends_the_charge(script: Script) -> None:
    script.shares_its_evse(2)
    await script.starts_charging()
    assert script.cable_is_locked()
    assert await script.asks("UnlockConnector", connector_id=1, answer_first=False) == "Unlocked"
    assert not script.cable_is_locked()
    await script.charging_ends("UnlockCommand")
    await script.unplug()
    await script.shows("Available")
    await script.ends(status="Available")


@on_both
async def test_tc_018_2_unlocking_a_fixed_cable_while_charging(script: Script) -> None:
    await script.starts_charging()
    assert await script.asks("UnlockConnector", connector_id=1) == "NotSupported"
    await script.ends(status="Charging")


@on_board("bench_socket")
async def test_tc_030_a_bolt_that_does_not_come_back(script: Script) -> None:
    script.shares_its_evse(2)
    await script.starts_charging()
    script.fault("lock")
    assert await script.asks("UnlockConnector", connector_id=1, answer_first=False) == "UnlockFailed"
    await script.sees_in_any_order(
        says("StopTransaction", reason="UnlockCommand", transaction_id=script.transaction_id),
        status("Finishing"), status("Faulted", error_code="ConnectorLockFailure"))
    await script.ends(status="Faulted")


@on_both
async def test_tc_031_unlocking_an_unknown_connector(script: Script) -> None:
    assert await script.asks("UnlockConnector", connector_id=7) == "NotSupported"
    await script.ends(status="Available")
