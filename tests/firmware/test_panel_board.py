"""Boards with buses, plain LEDs and a panel: what is refused, and that the others load none of it."""
import pytest

from firmware.board_check import problem
from tests.firmware.on_micropython import run
from tests.firmware.test_board import CHIP, board, changed

SPI = {"id": 1, "sck": 12, "mosi": 11, "miso": 8, "cs": 10}
I2C = {"id": 0, "scl": 4, "sda": 5, "freq": 100_000}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"panel__display__driver": "sh1106"}, "display driver is unknown"),
        ({"panel__display__address": 0x80}, "display: address is 8 to 119"),
        ({"panel__display__i2c__freq": 400_000}, "display: a PCF8574 hears at most 100000 Hz"),
        ({"panel__display__i2c__freq": 1}, "display: freq is 10000 to 400000"),
        ({"panel__display__i2c__id": 2}, "display: I2C 0 or 1"),
        ({"panel__display__i2c__sda": 15}, "pin 15 is both"),
        ({"panel__display__i2c__sda": 35}, "i2c 0 sda: pin 35 belongs to the PSRAM"),
        ({"panel__display__i2c": {}}, "lacks id"),
        ({"panel__clock": {}}, "panel: 'clock' is not among display, buzzer, stop_buttons"),
        ({"panel__buzzer__pin": 3}, "buzzer: the chip reads pin 3 at reset"),
        ({"panel__buzzer__hz": 50}, "buzzer: hz is 100 to 10000"),
        ({"panel__buzzer__active": 2}, "buzzer: active is 0 or 1"),
        ({"panel__stop_buttons": []}, "stop_buttons: one for each connector"),
        ({"panel__stop_buttons__0__active": None}, "stop button: active is 0 or 1"),
        ({"panel__stop_buttons__0__pin": 19}, "stop button 1: pin 19 belongs to flash, console or USB"),
        ({"lamps__pins": [[38, 39]]}, "lamps: one LED a connector, or green, blue and red"),
        ({"lamps__pins": []}, "lamps: a row of pins for each connector"),
        ({"lamps__active": 2}, "lamps: active is 0 or 1"),
        ({"lamps__driver": "candles"}, "lamps driver is unknown"),
        ({"reader__driver": "rdm6300"}, "reader driver is unknown"),
        ({"reader": {"driver": "mfrc522", "i2c": I2C}}, "an mfrc522 is on spi"),
        ({"reader": {"driver": "pn532", "i2c": I2C, "spi": SPI}}, "a reader is on a UART, on i2c or on spi"),
        ({"reader": {"driver": "pn532"}}, "a reader is on a UART, on i2c or on spi"),
        ({"reader__spi__id": 0}, "reader: SPI 1 or 2"),
        ({"reader__spi__cs": 12}, "pin 12 is both"),
        ({"reader": {"driver": "pn532", "i2c": I2C | {"sda": 3}}}, "i2c 0 has other pins elsewhere"),
        ({"reader": {"driver": "pn532", "i2c": I2C | {"freq": 400_000}}}, "reader want one I2C at two speeds"),
    ],
)
def test_an_impossible_part_is_refused_in_words(changes: dict[str, object], words: str) -> None:
    found = problem(changed("bench_panel", **changes))
    assert found is not None
    assert words in found


def test_a_stop_button_must_not_hand_out_another_ones_cable() -> None:
    data = board("bench_socket")
    data["panel"] = {"stop_buttons": [{"pin": 9, "active": 0}] + [None] * (len(data["connectors"]) - 1)}
    assert data["connectors"][0]["lock"]
    assert problem(data) == "a stop button on a connector that locks the cable would free it"


def test_reader_and_display_may_share_a_bus() -> None:
    assert problem(changed("bench_panel", reader={"driver": "pn532", "i2c": I2C})) is None
    out = run(
        f"""
        from firmware.boards.bench_panel import BOARD
        from machine import log
        BOARD["reader"] = {{"driver": "pn532", "i2c": {I2C}}}
        from firmware import board
        import sys
        b = board.load("bench_panel")
        assert b.reader._uart._i2c is b.panel[0]._i2c
        print([entry for entry in log if entry[0] in ("i2c", "spi")], "firmware.panel.parts" in sys.modules)
        """,
        extra_path=CHIP,
    )
    assert out == "[('i2c', 0, 4, 5, 100000)] False\n"


@pytest.mark.parametrize("name", ["bench", "esp32_devkitc", "bench_socket"])
def test_a_board_without_such_parts_loads_none_of_their_modules(name: str) -> None:
    out = run(
        f"""
        import sys
        loaded = []
        real = __import__
        def noting(name, *rest):
            loaded.append(name)
            return real(name, *rest)
        import builtins
        builtins.__import__ = noting
        from firmware import board
        b = board.load({name!r})
        assert b.panel is None
        print([name for name in loaded + list(sys.modules) if "panel" in name or "ssd" in name or "522" in name
               or "leds" in name or "buses" in name])
        """,
        extra_path=CHIP,
    )
    assert out == "[]\n"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"pulses_per_kwh": 5}, "pulses_per_kwh is 10 to 10000"),
        ({"pulses_per_kwh": 0.5}, "pulses_per_kwh is 10 to 10000"),
        ({"unit": 5}, "of pulse counters 1 to 4"),
        ({"pin": 15}, "pin 15 is both"),
        ({"pin": 0}, "meter 1: the chip reads pin 0 at reset"),
    ],
)
def test_an_impossible_pulse_meter_is_refused_in_words(changes: dict[str, object], words: str) -> None:
    data = board("bench_s0")
    data["connectors"][0]["meter"] |= changes
    found = problem(data)
    assert found is not None
    assert words in found


def test_an_active_buzzer_makes_its_own_tone() -> None:
    run(
        """
        from firmware.boards.bench_panel import BOARD
        BOARD["panel"]["buzzer"] = {"pin": 9, "hz": 0, "active": 0}
        from firmware import board
        from machine import log
        buzzer = board.load("bench_panel").panel[1]
        assert ("out", 9, 1) in log, log   # silent from the start
        buzzer.sound(True)
        buzzer.sound(False)
        """,
        extra_path=CHIP,
    )
