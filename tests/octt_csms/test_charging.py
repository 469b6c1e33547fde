"""Boot, charging, cards, and what goes wrong: the CSMS's half of the cases 001 to 041, 068 to 071."""

from typing import Any

import httpx
import pytest

from tests.csms.running import CARD, Csms
from tests.octt_csms.charge_point import AT, BOOT, ChargePoint, Moment, Number, plugged_in
from tests.octt_csms.shared import shared_cp, shared_csms, shared_new  # noqa: F401 (fixtures cp, csms, new)

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def charge(cp: ChargePoint, **start: Any) -> int:
    await cp.shows("Preparing")
    await cp.authorizes()
    transaction_id = await cp.starts(**start)
    await cp.shows("Charging")
    return transaction_id


async def configure(cp: ChargePoint, key: str, value: str) -> None:
    body = {"key": key, "value": value}
    await cp.asked_by("PATCH", "configuration", body, "ChangeConfiguration", body, {"status": "Accepted"})


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


async def test_tc_005_2_the_car_is_unplugged_and_the_cable_stays_locked(cp: ChargePoint) -> None:
    await configure(cp, "StopTransactionOnEVSideDisconnect", "true")
    await configure(cp, "UnlockConnectorOnEVSideDisconnect", "false")
    transaction_id = await charge(cp)
    await cp.shows("SuspendedEV")
    await cp.stops(transaction_id, reason="EVDisconnected")
    await cp.shows("Finishing", info="EV side disconnected")
    await billed(cp, transaction_id, reason="EVDisconnected")
    await cp.authorizes()  # which lets the cable go
    await cp.shows("Available")
    assert (await cp.connector())["transaction"] is None


async def test_tc_005_3_unplugging_the_car_is_no_end(cp: ChargePoint) -> None:
    await configure(cp, "StopTransactionOnEVSideDisconnect", "false")
    transaction_id = await charge(cp)
    await cp.shows("SuspendedEV", info="EV side disconnected")
    assert (await cp.session(transaction_id))["state"] == "active"
    await cp.shows("Charging")
    await cp.stops(transaction_id, idTag=CARD)
    await billed(cp, transaction_id)


async def test_tc_007_a_cached_card_starts_without_asking(cp: ChargePoint) -> None:
    await cp.shows("Preparing")
    transaction_id = await cp.starts()
    await cp.shows("Charging")
    assert (await cp.session(transaction_id))["authorization"] == "Accepted"


async def starts_nothing(cp: ChargePoint, id_tag: str, verdict: str, **more: str) -> None:
    """Neither asked before nor at the start: what flowed all the same is nobody's to pay."""
    await cp.authorizes(verdict, id_tag, **more)
    number = Number()
    start = {"connectorId": 1, "idTag": id_tag, "meterStart": 1000, "timestamp": AT}
    info = {"status": verdict, **more}
    await cp.says("StartTransaction", start, {"transactionId": number, "idTagInfo": info})
    await cp.stops(number.value, 1010, "DeAuthorized")
    await billed(cp, number.value, 10, "DeAuthorized")
    assert (await cp.session(number.value))["user"] is None


async def test_tc_023_1_an_invalid_card(cp: ChargePoint) -> None:
    await starts_nothing(cp, "NOBODY", "Invalid")


async def test_tc_023_2_an_expired_card(cp: ChargePoint) -> None:
    await cp.csms.new("/api/cards", id_tag="EXPIRED", user_id=2, expires_at="2020-01-01T00:00:00Z")
    await starts_nothing(cp, "EXPIRED", "Expired", expiryDate="2020-01-01T00:00:00Z")


async def test_tc_023_3_a_blocked_card(cp: ChargePoint) -> None:
    await cp.csms.new("/api/cards", id_tag="BLOCKED", user_id=2)
    assert (await cp.csms.admin.patch("/api/cards/BLOCKED", json={"blocked": True})).status_code == 200
    await starts_nothing(cp, "BLOCKED", "Blocked")


async def test_tc_024_a_lock_that_fails(cp: ChargePoint) -> None:
    await cp.shows("Faulted", error_code="ConnectorLockFailure")
    shown = await cp.connector()
    assert (shown["status"], shown["error_code"]) == ("Faulted", "ConnectorLockFailure")


async def test_tc_032_1_a_power_cut_ends_the_charge(cp: ChargePoint) -> None:
    transaction_id = await charge(cp)
    await cp.stops(transaction_id, reason="PowerLoss")
    await billed(cp, transaction_id, reason="PowerLoss")


async def test_tc_032_2_a_power_cut_that_is_told_of_later(cp: ChargePoint) -> None:
    transaction_id = await charge(cp)
    await cp.boots()
    assert (await cp.session(transaction_id))["state"] == "active"  # a boot is no end
    await cp.stops(transaction_id, reason="PowerLoss")
    await billed(cp, transaction_id, reason="PowerLoss")


async def test_tc_034_unavailable_survives_a_power_cut(cp: ChargePoint) -> None:
    await cp.shows("Unavailable")
    accepted = {"status": "Accepted", "currentTime": Moment(), "interval": 300}
    await cp.says("BootNotification", BOOT, accepted)
    await cp.shows("Unavailable")
    assert (await cp.connector())["status"] == "Unavailable"


async def test_tc_036_a_lost_link_is_no_end(csms: Csms) -> None:
    key = await csms.charge_point("CP36", connectors=2)
    async with plugged_in(csms, "CP36", key) as cp:
        await cp.boots()
        transaction_id = await charge(cp)
    async with plugged_in(csms, "CP36", key) as cp:  # without a boot
        value = {"timestamp": "2026-03-01T09:30:00Z", "sampledValue": [{"value": "1500"}]}
        await cp.says("MeterValues", {"connectorId": 1, "transactionId": transaction_id, "meterValue": [value]}, {})
        assert (await cp.session(transaction_id))["energy_wh"] == 500
        await cp.stops(transaction_id)
        await cp.nothing_more()
        await billed(cp, transaction_id)


async def test_tc_037_1_a_start_that_comes_late_is_judged_now_and_timed_then(cp: ChargePoint) -> None:
    transaction_id = await cp.starts(at="2026-02-28T23:00:00Z")
    assert (await cp.session(transaction_id))["started_at"].startswith("2026-02-28T23:00:00")


async def test_tc_037_2_a_late_start_of_a_card_that_is_none_may_stay_plugged(cp: ChargePoint) -> None:
    await configure(cp, "StopTransactionOnInvalidId", "false")
    transaction_id = await cp.starts("NOBODY", "Invalid")
    await cp.shows("SuspendedEVSE")  # it gives no more energy, and waits to be unplugged
    session = await cp.session(transaction_id)
    assert (session["state"], session["authorization"], session["user"]) == ("active", "Invalid", None)
    await cp.stops(transaction_id, 1100, "EVDisconnected")
    await billed(cp, transaction_id, 100, "EVDisconnected")


async def test_tc_037_3_a_late_start_of_a_card_that_is_none_is_refused_and_kept(cp: ChargePoint) -> None:
    await configure(cp, "StopTransactionOnInvalidId", "true")
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


async def test_tc_069_a_card_of_the_same_group_ends_it(cp: ChargePoint) -> None:
    info = {"status": "Accepted", "parentIdTag": "FAMILY"}
    for card, user_id in (("KIN1", 2), ("KIN2", 3)):
        await cp.csms.new("/api/cards", id_tag=card, user_id=user_id, parent_id_tag="family")
    await cp.authorizes(id_tag="KIN1", parentIdTag="FAMILY")
    number = Number()
    start = {"connectorId": 1, "idTag": "KIN1", "meterStart": 1000, "timestamp": AT}
    await cp.says("StartTransaction", start, {"transactionId": number, "idTagInfo": info})
    await cp.authorizes(id_tag="KIN2", parentIdTag="FAMILY")
    stop = {"transactionId": number.value, "idTag": "KIN2", "meterStop": 2000, "timestamp": "2026-03-01T10:00:00Z"}
    await cp.says("StopTransaction", {**stop, "reason": "Local"}, {"idTagInfo": info})
    await billed(cp, number.value)
    assert (await cp.session(number.value))["user"]["id"] == 2  # who started it pays


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
    assert cp.identity not in [row["charge_point"] for row in await cp.csms.quarantined()]


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
