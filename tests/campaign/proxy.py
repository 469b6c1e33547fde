"""A TCP proxy that a schedule can make worse: cut, silent (half-open), slow, or cut in the middle of a frame."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

CHUNK = 65536


class _Pair:
    """One connection through the proxy."""

    def __init__(self, near: asyncio.StreamWriter, far: asyncio.StreamWriter) -> None:
        self.near, self.far = near, far
        self.dead = False  # swallows everything and tells nobody

    def abort(self) -> None:
        for writer in (self.near, self.far):
            if writer.transport is not None:
                writer.transport.abort()


class Proxy:
    """Leads to `target()`, a port, asked at each connection."""

    def __init__(self, target: Callable[[], int]) -> None:
        self._target = target
        self.up, self.delay_s = True, 0.0
        self.bytes_left: dict[str, int] = {}  # "up" or "down": until it is cut, in the middle of what passes then
        self._pairs: set[_Pair] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self.abort()

    def abort(self) -> None:
        """RST to both ends."""
        for pair in list(self._pairs):
            pair.abort()

    def cut(self) -> None:
        self.up = False
        self.abort()

    def fall_silent(self) -> None:
        """Both ends believe in a connection that carries nothing any more; new ones cannot be made."""
        self.up = False
        for pair in self._pairs:
            pair.dead = True

    def orphan(self) -> None:
        """The near end is cut, the far end learns nothing of it; the next connection comes while the old one stands."""
        for pair in self._pairs:
            pair.dead = True
            pair.near.transport.abort()

    def restore(self) -> None:
        self.up, self.delay_s = True, 0.0

    async def _accept(self, reader: asyncio.StreamReader, near: asyncio.StreamWriter) -> None:
        port = self._target()
        if not self.up or not port:
            near.transport.abort()
            return
        try:
            far_reader, far = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            near.transport.abort()
            return
        pair = _Pair(near, far)
        self._pairs.add(pair)
        try:
            await asyncio.gather(self._carry(pair, "up", reader, far), self._carry(pair, "down", far_reader, near))
        finally:
            self._pairs.discard(pair)
            pair.abort()

    async def _carry(
        self, pair: _Pair, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(CHUNK):
                if self.delay_s:
                    await asyncio.sleep(self.delay_s)
                if (left := self.bytes_left.get(way)) is not None:
                    self.bytes_left[way] = left - len(data)
                    if left < len(data):
                        del self.bytes_left[way]
                        writer.write(data[:left])
                        await writer.drain()
                        pair.abort()
                        return
                if not pair.dead:
                    writer.write(data)
                    await writer.drain()
        if not pair.dead:
            with suppress(OSError, RuntimeError):
                writer.close()
