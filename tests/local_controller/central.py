"""A central system of a few lines, built with ocppj: it notes what it is sent and answers as it is told."""

import asyncio
import ssl as tls
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import Raw

from ocppj.errors import RpcError
from ocppj.frames import Call
from ocppj.peer import Peer
from ocppj.server import Limits, Server, Verdict, serve
from tests.local_controller.waiting import eventually

NOW = "2026-03-01T09:00:00.000Z"


@dataclass(frozen=True)
class Received:
    identity: str
    action: str
    payload: dict[str, Any]
    raw: bytes


@dataclass
class Central:
    """`answers` replaces the answer to an action: a payload, an RpcError, a function of (identity, payload)."""

    answers: dict[str, Any] = field(default_factory=dict)
    received: list[Received] = field(default_factory=list)
    passwords: dict[str, bytes | None] = field(default_factory=dict)
    port: int = 0
    next_id: int = 100
    _starts: dict[bytes, int] = field(default_factory=dict)
    ssl: tls.SSLContext | None = None
    _server: Server | None = None
    _speaks: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"{'wss' if self.ssl else 'ws'}://127.0.0.1:{self.port}/ocpp"

    async def start(self) -> None:
        """Listen, at the same port as the last time."""
        self._speaks.set()
        self._server = await serve(
            "127.0.0.1", self.port, authenticate=self._authenticate, on_connect=self._converse,
            limits=Limits(messages_per_s=None), ssl=self.ssl,
        )  # fmt: skip
        self.port = self._server.port

    async def stop(self) -> None:
        self._speaks.set()
        if self._server is not None:
            await self._server.close()
            self._server = None

    def fall_silent(self) -> None:
        """Nothing is answered until it stops."""
        self._speaks.clear()

    @property
    def peers(self) -> dict[str, Peer]:
        return self._server.peers if self._server else {}

    async def connected(self, identity: str) -> Peer:
        peer: Peer = await eventually(f"{identity} at the central system", lambda: self.peers.get(identity))
        return peer

    def got(self, action: str, identity: str | None = None) -> list[dict[str, Any]]:
        return [r.payload for r in self.received if r.action == action and identity in (None, r.identity)]

    async def wait_for(self, action: str, count: int = 1, within_s: float = 10.0) -> dict[str, Any]:
        """The `count`th payload of this action."""
        await eventually(f"{count} {action}", lambda: len(self.got(action)) >= count, within_s)
        return self.got(action)[count - 1]

    async def ask(self, identity: str, action: str, **payload: Any) -> Any:
        """Send a CALL down and return the payload of its answer."""
        raw = await (await self.connected(identity)).call_raw(action, Raw(msgspec.json.encode(payload)), 5.0)
        return msgspec.json.decode(raw)

    async def _authenticate(self, identity: str, user: str | None, password: bytes | None, remote: str) -> Verdict:
        self.passwords[identity] = password
        return Verdict.ACCEPT

    async def _converse(self, peer: Peer) -> None:
        await peer.serve(lambda call: self._handle(peer.identity, call))

    async def _handle(self, identity: str, call: Call) -> Raw:
        await self._speaks.wait()
        payload = msgspec.json.decode(call.payload)
        self.received.append(Received(identity, call.action, payload, bytes(call.payload)))
        answer = self.answers.get(call.action, DEFAULTS.get(call.action, {}))
        if isinstance(answer, Callable):  # type: ignore[arg-type]
            answer = answer(identity, payload)
        if isinstance(answer, RpcError):
            raise answer
        if call.action == "StartTransaction":
            answer = {"transactionId": self._same_id(identity, call.payload), **answer}
        return Raw(msgspec.json.encode(answer))

    def _same_id(self, identity: str, payload: Raw) -> int:
        """As a CSMS must: a start that comes again is the same transaction."""
        key = identity.encode() + bytes(payload)
        if key not in self._starts:
            self.next_id += 1
            self._starts[key] = self.next_id
        return self._starts[key]


DEFAULTS: dict[str, Any] = {
    "BootNotification": {"status": "Accepted", "currentTime": NOW, "interval": 300},
    "Heartbeat": {"currentTime": NOW},
    "Authorize": {"idTagInfo": {"status": "Accepted"}},
    "StartTransaction": {"idTagInfo": {"status": "Accepted"}},
}
