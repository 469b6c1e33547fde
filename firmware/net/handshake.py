"""Opening a WebSocket (RFC 6455 §4): TCP, TLS that verifies, upgrade with Basic auth. Loaded for that moment only."""
import asyncio
import binascii
import gc
import hashlib
import os
import select
import socket
from errno import EINPROGRESS

from micropython import const

from firmware.net.websocket import WebSocket, WebSocketError

_MAX_HANDSHAKE = const(1024)
_CONNECT_TIMEOUT_S = 20
_LONGEST_RETRY_S = const(3600)   # a Retry-After of years would end this charge point
_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"   # RFC 6455 §1.3
_MEANING = {401: "wrong identity or key", 404: "identity unknown", 429: "too many tries"}


class Refused(WebSocketError):
    """The server answered the upgrade with something else than 101."""

    def __init__(self, status, retry_after_s):
        super().__init__("HTTP status %d %s" % (status, _MEANING.get(status, "")))
        self.status = status
        self.retry_after_s = retry_after_s


def parse_url(url):
    """(secure, host, port, path) of a ws or wss URL; ValueError if it is none."""
    scheme, found, rest = url.partition("://")
    if not found or scheme not in ("ws", "wss"):
        raise ValueError("not a ws:// or wss:// URL")
    authority, _, path = rest.partition("/")
    host, _, port = authority.partition(":")
    if not host:
        raise ValueError("URL without a host")
    return scheme == "wss", host, int(port or (443 if scheme == "wss" else 80)), "/" + path


def percent_encoded(text):
    return "".join(
        chr(c) if 48 <= c <= 57 or 65 <= c <= 90 or 97 <= c <= 122 or c in b"-._~" else "%%%02X" % c
        for c in text.encode()
    )


async def connect(url, identity, user_password, sub_protocol, ca_der=None):
    """A WebSocket to `url`/`identity`, or WebSocketError, OSError, ValueError (which names a certificate's fault)."""
    try:
        return await asyncio.wait_for(_connect(url, identity, user_password, sub_protocol, ca_der), _CONNECT_TIMEOUT_S)
    except asyncio.TimeoutError:
        raise WebSocketError("no answer within %d s" % _CONNECT_TIMEOUT_S)


async def _connect(url, identity, user_password, sub_protocol, ca_der):
    secure, host, port, path = parse_url(url)
    raw, connection = await opened(secure, host, port, ca_der)
    try:
        stream = asyncio.StreamReader(connection)
        path = path.rstrip("/") + "/" + percent_encoded(identity)
        await _upgrade(stream, host, port, path, user_password, sub_protocol)
        return WebSocket(connection, stream)
    except BaseException:   # a cancelled connect (timeout) must let go of the socket too
        connection.close()
        if connection is not raw:
            raw.close()
        raise


async def opened(secure, host, port, ca_der=None):
    """(the raw socket, what to read and write): TCP, or TLS that verifies. To be given a time limit; the TLS handshake
    itself comes with the first byte."""
    gc.collect()   # TLS needs 17 kB in one piece
    address = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)[0]   # blocks, the chip has no other
    connection = raw = socket.socket(address[0], socket.SOCK_STREAM)
    try:
        raw.setblocking(False)
        try:
            raw.connect(address[-1])
        except OSError as error:
            if error.errno != EINPROGRESS:
                raise
        poller = select.poll()
        poller.register(raw, select.POLLOUT)
        while not poller.poll(0):
            await asyncio.sleep_ms(10)
        if secure:
            connection = _secured(raw, host, ca_der)
        return raw, connection
    except BaseException:
        raw.close()
        raise


def _secured(raw, host, ca_der):
    import ssl
    if not ca_der:
        raise ValueError("TLS needs a CA certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # MicroPython's default verifies nothing. (The stubs do not know the attribute.)
    context.verify_mode = ssl.CERT_REQUIRED   # type: ignore[attr-defined]
    context.load_verify_locations(cadata=ca_der)
    # Without server_hostname the name in the certificate would go unchecked.
    wrapped = context.wrap_socket(raw, server_hostname=host, do_handshake_on_connect=False)
    wrapped.setblocking(False)
    return wrapped


async def _upgrade(stream, host, port, path, user_password, sub_protocol):
    key = binascii.b2a_base64(os.urandom(16))[:-1]
    stream.write((
        "GET %s HTTP/1.1\r\nHost: %s:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: %s\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: %s\r\nAuthorization: Basic %s\r\n\r\n"
    ) % (path, host, port, key.decode(), sub_protocol, binascii.b2a_base64(user_password)[:-1].decode()))
    await stream.drain()
    answer = bytearray(_MAX_HANDSHAKE)
    view = memoryview(answer)
    size = 0
    while answer[max(0, size - 4):size] != b"\r\n\r\n":   # byte by byte: what follows is the first frame's
        if size == _MAX_HANDSHAKE:
            raise WebSocketError("answer to the upgrade is too long")
        count = await stream.readinto(view[size:size + 1])
        if count == 0:
            raise WebSocketError("connection ended during the upgrade")
        size += count or 0
    lines = bytes(view[:size]).decode().split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    start = lines[0].split(" ")
    if len(start) < 2 or not start[0].startswith("HTTP/1.") or not start[1].isdigit():
        raise WebSocketError("not an HTTP answer")
    if start[1] != "101":
        retry_after = headers.get("retry-after", "")
        raise Refused(int(start[1]), min(int(retry_after), _LONGEST_RETRY_S) if retry_after.isdigit() else 0)
    accept = binascii.b2a_base64(hashlib.sha1(key + _GUID).digest())[:-1].decode()
    if (headers.get("sec-websocket-accept") != accept or headers.get("upgrade", "").lower() != "websocket"
            or "upgrade" not in headers.get("connection", "").lower()):
        raise WebSocketError("not a WebSocket server")
    if headers.get("sec-websocket-protocol") != sub_protocol:
        raise WebSocketError("server does not speak %s" % sub_protocol)
