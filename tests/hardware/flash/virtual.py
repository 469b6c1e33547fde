"""A board on a serial line, among its world: the bench's, with a real MicroPython prompt, in a thread of its own.

bollard-flash blocks, as programs on serial lines do: so the world has a loop of its own, and tests are plain functions.
"""
import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from hardware.bench.charge_point import ChargePoint
from hardware.bench.image import read_file
from hardware.bench.orders import Options
from hardware.bench.world import CACHE, World
from tests.firmware.central_system import CentralSystem

WITHIN_S = 15.0


class Virtual:
    def __init__(self, folder: Path) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.world = World(folder, cache=CACHE)
        self.central_system = CentralSystem()
        self.run(self.central_system.up())

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(WITHIN_S)

    def call(self, work: Callable[[], Any]) -> Any:
        async def within() -> Any:
            return work()

        return self.run(within())

    def board(self, identity: str, *, firmware: dict[str, bytes] | None = None, **options: Any) -> ChargePoint:
        """As out of the box: no settings. `firmware` {}: nothing in its flash but a boot.py."""
        if firmware is not None and not firmware:
            firmware = {"/boot.py": b""}
        made = Options(**{"identity": identity, "configured": False, "serial_port": 0, "stalls": False, **options})
        return self.run(self.world.add(made, firmware=firmware))

    def file(self, board: ChargePoint, path: str) -> bytes | None:
        return read_file(board.image_path, path)

    def until(self, fact: Callable[[], Any], what: str) -> Any:
        end_s = time.monotonic() + WITHIN_S
        while not (found := self.call(fact)):
            assert time.monotonic() < end_s, what
            time.sleep(0.02)
        return found

    def power(self, board: ChargePoint, on: bool) -> None:
        self.run(board.power(on))

    def close(self) -> None:
        self.run(self.world.close())
        self.run(self.central_system.down())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(WITHIN_S)
        self._loop.close()


@contextmanager
def virtual(folder: Path) -> Iterator[Virtual]:
    made = Virtual(folder)
    try:
        yield made
    finally:
        made.close()
