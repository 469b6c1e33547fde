"""Independent software on both sides: a charge point and a central system built with the `ocpp` package."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ocpp.routing import on
from ocpp.v16 import ChargePoint as OcppPeer
from ocpp.v16 import call, call_result
from ocpp.v16.enums import Action, AuthorizationStatus, RegistrationStatus, RemoteStartStopStatus
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from local_controller.config import Csms
from tests.local_controller.central import Central
from tests.local_controller.running import SITE_KEY, Running, running
from tests.local_controller.waiting import eventually
from tests.local_controller.wire import ChargePoint as Wire

NOW = "2026-03-01T10:00:00Z"


@dataclass
class Office:
    """A central system built with `ocpp`; every payload is checked against the official schemas by that package."""

    peers: dict[str, "OfficePeer"] = field(default_factory=dict)
    heard: list[tuple[str, str, dict[str, Any]]] = field(default_factory=list)
    authorizations: dict[str, str] = field(default_factory=dict)

    async def converse(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        identity = connection.request.path.rsplit("/", 1)[-1]
        self.authorizations[identity] = connection.request.headers["Authorization"]
        peer = self.peers[identity] = OfficePeer(identity, connection)
        peer.office = self
        try:
            await peer.start()
        except Exception:
            self.peers.pop(identity, None)


class OfficePeer(OcppPeer):
    office: Office

    def hear(self, action: str, fields: dict[str, Any]) -> None:
        self.office.heard.append((self.id, action, fields))

    @on(Action.boot_notification)
    def boot(self, **fields: Any) -> call_result.BootNotification:
        self.hear("BootNotification", fields)
        return call_result.BootNotification(current_time=NOW, interval=60, status=RegistrationStatus.accepted)

    @on(Action.heartbeat)
    def heartbeat(self) -> call_result.Heartbeat:
        return call_result.Heartbeat(current_time=NOW)

    @on(Action.status_notification)
    def status(self, **fields: Any) -> call_result.StatusNotification:
        self.hear("StatusNotification", fields)
        return call_result.StatusNotification()

    @on(Action.authorize)
    def authorize(self, **fields: Any) -> call_result.Authorize:
        return call_result.Authorize(id_tag_info={"status": AuthorizationStatus.accepted})

    @on(Action.start_transaction)
    def start_transaction(self, **fields: Any) -> call_result.StartTransaction:
        self.hear("StartTransaction", fields)
        return call_result.StartTransaction(transaction_id=7, id_tag_info={"status": AuthorizationStatus.accepted})

    @on(Action.meter_values)
    def meter_values(self, **fields: Any) -> call_result.MeterValues:
        self.hear("MeterValues", fields)
        return call_result.MeterValues()

    @on(Action.stop_transaction)
    def stop_transaction(self, **fields: Any) -> call_result.StopTransaction:
        self.hear("StopTransaction", fields)
        return call_result.StopTransaction(id_tag_info={"status": AuthorizationStatus.accepted})


class Station(OcppPeer):
    """A charge point built with `ocpp`."""

    stopped: int | None = None

    @on(Action.remote_stop_transaction)
    def remote_stop(self, transaction_id: int) -> call_result.RemoteStopTransaction:
        self.stopped = transaction_id
        return call_result.RemoteStopTransaction(status=RemoteStartStopStatus.accepted)


async def one_charge(station: Station) -> int:
    """Everything a charge says, checked by the package on the way out and back."""
    await station.call(call.BootNotification(charge_point_model="M", charge_point_vendor="V"), suppress=False)
    status = call.StatusNotification(connector_id=1, error_code="NoError", status="Preparing")
    await station.call(status, suppress=False)
    authorized = await station.call(call.Authorize(id_tag="04A1"), suppress=False)
    assert authorized.id_tag_info["status"] == "Accepted"
    started = await station.call(
        call.StartTransaction(connector_id=1, id_tag="04A1", meter_start=100, timestamp=NOW), suppress=False
    )
    assert started.id_tag_info["status"] == "Accepted"
    sample = {"value": "900", "context": "Sample.Periodic", "unit": "Wh"}
    await station.call(
        call.MeterValues(
            connector_id=1, transaction_id=started.transaction_id,
            meter_value=[{"timestamp": NOW, "sampled_value": [sample]}],
        ),
        suppress=False,
    )  # fmt: skip
    await station.call(
        call.StopTransaction(transaction_id=started.transaction_id, meter_stop=1000, timestamp=NOW), suppress=False
    )
    return int(started.transaction_id)


@pytest.fixture
async def station(site: Running) -> AsyncIterator[Station]:
    async for found in station_at(site, await site.adopt()):
        yield found


async def station_at(site: Running, adopted: Wire) -> AsyncIterator[Station]:

    basic = base64.b64encode(f"{adopted.identity}:{adopted.key}".encode()).decode()
    async with connect(
        f"{site.url}/{adopted.identity}", subprotocols=["ocpp1.6"], proxy=None,  # type: ignore[list-item]
        additional_headers={"Authorization": f"Basic {basic}"},
    ) as socket:  # fmt: skip
        found = Station(adopted.identity, socket)
        talking = asyncio.create_task(found.start())
        yield found
        talking.cancel()


async def test_a_charge_point_built_with_the_ocpp_package_charges(
    site: Running, central: Central, station: Station
) -> None:
    ours = await one_charge(station)
    assert ours > 30_000_000
    await site.all_delivered()
    assert central.got("StopTransaction") == [{"transactionId": 101, "meterStop": 1000, "timestamp": NOW}]
    await central.ask(station.id, "RemoteStopTransaction", transactionId=101)
    assert station.stopped == ours


async def test_a_central_system_built_with_the_ocpp_package_gets_it_all(tmp_path: Path) -> None:
    office = Office()
    async with serve(office.converse, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        port = next(iter(server.sockets)).getsockname()[1]
        csms = Csms(answer_within_s=5)
        async with running(tmp_path / "site", Central(port=port), csms) as site:
            adopted = await site.adopt()
            async for station in station_at(site, adopted):
                ours = await one_charge(station)
                await site.all_delivered()
                mine = [(action, fields) for identity, action, fields in office.heard if identity == adopted.identity]
                assert [action for action, _ in mine] == [
                    "BootNotification", "StatusNotification", "StartTransaction", "MeterValues", "StopTransaction",
                ]  # fmt: skip
                assert mine[3][1]["transaction_id"] == mine[4][1]["transaction_id"] == 7
                peer = await eventually("its socket", lambda: office.peers.get(adopted.identity))
                answer = await peer.call(call.RemoteStopTransaction(transaction_id=7), suppress=False)
                assert answer.status == "Accepted"
                assert station.stopped == ours

    user, _, password = base64.b64decode(office.authorizations[adopted.identity].split()[1]).decode().partition(":")
    assert (user, password) == (adopted.identity, SITE_KEY)
