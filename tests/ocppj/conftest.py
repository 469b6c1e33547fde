"""A small central system on a free port of the loopback, and certificates for it."""

import asyncio
import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.client import ClientConnection, connect

from ocppj import basic_auth, log, server, v16
from ocppj.errors import NotSupported
from ocppj.frames import Call
from ocppj.peer import Peer
from ocppj.server import Limits, Server, Verdict
from tests.ocppj.wires import until

NOON = datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC)
KEY = "00112233445566778899aabbccddeeff00112233"
QUICK = Limits(refusal_s=0.0, close_timeout_s=0.5, free_failures_per_identity=100, free_failures_per_address=100)


@pytest.fixture(autouse=True, scope="module")
def lines_like_in_production() -> None:
    """For each module: tests of others that ran before in this process may have left another level."""
    log.configure("info")


@dataclass
class Central:
    """The server, what it knows, and what it saw."""

    keys: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    opened: list[Peer] = field(default_factory=list)
    ended: list[Peer] = field(default_factory=list)
    server: Server | None = None

    @property
    def port(self) -> int:
        assert self.server is not None
        return self.server.port

    def knows(self, identity: str, key: str = KEY) -> None:
        self.keys[identity] = basic_auth.hash_key(key)

    async def authenticate(self, identity: str, user: str | None, password: bytes | None, remote: str) -> Verdict:
        assert user == identity
        assert password is not None
        self.asked.append(identity)
        if identity not in self.keys:
            return Verdict.UNKNOWN_IDENTITY
        return Verdict.ACCEPT if basic_auth.key_matches(password, self.keys[identity]) else Verdict.WRONG_KEY

    async def on_connect(self, peer: Peer) -> None:
        async def handle(call: Call) -> v16.Payload:
            self.calls.append((peer.identity, call.action))
            match v16.decode_request(call.action, call.payload):
                case v16.Heartbeat():
                    return v16.HeartbeatResult(NOON)
                case _:
                    raise NotSupported()

        self.opened.append(peer)
        try:
            await peer.serve(handle)
        finally:
            self.ended.append(peer)

    async def opened_count(self, count: int) -> None:
        await until(lambda: len(self.opened) >= count)


Start = Callable[..., Awaitable[Central]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Start central systems: start(limits=..., ssl=...)."""
    centrals: list[Central] = []

    async def start_one(limits: Limits = QUICK, ssl: ssl.SSLContext | None = None, **options: Any) -> Central:
        central = Central()
        central.knows("CP7")
        arguments = {"authenticate": central.authenticate, "on_connect": central.on_connect} | options
        central.server = await server.serve("127.0.0.1", 0, limits=limits, ssl=ssl, **arguments)
        centrals.append(central)
        return central

    yield start_one
    for central in centrals:
        assert central.server is not None
        async with asyncio.timeout(10):
            await central.server.close()


@pytest.fixture
async def central(start: Start) -> Central:
    return await start()


def dial(
    port: int,
    path: str = "/ocpp/CP7",
    authorization: str | None = "right",
    subprotocols: list[str] | None = None,
    **options: Any,
) -> connect:
    """A plain WebSocket client, for what our own client would never do."""
    headers = {}
    if authorization == "right":
        authorization = basic_auth.header(path.rpartition("/")[2], KEY)
    if authorization is not None:
        headers["Authorization"] = authorization
    return connect(
        f"{'wss' if 'ssl' in options else 'ws'}://127.0.0.1:{port}{path}",
        additional_headers=headers,
        subprotocols=["ocpp1.6"] if subprotocols is None else subprotocols or None,  # type: ignore[arg-type]
        compression=None,
        proxy=None,
        open_timeout=5,
        **options,
    )


async def ask(connection: ClientConnection, message: str) -> str:
    async with asyncio.timeout(2):
        await connection.send(message)
        return str(await connection.recv())


@dataclass(frozen=True)
class Certificates:
    server: ssl.SSLContext
    trusting: ssl.SSLContext
    distrusting: ssl.SSLContext


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A self-made certificate for 127.0.0.1, and clients that do and do not know it."""
    folder: Path = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "both.pem").write_bytes(secret + pem)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "both.pem")
    return Certificates(
        serving, ssl.create_default_context(cadata=pem.decode()), ssl.create_default_context(cadata=None)
    )


@contextlib.asynccontextmanager
async def running(task: Awaitable[Any]) -> AsyncIterator[None]:
    """Something that runs beside the test and is cancelled with it."""
    runner = asyncio.ensure_future(task)
    try:
        yield
    finally:
        runner.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await runner
