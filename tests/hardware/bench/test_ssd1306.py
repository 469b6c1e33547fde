"""The display model by the datasheet: Solomon Systech SSD1306 rev 1.1, figures and tables as named."""
import pytest

from hardware.bench.ssd1306 import HEIGHT, WIDTH, Ssd1306

ON = b"\x00\x8d\x14\xaf"   # application note: charge pump, then on


@pytest.fixture
def display() -> Ssd1306:
    """On, upright (A1, C8), its memory cleared in horizontal mode."""
    display = Ssd1306()
    tell(display, b"\x20\x00\xa1\xc8\x21\x00\x7f\x22\x00\x07")
    display.written(b"\x40" + bytes(1024), 0)
    display.written(ON, 0)
    return display


def tell(display: Ssd1306, commands: bytes) -> None:
    display.written(b"\x00" + commands, 0)


def lit(display: Ssd1306) -> set[tuple[int, int]]:
    return {(x, y) for y, row in enumerate(display.pixels()) for x, pixel in enumerate(row) if pixel == "1"}


def test_after_power_on_it_is_dark_whatever_its_memory_holds() -> None:
    display = Ssd1306()
    assert any(display.memory)
    assert lit(display) == set()
    tell(display, b"\xaf")   # without its charge pump the panel has no voltage
    assert lit(display) == set()
    tell(display, b"\x8d\x14")
    assert lit(display)


def test_a_byte_is_eight_pixels_downwards_its_lowest_bit_on_top(display: Ssd1306) -> None:
    """Figure 10-2: D0 is the uppermost row of a page."""
    tell(display, b"\x21\x05\x7f\x22\x02\x07")
    display.written(b"\x40\x83", 0)
    assert lit(display) == {(5, 16), (5, 17), (5, 23)}


def test_horizontal_mode_wraps_to_the_next_page_of_its_window(display: Ssd1306) -> None:
    """§10.1.3, figure 10-3."""
    tell(display, b"\x21\x7e\x7f\x22\x01\x02")
    display.written(b"\x40" + b"\x01" * 5, 0)
    assert lit(display) == {(126, 8), (127, 8), (126, 16), (127, 16)}   # the fifth came back to the first


def test_vertical_mode_goes_down_first(display: Ssd1306) -> None:
    """Figure 10-4."""
    tell(display, b"\x20\x01\x21\x03\x04\x22\x00\x01")
    display.written(b"\x40\x01\x02\x04\x08", 0)
    assert lit(display) == {(3, 0), (3, 9), (4, 2), (4, 11)}


def test_page_mode_wraps_within_its_page(display: Ssd1306) -> None:
    """Figure 10-1; column by its two nibbles, tables 9-1: 0x0n, 0x1n."""
    tell(display, b"\x20\x02\xb3\x0e\x17")
    display.written(b"\x40\x01\x01\x01", 0)
    assert lit(display) == {(126, 24), (127, 24), (0, 24)}


def test_control_bytes_may_come_one_by_one(display: Ssd1306) -> None:
    """Figure 8-7: Co set, one byte follows and then another control byte."""
    display.written(bytes.fromhex("80 20 80 02 80 B0 80 00 80 10 40 FF FF".replace(" ", "")), 0)
    assert lit(display) == {(x, y) for x in (0, 1) for y in range(8)}


def test_segment_remap_and_scan_direction_turn_it_over(display: Ssd1306) -> None:
    """Table 9-1: A0/A1, C0/C8."""
    display.written(b"\x40\x01", 0)
    assert lit(display) == {(0, 0)}
    tell(display, b"\xa0")
    assert lit(display) == {(WIDTH - 1, 0)}
    tell(display, b"\xc0")
    assert lit(display) == {(WIDTH - 1, HEIGHT - 1)}


def test_inversion_all_on_and_start_line(display: Ssd1306) -> None:
    display.written(b"\x40\x01", 0)
    tell(display, b"\x48")   # line 8 of the memory comes first
    assert lit(display) == {(0, 56)}
    tell(display, b"\x40\xa7")
    assert len(lit(display)) == WIDTH * HEIGHT - 1
    tell(display, b"\xa6\xa5")
    assert len(lit(display)) == WIDTH * HEIGHT
    tell(display, b"\xa4\xae")
    assert lit(display) == set()


def test_arguments_are_no_commands(display: Ssd1306) -> None:
    tell(display, b"\x81\xae\xd5\xa7\xd9\xa5\xda\x12\xdb\x40\xa8\x3f\xd3\x00")
    assert (display.is_on, display.inverted, display.all_on, display.contrast) == (True, False, False, 0xAE)
    assert display.unknown == []
    tell(display, b"\xf5")
    assert display.unknown == [0xF5]
