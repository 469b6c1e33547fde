"""One running chain for all stories of the pages, and the way to play a story in a browser."""

from collections.abc import Callable, Iterator

import pytest

from hardware.demo.chain import Chain
from tests.pages import node
from tests.pages.world import described, missing_pages

Play = Callable[[str, str], None]
STORY_DEADLINE_S = 100


@pytest.fixture(scope="session")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    if missing := missing_pages():
        pytest.fail(f"the pages are not built ({', '.join(missing)}): make pages", pytrace=False)
    with Chain(tmp_path_factory.mktemp("pages"), charge_points=3, time_factor=20) as running:
        yield running


@pytest.fixture
def play(chain: Chain) -> Play:
    """Play one story of stories/<page>.mjs; it fails with what the story says was missing."""

    def run(page: str, story: str) -> None:
        done = node.run("play.mjs", page, story, deadline_s=STORY_DEADLINE_S, env={"BOLLARD_WORLD": described(chain)})
        if done.returncode == node.NO_BROWSER:
            pytest.skip(done.stderr.strip())
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"

    return run
