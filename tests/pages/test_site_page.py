"""The local controller's page in a real browser, on the whole chain."""

import pytest

from tests.pages.conftest import Play

pytestmark = pytest.mark.browser


def test_a_wrong_password_is_refused_and_the_right_one_lets_in(play: Play) -> None:
    play("site", "login")


def test_connector_states_and_running_transactions_are_live(play: Play) -> None:
    play("site", "live")


def test_the_operator_starts_and_stops_charges_and_is_asked_before_somebody_elses_is_stopped(play: Play) -> None:
    play("site", "start_and_stop")


def test_an_adoption_code_counts_down_and_adopts_one_charge_point(play: Play) -> None:
    play("site", "adoption")


def test_the_list_of_the_central_system_is_there_with_its_version(play: Play) -> None:
    play("site", "cards")


def test_the_link_is_one_sentence_and_an_audit_says_whether_the_books_are_whole(play: Play) -> None:
    play("site", "books")


def test_a_backup_is_downloaded_and_remembered(play: Play) -> None:
    play("site", "backup")


def test_a_charge_point_is_given_a_name(play: Play) -> None:
    play("site", "keeping")


def test_a_viewer_sees_the_page_and_changes_nothing(play: Play) -> None:
    play("site", "people")
