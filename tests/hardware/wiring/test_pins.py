"""Pin tables are what the board files say, all of it."""
import pytest

from firmware import board_check
from hardware import board_files
from hardware.wiring.firmware_numbers import board, real_boards
from hardware.wiring.pins import UnknownPin, pins

EVERY = [path.stem for path in sorted(board_files.BOARDS.glob("*.py"))]


@pytest.mark.parametrize("name", EVERY)
def test_every_pin_of_every_board_file_has_words_and_a_wire(name: str) -> None:
    found = pins(board(name))
    assert all(pin.what and pin.to and "{" not in pin.what + pin.to for pin in found)
    # the firmware's own list of the pins that each board has
    assert {pin for _, pin, _ in board_check._pins(board(name))} <= {pin.gpio for pin in found}


def test_a_pin_that_nobody_knows_is_an_error_and_no_hole_in_the_table() -> None:
    with pytest.raises(UnknownPin, match=r"horn\.pin"):
        pins({"horn": {"pin": 3}})


@pytest.mark.parametrize("name", real_boards())
def test_analog_pins_are_what_the_firmware_reads_by_adc(name: str) -> None:
    analog = {pin.gpio for pin in pins(board(name)) if pin.direction == "analog"}
    assert analog == {pin for _, pin, kind in board_check._pins(board(name)) if kind == board_check._ADC}
