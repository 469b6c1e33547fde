"""As the fixtures of conftest.py, but one CSMS for all tests of a file: each has a charge point of its own there.

A file that imports these is for tests that leave nothing behind which another could meet: they end the reservations
they make, and give the cards they need a name that is theirs. Its tests run in one loop:

    from tests.octt_csms.shared import shared_cp, shared_csms, shared_new  # noqa: F401 (fixtures cp, csms, new)

    pytestmark = pytest.mark.asyncio(loop_scope="module")
"""

import itertools
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from csms import registrar, reservation_keeper
from csms.api import passwords
from csms.service import Service
from tests.csms.conftest import fresh  # noqa: F401 (a fixture)
from tests.csms.running import CARD, Csms, settings_in
from tests.octt_csms.charge_point import ChargePoint, plugged_in

_numbers = itertools.count(1)


@pytest_asyncio.fixture(name="csms", scope="module", loop_scope="module")
async def shared_csms(fresh: Path, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Csms]:  # noqa: F811
    data_dir = tmp_path_factory.mktemp("octt") / "data"
    shutil.copytree(fresh, data_dir)
    quiet = {"meter_value_sample_interval_s": 0, "tell_emergency_number": False}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
        patch.setattr(reservation_keeper, "_GRACE_S", 3600)  # what stands is not said again to who has just come
        patch.setattr(reservation_keeper, "_LOOK_EVERY_S", 0.05)
        patch.setattr(reservation_keeper, "_TELL_AGAIN_EVERY_S", 0.05)  # nor to who has heard of it
        patch.setattr(registrar, "_GRACE_S", 0.2)
        async with Service(settings_in(data_dir).model_copy(update=quiet)) as service:
            made = Csms(service, data_dir)
            await made.driver(card=CARD)
            yield made
            await made.admin.aclose()


@pytest_asyncio.fixture(name="new", loop_scope="module")
async def shared_new(csms: Csms) -> AsyncIterator[ChargePoint]:
    """Connected, and has said nothing yet. At the end of the test nothing may be left unsaid."""
    identity = f"P{next(_numbers)}"
    key = await csms.charge_point(identity, connectors=2)
    async with plugged_in(csms, identity, key) as point:
        yield point
        await point.nothing_more()


@pytest_asyncio.fixture(name="cp", loop_scope="module")
async def shared_cp(new: ChargePoint) -> ChargePoint:
    """Booted and accepted."""
    await new.boots()
    return new
