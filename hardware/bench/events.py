"""The live stream of the bench: what happens, to whoever listens. A slow listener loses the oldest events."""
import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

Event = dict[str, Any]
Queue = asyncio.Queue[Event | None]   # None ends it
BACKLOG = 500


class Events:
    def __init__(self) -> None:
        self._listeners: set[Queue] = set()

    @property
    def heard(self) -> bool:
        return bool(self._listeners)

    def emit(self, type_: str, identity: str, **fields: Any) -> None:
        for queue in self._listeners:
            _put(queue, {"type": type_, "identity": identity, **fields})

    @contextmanager
    def listening(self) -> Iterator[Queue]:
        """Events from now on."""
        queue: Queue = asyncio.Queue(BACKLOG)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        for queue in self._listeners:
            _put(queue, None)


def _put(queue: Queue, event: Event | None) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(event)
