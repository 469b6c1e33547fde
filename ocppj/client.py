"""The WebSocket client side: connects to a central system as one identity, and again for ever (OCPP-J 1.6 §3, §5.3)."""

import asyncio
import random
import ssl as tls
import urllib.parse
from collections.abc import Awaitable, Callable

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from ocppj import basic_auth, log
from ocppj.backoff import jittered_s
from ocppj.errors import ConnectionLost
from ocppj.peer import DEFAULT_TIMEOUT_S, Peer
from ocppj.websocket import SUBPROTOCOL, WebSocket, quiet_logger

_log = log.get("ocppj.client")

STABLE_S = 60.0  # a connection that held so long starts the back-off afresh


class Client:
    """Keeps one connection.

    url          ws(s)://host:port/path, without the identity
    on_connect   owns the peer for its life, as with the server
    connected    whether a connection with the right sub-protocol is open
    refusal      why the last try failed, "" while connected; the HTTP status is in it where there was one
    """

    def __init__(
        self,
        url: str,
        identity: str,
        password: str | bytes,
        *,
        on_connect: Callable[[Peer], Awaitable[None]],
        ssl: tls.SSLContext | None = None,
        first_wait_s: float = 1.0,
        longest_wait_s: float = 120.0,
        open_timeout_s: float = 15.0,
        ping_interval_s: float | None = 30.0,
        ping_timeout_s: float | None = 20.0,
        call_timeout_s: float = DEFAULT_TIMEOUT_S,
        max_message: int = 1024 * 1024,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self.identity = identity
        self.connected = False
        self.refusal = ""
        self._url = url.rstrip("/") + "/" + urllib.parse.quote(identity, safe="")
        self._authorization = basic_auth.header(identity, password)
        self._on_connect = on_connect
        self._ssl = ssl
        self._first_wait_s, self._longest_wait_s = first_wait_s, longest_wait_s
        self._open_timeout_s = open_timeout_s
        self._ping_interval_s, self._ping_timeout_s = ping_interval_s, ping_timeout_s
        self._call_timeout_s = call_timeout_s
        self._max_message = max_message
        self._sleep, self._chance = sleep, chance

    async def run(self) -> None:
        """Connect, and again whenever the connection ends or cannot be made; runs until cancelled."""
        attempt = 0
        now_s = asyncio.get_running_loop().time
        while True:
            started_s = now_s()
            asked_wait_s = await self._once()
            attempt = 0 if now_s() - started_s >= STABLE_S else attempt
            wait_s = jittered_s(attempt, self._first_wait_s, self._longest_wait_s, self._chance)
            attempt += 1
            await self._sleep(max(wait_s, asked_wait_s))

    async def _once(self) -> float:
        """One connection from start to end; seconds the server asked us to stay away, or 0."""
        try:
            connection = await self._open()
        except InvalidStatus as refused:
            self._refused(f"HTTP {refused.response.status_code}")
            return _retry_after_s(refused.response.headers.get("Retry-After"))
        except (OSError, WebSocketException, TimeoutError) as error:  # OSError: DNS, TCP and TLS
            self._refused(f"{type(error).__name__}: {error}")
            return 0.0
        try:
            if connection.subprotocol is None:  # finished handshake, but no language in common (J3.2)
                self._refused("no common sub-protocol")
                return 0.0
            await self._converse(connection)
        finally:
            await connection.close()
        return 0.0

    async def _open(self) -> ClientConnection:
        return await connect(
            self._url,
            ssl=self._ssl,
            subprotocols=[Subprotocol(SUBPROTOCOL)],
            additional_headers={"Authorization": self._authorization},
            user_agent_header=None,
            compression=None,
            proxy=None,
            open_timeout=self._open_timeout_s,
            ping_interval=self._ping_interval_s,
            ping_timeout=self._ping_timeout_s,
            close_timeout=5,
            max_size=self._max_message,
            max_queue=4,
            logger=quiet_logger("ocppj.client"),
        )

    async def _converse(self, connection: ClientConnection) -> None:
        peer = Peer(WebSocket(connection), self.identity, remote=self._url, timeout_s=self._call_timeout_s)
        self.connected, self.refusal = True, ""
        _log.info("link.up", identity=self.identity, url=self._url)
        try:
            await self._on_connect(peer)
        except ConnectionLost:
            pass
        except Exception as error:
            _log.error("link.failed", identity=self.identity, error=repr(error))
        finally:
            self.connected = False
            peer.end("owner has finished")
            _log.info("link.down", identity=self.identity, why=peer.end_reason)

    def _refused(self, why: str) -> None:
        if why != self.refusal:  # a central system that is away for a night makes one line, not a thousand
            _log.warning("link.refused", identity=self.identity, url=self._url, why=why)
        self.refusal = why


def _retry_after_s(value: str | None) -> float:
    return min(float(value), 3600.0) if value and value.isascii() and value.isdigit() else 0.0
