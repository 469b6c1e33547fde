"""The character display's model by the datasheet: Hitachi HD44780U table 12 (an 8-digit, 4-bit example), figure 24."""
import pytest

from hardware.bench.hd44780 import BUSY_S, Hd44780

RS, E, LIGHT = 1, 4, 8


class Host:
    """Drives the backpack's port as slowly as it takes."""

    def __init__(self) -> None:
        self.display = Hd44780()
        self.now_s = 1.0

    def nibble(self, value: int, rs: int = 0) -> None:
        port = value << 4 | rs | LIGHT
        self.display.written(bytes([port | E, port]), self.now_s)
        self.now_s += 0.005

    def byte(self, value: int, rs: int = 0) -> None:
        self.nibble(value >> 4, rs)
        self.nibble(value & 15, rs)

    def write(self, text: str) -> None:
        for sign in text:
            self.byte(ord(sign), RS)


@pytest.fixture
def host() -> Host:
    host = Host()
    for value in (3, 3, 3, 2):   # figure 24
        host.nibble(value)
    for value in (0x28, 0x0E, 0x06, 0x01):
        host.byte(value)
    return host


def test_the_datasheets_example_shows_its_word(host: Host) -> None:
    host.write("HITACHI")
    assert host.display.lines() == ["HITACHI         ", " " * 16]


def test_the_second_line_begins_at_40(host: Host) -> None:
    host.byte(0x80 | 0x40)
    host.write("below")
    host.byte(0x80 | 0x0F)
    host.write("ab")   # the second is beyond the edge
    assert host.display.lines() == [" " * 15 + "a", "below" + " " * 11]


def test_without_its_start_in_eight_bits_nothing_is_understood() -> None:
    host = Host()
    for value in (0x28, 0x0C, 0x01):
        host.byte(value)
    host.write("HELLO")
    assert "HELLO" not in host.display.lines()[0]


def test_switched_off_it_shows_nothing_and_keeps_its_memory(host: Host) -> None:
    host.write("kept")
    host.byte(0x08)
    assert host.display.lines() == [" " * 16] * 2
    host.byte(0x0C)
    assert host.display.lines()[0].startswith("kept")


def test_what_comes_too_early_is_lost(host: Host) -> None:
    port = 0x40 | RS | LIGHT
    at_s = host.now_s
    host.display.written(bytes([port | E, port]), at_s)
    host.display.written(bytes([port | E, port]), at_s)          # "D", whole
    host.display.written(bytes([port | E, port]), at_s + 10e-6)
    host.display.written(bytes([port | E, port]), at_s + BUSY_S / 2)
    assert host.display.lost == 1
    assert host.display.lines()[0] == "D" + " " * 15


def test_the_light_is_a_line_of_the_port(host: Host) -> None:
    assert host.display.light
    host.display.written(b"\x00", host.now_s)
    assert not host.display.light


def test_other_signs_are_no_letters(host: Host) -> None:
    host.byte(0x00, RS)
    host.byte(0xDF, RS)
    assert host.display.lines()[0][:3] == "\u25a1\u25a1 "
