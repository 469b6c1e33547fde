"""A whole CSMS that asks nothing of its own accord, and a charge point of bare frames before it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from csms.config import Settings
from csms.service import Service
from tests.csms.conftest import fresh  # noqa: F401 (a fixture)
from tests.csms.conftest import settings as settings_of_tests
from tests.csms.running import CARD, Csms
from tests.octt_csms.charge_point import ChargePoint, plugged_in

settings = settings_of_tests


@pytest.fixture
async def csms(settings: Settings, tmp_path: Path) -> AsyncIterator[Csms]:
    quiet = settings.model_copy(update={"meter_value_sample_interval_s": 0, "tell_emergency_number": False})
    async with Service(quiet) as service:
        made = Csms(service, quiet.data_dir)
        await made.driver(card=CARD)
        yield made
        await made.admin.aclose()


@pytest.fixture
async def new(csms: Csms) -> AsyncIterator[ChargePoint]:
    """Connected, and has said nothing yet. At the end of the test nothing may be left unsaid."""
    key = await csms.charge_point("CP1", connectors=2)
    async with plugged_in(csms, "CP1", key) as point:
        yield point
        await point.nothing_more()


@pytest.fixture
async def cp(new: ChargePoint) -> ChargePoint:
    """Booted and accepted."""
    await new.boots()
    return new
