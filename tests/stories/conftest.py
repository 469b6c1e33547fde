"""One chain for all stories: each leaves it as it found it, also those that break its parts."""
from collections.abc import Iterator
from itertools import count

import pytest

from hardware.demo.chain import Chain
from hardware.demo.processes import wait_until
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


@pytest.fixture(scope="module")
def _used(chain: Chain) -> Iterator[list[ChargePoint]]:
    """The charge point that the story before has left at rest."""
    used: list[ChargePoint] = []
    yield used
    for charge_point in used:
        chain.remove_charge_point(charge_point.identity)   # so that its process does not slow the next file


@pytest.fixture
def charge_point(chain: Chain, _used: list[ChargePoint], request: pytest.FixtureRequest) -> Iterator[ChargePoint]:
    """One adopted as people adopt one: that of the story before, if that went well and left it as it was found."""
    if not _used:
        _used.append(ChargePoint(chain, chain.add_charge_point(f"STORY-{next(_numbers)}")))
    failed_before = request.session.testsfailed
    yield _used[0].as_it_stands()
    try:
        assert request.session.testsfailed == failed_before
        wait_until(f"{_used[0].identity} at rest", _used[0].at_rest, within_s=10, every_s=0.1)
    except Exception:
        chain.remove_charge_point(_used.pop().identity)


@pytest.fixture
def killable(chain: Chain) -> Iterator[Chain]:
    """For the stories that kill its servers: whatever comes of them, the next one finds them running."""
    yield chain
    if not chain.csms.running:
        chain.csms.start()
        chain.log_in()
    if not chain.site.running:
        chain.site.start()
        chain.site_log_in()
