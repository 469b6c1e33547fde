"""A world, and chips in it."""
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hardware.bench.errors import BenchError
from hardware.bench.process import interpreter
from hardware.bench.world import World
from tests.hardware.bench import waiting
from tests.hardware.bench.chips import Bench


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with World(tmp_path / "bench") as world:
        yield world


@pytest.fixture
def bench(world: World) -> Bench:
    try:
        interpreter()
    except BenchError as error:
        pytest.skip(str(error))
    return Bench(world)


@pytest.fixture
def until() -> waiting.Until:
    return waiting.until
