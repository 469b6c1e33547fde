"""The central system of the campaign: keeps books of its own and notes what came, in the order in which it came."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import msgspec
from msgspec import Raw

from ocppj.frames import Call
from ocppj.peer import Peer
from ocppj.server import Limits, Server, Verdict, serve
from tests.campaign.station import CARDS

KEPT = frozenset({"StartTransaction", "MeterValues", "StopTransaction"})
QUIET = Limits(messages_per_s=None, ping_interval_s=600, ping_timeout_s=60)


@dataclass
class Central:
    """`came`: (charge point, action, payload as bytes). It survives its restarts, as a database would."""

    time: Any
    came: list[tuple[str, str, bytes]] = field(default_factory=list)
    starts: dict[tuple[str, bytes], int] = field(default_factory=dict)  # (charge point, payload): id
    bills: dict[int, tuple[str, int, int | None]] = field(default_factory=dict)  # id: charge point, start, stop
    port: int = 0
    mute: bool = False
    _server: Server | None = None

    async def start(self) -> None:
        async def accept(*_: object) -> Verdict:
            return Verdict.ACCEPT

        self._server = await serve("127.0.0.1", self.port, authenticate=accept, on_connect=self._converse, limits=QUIET)
        self.port = self._server.port

    async def stop(self) -> None:
        if self._server is not None:
            server, self._server = self._server, None
            await server.close()

    async def _converse(self, peer: Peer) -> None:
        await peer.serve(lambda call: self._answer(peer.identity, call))

    async def _answer(self, identity: str, call: Call) -> Raw:
        answer = self._book(identity, call.action, bytes(call.payload))
        if self.mute:  # it has booked it, and its answer is lost
            await asyncio.sleep(1e9)
        return Raw(msgspec.json.encode(answer))

    def _book(self, identity: str, action: str, payload: bytes) -> dict[str, Any]:
        if action == "BootNotification":
            return {"status": "Accepted", "currentTime": self.time(), "interval": 900}
        if action == "Heartbeat":
            return {"currentTime": self.time()}
        if action not in KEPT:
            return {}
        self.came.append((identity, action, payload))
        told = msgspec.json.decode(payload)
        if action == "StartTransaction":
            number = self.starts.setdefault((identity, payload), len(self.starts) + 1)
            self.bills.setdefault(number, (identity, told["meterStart"], None))
            return {
                "transactionId": number,
                "idTagInfo": {"status": "Accepted" if told["idTag"] in CARDS[:2] else "Invalid"},
            }
        if action == "StopTransaction" and told["transactionId"] in self.bills:
            owner, start_wh, _ = self.bills[told["transactionId"]]
            self.bills[told["transactionId"]] = (owner, start_wh, told["meterStop"])
        return {}
