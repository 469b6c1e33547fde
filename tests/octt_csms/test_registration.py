"""A charge point that must wait until it is accepted: the CSMS's half of case 002."""

from typing import Any

import pytest

from tests.csms.running import CARD, until
from tests.csms.tells import tells
from tests.octt_csms.charge_point import BOOT, ChargePoint, Moment
from tests.octt_csms.shared import shared_csms, shared_new  # noqa: F401 (fixtures csms, new)

pytestmark = pytest.mark.asyncio(loop_scope="module")

ACCEPTED = {"status": "Accepted"}
TRIGGER = {"requestedMessage": "BootNotification"}
SETTINGS = [{"key": "HeartbeatInterval", "value": "60"}, {"key": "MeterValuesSampledData", "value": "Voltage"}]


async def boots(cp: ChargePoint, status: str, **more: str) -> None:
    interval = 60 if status == "Pending" else 300
    answer = {"status": status, "currentTime": Moment(), "interval": interval}
    await cp.says("BootNotification", {**BOOT, **more}, answer)


async def wish(cp: ChargePoint, held: bool = False, settings: Any = ()) -> dict[str, Any]:
    body = {"held": held, "settings": list(settings)}
    answer = await cp.csms.admin.put(f"/api/charge-points/{cp.identity}/registration", json=body)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def registration(cp: ChargePoint) -> dict[str, Any]:
    found: dict[str, Any] = await cp.csms.get(f"/api/charge-points/{cp.identity}/registration")
    return found


async def state(cp: ChargePoint) -> str:
    return str((await cp.csms.get(f"/api/charge-points/{cp.identity}"))["state"])


async def hears_settings(cp: ChargePoint, voltage: str = "Voltage") -> None:
    for each in SETTINGS:
        await cp.hears("ChangeConfiguration", each, ACCEPTED)
    rows = [
        {"key": "HeartbeatInterval", "readonly": False, "value": "60"},
        {"key": "MeterValuesSampledData", "readonly": False, "value": voltage},
    ]
    await cp.hears("GetConfiguration", {"key": [each["key"] for each in SETTINGS]}, {"configurationKey": rows})


async def test_tc_002_settings_first_then_accepted(new: ChargePoint) -> None:
    await wish(new, settings=SETTINGS)
    await boots(new, "Pending")
    await hears_settings(new)
    await new.hears("TriggerMessage", TRIGGER, ACCEPTED)
    await boots(new, "Accepted")
    await new.shows("Available", 0)
    shown = await registration(new)
    assert (shown["status"], shown["settings_taken"], shown["trouble"]) == ("Accepted", True, None)
    await boots(new, "Accepted")  # what it has it keeps
    await boots(new, "Pending", firmwareVersion="2")  # which may have forgotten
    await hears_settings(new)
    await new.hears("TriggerMessage", TRIGGER, {"status": "NotImplemented"})  # it says it again by itself
    await boots(new, "Accepted", firmwareVersion="2")


@pytest.mark.parametrize("status", ["Rejected", "NotSupported"])
async def test_tc_002_a_setting_that_is_refused_keeps_it_pending(new: ChargePoint, status: str) -> None:
    await wish(new, settings=SETTINGS)
    await boots(new, "Pending")
    await new.hears("ChangeConfiguration", SETTINGS[0], {"status": status})

    async def trouble() -> Any:
        return (await registration(new))["trouble"]

    assert await until(trouble) == f"{new.identity} answered {status} to HeartbeatInterval = 60"
    await boots(new, "Pending")  # after the interval, and is told again
    await hears_settings(new, voltage="Current.Import")
    found = await until(lambda: _other(new, "tells another value"))
    assert "MeterValuesSampledData" in found


async def _other(cp: ChargePoint, words: str) -> str:
    trouble = (await registration(cp))["trouble"] or ""
    return trouble if words in trouble else ""


@tells("PUT /api/charge-points/{identity}/registration", "GET /api/charge-points/{identity}/registration")
async def test_tc_002_an_operator_keeps_it_until_it_is_let_go(new: ChargePoint) -> None:
    await new.boots()
    assert await state(new) == "Free"
    await wish(new, held=True)
    await boots(new, "Pending")
    assert (await registration(new))["held"] is True
    assert await state(new) == "Undefined"  # to drivers, too: they could not start there
    body = {"key": "HeartbeatInterval", "value": "60"}
    await new.asked_by("PATCH", "configuration", body, "ChangeConfiguration", body, ACCEPTED)  # that it may be asked
    # what may not be started or stopped leaves no frame
    path = f"/api/charge-points/{new.identity}/connectors/1/remote-start"
    assert (await new.csms.admin.post(path, json={"id_tag": CARD})).status_code == 409
    transaction_id = await new.starts()  # of before, from its queue: kept, and confirmed
    assert (await new.csms.admin.post(f"/api/sessions/{transaction_id}/remote-stop")).status_code == 409
    async with new.csms.logged_in(2) as dora:
        for what in ("start_charging", "stop_charging"):
            asked = await dora.post(f"/api/station/{new.identity}/{what}", json={})
            assert (asked.status_code, "not accepted" in asked.text) == (409, True), asked.text
    await wish(new)
    await new.hears("TriggerMessage", TRIGGER, ACCEPTED)
    await boots(new, "Accepted")
    await new.stops(transaction_id)
    assert await state(new) == "Free"


async def test_tc_002_one_that_was_taken_away_is_rejected_until_it_is_back(new: ChargePoint) -> None:
    for dismissed, status in ((True, "Rejected"), (False, "Accepted")):
        path = f"/api/charge-points/{new.identity}"
        assert (await new.csms.admin.patch(path, json={"dismissed": dismissed})).status_code == 200
        await boots(new, status)


async def test_a_key_twice_and_the_key_itself_are_no_settings(new: ChargePoint) -> None:
    twice = [{"key": "A", "value": "1"}, {"key": "a", "value": "2"}]
    for settings in (twice, [{"key": "AuthorizationKey", "value": "x"}]):
        path = f"/api/charge-points/{new.identity}/registration"
        answer = await new.csms.admin.put(path, json={"held": False, "settings": settings})
        assert answer.status_code == 422, answer.text
