"""A charge point for tests, made of the ocppj client: says what it is told to, answers what it is asked."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from ocppj import frames, v16
from ocppj.client import Client
from ocppj.errors import NotImplementedAction
from ocppj.peer import Peer

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
Answer = Callable[[Any], Awaitable[Any]]


class Station:
    def __init__(self, peer: Peer, answers: dict[str, Answer]) -> None:
        self.peer = peer
        self._answers = answers
        self.asked: list[Any] = []

    async def handle(self, call: frames.Call) -> Any:
        request = v16.decode_request(call.action, call.payload)
        self.asked.append(request)
        if call.action not in self._answers:
            raise NotImplementedAction(call.action)
        return await self._answers[call.action](request)

    async def raw(self, action: str, payload: bytes) -> Any:
        return msgspec.json.decode(await self.peer.call_raw(action, msgspec.Raw(payload)))

    async def boot(self) -> v16.BootNotificationResult:
        result = await self.peer.call(v16.BootNotification("Bollard", "test"))
        for connector_id in (0, 1):
            await self.status(connector_id, "Available")
        return result

    async def status(self, connector_id: int, status: Any, error_code: Any = "NoError") -> None:
        await self.peer.call(v16.StatusNotification(connector_id, error_code, status, timestamp=START))

    async def start(
        self, id_tag: str, meter_start: int = 1000, connector_id: int = 1, at: datetime = START
    ) -> v16.StartTransactionResult:
        return await self.peer.call(v16.StartTransaction(connector_id, id_tag, meter_start, at))

    async def meter(self, transaction_id: int | None, register_wh: Any, power_w: int, minutes: float = 1) -> None:
        values = [
            v16.SampledValue(str(register_wh)),
            v16.SampledValue(str(power_w), measurand="Power.Active.Import", unit="W"),
        ]
        at = START + timedelta(minutes=minutes)
        await self.peer.call(v16.MeterValues(1, [v16.MeterValue(at, values)], transaction_id))

    async def stop(
        self, transaction_id: int, meter_stop: int, minutes: float = 60, id_tag: str | None = None, reason: Any = None
    ) -> v16.StopTransactionResult:
        at = START + timedelta(minutes=minutes)
        return await self.peer.call(v16.StopTransaction(transaction_id, meter_stop, at, id_tag, reason))


@asynccontextmanager
async def connected(
    url: str, identity: str, key: str, answers: dict[str, Answer] | None = None
) -> AsyncIterator[Station]:
    """A station on the line, within 20 s; gone at the end."""
    there: asyncio.Future[Station] = asyncio.get_running_loop().create_future()

    async def own(peer: Peer) -> None:
        station = Station(peer, answers or {})
        if not there.done():
            there.set_result(station)
        await peer.serve(station.handle)

    client = Client(url, identity, key, on_connect=own, first_wait_s=30)
    running = asyncio.create_task(client.run())
    try:
        async with asyncio.timeout(20):
            station = await there
        yield station
        await station.peer.close()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
