"""The pages with 500 charge points, 10,000 sessions and a storm of updates: what is shown, how much is in the page."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.demo.chain import Chain
from hardware.demo.processes import wait_until
from ocppj import basic_auth
from tests.pages import large_world, node
from tests.pages.conftest import STORY_DEADLINE_S
from tests.pages.world import missing_pages

pytestmark = pytest.mark.browser

POINTS, SESSIONS, PEOPLE, CHARGING = 500, 10_000, 1_000, 40
KEY = basic_auth.new_key()
Play = Callable[..., None]


class House(Chain):
    """The central system alone."""

    def _start_site(self) -> None:
        pass


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if missing := missing_pages():
        pytest.fail(f"the pages are not built ({', '.join(missing)}): make pages", pytrace=False)
    with House(tmp_path_factory.mktemp("many"), charge_points=0) as running:
        large = large_world.Large(KEY, running.driver.id, POINTS, 0, SESSIONS, PEOPLE)
        large_world.fill(running.folder / "csms" / "csms.sqlite3", large)
        yield running


@pytest.fixture
def play(house: House) -> Play:
    def run(story: str, **more: Any) -> None:
        world = {
            "csms": house.csms_url,
            "operator": {"email": house.admin.email, "password": house.admin.password},
            "points": POINTS,
            "sessions": SESSIONS,
            "people": PEOPLE,
            **more,
        }
        env = {"BOLLARD_WORLD": json.dumps(world)}
        done = node.run("play.mjs", "many", story, deadline_s=STORY_DEADLINE_S, env=env)
        if done.returncode == node.NO_BROWSER:
            pytest.skip(done.stderr.strip())
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"

    return run


@pytest.fixture
def fleet(house: House, tmp_path: Path) -> Iterator[int]:
    """Some of the charge points charge and send five samples a second each; the process that does it."""
    (tmp_path / "key").write_text(KEY)
    running = subprocess.Popen(
        [sys.executable, "-m", "hardware.bench.main", "fleet", "--count", str(CHARGING), "--sample", "0.2",
         "--url", f"ws://127.0.0.1:{house.csms_ocpp_port}/ocpp", "--key-file", str(tmp_path / "key"),
         "--card", "FLEET00000", "--session", "100000", "--idle", "0.2", "--connect-within", "1", "--seconds", "600"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_until("all charge", lambda: len(house.get("/api/sessions", state="active", limit=100)) == CHARGING, 60)
        yield running.pid
    finally:
        running.kill()
        running.wait()


def test_every_charge_point_is_on_the_map_and_those_that_overlap_are_one_pin(play: Play) -> None:
    play("map")


def test_a_table_of_ten_thousand_rows_holds_one_page_of_them_and_shows_the_last(play: Play) -> None:
    play("tables")


def test_the_apps_map_has_every_place(play: Play) -> None:
    play("app")


def test_after_a_burst_of_updates_the_last_state_is_shown(play: Play, fleet: int) -> None:
    play("burst", fleet=fleet, charging=CHARGING)
