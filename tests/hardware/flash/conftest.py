from collections.abc import Iterator
from pathlib import Path

import pytest

from hardware.bench.errors import BenchError
from hardware.bench.process import interpreter
from tests.hardware.flash.virtual import Virtual, virtual


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Virtual]:
    try:
        interpreter()
    except BenchError as error:
        pytest.skip(str(error))
    folder: Path = tmp_path_factory.mktemp("bench")
    with virtual(folder) as made:
        yield made
