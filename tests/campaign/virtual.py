"""An event loop whose time is virtual: what happens in it is real (sockets, files, threads), waiting takes no time.

When nothing is left to do it jumps to the next timer, so days of an outage pass in seconds.
"""

import asyncio
import contextvars
import selectors
import time
from collections.abc import Coroutine
from typing import Any

LIFE: contextvars.ContextVar[int] = contextvars.ContextVar("life", default=0)
WAIT_REALLY_S = 0.02  # for a thread at work


class VirtualLoop(asyncio.SelectorEventLoop):
    """`lives[n]`: the tasks that were begun, at whatever remove, by the task that set LIFE to n."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.at_work = 0  # jobs in threads
        self.lives: dict[int, set[asyncio.Task[Any]]] = {}
        super().__init__(_Selector(self))
        self.set_task_factory(_noted)  # type: ignore[arg-type]

    def time(self) -> float:
        return self.now_s

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        self.at_work += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._came_back)
        return future

    def _came_back(self, _: object) -> None:
        self.at_work -= 1


def _noted(loop: VirtualLoop, work: Coroutine[Any, Any, Any], **more: Any) -> asyncio.Task[Any]:
    task = asyncio.Task(work, loop=loop, **more)
    tasks = loop.lives.setdefault(LIFE.get(), set())
    tasks.add(task)
    task.add_done_callback(tasks.discard)
    return task


class _Selector(selectors.DefaultSelector):  # type: ignore[misc,valid-type]
    def __init__(self, loop: VirtualLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> Any:
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if self._loop.at_work:
            return super().select(WAIT_REALLY_S)
        time.sleep(0)  # what was sent a moment ago may still be in the kernel's hands
        ready = super().select(0)
        if not ready:
            if timeout is None:
                return super().select(WAIT_REALLY_S)
            self._loop.now_s += timeout
        return ready
