"""Rules of docs/ocpp16.md that show best in whole conversations, told in the language of the cases."""
import base64
import json
import ssl

import pytest

from hardware.bench.charge_point import Plug
from hardware.bench.orders import SetCar
from tests.octt.cases import on_both, scripted_only
from tests.octt.script import LOCALLY, Script, says, status
from tests.octt.stage import Stage
from tests.octt.systems import CARD, COLLEAGUE, NO_NUMBER, SCRIPTED, STRANGER, now
from tests.octt.test_security import both, new, tls  # noqa: F401  (a fixture)

plain = [pytest.mark.octt, pytest.mark.story, pytest.mark.asyncio(loop_scope="session")]


def whole(test: object) -> object:
    for mark in plain:
        test = mark(test)   # type: ignore[operator]
    return test


@whole
@both
async def test_rule_01_the_url_ends_in_the_percent_encoded_identity(stage: Stage, system: str) -> None:
    identity = f"RDAM|12@{system}"
    async with new(stage, system, identity=identity) as player:
        await player.begin().boots()
        assert player.tap.path == f"/ocpp/RDAM%7C12%40{system}"
        assert player.tap.credentials
        user, _, _ = base64.b64decode(player.tap.credentials.removeprefix("Basic ")).decode().partition(":")
        assert user == identity


@whole
@both
async def test_rule_02_the_sub_protocol_is_exactly_ocpp1_6(stage: Stage, system: str) -> None:
    async with new(stage, system) as player:
        await player.begin().boots()
        assert player.tap.offered == "ocpp1.6"


@on_both
async def test_rule_19_an_id_tag_in_small_letters_is_the_card_in_capitals(script: Script) -> None:
    await script.plug()
    await script.shows("Preparing")
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=CARD.lower()) == "Accepted"
    await script.charging_begins(CARD.lower())
    await script.tap(CARD)   # its own card: not asked for
    await script.charging_ends(LOCALLY)
    await script.ends(status="Finishing")


@on_both
async def test_rule_19_an_id_tag_has_no_format(script: Script) -> None:
    await script.plug()
    await script.shows("Preparing")
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=NO_NUMBER) == "Accepted"
    await script.charging_begins(NO_NUMBER)
    assert await script.asks("RemoteStopTransaction", transaction_id=script.transaction_id) == "Accepted"
    await script.charging_ends("Remote")
    await script.ends(status="Finishing")


@on_both
async def test_rule_26_a_boot_is_not_triggered_once_accepted(script: Script) -> None:
    assert await script.asks("TriggerMessage", requested_message="BootNotification") == "Rejected"
    await script.ends(status="Available")


@scripted_only("our CSMS accepts whoever has a key")
async def test_rule_27_before_it_was_ever_accepted_nobody_charges(script: Script) -> None:
    script.answers("BootNotification", {"currentTime": now(), "interval": 60, "status": "Pending"})
    await script.power_cycle()
    await script.sees("BootNotification")
    await script.plug()
    await script.console_says("connector.plugged")
    await script.tap()
    await script.console_says("card.refused")
    assert not script.energy_flows()
    script.answers("BootNotification", None)
    assert await script.asks("TriggerMessage", requested_message="BootNotification") == "Accepted"
    await script.boots({0: "Available", 1: "Preparing"})
    await script.ends(status="Preparing")


@on_both
async def test_rule_30_only_another_card_is_asked_for_at_the_end(script: Script) -> None:
    await script.starts_charging()
    await script.tap(COLLEAGUE)
    await script.sees("Authorize", id_tag=COLLEAGUE)
    await script.ends(status="Charging")
    await script.tap(CARD)
    await script.charging_ends(LOCALLY)
    await script.ends(status="Finishing")


@on_both
async def test_rule_57_a_remote_start_needs_a_free_connector_that_exists(script: Script) -> None:
    for connector_id in (0, 7):
        assert await script.asks("RemoteStartTransaction", connector_id=connector_id, id_tag=CARD) == "Rejected"
    assert await script.asks("RemoteStartTransaction", id_tag=CARD) == "Accepted"   # any: the only one
    await script.shows("Preparing")
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=COLLEAGUE) == "Rejected"
    await script.plug()
    await script.charging_begins(CARD)
    assert await script.asks("RemoteStartTransaction", connector_id=1, id_tag=COLLEAGUE) == "Rejected"
    await script.ends(status="Charging")


@on_both
async def test_rule_58_a_remote_stop_is_for_running_transactions(script: Script) -> None:
    await script.starts_charging()
    for other in (script.transaction_id + 1, 0, -1):
        assert await script.asks("RemoteStopTransaction", transaction_id=other) == "Rejected"
    assert await script.asks("RemoteStopTransaction", transaction_id=script.transaction_id) == "Accepted"
    await script.charging_ends("Remote")
    assert await script.asks("RemoteStopTransaction", transaction_id=script.transaction_id) == "Rejected"
    await script.ends(status="Finishing")


@on_both
async def test_rule_61_connector_0_is_available_or_not(script: Script) -> None:
    await script.starts_charging()
    script.fault("ground")
    await script.sees_in_any_order(
        says("StopTransaction", reason="Other"), status("Faulted", error_code="GroundFailure"))
    script.fault("ground", False)
    await script.unplug()
    await script.shows("Available")   # of connector 0 not a word until here
    assert await script.asks("ChangeAvailability", connector_id=0, type="Inoperative") == "Accepted"
    await script.sees_in_any_order(status("Unavailable", 0), status("Unavailable", 1))
    await script.ends(status="Unavailable", connector_id=0)
    assert await script.asks("ChangeAvailability", connector_id=0, type="Operative") == "Accepted"
    await script.sees_in_any_order(status("Available", 0), status("Available", 1))
    await script.ends(status="Available", connector_id=0)


@on_both
async def test_rule_62_a_car_that_does_not_ask_is_suspended_by_itself(script: Script) -> None:
    await script.plug()
    script.charge_point.set_car(1, SetCar(state="B"))
    await script.shows("Preparing")
    await script.tap()
    await script.sees("Authorize")
    await script.sees("StartTransaction")
    await script.shows("SuspendedEV")
    await script.ends(status="SuspendedEV")


@on_both
async def test_rule_62_where_both_suspend_it_is_the_charge_point(script: Script) -> None:
    await script.configures(AllowOfflineTxForUnknownId=True, StopTransactionOnInvalidId=False, MaxEnergyOnInvalidId=0)
    await script.link(False)
    script.charge_point.plug(1, Plug())
    script.charge_point.set_car(1, SetCar(state="B"))
    await script.console_says("connector.plugged")
    await script.tap(STRANGER)
    await script.console_says("status=SuspendedEV")
    await script.link(True)
    await script.sees_in_any_order(
        says("StartTransaction", id_tag=STRANGER, verdict="Invalid"), status("SuspendedEV"))
    await script.shows("SuspendedEVSE")
    await script.ends(status="SuspendedEVSE")


@on_both
async def test_rule_77_the_answer_to_a_trigger_comes_first_and_no_connector_means_all(script: Script) -> None:
    assert await script.asks("TriggerMessage", requested_message="StatusNotification") == "Accepted"
    await script.sees_in_any_order(status("Available", 0), status("Available", 1))
    assert await script.asks("TriggerMessage", requested_message="StatusNotification", connector_id=7) == "Rejected"
    await script.ends(status="Available")


@on_both
async def test_rule_99_the_authorization_key_is_never_told(script: Script) -> None:
    answer = await script.asks("GetConfiguration")
    assert "AuthorizationKey" not in {row["key"] for row in answer.payload["configurationKey"]}
    assert await script.reads("AuthorizationKey") is None
    assert await script.asks("ChangeConfiguration", key="AuthorizationKey", value="55" * 20) == "NotSupported"
    await script.power_cycle()
    await script.boots()
    options = script.charge_point.options
    frames = [json.dumps([e.payload, e.answer]) for e in script.player.tap.record]
    told = "\n".join([*frames, *script.player.console_ever()])
    assert "link.up" in told
    assert "WebSocketPingInterval" in told
    assert options.authorization_key.lower() not in told.lower()
    assert base64.b64encode(f"{options.identity}:{options.authorization_key}".encode()).decode() not in told
    await script.ends(status="Available")


@whole
async def test_rule_100_a_certificate_for_another_name_is_none(
    stage: Stage, tls: tuple[ssl.SSLContext, bytes],  # noqa: F811
) -> None:
    async with new(stage, SCRIPTED, tls=tls[0], authority=tls[1], host="127.0.0.1") as player:
        script = player.begin()
        await script.until("refused twice", lambda: script.told("link.failed") >= 2, 15)
        assert player.tap.connections == 0
