"""All charge points of one bench, in one process; each one's firmware is a process of its own."""
import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hardware.bench import image
from hardware.bench.charge_point import ChargePoint
from hardware.bench.errors import Conflict, UnknownPart
from hardware.bench.events import Events
from hardware.bench.mains import Mains
from hardware.bench.orders import Options

CACHE = image.REPOSITORY / "build" / "mpy"
MAX_CHARGE_POINTS = 40   # what a machine with two cores runs is about ten; this only stops a runaway script


class World:
    """`async with World(folder) as world`; the folder keeps flash images and meter logs by identity."""

    def __init__(self, folder: Path, *, cache: Path | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self.events = Events()
        self.mains = Mains()
        self.charge_points: dict[str, ChargePoint] = {}
        self._folder, self._clock = folder, clock
        self._cache = cache or CACHE

    async def __aenter__(self) -> "World":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def add(self, options: Options, *, firmware: dict[str, bytes] | None = None) -> ChargePoint:
        """Make a charge point and switch it on. `firmware` replaces the repository's, as path in flash to content."""
        if options.identity in self.charge_points:
            raise Conflict(f"there is a charge point {options.identity} already")
        if len(self.charge_points) >= MAX_CHARGE_POINTS:
            raise Conflict(f"{MAX_CHARGE_POINTS} charge points are enough for one bench")
        folder = Path(options.data_dir) if options.data_dir else self._folder / _file_name(options.identity)
        folder.mkdir(parents=True, exist_ok=True)
        charge_point = ChargePoint(options, folder, self._cache, self.events, self.mains, clock=self._clock,
                                   firmware=firmware)
        self.charge_points[options.identity] = charge_point
        try:
            await charge_point.start()
        except BaseException:
            del self.charge_points[options.identity]
            await charge_point.close()
            raise
        self.events.emit("added", options.identity)
        return charge_point

    async def remove(self, identity: str) -> None:
        """Switch it off and forget it; its folder stays."""
        charge_point = self.find(identity)
        del self.charge_points[identity]
        await charge_point.close()
        self.events.emit("removed", identity)

    def find(self, identity: str) -> ChargePoint:
        if identity not in self.charge_points:
            raise UnknownPart(f"there is no charge point {identity}")
        return self.charge_points[identity]

    def as_json(self) -> list[dict[str, Any]]:
        return [charge_point.as_json() for charge_point in self.charge_points.values()]

    async def close(self) -> None:
        self.events.close()
        await asyncio.gather(*(charge_point.close() for charge_point in self.charge_points.values()))
        self.charge_points.clear()


def _file_name(identity: str) -> str:
    """An identity has no slash, but it may be `..`."""
    return identity.replace(".", "%2E") if identity.startswith(".") else identity
