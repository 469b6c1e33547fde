"""The WebSocket server charge points connect to: who may, at which URL, and that each is here once (OCPP-J 1.6 §3).
What is said over a connection is peer.py's; who owns which key is told by `authenticate`.
"""

import asyncio
import http
import math
import re
import ssl as tls
import urllib.parse
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv6Address, ip_address

import websockets.asyncio.server as ws
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from ocppj import basic_auth, log
from ocppj.backoff import FailureBackoff
from ocppj.errors import ConnectionLost
from ocppj.peer import Peer
from ocppj.throttle import Throttle
from ocppj.websocket import SUBPROTOCOL, WebSocket, quiet_logger, remote_host

_log = log.get("ocppj.server")

# The characters of an OCPP identifier, and the space of the example in J3.1.1
_IDENTITY = re.compile(r"[A-Za-z0-9*\-_=:+|@. ]{1,48}")
_MAX_KNOWN_PAIRS = 10_000


class Verdict(Enum):
    """What `authenticate` says."""

    ACCEPT = "accept"
    UNKNOWN_IDENTITY = "unknown identity"
    WRONG_KEY = "wrong key"
    PROFILE_TOO_LOW = "its security profile is a higher one"


# identity, user, password, remote address
Authenticate = Callable[[str, str | None, bytes | None, str], Awaitable[Verdict]]
# identity, certificate (DER) that the handshake has verified, remote address: why it opens nothing, None if it does
AuthenticateByCertificate = Callable[[str, bytes, str], Awaitable[str | None]]
OnConnect = Callable[[Peer], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one server; sizes in bytes."""

    open_timeout_s: float = 10.0  # of the TLS handshake, and of the WebSocket handshake
    close_timeout_s: float = 5.0
    ping_interval_s: float | None = 30.0
    ping_timeout_s: float | None = 20.0
    max_message: int = 256 * 1024
    max_waiting_frames: int = 4
    messages_per_s: float | None = 200.0  # of one connection, after the burst that an emptied queue may be
    burst: int = 2000
    call_timeout_s: float = 30.0
    # Refusals all take this long, so that the time tells nothing about what exists
    refusal_s: float = 0.2
    free_failures_per_identity: int = 5
    free_failures_per_address: int = 20  # a whole site may sit behind one address


@dataclass(frozen=True, slots=True)
class Door:
    """Who is asked at one listener: `by_certificate` where the handshake has verified a client's, else `by_key`.
    Without the former a certificate counts for nothing."""

    by_key: Authenticate
    by_certificate: AuthenticateByCertificate | None = None


class Server:
    """A listening server. `peers`: the newest connection of each identity; `refusals`: how often which HTTP status."""

    def __init__(self, on_connect: OnConnect, limits: Limits, path: str) -> None:
        self.peers: dict[str, Peer] = {}
        self.refusals: Counter[int] = Counter()
        self.port = 0
        self._on_connect = on_connect
        self._limits = limits
        self._path = path.rstrip("/") + "/"
        self._by_address = FailureBackoff(limits.free_failures_per_address)
        self._by_identity = FailureBackoff(limits.free_failures_per_identity)
        # Pairs of address and identity that were right once: a guesser elsewhere must not lock them out
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._listeners: list[ws.Server] = []
        self._closing: set[asyncio.Task[None]] = set()

    async def listen(self, host: str | None, port: int, ssl: tls.SSLContext | None, door: Door) -> int:
        """The port it listens on. May be called again: whoever comes by another door is here once all the same."""
        limits = self._limits

        async def admit(connection: ws.ServerConnection, request: Request) -> Response | None:
            return await self._admit(connection, request, door)

        listener = await ws.serve(
            self._connected,
            host,
            port,
            ssl=ssl,
            backlog=1024,  # after an outage a whole fleet comes back at once
            process_request=admit,
            select_subprotocol=_select_subprotocol,
            compression=None,  # a bomb would unpack behind our limits, and the frames are small
            server_header=None,
            open_timeout=limits.open_timeout_s,
            close_timeout=limits.close_timeout_s,
            ping_interval=limits.ping_interval_s,
            ping_timeout=limits.ping_timeout_s,
            max_size=limits.max_message,
            max_queue=limits.max_waiting_frames,
            logger=quiet_logger("ocppj.server"),
        )
        self._listeners.append(listener)
        taken: int = next(iter(listener.sockets)).getsockname()[1]
        self.port = self.port or taken
        return taken

    async def close(self) -> None:
        """Stop listening, close every connection, and wait for their owners to finish."""
        for listener in self._listeners:
            listener.close()
        for peer in list(self.peers.values()):
            peer.end("server closes")
        for listener in self._listeners:
            await listener.wait_closed()
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _admit(self, connection: ws.ServerConnection, request: Request, door: Door) -> Response | None:
        """Before the upgrade: None lets it pass, a response refuses it."""
        now_s = asyncio.get_running_loop().time
        started_s = now_s()
        path = request.path.partition("?")[0]
        if not path.startswith(self._path):
            return connection.respond(http.HTTPStatus.NOT_FOUND, "")
        remote = remote_host(connection)
        quoted, certificate = path.removeprefix(self._path), _certificate(connection)
        status, wait_s, identity, why = await self._judge(quoted, request, remote, now_s(), door, certificate)
        if status is None:
            connection.username = identity
            return None
        self.refusals[status.value] = count = self.refusals[status.value] + 1
        # Each refusal is a line, but of those who will not wait only the 1st, 2nd, 4th, 8th ...: else they fill the log
        if not wait_s or count & (count - 1) == 0:
            facts = {"status": status.value, "count": count, "why": why}
            _log.warning("connection.refused", charge_point=identity, remote=remote, **facts)
        await asyncio.sleep(max(0.0, started_s + self._limits.refusal_s - now_s()))
        response = connection.respond(status, "")
        if status is http.HTTPStatus.UNAUTHORIZED:
            response.headers["WWW-Authenticate"] = 'Basic realm="OCPP", charset="UTF-8"'
        if wait_s:
            response.headers["Retry-After"] = str(math.ceil(wait_s))
        return response

    async def _judge(
        self, quoted: str, request: Request, remote: str, now_s: float, door: Door, certificate: bytes | None
    ) -> tuple[http.HTTPStatus | None, float, str, str]:
        """Status to refuse with or None, seconds to wait, identity, why. 404 needs a name and a key, and is
        rate-limited. Who shows a certificate is judged by that alone (security profile 3)."""
        identity = urllib.parse.unquote(quoted)
        address = _network(remote)
        pair = (address, identity)
        known = pair in self._known
        by_address, by_identity = (pair, pair) if known else (address, identity)
        wait_s = max(self._by_address.wait_s(by_address, now_s), self._by_identity.wait_s(by_identity, now_s))
        if wait_s:
            return http.HTTPStatus.TOO_MANY_REQUESTS, wait_s, identity, "too many failures"
        why: str | None
        if certificate is not None and door.by_certificate is not None:
            why = Verdict.UNKNOWN_IDENTITY.value
            if _IDENTITY.fullmatch(identity):
                why = await door.by_certificate(identity, certificate, remote)
        else:
            credentials = [basic_auth.parse(value, identity) for value in request.headers.get_all("Authorization")]
            if len(credentials) != 1 or credentials[0] is None:
                return http.HTTPStatus.UNAUTHORIZED, 0.0, identity, "no key"
            user, password = credentials[0]
            if user != identity:
                verdict = Verdict.WRONG_KEY
            elif not _IDENTITY.fullmatch(identity):
                verdict = Verdict.UNKNOWN_IDENTITY
            else:
                verdict = await door.by_key(identity, user, password, remote)
            why = None if verdict is Verdict.ACCEPT else verdict.value
        if why is None:
            self._by_identity.succeeded(by_identity)
            self._known[pair] = None
            self._known.move_to_end(pair)
            if len(self._known) > _MAX_KNOWN_PAIRS:
                self._known.popitem(last=False)
            return None, 0.0, identity, ""
        self._by_address.failed(by_address, now_s)
        self._by_identity.failed(by_identity, now_s)
        unknown = why == Verdict.UNKNOWN_IDENTITY.value
        return http.HTTPStatus.NOT_FOUND if unknown else http.HTTPStatus.UNAUTHORIZED, 0.0, identity, why

    async def _connected(self, connection: ws.ServerConnection) -> None:
        identity, remote = connection.username, remote_host(connection)
        if connection.subprotocol is None:
            # The handshake had to be finished without the header, so that the charge point can see why (J3.2)
            _log.warning("connection.refused", charge_point=identity, remote=remote, why="no common sub-protocol")
            await connection.close(1002, "no common sub-protocol")
            return
        peer = self._peer(connection, identity, remote)
        self._replace(self.peers.get(identity))
        self.peers[identity] = peer
        _log.info("connection.opened", charge_point=identity, remote=remote, connection=peer.connection_id)
        try:
            await self._on_connect(peer)
        except ConnectionLost:
            pass
        except Exception as error:
            _log.error("connection.failed", charge_point=identity, error=repr(error))
        finally:
            if self.peers.get(identity) is peer:
                del self.peers[identity]
            peer.end("owner has finished")
            _log.info("connection.closed", charge_point=identity, connection=peer.connection_id, why=peer.end_reason)

    def _peer(self, connection: ws.ServerConnection, identity: str, remote: str) -> Peer:
        limits = self._limits
        throttle = Throttle(limits.messages_per_s, limits.burst) if limits.messages_per_s else None
        return Peer(WebSocket(connection), identity, remote=remote, timeout_s=limits.call_timeout_s, throttle=throttle)

    def _replace(self, old: Peer | None) -> None:
        """The newest connection wins: an old half-open one would keep the charge point out until a ping fails."""
        if old is None:
            return
        old.end("replaced by a newer connection")
        closing = asyncio.create_task(old.close(1008, "replaced by a newer connection"))
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)


async def serve(
    host: str | None,
    port: int,
    *,
    authenticate: Authenticate,
    on_connect: OnConnect,
    limits: Limits | None = None,
    ssl: tls.SSLContext | None = None,
    path: str = "/ocpp",
) -> Server:
    """Listen at ws(s)://host:port/path/<identity>; port 0 takes a free one, see `Server.port`.

    authenticate   is asked with well-formed credentials whose user is the identity
    on_connect     owns the peer for its life, typically awaits `peer.serve(handler)`; the connection ends with it
    """
    server = Server(on_connect, limits or Limits(), path)
    await server.listen(host, port, ssl, Door(authenticate))
    return server


def _certificate(connection: ws.ServerConnection) -> bytes | None:
    """What the client has shown, if the handshake asked for it and found it good."""
    session = connection.transport.get_extra_info("ssl_object")
    return None if session is None else session.getpeercert(binary_form=True)


def _select_subprotocol(connection: ws.ServerConnection, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    return Subprotocol(SUBPROTOCOL) if SUBPROTOCOL in offered else None


def _network(remote: str) -> str:
    """What counts as one address: with IPv6 a whole /64 belongs to one customer."""
    try:
        address = ip_address(remote.partition("%")[0])
    except ValueError:
        return remote
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(IPv6Address(int(address) >> 64 << 64))
    return str(address.ipv4_mapped if isinstance(address, IPv6Address) else address)
