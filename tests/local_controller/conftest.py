"""A central system and a controller between whose two sides the tests stand."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from local_controller import charge_point, upstream
from local_controller import site as site_module
from tests.local_controller.central import Central
from tests.local_controller.running import Running, running


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """On loopback a northbound connection takes milliseconds."""
    monkeypatch.setattr(charge_point, "NORTH_GRACE_S", 0.5)
    monkeypatch.setattr(site_module, "FIRST_WAIT_S", 0.1)
    monkeypatch.setattr(upstream, "HURRY_SPREAD_S", 0.1)


@pytest.fixture
async def central() -> AsyncIterator[Central]:
    central = Central()
    await central.start()
    yield central
    await central.stop()


@pytest.fixture
async def site(tmp_path: Path, central: Central) -> AsyncIterator[Running]:
    async with running(tmp_path / "site", central) as site:
        yield site
