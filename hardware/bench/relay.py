"""The radio of one charge point: every TCP connection of its program passes here, so that links die as real ones do.

Cutting it silently swallows all bytes both ways and tells nobody: the half-open socket that only a deadline finds.
`reset` sends RST to both ends; `stall` holds the bytes back and delivers them when the link returns (a short outage);
`weak` does the same while the station believes itself joined; with `names` all flows but no name is found any more.
A charge point without power, or one that resets, leaves its server with such a half-open socket too.
"""
import asyncio
import socket
import struct
from contextlib import suppress
from enum import StrEnum

CHUNK_BYTES = 16384
MAX_DEAD = 16            # half-open connections kept towards the servers; older ones are reset
CONNECT_TIMEOUT_S = 10


class Cut(StrEnum):
    SILENT = "silent"
    RESET = "reset"
    STALL = "stall"
    WEAK = "weak"
    NAMES = "names"


class Relay:
    def __init__(self) -> None:
        self.up = True
        self._flow = asyncio.Event()
        self._flow.set()
        self._servers: dict[tuple[str, int], asyncio.Server] = {}
        self._live: set[_Pair] = set()
        self._dead: list[_Pair] = []

    async def port_for(self, host: str, port: int) -> int:
        """The local port that leads to host:port."""
        if (host, port) not in self._servers:
            async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                await self._carry(reader, writer, host, port)
            self._servers[host, port] = await asyncio.start_server(accept, "127.0.0.1", 0)
        address = self._servers[host, port].sockets[0].getsockname()
        return int(address[1])

    def cut(self, how: Cut) -> None:
        """Take the link down. Stalled and weak connections survive, the others are over even when it returns."""
        self.up = False
        self._flow.clear()
        if how is Cut.RESET:
            for pair in list(self._live):
                pair.reset()
        elif how is Cut.SILENT:
            self.abandon()

    def restore(self) -> None:
        self.up = True
        self._flow.set()

    def abandon(self) -> None:
        """The chip has forgotten its connections (power cut, reset): the servers hear nothing of it."""
        for pair in self._live:
            pair.dead = True
        self._dead += self._live
        self._live.clear()
        while len(self._dead) > MAX_DEAD:
            self._dead.pop(0).reset()

    async def close(self) -> None:
        for server in self._servers.values():
            server.close()
        for pair in [*self._live, *self._dead]:
            pair.reset()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str, port: int) -> None:
        await self._flow.wait()
        try:
            async with asyncio.timeout(CONNECT_TIMEOUT_S):
                far_reader, far_writer = await asyncio.open_connection(host, port)
        except (OSError, TimeoutError):
            _reset(writer)
            return
        pair = _Pair((writer, far_writer))
        self._live.add(pair)
        try:
            await asyncio.gather(self._pump(pair, reader, far_writer), self._pump(pair, far_reader, writer))
        finally:
            self._live.discard(pair)
            if pair in self._dead:
                self._dead.remove(pair)
            pair.close()

    async def _pump(self, pair: "_Pair", source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        """Carry bytes until the source ends; from a dead pair they are read and dropped."""
        try:
            while data := await source.read(CHUNK_BYTES):
                await self._may_flow(pair)
                if not pair.dead:
                    sink.write(data)
                    await sink.drain()
            await self._may_flow(pair)
            if not pair.dead and sink.can_write_eof():
                sink.write_eof()
        except OSError:
            if not pair.dead:   # one end was reset: so is the other
                pair.reset()

    async def _may_flow(self, pair: "_Pair") -> None:
        if not pair.dead:
            await self._flow.wait()


class _Pair:
    def __init__(self, writers: tuple[asyncio.StreamWriter, asyncio.StreamWriter]) -> None:
        self.dead = False
        self._writers = writers

    def reset(self) -> None:
        self.dead = True
        for writer in self._writers:
            _reset(writer)

    def close(self) -> None:
        for writer in self._writers:
            writer.close()


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    sock: socket.socket | None = writer.get_extra_info("socket")
    with suppress(OSError):
        if sock is not None:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
