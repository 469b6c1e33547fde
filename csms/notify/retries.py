"""A queue in the database that one task empties: each row until the other side takes it, or it is of no use."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime, timedelta

from ocppj import log

_log = log.get(__name__)
PAGE = 20
_FIRST_WAIT = timedelta(seconds=10)
_LONGEST_WAIT = timedelta(hours=1)
_LOOK_AT_LEAST_EVERY_S = 60.0


def wait_after(tries: int) -> timedelta:
    """Ten seconds after the first failure, twice as long after each other, an hour at the most."""
    return min(_FIRST_WAIT * (1 << min(tries, 20)), _LONGEST_WAIT)


class Emptied(ABC):
    """`clock` is what times in the rows are compared with."""

    name: str

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @abstractmethod
    async def _send_page(self) -> int:
        """Try what is due, PAGE rows at the most; how many that were."""

    @abstractmethod
    async def _next_try_at(self) -> datetime | None: ...

    def start(self) -> None:
        self._task = asyncio.create_task(self._run(), name=self.name)

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def poke(self) -> None:
        """There is something new, committed."""
        self._news.set()

    async def _run(self) -> None:
        while True:
            self._news.clear()
            wait_s = _LOOK_AT_LEAST_EVERY_S
            try:
                while await self._send_page() == PAGE:
                    pass
                next_at = await self._next_try_at()
                if next_at is not None:
                    wait_s = min(wait_s, max(0.1, (next_at - self._clock()).total_seconds()))
            except Exception as error:  # a database that is busy now will be read at the next turn
                _log.error(f"{self.name}.failed", error=repr(error))
            try:
                async with asyncio.timeout(wait_s):
                    await self._news.wait()
            except TimeoutError:
                pass
