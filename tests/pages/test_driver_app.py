"""The drivers' app in a real browser, on the whole chain: the code that is scanned is what a display shows."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from hardware.demo.chain import CARD, Chain
from hardware.demo.processes import wait_until
from tests.pages import node
from tests.pages.camera import film
from tests.pages.driver_world import DriverChain, described_for_drivers, driver_chain
from tests.pages.world import missing_pages

pytestmark = pytest.mark.browser
STORY_DEADLINE_S = 100
Play = Callable[..., None]


@pytest.fixture(scope="module")
def drivers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DriverChain]:
    if missing := missing_pages():
        pytest.fail(f"the pages are not built ({', '.join(missing)}): make pages", pytrace=False)
    with driver_chain(tmp_path_factory.mktemp("drivers")) as running:
        yield running


@pytest.fixture
def play(drivers: Chain) -> Play:
    def run(story: str, **more: Any) -> None:
        env = {"BOLLARD_WORLD": described_for_drivers(drivers, **more)}
        done = node.run("play.mjs", "driver", story, deadline_s=STORY_DEADLINE_S, env=env)
        if done.returncode == node.NO_BROWSER:
            pytest.skip(done.stderr.strip())
        print(done.stdout)
        assert done.returncode == 0, f"{done.stdout}{done.stderr}"

    return run


def display_with_code(chain: Chain) -> list[str]:
    """The display's pixels at a moment when it shows a code: its screens change."""

    def rows() -> list[str]:
        found: list[str] = chain.charge_point(chain.identities[0])["panel"]["display"]["rows"]
        return found

    lit_edge = 60  # the quiet zone around a code is lit, and nothing else on the display's left is

    def code_shown() -> bool:
        return all(row[:4] == "1111" for row in rows()[:lit_edge])

    wait_until("the display shows a code", code_shown, within_s=30, every_s=0.05)
    shown = rows()
    assert shown[0][:4] == "1111"
    return shown


def test_a_new_driver_tops_up_scans_the_displays_code_charges_and_opens_the_receipt(
    drivers: Chain, play: Play, tmp_path: Path
) -> None:
    film(display_with_code(drivers), tmp_path / "camera.y4m")
    arguments = [
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={tmp_path / 'camera.y4m'}",
    ]
    play("first_charge", browserArguments=arguments)


def test_the_battery_is_shown_as_the_car_says_it_and_an_interruption_with_its_reason(play: Play) -> None:
    play("dc_charge")


def test_a_charge_ends_at_its_drivers_limit_and_says_so(play: Play) -> None:
    play("limit")


def test_a_reservation_is_kept_for_its_driver_and_others_are_told_why(play: Play) -> None:
    play("reservation")


def test_without_a_network_the_app_opens_with_its_last_state_and_starts_nothing(play: Play) -> None:
    play("offline")


def test_the_app_speaks_english_italian_and_swedish(play: Play) -> None:
    play("languages")


def test_vehicles_problems_typed_codes_profile_and_the_way_out(play: Play) -> None:
    play("own_things")


def test_no_page_of_the_app_breaks_a_rule_of_wcag_2_2_aa_or_needs_sideways_scrolling(play: Play) -> None:
    play("every_page")


def test_the_first_load_is_at_most_150_kb_of_javascript(play: Play) -> None:
    play("first_load")


def test_a_site_whose_uplink_is_cut_charges_on_its_own_and_app_and_dashboard_say_so_until_it_is_back(
    drivers: DriverChain, play: Play
) -> None:
    dc = drivers.identities[1]

    def register_wh() -> int:
        return int(drivers.charge_point(dc)["connectors"][0]["meter"]["register_wh"])

    before_wh = register_wh()
    drivers.act(dc, "plug", battery_kwh=150, soc=5, max_a=32, phases=3)
    try:
        drivers.act(dc, "tap", uid=CARD)
        wait_until("the session runs", lambda: any(s["state"] == "active" for s in drivers.sessions(dc)), within_s=60)
        drivers.uplink.cut()
        cut_at_wh = register_wh()
        try:
            play("site_away")
            wait_until("it charges with nobody to ask", lambda: register_wh() > cut_at_wh + 100)
        finally:
            drivers.uplink.mend()
        play("site_back")
        drivers.act(dc, "tap", uid=CARD)
        wait_until("the bill", lambda: drivers.sessions(dc)[0]["state"] == "ended", within_s=60)
        assert drivers.sessions(dc)[0]["energy_wh"] == register_wh() - before_wh
    finally:
        drivers.act(dc, "unplug")
