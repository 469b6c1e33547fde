"""Virtual charge points on a bare `websockets` central system: what the measurements of the firmware here stand on.

The bench is a process of its own; the central system accepts every card and can flood the charge points with CALLs.
"""
import asyncio
import base64
import contextlib
import json
import secrets
import ssl
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from hardware.demo.processes import Process, command

CARD = "04A1B2C3D4E5F6"
FLOOD_WINDOW = 4   # more than OCPP-J allows at once, so that the next CALL already lies in the charge point's buffer
HEARTBEAT_S = 300


class NotReached(Exception):
    """A fact that was waited for did not come."""


async def until(what: str, check: Callable[[], Any], within_s: float = 20) -> None:
    deadline = time.monotonic() + within_s
    while not check():
        if time.monotonic() > deadline:
            raise NotReached(f"{what}: not within {within_s:g} s")
        await asyncio.sleep(0.01)


class Central:
    """Answers everything at once. `answered` counts the flood's CALLs that a charge point answered."""

    def __init__(self) -> None:
        self.status: dict[str, str] = {}   # of connector 1; identity/n of the others
        self.silent_on: set[str] = set()   # actions that get no answer
        self.answered = 0
        self.flooding = False
        self.connections: dict[str, ServerConnection] = {}
        self.opened: Counter[str] = Counter()
        self._transaction_id = 0
        self._call = 0
        self._asked: dict[str, asyncio.Future[tuple[int, Any]]] = {}

    async def converse(self, connection: ServerConnection) -> None:
        assert connection.request
        identity = connection.request.path.rpartition("/")[2]
        self.connections[identity] = connection
        self.opened[identity] += 1
        with contextlib.suppress(ConnectionClosed):
            if self.flooding:
                await self._pour(connection, FLOOD_WINDOW)
            async for text in connection:
                kind, message_id, *rest = json.loads(text)
                if kind == 2 and rest[0] in self.silent_on:
                    continue
                if kind == 2:
                    await connection.send(json.dumps([3, message_id, self._answer(identity, *rest)]))
                elif message_id in self._asked:
                    self._asked.pop(message_id).set_result((kind, rest[0]))
                elif self.flooding:
                    self.answered += 1
                    await self._pour(connection, 1)

    def _answer(self, identity: str, action: str, payload: dict[str, Any]) -> dict[str, Any]:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        if action == "StatusNotification" and payload["connectorId"] == 1:
            self.status[identity] = payload["status"]
        elif action == "StatusNotification":
            self.status[f"{identity}/{payload['connectorId']}"] = payload["status"]
        if action == "BootNotification":
            return {"status": "Accepted", "currentTime": now, "interval": HEARTBEAT_S}
        if action == "Heartbeat":
            return {"currentTime": now}
        if action == "Authorize":
            return {"idTagInfo": {"status": "Accepted"}}
        if action == "StartTransaction":
            self._transaction_id += 1
            return {"transactionId": self._transaction_id, "idTagInfo": {"status": "Accepted"}}
        return {}

    async def _pour(self, connection: ServerConnection, count: int) -> None:
        for _ in range(count):
            self._call += 1
            await connection.send(json.dumps([2, f"f{self._call}", "GetConfiguration", {}]))

    async def ask(self, identity: str, action: str, payload: dict[str, Any]) -> Any:
        """The answer's payload, or the code of its CALLERROR."""
        self._call += 1
        message_id = f"a{self._call}"
        self._asked[message_id] = answer = asyncio.get_running_loop().create_future()
        await self.connections[identity].send(json.dumps([2, message_id, action, payload], separators=(",", ":")))
        return (await asyncio.wait_for(answer, 30))[1]

    @contextlib.asynccontextmanager
    async def flood(self) -> AsyncIterator[None]:
        """GetConfiguration back to back, to every charge point."""
        self.flooding = True
        for connection in self.connections.values():
            await self._pour(connection, FLOOD_WINDOW)
        try:
            yield
        finally:
            self.flooding = False

    async def drop(self, identity: str) -> None:
        """Close its connection, as a central system that restarts does; it connects again by itself."""
        await self.connections[identity].close(1001)


@contextlib.asynccontextmanager
async def central_system(tls: ssl.SSLContext | None = None) -> AsyncIterator[tuple[Central, str]]:
    """The central system and its URL."""
    central = Central()
    async with serve(central.converse, "127.0.0.1", 0, ssl=tls, subprotocols=["ocpp1.6"],  # type: ignore[list-item]
                     compression=None, ping_interval=None, close_timeout=1) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield central, f"wss://localhost:{port}/ocpp" if tls else f"ws://127.0.0.1:{port}/ocpp"


def certificate(folder: Path) -> tuple[ssl.SSLContext, str]:
    """A server's TLS for `localhost` by a throw-away authority, and that authority as base64 DER."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "benchmark")])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, SHA256())
    )
    pem = folder / "server.pem"
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                    + made.public_bytes(Encoding.PEM))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(pem)
    return tls, base64.b64encode(made.public_bytes(Encoding.DER)).decode()


@dataclass
class ChargePoint:
    """One virtual charge point with one connector, through the bench's HTTP interface."""
    identity: str
    api: httpx.AsyncClient
    central: Central

    @property
    def _path(self) -> str:
        return f"/api/charge-points/{self.identity}"

    async def whole(self) -> dict[str, Any]:
        state: dict[str, Any] = (await self.api.get(self._path)).raise_for_status().json()
        return state

    async def seen(self) -> dict[str, Any]:
        """Its connector as the world around the board sees it."""
        connector: dict[str, Any] = (await self.whole())["connectors"][0]
        return connector

    async def act(self, action: str, connector_id: int = 1, **body: Any) -> dict[str, Any]:
        """The connector right after it."""
        path = f"{self._path}/connectors/{connector_id}/{action}"
        answer = (await self.api.post(path, json=body)).raise_for_status().json()
        connector: dict[str, Any] = answer["connectors"][connector_id - 1]
        return connector

    async def heap(self) -> dict[str, int]:
        heap: dict[str, int] = (await self.api.post(f"{self._path}/heap")).raise_for_status().json()
        return heap

    async def remove(self) -> None:
        (await self.api.delete(self._path)).raise_for_status()

    async def until_seen(self, what: str, check: Callable[[dict[str, Any]], bool], within_s: float = 15,
                         every_s: float = 0.005) -> dict[str, Any]:
        """The connector once it is so."""
        deadline = time.monotonic() + within_s
        while not check(seen := await self.seen()):
            if time.monotonic() > deadline:
                last = "\n  ".join((await self.whole())["console"][-8:])
                raise NotReached(f"{self.identity}: {what}: not within {within_s:g} s; its console:\n  {last}")
            await asyncio.sleep(every_s)
        return seen

    async def until_card_gone(self) -> None:
        """A card that is still held would be no new tap."""
        deadline = time.monotonic() + 5
        while (await self.whole())["reader"]["card"]:
            if time.monotonic() > deadline:
                raise NotReached(f"{self.identity}: the card is still held")
            await asyncio.sleep(0.02)

    async def until_status(self, status: str, within_s: float = 30, connector_id: int = 1) -> None:
        key = self.identity if connector_id == 1 else f"{self.identity}/{connector_id}"
        await until(f"{key}: status {status}", lambda: self.central.status.get(key) == status, within_s)

    async def ask(self, action: str, payload: dict[str, Any]) -> Any:
        try:
            return await self.central.ask(self.identity, action, payload)
        except TimeoutError:
            last = "\n  ".join((await self.whole())["console"][-12:])
            raise NotReached(f"{self.identity}: no answer to {action}; its console:\n  {last}") from None


@dataclass
class Bench:
    api: httpx.AsyncClient

    async def add(self, identity: str, central: Central, url: str, **options: Any) -> ChargePoint:
        """Switch a charge point on and wait until it is Available."""
        body = {"identity": identity, "url": url, "authorization_key": secrets.token_hex(20), "board": "bench",
                "heap_kib": 200, **options}
        (await self.api.post("/api/charge-points", json=body)).raise_for_status()
        charge_point = ChargePoint(identity, self.api, central)
        await charge_point.until_status("Available", within_s=60)
        return charge_point


@contextlib.asynccontextmanager
async def bench() -> AsyncIterator[tuple[Bench, Path]]:
    """bollard-bench in a folder of its own that goes with it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        process = Process("bench", [command("bollard-bench"), "serve", "--host", "127.0.0.1", "--port", "0",
                                    "--data-dir", name, "--log-level", "warning"], folder, folder)
        try:
            port = process.start()["http"]
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=15, trust_env=False) as api:
                yield Bench(api), folder
        finally:
            process.stop()
