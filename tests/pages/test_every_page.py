"""What holds for every page, whoever looks at it and on whatever screen."""

import pytest

from tests.pages.conftest import Play

pytestmark = pytest.mark.browser


def test_no_page_breaks_a_rule_of_wcag_2_2_aa_in_light_or_dark(play: Play) -> None:
    play("every_page", "accessible")


def test_no_page_needs_sideways_scrolling_at_320_pixels(play: Play) -> None:
    play("every_page", "narrow")


def test_letters_grow_on_a_wall_display(play: Play) -> None:
    play("every_page", "wide")


def test_the_colours_follow_the_system_until_someone_chooses(play: Play) -> None:
    play("every_page", "theme")
