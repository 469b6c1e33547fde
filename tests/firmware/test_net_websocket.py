"""The WebSocket client on the real interpreter: against the `websockets` server, and servers that break the rules."""
import asyncio
import base64
import contextlib
import datetime
import hashlib
import ipaddress
import socket
import ssl
import struct
import textwrap
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from tests.firmware.on_micropython import run

PROLOGUE = """
    import asyncio, gc
    from firmware.net import handshake, websocket
    async def connect(ca_der=None, identity="CP1", sub_protocol="ocpp1.6", url=URL):
        return await handshake.connect(url, identity, b"CP1:secret", sub_protocol, ca_der)
    async def fails(call):
        try:
            await call
        except (websocket.WebSocketError, OSError, ValueError) as error:
            return error
        raise AssertionError("no error")
    async def say(ws, text):
        await ws.send(lambda: (text,))
"""


async def play(url: str, source: str, heap_kib: int = 400) -> str:
    program = textwrap.dedent(PROLOGUE).replace("URL", repr(url))
    program += "async def main():\n" + textwrap.indent(textwrap.dedent(source), "    ") + "\nasyncio.run(main())\n"
    return await asyncio.to_thread(run, program, heap_kib=heap_kib)


def url_of(server: Server | asyncio.Server, scheme: str = "ws", host: str = "127.0.0.1") -> str:
    return f"{scheme}://{host}:{next(iter(server.sockets)).getsockname()[1]}/ocpp"


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


@pytest.fixture
async def echo_server() -> AsyncIterator[Server]:
    async with serve(echo, "127.0.0.1", 0, subprotocols=["ocpp1.6"], compression=None) as server:  # type: ignore[list-item]
        yield server


async def test_messages_of_all_lengths_come_back_as_they_went(echo_server: Server) -> None:
    await play(url_of(echo_server), """
        ws = await connect()
        for size in (1, 4, 124, 125, 126, 127, 253, 254, 255, 256, 257, 1023, 1024, 1025, 4097, 8191, 8192, 3):
            text = ("abcdefghijklmnopqrstuvwxyz0123456789" * 300)[:size]
            await say(ws, text)
            assert bytes(await ws.receive()).decode() == text, size
        await say(ws, "Zürich é €")
        assert bytes(await ws.receive()).decode() == "Zürich é €"
        await ws.send(lambda: ("a" * 300, b"b", "", "c" * 513))
        assert bytes(await ws.receive()).decode() == "a" * 300 + "b" + "c" * 513
    """)


async def test_a_message_of_1_kb_leaves_little_garbage(echo_server: Server) -> None:
    printed = await play(url_of(echo_server), """
        ws = await connect()
        text = "x" * 1024
        await say(ws, text)
        await ws.receive()
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        await say(ws, text)
        print(gc.mem_alloc() - before)
    """)
    assert int(printed) <= 1500


async def test_the_upgrade_names_identity_user_and_sub_protocol() -> None:
    seen: list[Request] = []

    def look(connection: ServerConnection, request: Request) -> Response | None:
        seen.append(request)
        return None

    async with serve(echo, "127.0.0.1", 0, subprotocols=["ocpp1.6"], process_request=look) as server:  # type: ignore[list-item]
        await play(url_of(server), 'await connect(identity="RDAM 1|2")')
    assert seen[0].path == "/ocpp/RDAM%201%7C2"
    assert base64.b64decode(seen[0].headers["Authorization"].removeprefix("Basic ")) == b"CP1:secret"


@pytest.mark.parametrize("status", [401, 404, 429, 503])
async def test_a_refusal_is_told_with_its_status(status: int) -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        response = connection.respond(status, "no")
        response.headers["Retry-After"] = "7"
        return response

    async with serve(echo, "127.0.0.1", 0, process_request=refuse) as server:
        printed = await play(url_of(server), """
            error = await fails(connect())
            print(error, error.status, error.retry_after_s)
        """)
    assert f"HTTP status {status}" in printed
    assert printed.split()[-2:] == [str(status), "7"]


async def test_a_server_without_our_sub_protocol_is_not_connected() -> None:
    async with serve(echo, "127.0.0.1", 0) as server:
        assert "does not speak ocpp1.6" in await play(url_of(server), "print(await fails(connect()))")


async def test_the_close_code_of_the_server_is_known() -> None:
    async def leave(connection: ServerConnection) -> None:
        await connection.close(4001, "elsewhere")

    async with serve(leave, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        assert "4001" in await play(url_of(server), "ws = await connect()\nprint((await fails(ws.receive())).code)")


async def test_our_close_ends_the_connection_with_its_code() -> None:
    codes: list[int | None] = []

    async def note(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            await connection.recv()
        codes.append(connection.close_code)

    async with serve(note, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        await play(url_of(server), """
            ws = await connect()
            await ws.send_close(1001)
            await fails(ws.receive())
            ws.close()
        """)
    assert codes == [1001]


async def test_pings_are_answered_while_messages_flow() -> None:
    pongs: list[float] = []

    async def ping(connection: ServerConnection) -> None:
        for i in range(20):
            pong = await connection.ping(b"p" * (i * 6))
            await connection.send(f"{i}")
            pongs.append(await asyncio.wait_for(pong, 5))

    async with serve(ping, "127.0.0.1", 0, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        await play(url_of(server), """
            ws = await connect()
            for i in range(20):
                assert bytes(await ws.receive()) == str(i).encode()
            await fails(ws.receive())
        """)
    assert len(pongs) == 20


Session = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextlib.asynccontextmanager
async def raw_server(session: Session, answer: str = "") -> AsyncIterator[asyncio.Server]:
    """Completes the upgrade (or answers `answer`), then does as it likes."""
    async def serve_one(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
        digest = hashlib.sha1((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        accept = base64.b64encode(digest).decode()
        writer.write((answer or (
            "HTTP/1.1 101 Switching Protocols\r\nupgrade: WebSocket\r\nConnection: keep-alive, Upgrade\r\n"
            f"Sec-WebSocket-Protocol: ocpp1.6\r\nSec-WebSocket-Accept: {accept}\r\n\r\n")).encode())
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await session(reader, writer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve_one, "127.0.0.1", 0)
    async with server:
        yield server


def frame(opcode: int, payload: bytes = b"", *, final: bool = True, bits: int = 0, mask: bool = False) -> bytes:
    head = bytes([opcode | (0x80 if final else 0) | bits])
    size = len(payload)
    flag = 0x80 if mask else 0
    if size < 126:
        head += bytes([flag | size])
    elif size < 65536:
        head += bytes([flag | 126]) + struct.pack(">H", size)
    else:
        head += bytes([flag | 127]) + struct.pack(">Q", size)
    return head + (b"\0\0\0\0" if mask else b"") + payload


async def close_code(reader: asyncio.StreamReader) -> int:
    """The code of the client's close frame, unmasked."""
    while True:
        first, second = await reader.readexactly(2)
        mask = await reader.readexactly(4)
        payload = bytes(b ^ mask[i % 4] for i, b in enumerate(await reader.readexactly(second & 127)))
        if first == 0x88:
            return int.from_bytes(payload, "big")


async def test_control_frames_between_fragments_do_not_disturb_the_message() -> None:
    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        for part in (frame(1, b"one ", final=False), frame(9, b"are you there"), frame(0, b"", final=False),
                     frame(10), frame(0, b"message"), frame(1, b"two")):
            for byte in part:   # one byte a segment
                writer.write(bytes([byte]))
                await writer.drain()
        first, second = await reader.readexactly(2)
        assert (first, second & 127) == (0x8A, len(b"are you there"))

    async with raw_server(session) as server:
        printed = await play(url_of(server), """
            ws = await connect()
            print(bytes(await ws.receive()))
            print(bytes(await ws.receive()))
        """)
    assert printed.split("\n")[:2] == ["b'one message'", "b'two'"]


@pytest.mark.parametrize(("name", "bad", "code"), [
    ("too long", frame(1, b"x" * 8193), 1009),
    ("too long in fragments", frame(1, b"x" * 5000, final=False) + frame(0, b"x" * 5000), 1009),
    ("too long to count", bytes([0x81, 127]) + b"\x7f" + b"\xff" * 7, 1009),
    ("masked", frame(1, b"x", mask=True), 1002),
    ("reserved bit", frame(1, b"x", bits=0x40), 1002),
    ("unknown opcode", frame(3, b"x"), 1002),
    ("unknown control opcode", frame(11, b"x"), 1002),
    ("binary", frame(2, b"x"), 1003),
    ("continuation of nothing", frame(0, b"x"), 1002),
    ("new message within another", frame(1, b"x", final=False) + frame(1, b"y"), 1002),
    ("long ping", frame(9, b"x" * 126), 1002),
    ("fragmented ping", frame(9, b"x", final=False), 1002),
])
async def test_what_breaks_the_protocol_ends_the_connection(name: str, bad: bytes, code: int) -> None:
    codes = []

    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(bad)
        codes.append(await close_code(reader))

    async with raw_server(session) as server:
        assert str(code) in await play(url_of(server), "ws = await connect()\nprint((await fails(ws.receive())).code)")
    assert codes == [code]


@pytest.mark.parametrize(("answer", "complaint"), [
    ("HTTP/1.1 101 ok\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: ocpp1.6\r\n"
     "Sec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n", "not a WebSocket server"),
    ("HTTP/1.1 200 OK\r\n\r\n", "HTTP status 200"),
    ("SSH-2.0-OpenSSH_9.2\r\n\r\n", "not an HTTP answer"),
    ("HTTP/1.1 101 ok\r\n" + "X: y\r\n" * 400 + "\r\n", "too long"),
    ("HTTP/1.1 1", "ended during the upgrade"),
])
async def test_what_is_no_websocket_server_is_told(answer: str, complaint: str) -> None:
    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pass

    async with raw_server(session, answer) as server:
        assert complaint in await play(url_of(server), "print(await fails(connect()))")


async def test_nobody_listening_is_an_error_and_not_a_wait() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    await play(f"ws://127.0.0.1:{port}/ocpp", "print(await fails(connect()))")


async def test_a_server_that_never_answers_is_left_after_the_deadline() -> None:
    async def session(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    async with raw_server(session, "HTTP/1.1") as server:
        printed = await play(url_of(server), """
            handshake._CONNECT_TIMEOUT_S = 1
            print(await fails(connect()))
        """)
    assert "no answer within 1 s" in printed


async def test_failed_connects_keep_no_socket() -> None:
    """The chip has ten sockets and the port does not close them by itself."""
    async with serve(echo, "127.0.0.1", 0) as server:   # every try fails: no sub-protocol
        printed = await play(url_of(server), """
            import os
            def open_files():
                return len(os.listdir("/proc/self/fd"))
            await fails(connect())
            before = open_files()
            gc.disable()
            for _ in range(5):
                await fails(connect())
            print(open_files() - before)
        """)
    assert int(printed) == 0


# TLS with a throw-away authority

NAME = "localhost"


def certificate(folder: Path, *, name: str = NAME, days: tuple[int, int] = (-1, 1)) -> tuple[Path, bytes]:
    """A server's certificate and key in one PEM file, and the authority that signed it in DER."""
    now = datetime.datetime.now(datetime.UTC)
    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Throw-away CA")])

    def build(subject: x509.Name, public: ec.EllipticCurvePublicKey, ca: bool) -> x509.Certificate:
        builder = (
            x509.CertificateBuilder().subject_name(subject).issuer_name(authority_name).public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days[0])).not_valid_after(now + datetime.timedelta(days[1]))
            .add_extension(x509.BasicConstraints(ca, None), True)
        )
        if not ca:
            names = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.2"))]
            builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
        return builder.sign(authority_key, hashes.SHA256())

    authority = build(authority_name, authority_key.public_key(), True)
    server = build(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key.public_key(), False)
    pem = folder / "server.pem"
    pem.write_bytes(
        server.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return pem, authority.public_bytes(serialization.Encoding.DER)


@contextlib.asynccontextmanager
async def tls_server(pem: Path) -> AsyncIterator[Server]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    async with serve(echo, "127.0.0.1", 0, ssl=context, subprotocols=["ocpp1.6"]) as server:  # type: ignore[list-item]
        yield server


async def test_wss_with_the_right_authority_and_name_works(tmp_path: Path) -> None:
    pem, authority = certificate(tmp_path)
    async with tls_server(pem) as server:
        await play(url_of(server, "wss", NAME), f"""
            ws = await connect({authority!r})
            for size in (5, 1000, 8000):
                await say(ws, "x" * size)
                assert len(await ws.receive()) == size
        """)


@pytest.mark.parametrize(("kind", "made"), [
    ("another authority", {}), ("another name", {"name": "other.example"}), ("expired", {"days": (-3, -1)}),
    ("not yet valid", {"days": (1, 3)}),
])
async def test_wss_refuses_a_wrong_certificate_and_says_why(tmp_path: Path, kind: str, made: dict) -> None:  # type: ignore[type-arg]
    pem, authority = certificate(tmp_path, **made)
    if kind == "another authority":
        _, authority = certificate(tmp_path.joinpath("..").resolve())
    async with tls_server(pem) as server:
        printed = await play(url_of(server, "wss", NAME), f"print(await fails(connect({authority!r})))")
    assert "ertificate" in printed


async def test_wss_without_an_authority_is_refused(tmp_path: Path) -> None:
    pem, _ = certificate(tmp_path)
    async with tls_server(pem) as server:
        assert "CA certificate" in await play(url_of(server, "wss", NAME), "print(await fails(connect()))")


CRUMBLED = """
    def fill(held, size):
        try:
            while True:
                held.append(bytes(size))
        except MemoryError:
            held[-1] = None   # room for what follows
        return held

    def crumble():
        held = fill([None] * 400, 2500)
        rest = fill([None] * 400, 100)   # what lies between those must not make one place with one of them
        for i in range(0, len(held), 2):
            held[i] = None
        gc.collect()
        try:
            bytearray(4096)
        except MemoryError:
            return held, rest
        raise AssertionError("there is a place of 4 kB")
"""


async def test_a_message_for_which_there_is_no_place_in_one_piece_is_held_in_several(echo_server: Server) -> None:
    await play(url_of(echo_server), textwrap.dedent(CRUMBLED) + textwrap.dedent("""
        import json
        from firmware.net import long_message
        ws = await connect()
        ws.in_pieces = long_message.LongMessage
        names = ["a name %d, and more to make it long" % i for i in range(100, 302)]
        text = json.dumps([2, "1", "GetConfiguration", {"key": names}])
        assert 7900 < len(text) <= 8192, len(text)
        taken = (len(text) + 511) // 512
        pieces = [text[i * 512:i * 512 + 512] for i in range(taken)]
        del text
        del names
        held = crumble()
        for _ in range(2):
            gc.collect()
            await ws.send(lambda: pieces)
            message = await ws.receive()
            assert isinstance(message, long_message.LongMessage) and len(message) == sum(len(p) for p in pieces)
            assert bytes(message[:10]) == pieces[0][:10].encode()
            kind, _, action, payload = json.load(message)
            assert (kind, action, len(payload["key"])) == (2, "GetConfiguration", 202)
            assert payload["key"][201] == "a name 301, and more to make it long"
            message = payload = None
            await say(ws, "short")
            assert bytes(await ws.receive()) == b"short"
        pieces.append("x" * 512)
        await ws.send(lambda: pieces)
        error = await fails(ws.receive())
        assert error.code == 1009, error
    """), heap_kib=400)
