"""The bus within one process. Four methods; a carrier between processes offers the same.

`publish`/`subscribe` tell everyone who listens, `request`/`answer` ask the one who knows.
"""

import asyncio
from collections.abc import Awaitable, Callable

from csms.bus.errors import NoResponders, RequestTimeout

Listener = Callable[[bytes], None]  # must not block: it runs within publish()
Answerer = Callable[[bytes], Awaitable[bytes]]
Leave = Callable[[], None]


class InProcessBus:
    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}
        self._answerers: dict[str, Answerer] = {}

    def publish(self, subject: str, data: bytes) -> None:
        for listener in tuple(self._listeners.get(subject, ())):
            listener(data)

    def subscribe(self, subject: str, listener: Listener) -> Leave:
        """Hear what is published from now on, until the function returned is called."""
        self._listeners.setdefault(subject, []).append(listener)

        def leave() -> None:
            listeners = self._listeners.get(subject, [])
            if listener in listeners:
                listeners.remove(listener)
            if not listeners:
                self._listeners.pop(subject, None)

        return leave

    async def request(self, subject: str, data: bytes, timeout_s: float) -> bytes:
        """NoResponders at once if nobody answers `subject`, RequestTimeout if the answer takes too long."""
        answerer = self._answerers.get(subject)
        if answerer is None:
            raise NoResponders(subject)
        try:
            async with asyncio.timeout(timeout_s):
                return await answerer(data)
        except TimeoutError:
            raise RequestTimeout(f"{subject}: no answer within {timeout_s:g} s") from None

    def answer(self, subject: str, answerer: Answerer) -> Leave:
        """Answer requests; the newest answerer of a subject takes the place of the one before."""
        self._answerers[subject] = answerer

        def leave() -> None:
            if self._answerers.get(subject) is answerer:  # not when a newer one has taken over
                del self._answerers[subject]

        return leave
