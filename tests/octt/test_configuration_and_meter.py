"""Configuration keys, cards that are refused, meter values."""
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.octt.cases import on_board, on_both
from tests.octt.script import Script
from tests.octt.systems import BLOCKED, EXPIRED, STRANGER

REQUIRED = {
    "AuthorizeRemoteTxRequests", "ClockAlignedDataInterval", "ConnectionTimeOut", "ConnectorPhaseRotation",
    "GetConfigurationMaxKeys", "HeartbeatInterval", "LocalAuthorizeOffline", "LocalPreAuthorize",
    "MeterValuesAlignedData", "MeterValuesSampledData", "MeterValueSampleInterval", "NumberOfConnectors",
    "ResetRetries", "StopTransactionOnEVSideDisconnect", "StopTransactionOnInvalidId", "StopTxnAlignedData",
    "StopTxnSampledData", "SupportedFeatureProfiles", "TransactionMessageAttempts", "TransactionMessageRetryInterval",
    "UnlockConnectorOnEVSideDisconnect",
}


@on_both
async def test_tc_019_1_all_configuration_keys(script: Script) -> None:
    answer = await script.asks("GetConfiguration")
    rows = answer.payload["configurationKey"]
    assert {row["key"] for row in rows} >= REQUIRED
    assert all(isinstance(row["readonly"], bool) and "value" in row for row in rows)
    await script.ends(status="Available")


@on_both
async def test_tc_019_2_one_configuration_key(script: Script) -> None:
    answer = await script.asks("GetConfiguration", key=["SupportedFeatureProfiles"])
    (row,) = answer.payload["configurationKey"]
    assert row["readonly"]
    assert "Core" in row["value"].split(",")
    assert not answer.payload.get("unknownKey")
    await script.ends(status="Available")


@on_both
async def test_tc_021_a_changed_key_is_read_back(script: Script) -> None:
    await script.configures(MeterValueSampleInterval=37)
    assert await script.reads("MeterValueSampleInterval") == "37"
    await script.ends(status="Available")


@on_both
async def test_tc_040_1_a_key_that_is_none(script: Script) -> None:
    assert await script.asks("ChangeConfiguration", key="NoSuchKey", value="1") == "NotSupported"
    await script.ends(status="Available")


@on_both
async def test_tc_040_2_a_value_that_does_not_fit(script: Script) -> None:
    before = await script.reads("MeterValueSampleInterval")
    assert await script.asks("ChangeConfiguration", key="MeterValueSampleInterval", value="-1") == "Rejected"
    assert await script.reads("MeterValueSampleInterval") == before
    await script.ends(status="Available")


async def refused(script: Script, card: str, verdict: str) -> None:
    await script.plug()
    await script.shows("Preparing")
    await script.tap(card)
    await script.sees("Authorize", id_tag=card, verdict=verdict)
    await script.console_says("card.refused")
    await script.ends(status="Preparing")
    await script.unplug()
    await script.shows("Available")
    await script.ends(status="Available")


@on_both
async def test_tc_023_1_an_invalid_card(script: Script) -> None:
    await refused(script, STRANGER, "Invalid")


@on_both
async def test_tc_023_2_an_expired_card(script: Script) -> None:
    await refused(script, EXPIRED, "Expired")


@on_both
async def test_tc_023_3_a_blocked_card(script: Script) -> None:
    await refused(script, BLOCKED, "Blocked")


@on_board("bench_socket")
async def test_tc_024_a_cable_that_cannot_be_locked(script: Script) -> None:
    script.shares_its_evse(2)
    script.fault("lock")
    await script.plug()
    await script.shows("Preparing")
    await script.tap()
    await script.sees("Authorize", verdict="Accepted")
    await script.shows("Faulted", error_code="ConnectorLockFailure")
    await script.ends(status="Faulted")


@on_both
async def test_tc_070_sampled_meter_values(script: Script) -> None:
    await script.configures(MeterValueSampleInterval=1, MeterValuesSampledData="Energy.Active.Import.Register,Voltage")
    await script.starts_charging()
    samples = [await script.sees("MeterValues", connector_id=1, transaction_id=script.transaction_id) for _ in range(3)]
    for sample in samples:
        (reading,) = sample.payload["meterValue"]
        values = reading["sampledValue"]
        assert {v["measurand"] for v in values} == {"Energy.Active.Import.Register", "Voltage"}
        assert {v.get("context", "Sample.Periodic") for v in values} == {"Sample.Periodic"}
    assert samples[2].at_s - samples[0].at_s == pytest.approx(2, abs=0.5)
    script.leaves_free("MeterValues")   # until it ends
    stop = await script.stops_charging()
    register = [v for v in samples[2].payload["meterValue"][0]["sampledValue"] if v["measurand"].startswith("Energy")]
    assert script.meter_start <= int(register[0]["value"]) <= stop.payload["meterStop"]
    assert script.all("MeterValues")[-1].number < stop.number
    await script.ends(status="Finishing")


@on_both
async def test_tc_071_clock_aligned_meter_values(script: Script) -> None:
    await script.configures(ClockAlignedDataInterval=2, MeterValuesAlignedData="Energy.Active.Import.Register")
    await script.plug()
    script.leaves_free("MeterValues")   # how many the clock says; none is left out: see below
    await script.shows("Preparing")
    await script.tap()
    await script.sees("Authorize")
    await script.charging_begins()
    begun = len(script.all("MeterValues"))
    for sample in (await script.has_seen("MeterValues", begun + 2))[begun + 1:]:
        assert sample.payload["transactionId"] == script.transaction_id
    await script.configures(ClockAlignedDataInterval=0)
    await script.stops_charging()
    stamps = []
    for sample in script.all("MeterValues"):
        (reading,) = sample.payload["meterValue"]
        stamps.append(datetime.fromisoformat(reading["timestamp"]))
        assert {v["context"] for v in reading["sampledValue"]} == {"Sample.Clock"}
    assert stamps[0].second % 2 == 0
    assert {b - a for a, b in pairwise(stamps)} == {timedelta(seconds=2)}
    await script.ends(status="Finishing")
