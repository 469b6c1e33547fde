"""Messages on demand, and data of vendors."""
from tests.octt.cases import on_both
from tests.octt.script import Script


@on_both
async def test_tc_054_what_is_triggered_comes_after_the_answer(script: Script) -> None:
    async def triggers(message: str, **fields: object) -> None:
        assert await script.asks("TriggerMessage", requested_message=message, **fields) == "Accepted"

    await triggers("Heartbeat")
    await script.sees("Heartbeat")
    await triggers("StatusNotification", connector_id=1)
    await script.shows("Available")
    await script.until("the meter is read", lambda: len(script.charge_point.meter_log(1)))
    await triggers("MeterValues", connector_id=1)
    values = await script.sees("MeterValues", connector_id=1, transaction_id=None)
    assert {v["context"] for v in values.payload["meterValue"][0]["sampledValue"]} == {"Trigger"}
    await triggers("FirmwareStatusNotification")
    await script.sees("FirmwareStatusNotification", status="Idle")
    await triggers("DiagnosticsStatusNotification")
    await script.sees("DiagnosticsStatusNotification", status="Idle")
    await script.ends(status="Available")


@on_both
async def test_tc_055_a_trigger_for_an_unknown_connector(script: Script) -> None:
    answer = await script.asks("TriggerMessage", requested_message="StatusNotification", connector_id=9)
    assert answer == "Rejected"
    await script.ends(status="Available")


@on_both
async def test_tc_062_data_of_a_vendor_nobody_knows(script: Script) -> None:
    answer = await script.asks("DataTransfer", vendor_id="com.example.nobody", message_id="m", data="d")
    assert answer in ("UnknownVendorId", "UnknownMessageId")
    assert "data" not in answer.payload
    await script.ends(status="Available")
