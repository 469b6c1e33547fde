"""A charge point with a meter: charges by its plan, keeps what it has to say until it is confirmed, and logs what its
meter showed. The log is the judge; it shares no code with the product.
"""

import asyncio
import base64
import itertools
import json
import random
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

ANSWER_WITHIN_S, AGAIN_S = 30.0, 10.0
CARDS = ["04A1B2C3", "04D4E5F6", "stranger"]


class Unanswered(Exception):
    """A CALLERROR, or nothing."""


@dataclass
class Station:
    """`said` is what its meter's log makes it say, in order: (action, payload with the session's number)."""

    url: Callable[[], str]
    identity: str
    key: str
    seed: int
    time: Callable[[], str]  # its clock, as it goes onto the wire
    sessions: int = 2
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ids: dict[int, int] = field(default_factory=dict)  # session: the id it was told
    told_times: list[str] = field(default_factory=list)
    planned: bool = False  # all that it will ever say is in its queue
    register_wh: int = 0
    _queue: deque[tuple[str, int, dict[str, Any]]] = field(default_factory=deque)
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _stop_asked: set[int] = field(default_factory=set)
    _numbers: Any = field(default_factory=itertools.count)
    _socket: ClientConnection | None = None
    _open: dict[str, asyncio.Future[Any]] = field(default_factory=dict)

    @property
    def done(self) -> bool:
        return self.planned and not self._queue

    async def charge(self) -> None:
        """The cars: what happens at the connector whatever the network does."""
        chance = random.Random(self.seed)
        self.register_wh = chance.randrange(100_000)
        for session in range(self.sessions):
            await asyncio.sleep(chance.uniform(30, 3600))
            start = {"connectorId": 1, "idTag": chance.choice(CARDS), "meterStart": self.register_wh}
            self._say("StartTransaction", session, {**start, "timestamp": self.time()})
            for _ in range(chance.randrange(2, 16)):
                await asyncio.sleep(300)
                if session in self._stop_asked:
                    break
                self.register_wh += chance.randrange(100, 900)
                sample = {"value": str(self.register_wh), "measurand": "Energy.Active.Import.Register", "unit": "Wh"}
                value = {"timestamp": self.time(), "sampledValue": [sample]}
                self._say("MeterValues", session, {"connectorId": 1, "meterValue": [value]})
            self.register_wh += chance.randrange(100)
            self._say("StopTransaction", session, {"meterStop": self.register_wh, "timestamp": self.time()})
        self.planned = True

    async def speak(self) -> None:
        """The network: connect, boot, empty the queue, and again for ever."""
        while True:
            with suppress(OSError, WebSocketException, TimeoutError, Unanswered):
                await self._converse()
            await asyncio.sleep(AGAIN_S)

    async def _converse(self) -> None:
        credentials = base64.b64encode(f"{self.identity}:{self.key}".encode()).decode()
        async with connect(
            self.url(), subprotocols=["ocpp1.6"], additional_headers={"Authorization": f"Basic {credentials}"},  # type: ignore[list-item]
            proxy=None, compression=None, ping_interval=120, ping_timeout=60, close_timeout=1,
        ) as socket:  # fmt: skip
            self._socket = socket
            reader = asyncio.create_task(self._read(socket))
            try:
                await self._tell_time("BootNotification", {"chargePointVendor": "C", "chargePointModel": "1"})
                while True:
                    if self._queue:
                        await self._deliver()
                        continue
                    self._news.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._news.wait(), 900)
                        continue
                    await self._tell_time("Heartbeat", {})
            finally:
                reader.cancel()

    async def _deliver(self) -> None:
        action, session, payload = self._queue[0]
        if action != "StartTransaction":
            payload = {**payload, "transactionId": self.ids[session]}
        try:
            answer = await self._call(action, payload)
        except Unanswered:
            await asyncio.sleep(AGAIN_S)
            return
        if action == "StartTransaction":
            self.ids[session] = answer["transactionId"]
        self._queue.popleft()

    async def _tell_time(self, action: str, payload: dict[str, Any]) -> None:
        answer = await self._call(action, payload)
        self.told_times.append(answer["currentTime"])

    async def _call(self, action: str, payload: dict[str, Any]) -> Any:
        assert self._socket is not None
        message_id = f"{self.identity}-{next(self._numbers)}"
        self._open[message_id] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps([2, message_id, action, payload]))
        try:
            return await asyncio.wait_for(self._open[message_id], ANSWER_WITHIN_S)
        finally:
            del self._open[message_id]

    async def _read(self, socket: ClientConnection) -> None:
        with suppress(WebSocketException, OSError):
            async for text in socket:
                frame = json.loads(text)
                if frame[0] == 2:
                    await socket.send(json.dumps([3, frame[1], self._ordered(frame[2], frame[3])]))
                elif (answer := self._open.get(frame[1])) is not None and not answer.done():
                    if frame[0] == 3:
                        answer.set_result(frame[2])
                    else:
                        answer.set_exception(Unanswered(frame[2:]))

    def _ordered(self, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        if action == "RemoteStopTransaction":
            session = next((s for s, known in self.ids.items() if known == payload["transactionId"]), None)
            if session is None:
                return {"status": "Rejected"}
            self._stop_asked.add(session)
        return {"status": "Accepted"}

    def _say(self, action: str, session: int, payload: dict[str, Any]) -> None:
        self.said.append((action, {**payload, "session": session}))
        self._queue.append((action, session, payload))
        self._news.set()
