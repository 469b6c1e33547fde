"""A central system built with the `ocpp` package: the independent referee of what the firmware says.

Each message is checked against the package's schemas. What it answers is a dict of functions that tests replace.
"""
import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from ocpp.routing import on
from ocpp.v16 import ChargePoint as OcppPeer
from ocpp.v16 import call_result
from ocpp.v16.enums import Action
from websockets.asyncio.server import Server, ServerConnection, serve

Answer = Callable[..., Any]
_ANSWERED = (
    Action.boot_notification, Action.heartbeat, Action.status_notification, Action.authorize,
    Action.start_transaction, Action.meter_values, Action.stop_transaction,
    Action.diagnostics_status_notification, Action.firmware_status_notification, Action.log_status_notification,
    Action.data_transfer,
)
CARD = "04A1B2C3D4E5F6"


def now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


class CentralSystem:
    """`said` is everything a charge point called, in order: (action, payload as the package reads it)."""

    def __init__(self) -> None:
        self.said: list[tuple[str, dict[str, Any]]] = []
        self.frames: list[str] = []
        self.connections = 0
        self.peer: OcppPeer | None = None
        self.connection: ServerConnection | None = None
        self._news = asyncio.Condition()
        self._server: Server | None = None
        self.port = 0
        self.next_transaction_id = 41
        self.answers: dict[str, Answer] = {
            "BootNotification": lambda **_: call_result.BootNotification(now(), 300, "Accepted"),
            "Heartbeat": lambda **_: call_result.Heartbeat(now()),
            "StatusNotification": lambda **_: call_result.StatusNotification(),
            "Authorize": lambda id_tag: call_result.Authorize({"status": "Accepted" if id_tag == CARD else "Invalid"}),
            "StartTransaction": self._start,
            "MeterValues": lambda **_: call_result.MeterValues(),
            "StopTransaction": lambda **_: call_result.StopTransaction(),
            "DiagnosticsStatusNotification": lambda **_: call_result.DiagnosticsStatusNotification(),
            "FirmwareStatusNotification": lambda **_: call_result.FirmwareStatusNotification(),
            "LogStatusNotification": lambda **_: call_result.LogStatusNotification(),
            "DataTransfer": lambda **_: call_result.DataTransfer("UnknownVendorId"),
        }

    def _start(self, **_: Any) -> call_result.StartTransaction:
        self.next_transaction_id += 1
        return call_result.StartTransaction(self.next_transaction_id, {"status": "Accepted"})

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ocpp"

    async def up(self) -> None:
        self._server = await serve(
            self._serve, "127.0.0.1", self.port, subprotocols=["ocpp1.6"], compression=None)  # type: ignore[list-item]
        self.port = next(iter(self._server.sockets)).getsockname()[1]

    async def down(self) -> None:
        if self._server:
            self._server.close()
            await self._server.wait_closed()
            self._server = None

    async def _serve(self, connection: ServerConnection) -> None:
        self.connections += 1
        self.connection = connection
        peer = self.peer = _Peer(self, connection)
        try:
            await peer.start()
        except Exception as error:   # the connection's end
            self.frames.append(f"ended: {error}")

    async def note(self, action: str, payload: dict[str, Any]) -> Any:
        async with self._news:
            self.said.append((action, payload))
            self._news.notify_all()
        answer = self.answers[action](**payload)
        return await answer if asyncio.iscoroutine(answer) else answer

    def all(self, action: str) -> list[dict[str, Any]]:
        return [payload for said, payload in self.said if said == action]

    async def wait_for(self, action: str, *, within_s: float = 20, count: int = 1, **fields: Any) -> dict[str, Any]:
        """The `count`-th call of this action with these fields, come or still to come."""
        def found() -> list[dict[str, Any]]:
            return [p for p in self.all(action) if all(p.get(name) == value for name, value in fields.items())]

        async with self._news:
            try:
                await asyncio.wait_for(self._news.wait_for(lambda: len(found()) >= count), within_s)
            except TimeoutError:
                said = "\n".join(f"  {a} {p}" for a, p in self.said)
                raise AssertionError(f"no {action} {fields} x {count} within {within_s} s; it said:\n{said}") from None
            return found()[count - 1]

    async def call(self, request: Any) -> Any:
        assert self.peer
        return await self.peer.call(request, suppress=False)


class _Peer(OcppPeer):
    def __init__(self, system: CentralSystem, connection: ServerConnection) -> None:
        super().__init__("CP", connection)
        self._system = system

    async def route_message(self, raw_msg: str) -> None:
        self._system.frames.append(raw_msg)
        await super().route_message(raw_msg)


def _handler(action: Action) -> Any:
    async def handle(self: _Peer, **payload: Any) -> Any:
        return await self._system.note(action.value, payload)

    handle.__name__ = f"on_{action.name}"   # the package looks its handlers up by this name
    return on(action)(handle)


for _action in _ANSWERED:
    setattr(_Peer, f"on_{_action.name}", _handler(_action))


@asynccontextmanager
async def central_system() -> AsyncIterator[CentralSystem]:
    system = CentralSystem()
    await system.up()
    try:
        yield system
    finally:
        await system.down()
