"""The operator's dashboard in a real browser, on the whole chain."""

import pytest

from tests.pages.conftest import Play

pytestmark = pytest.mark.browser


def test_a_wrong_password_is_refused_and_the_right_one_lets_in(play: Play) -> None:
    play("dashboard", "login")


def test_a_driver_is_told_they_have_no_access(play: Play) -> None:
    play("dashboard", "driver")


def test_a_fault_shows_at_once_with_its_reason(play: Play) -> None:
    play("dashboard", "fault")


def test_an_operator_starts_watches_stops_and_corrects_a_charge_on_a_drivers_card(play: Play) -> None:
    play("dashboard", "session")


def test_a_charge_point_is_added_by_the_form_turns_green_and_bills_by_the_tariff_it_is_given(play: Play) -> None:
    play("dashboard", "adding")


def test_a_setting_is_changed_with_a_confirmation_holds_at_once_and_is_taken_back(play: Play) -> None:
    play("dashboard", "settings")


def test_a_page_without_connection_says_that_it_is_out_of_date_and_recovers(play: Play) -> None:
    play("dashboard", "stale")


def test_the_start_dialog_keeps_and_returns_the_keyboards_focus(play: Play) -> None:
    play("dashboard", "keyboard")


def test_firmware_is_uploaded_installed_and_its_failure_shown(play: Play) -> None:
    play("firmware", "update")


def test_what_a_charge_point_must_take_first_is_typed_and_kept(play: Play) -> None:
    play("firmware", "registration")


def test_of_two_who_say_what_somebody_manages_the_slower_is_told_so(play: Play) -> None:
    play("dashboard", "manages")
