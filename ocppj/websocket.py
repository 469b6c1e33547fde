"""One WebSocket of the `websockets` library in the shape a Peer wants.
Only this file, server.py and client.py know that library.
"""

import logging
from typing import Any

from websockets.asyncio.connection import Connection
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from ocppj import log
from ocppj.errors import ConnectionLost

SUBPROTOCOL = "ocpp1.6"  # J3.1.2: this token exactly

_log = log.get("ocppj.websocket")


class WebSocket:
    """Text frames out, messages in; every way a connection can end is a ConnectionLost."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._recv = connection.recv
        self._protocol = connection.protocol

    async def receive(self) -> str | bytes:
        """The next message; bytes means that it came as a binary one."""
        try:
            return await self._recv()
        except ConnectionClosed as closed:
            raise ConnectionLost(_why(closed)) from None

    async def send(self, data: bytes) -> None:
        """Send one text message, given in UTF-8."""
        connection = self._connection
        if self._protocol.state is State.OPEN:
            # The steps of connection.send() for one whole frame; its generator context costs a tenth of a server's time
            self._protocol.send_text(data)
            try:
                connection.send_data()
            except (OSError, RuntimeError) as error:
                raise ConnectionLost(f"cut off: {error}") from None
            await connection.drain()
            return
        try:
            await connection.send(data, text=True)  # waits for the end and tells why
        except ConnectionClosed as closed:
            raise ConnectionLost(_why(closed)) from None

    async def close(self, code: int, reason: str) -> None:
        await self._connection.close(code, reason)


def remote_host(connection: Connection) -> str:
    address: Any = connection.remote_address
    return str(address[0]) if isinstance(address, tuple) else "local"


def quiet_logger(name: str) -> logging.Logger:
    """A logger for the library whose troubles come out as one line each, without a trace."""
    logger = logging.getLogger(name)
    if not any(isinstance(handler, _OneLine) for handler in logger.handlers):
        logger.addHandler(_OneLine(logging.WARNING))
        logger.propagate = False
        logger.setLevel(logging.WARNING)
    return logger


class _OneLine(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        connection = getattr(record, "websocket", None)
        error = record.exc_info[1] if record.exc_info else None
        while error is not None and error.__cause__ is not None:
            error = error.__cause__
        _log.info(
            "connection.failed",
            remote=remote_host(connection) if isinstance(connection, Connection) else "unknown",
            at=record.getMessage(),
            error=repr(error),
        )


def _why(closed: ConnectionClosed) -> str:
    """`1001 going away` or the like; what the other side said, if it said anything."""
    frame = closed.rcvd or closed.sent
    return f"{frame.code} {frame.reason}".strip() if frame else "cut off"
