"""Boot, charging, cards, and what goes wrong: the CSMS's half of the cases 001 to 041, 068 to 071."""

from typing import Any

import httpx
import pytest

from tests.csms.running import CARD, Csms
from tests.octt_csms.charge_point import AT, BOOT, ChargePoint, Moment, plugged_in


async def charge(cp: ChargePoint, **start: Any) -> int:
    await cp.shows("Preparing")
    await cp.authorizes()
    transaction_id = await cp.starts(**start)
    await cp.shows("Charging")
    return transaction_id


async def billed(cp: ChargePoint, transaction_id: int, energy_wh: int = 1000, reason: str = "Local") -> None:
    session = await cp.session(transaction_id)
    assert (session["state"], session["energy_wh"], session["stop_reason"]) == ("ended", energy_wh, reason)


async def test_tc_001_cold_boot(new: ChargePoint) -> None:
    await new.boots()
    assert (await new.connector())["status"] == "Available"


async def test_tc_003_a_whole_charge(cp: ChargePoint) -> None:
    transaction_id = await charge(cp)
    assert (await cp.connector())["transaction"]["transaction_id"] == transaction_id
    await cp.authorizes()
    await cp.stops(transaction_id, idTag=CARD)
    await cp.shows("Finishing")
    await cp.shows("Available")
    await billed(cp, transaction_id)


async def test_tc_004_1_identification_first(cp: ChargePoint) -> None:
    await cp.authorizes()
    await cp.shows("Preparing")
    transaction_id = await cp.starts()
    await cp.shows("Charging")
    assert (await cp.session(transaction_id))["state"] == "active"


async def test_tc_004_2_identification_first_but_no_car_in_time(cp: ChargePoint) -> None:
    await cp.authorizes()
    await cp.shows("Preparing")
    await cp.shows("Available")
    assert (await cp.connector())["transaction"] is None


async def test_tc_005_1_the_car_is_unplugged(cp: ChargePoint) -> None:
    transaction_id = await charge(cp)
    await cp.shows("SuspendedEV")
    await cp.stops(transaction_id, reason="EVDisconnected")
    await cp.shows("Finishing", info="EV side disconnected")
    await cp.shows("Available")
    await billed(cp, transaction_id, reason="EVDisconnected")


async def test_tc_007_a_cached_card_starts_without_asking(cp: ChargePoint) -> None:
    await cp.shows("Preparing")
    transaction_id = await cp.starts()
    await cp.shows("Charging")
    assert (await cp.session(transaction_id))["authorization"] == "Accepted"


async def test_tc_023_invalid_expired_and_blocked_cards(cp: ChargePoint) -> None:
    await cp.csms.new("/api/cards", id_tag="EXPIRED", user_id=2, expires_at="2020-01-01T00:00:00Z")
    await cp.authorizes("Invalid", "NOBODY")
    await cp.authorizes("Expired", "EXPIRED", expiryDate="2020-01-01T00:00:00Z")


async def test_tc_024_a_lock_that_fails(cp: ChargePoint) -> None:
    await cp.shows("Faulted", error_code="ConnectorLockFailure")
    shown = await cp.connector()
    assert (shown["status"], shown["error_code"]) == ("Faulted", "ConnectorLockFailure")


async def test_tc_032_1_a_power_cut_ends_the_charge(cp: ChargePoint) -> None:
    transaction_id = await charge(cp)
    await cp.stops(transaction_id, reason="PowerLoss")
    await billed(cp, transaction_id, reason="PowerLoss")


async def test_tc_034_unavailable_survives_a_power_cut(cp: ChargePoint) -> None:
    await cp.shows("Unavailable")
    accepted = {"status": "Accepted", "currentTime": Moment(), "interval": 300}
    await cp.says("BootNotification", BOOT, accepted)
    await cp.shows("Unavailable")
    assert (await cp.connector())["status"] == "Unavailable"


async def test_tc_036_a_lost_link_is_no_end(csms: Csms) -> None:
    key = await csms.charge_point("CP1", connectors=2)
    async with plugged_in(csms, "CP1", key) as cp:
        await cp.boots()
        transaction_id = await charge(cp)
    async with plugged_in(csms, "CP1", key) as cp:  # without a boot
        value = {"timestamp": "2026-03-01T09:30:00Z", "sampledValue": [{"value": "1500"}]}
        await cp.says("MeterValues", {"connectorId": 1, "transactionId": transaction_id, "meterValue": [value]}, {})
        assert (await cp.session(transaction_id))["energy_wh"] == 500
        await cp.stops(transaction_id)
        await cp.nothing_more()
        await billed(cp, transaction_id)


async def test_tc_037_1_a_start_that_comes_late_is_judged_now_and_timed_then(cp: ChargePoint) -> None:
    transaction_id = await cp.starts(at="2026-02-28T23:00:00Z")
    assert (await cp.session(transaction_id))["started_at"].startswith("2026-02-28T23:00:00")


async def test_tc_037_3_a_late_start_of_a_card_that_is_none_is_refused_and_kept(cp: ChargePoint) -> None:
    transaction_id = await cp.starts("NOBODY", "Invalid")
    await cp.stops(transaction_id, 1100, "DeAuthorized")
    await billed(cp, transaction_id, 100, "DeAuthorized")


async def test_tc_038_a_stop_that_comes_late(cp: ChargePoint) -> None:
    transaction_id = await charge(cp)
    await cp.stops(transaction_id)
    await cp.stops(transaction_id)  # and again: its confirmation was lost
    await billed(cp, transaction_id)


async def test_tc_039_a_whole_charge_that_comes_late(cp: ChargePoint) -> None:
    transaction_id = await cp.starts()
    assert await cp.starts() == transaction_id  # its answer was lost
    value = {"timestamp": "2026-03-01T09:30:00Z", "sampledValue": [{"value": "1400"}]}
    await cp.says("MeterValues", {"connectorId": 1, "transactionId": transaction_id, "meterValue": [value]}, {})
    await cp.stops(transaction_id)
    await billed(cp, transaction_id)
    assert len((await cp.session(transaction_id))["samples"]) == 1


async def test_tc_041_a_fault_is_shown(cp: ChargePoint) -> None:
    await cp.shows("Faulted", error_code="GroundFailure")
    await cp.shows("Available")
    assert (await cp.connector())["error_code"] == "NoError"


async def test_tc_068_the_same_card_ends_it_unasked(cp: ChargePoint) -> None:
    transaction_id = await charge(cp)
    await cp.stops(transaction_id, idTag=CARD.lower())
    await billed(cp, transaction_id)


async def test_tc_070_sampled_meter_values(cp: ChargePoint) -> None:
    transaction_id = await charge(cp)
    sample = [
        {"value": "1.25", "measurand": "Energy.Active.Import.Register", "unit": "kWh", "context": "Sample.Periodic"},
        {"value": "7.2", "measurand": "Power.Active.Import", "unit": "kW"},
        {"value": "35", "measurand": "SoC", "unit": "Percent", "location": "EV"},
        {"value": "31", "measurand": "Temperature", "unit": "Celcius"},
    ]
    value = {"timestamp": "2026-03-01T09:10:00Z", "sampledValue": sample}
    await cp.says("MeterValues", {"connectorId": 1, "transactionId": transaction_id, "meterValue": [value]}, {})
    (shown,) = (await cp.session(transaction_id))["samples"]
    assert (shown["energy_wh"], shown["power_w"], shown["soc_percent"], shown["temperature_c"]) == (250, 7200, 35, 31)


async def test_tc_071_clock_aligned_meter_values_without_a_transaction(cp: ChargePoint) -> None:
    sample = [{"value": "1000", "context": "Sample.Clock"}]
    value = {"timestamp": "2026-03-01T09:15:00Z", "sampledValue": sample}
    for connector_id in (0, 1):
        await cp.says("MeterValues", {"connectorId": connector_id, "meterValue": [value]}, {})
    assert await cp.csms.quarantined() == []


async def test_tc_085_basic_authentication(csms: Csms) -> None:
    key = await csms.charge_point("CP1", connectors=2)
    url = f"{csms.ocpp_url.replace('ws://', 'http://')}/CP1"
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Sec-WebSocket-Protocol": "ocpp1.6",
    }
    async with httpx.AsyncClient() as web:
        assert (await web.get(url, headers=upgrade)).status_code == 401
        wrong = await web.get(url, headers=upgrade, auth=("CP1", "00" * 20))
        assert wrong.status_code == 401
        stranger = await web.get(url.replace("CP1", "CP9"), headers=upgrade, auth=("CP9", key))
        assert stranger.status_code == 404
    async with plugged_in(csms, "CP1", key) as cp:
        await cp.boots()


@pytest.mark.parametrize(
    ("action", "payload", "code"),
    [
        ("Nonsense", {}, "NotImplemented"),
        ("RemoteStartTransaction", {"idTag": "A"}, "NotSupported"),
        ("Authorize", {}, "ProtocolError"),
        ("Authorize", {"idTag": "A" * 21}, "PropertyConstraintViolation"),
        ("Authorize", {"idTag": 5}, "TypeConstraintViolation"),
        ("StatusNotification", {"connectorId": 1, "errorCode": "NoError", "status": "Sleeping", "timestamp": AT},
         "PropertyConstraintViolation"),
    ],
)  # fmt: skip
async def test_rule_12_what_is_wrong_gets_a_callerror_of_five_elements(
    cp: ChargePoint, action: str, payload: dict[str, Any], code: str
) -> None:
    await cp.is_refused(action, payload, code)
