"""One chain for the stories that leave it as they found it; a chain of its own for those that break its parts."""
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from hardware.demo.chain import Chain
from tests.firmware import on_micropython
from tests.stories.people import ChargePoint

_numbers = count(1)


@pytest.fixture(scope="session")
def _micropython() -> None:
    """Skips, by name, where no interpreter is at hand to run the firmware."""
    on_micropython.interpreter()


@pytest.fixture(scope="session")
def chain(_micropython: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with Chain(tmp_path_factory.mktemp("chain"), charge_points=1, time_factor=60) as chain:
        yield chain


@pytest.fixture
def charge_point(chain: Chain) -> Iterator[ChargePoint]:
    """A charge point of its own for each story, adopted as people adopt one."""
    identity = chain.add_charge_point(f"STORY-{next(_numbers)}")
    yield ChargePoint(chain, identity)
    chain.remove_charge_point(identity)   # so that its process does not slow the next one


@pytest.fixture
def own_chain(_micropython: None, tmp_path: Path) -> Iterator[Chain]:
    with Chain(tmp_path, charge_points=1, time_factor=60) as chain:
        yield chain
