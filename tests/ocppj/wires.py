"""Two ends of a wire in memory, for peers without a network."""

import asyncio
import json
from typing import Any

from ocppj.errors import ConnectionLost

_END = object()


class Wire:
    """A socket for a Peer, and for the test that plays the other side. None of its waits is longer than 2 s."""

    def __init__(self) -> None:
        self._to_peer: asyncio.Queue[Any] = asyncio.Queue()
        self._from_peer: asyncio.Queue[Any] = asyncio.Queue()
        self.closed_with: tuple[int, str] | None = None
        self.taken = 0  # messages the peer has read
        self._cut = False

    # The peer's side

    async def receive(self) -> str | bytes:
        message = await self._to_peer.get()
        if message is _END:
            raise ConnectionLost("cut")
        self.taken += 1
        return message  # type: ignore[no-any-return]

    async def send(self, data: bytes) -> None:
        if self._cut:
            raise ConnectionLost("cut")
        self._from_peer.put_nowait(data)

    async def close(self, code: int, reason: str) -> None:
        self.closed_with = (code, reason)
        self.cut()

    # The test's side

    def cut(self) -> None:
        self._cut = True
        self._to_peer.put_nowait(_END)

    def say(self, message: Any) -> None:
        """A str or bytes as it is, anything else as JSON."""
        self._to_peer.put_nowait(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hear(self) -> Any:
        """The next thing the peer says."""
        async with asyncio.timeout(2):
            return json.loads(await self._from_peer.get())

    @property
    def silent(self) -> bool:
        return self._from_peer.empty()


async def until(fact: Any, within_s: float = 2.0) -> None:
    """Wait until fact() is true."""
    async with asyncio.timeout(within_s):
        while True:
            if fact():
                return
            await asyncio.sleep(0.001)
