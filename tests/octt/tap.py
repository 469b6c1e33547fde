"""A WebSocket tap between one charge point and a central system: passes every frame on and keeps a record of it.

What it knows of OCPP is only how a CALL and its answer belong together (OCPP-J 1.6 §4.1.4).
"""
import asyncio
import contextlib
import json
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.http11 import Request, Response

CHARGE_POINT, CENTRAL_SYSTEM = "charge point", "central system"
_CALL, _RESULT, _ERROR = 2, 3, 4


@dataclass
class Exchange:
    """One CALL and what came of it; `number` and `answer_number` count all frames of the tap."""
    by: str
    action: str
    payload: dict[str, Any]
    message_id: str
    number: int
    at_s: float
    answer: dict[str, Any] | None = None
    error: str | None = None
    answer_number: int | None = None
    seen: bool = field(default=False, repr=False)

    def __str__(self) -> str:
        answer = self.error or ("(no answer)" if self.answer is None else json.dumps(self.answer))
        arrow = "->" if self.by == CHARGE_POINT else "<-"
        return f"{self.number:3} {arrow} {self.action} {json.dumps(self.payload)} : {answer[:200]}"


class Tap:
    def __init__(self, upstream: str, tls: ssl.SSLContext | None = None, host: str | None = None) -> None:
        self.record: list[Exchange] = []
        self.strays: list[str] = []         # frames that are neither a CALL nor the answer to one
        self.frames = 0
        self.connections = 0
        self.credentials: str | None = None   # the last Authorization header
        self.path = ""                        # and of the last request: its path, the sub-protocols it offered
        self.offered: str | None = None
        self.refusals: list[int] = []         # HTTP statuses with which the central system refused a connection
        self.port = 0
        self._upstream, self._tls, self._host = upstream, tls, host
        self._news = asyncio.Condition()
        self._server: Server | None = None
        self._live: tuple[ServerConnection, ClientConnection] | None = None
        self._opened: dict[ServerConnection, ClientConnection] = {}

    @property
    def url(self) -> str:
        scheme, host = ("wss", "localhost") if self._tls else ("ws", "127.0.0.1")
        return f"{scheme}://{self._host or host}:{self.port}/ocpp"

    async def up(self) -> None:
        self._server = await serve(
            self._pass_on, "127.0.0.1", self.port, ssl=self._tls, process_request=self._open, compression=None,
            subprotocols=["ocpp1.6"], ping_interval=None)   # type: ignore[list-item]
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def down(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    def forget(self) -> None:
        """What was recorded until now."""
        self.record.clear()
        self.strays.clear()

    async def wait_until(self, true: Callable[[], Any], within_s: float) -> bool:
        """Whether it became true, looked at whenever a frame has passed."""
        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(true), within_s)
            except TimeoutError:
                return False
        return True

    async def _open(self, south: ServerConnection, request: Request) -> Response | None:
        """The central system decides before the charge point hears anything."""
        self.credentials = request.headers.get("Authorization")
        self.path, self.offered = request.path, request.headers.get("Sec-WebSocket-Protocol")
        identity = request.path.rsplit("/", 1)[-1]
        headers = {"Authorization": self.credentials} if self.credentials else {}
        try:
            north = await connect(
                f"{self._upstream}/{identity}", additional_headers=headers, proxy=None, compression=None,
                subprotocols=["ocpp1.6"], ping_interval=None)   # type: ignore[list-item]
        except InvalidStatus as refused:
            self.refusals.append(refused.response.status_code)
            async with self._news:
                self._news.notify_all()
            return south.respond(refused.response.status_code, "refused\n")
        except OSError:
            return south.respond(503, "nobody there\n")
        self._opened[south] = north
        return None

    async def _pass_on(self, south: ServerConnection) -> None:
        north = self._opened.pop(south)
        before, self._live = self._live, (south, north)
        if before:   # the charge point has forgotten it, or it would not be here again
            before[0].transport.abort()
            before[1].transport.abort()
        self.connections += 1
        ways = [asyncio.create_task(self._way(south, north, CHARGE_POINT)),
                asyncio.create_task(self._way(north, south, CENTRAL_SYSTEM))]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in (north, south):
                with contextlib.suppress(Exception):
                    await end.close()

    async def _way(self, source: Any, sink: Any, by: str) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for text in source:
                await self._note(text, by)
                await sink.send(text)

    async def _note(self, text: Any, by: str) -> None:
        async with self._news:
            self.frames += 1
            try:
                kind, message_id, *rest = json.loads(text)
                if kind == _CALL:
                    self.record.append(Exchange(by, rest[0], rest[1], message_id, self.frames, time.monotonic()))
                else:
                    asked = next(e for e in reversed(self.record) if e.message_id == message_id and e.by != by)
                    if kind == _ERROR:
                        asked.error = rest[0]
                    else:
                        asked.answer = rest[0]
                    asked.answer_number = self.frames
            except (ValueError, IndexError, StopIteration):
                self.strays.append(f"{by}: {text!s:.200}")
            self._news.notify_all()
