"""The same CSMS with a charge point built on the `ocpp` package: a second reading of the standard."""

import asyncio
from datetime import UTC, datetime, timedelta

import websockets
from ocpp.routing import on
from ocpp.v16 import ChargePoint, call, call_result
from ocpp.v16.enums import RegistrationStatus, RemoteStartStopStatus

from ocppj import basic_auth
from tests.csms.running import CARD, Csms

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


class Independent(ChargePoint):
    @on("RemoteStartTransaction")
    async def remote_start(self, id_tag: str, **_: object) -> call_result.RemoteStartTransaction:
        return call_result.RemoteStartTransaction(status=RemoteStartStopStatus.accepted)


async def test_an_independent_charge_point_charges_and_is_billed(csms: Csms) -> None:
    dora = await csms.driver()
    key = await csms.charge_point("IND 1".replace(" ", "-"), price_cents_per_kwh=50)
    headers = {"Authorization": basic_auth.header("IND-1", key)}
    url = f"{csms.ocpp_url}/IND-1"
    async with websockets.connect(url, subprotocols=["ocpp1.6"], additional_headers=headers) as socket:  # type: ignore[list-item]
        point = Independent("IND-1", socket)
        running = asyncio.create_task(point.start())
        booted = await point.call(call.BootNotification(charge_point_model="M", charge_point_vendor="V"))
        assert booted.status == RegistrationStatus.accepted
        assert booted.interval > 0
        await point.call(call.Heartbeat())
        await point.call(call.StatusNotification(connector_id=1, error_code="NoError", status="Preparing"))
        allowed = await point.call(call.Authorize(id_tag=CARD.lower()))
        assert allowed.id_tag_info["status"] == "Accepted"

        answer = await csms.new("/api/charge-points/IND-1/connectors/1/remote-start", id_tag=CARD)
        assert answer == {"status": "Accepted"}

        started = await point.call(
            call.StartTransaction(connector_id=1, id_tag=CARD, meter_start=100, timestamp=START.isoformat())
        )
        sample = {"timestamp": (START + timedelta(minutes=1)).isoformat(), "sampledValue": [{"value": "600"}]}
        await point.call(call.MeterValues(connector_id=1, meter_value=[sample], transaction_id=started.transaction_id))
        end = (START + timedelta(hours=1)).isoformat()
        await point.call(
            call.StopTransaction(meter_stop=2110, timestamp=end, transaction_id=started.transaction_id, reason="Local")
        )
        running.cancel()
    session = await csms.session(started.transaction_id)
    assert (session["energy_wh"], session["cost_cents"]) == (2010, 101)  # 100.5 cents go up
    assert await csms.balance_cents(dora) == -101
