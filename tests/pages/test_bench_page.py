"""The bench's page in a real browser: whatever one does shows in the picture."""

import pytest

from tests.pages.conftest import Play

pytestmark = pytest.mark.browser


def test_plug_and_tap_move_cable_lamps_contactor_and_meter(play: Play) -> None:
    play("bench", "charging")


def test_a_fault_switch_presses_the_fault_and_releases_it(play: Play) -> None:
    play("bench", "faults")


def test_cutting_and_restoring_power_and_link_works_from_the_page(play: Play) -> None:
    play("bench", "power")


def test_lines_of_the_firmware_appear_as_they_are_printed(play: Play) -> None:
    play("bench", "console_lines")


def test_a_charge_point_can_be_added_by_the_form_and_taken_off_again(play: Play) -> None:
    play("bench", "adding")


def test_a_dc_connector_shows_what_its_car_says(play: Play) -> None:
    play("bench", "ev_link")


def test_the_page_shows_what_the_display_shows(play: Play) -> None:
    play("bench", "display")
