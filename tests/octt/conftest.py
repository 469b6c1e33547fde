"""One stage for the whole run: charge points boot once and play many cases."""
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.octt.stage import Stage


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("octt"))
    yield made
    await made.close()
