"""Builds what hangs on I2C or SPI, and what people see, hear and press beside it. Runs once, on boards with any of it.

Buses by number: a reader and a display may be on the same one.
"""
from machine import I2C, PWM, SPI, Pin
from micropython import const

_PN532_HZ = const(1_000_000)
_MFRC522_HZ = const(4_000_000)
_STUCK_US = const(10_000)   # a wire that is held low must not hold up the energy path; a PN532 stretches for 1 ms

_buses: dict = {}


class Button:
    def __init__(self, pin, active):
        self._pin, self._active = pin, active

    def is_pressed(self):
        return self._pin.value() == self._active


class Buzzer:
    """A passive one wants a tone, `hz`; an active one (0) makes its own."""

    def __init__(self, pin, hz, active):
        if hz:
            self._drive, self._on, self._off = PWM(Pin(pin), freq=hz, duty_u16=0).duty_u16, 32768, 0
        else:
            self._drive, self._on, self._off = Pin(pin, Pin.OUT, value=1 - active).value, active, 1 - active

    def sound(self, on):
        self._drive(self._on if on else self._off)


def build(data, key):
    """The part of a board's data under `key`: reader, lamps or panel."""
    if key == "reader":
        return _reader(data[key])
    return _leds(data[key]) if key == "lamps" else _parts(data[key], len(data["connectors"]))


def _reader(wires):
    """A card reader that is not on a UART."""
    if wires["driver"] == "mfrc522":
        from firmware.drivers.mfrc522 import Mfrc522

        return Mfrc522(_spi(wires["spi"], _MFRC522_HZ, SPI.MSB), Pin(wires["spi"]["cs"], Pin.OUT, value=1))
    from firmware.drivers.pn532 import Pn532
    from firmware.drivers.pn532_buses import OnI2c, OnSpi

    if "i2c" in wires:
        return Pn532(OnI2c(_i2c(wires["i2c"])))
    return Pn532(OnSpi(_spi(wires["spi"], _PN532_HZ, SPI.LSB), Pin(wires["spi"]["cs"], Pin.OUT, value=1)))


def _parts(panel, connectors):
    """(display, buzzer, buttons) of a board's `panel`, as shown.py takes them."""
    buzzer = panel.get("buzzer")
    buttons = panel.get("stop_buttons") or [None] * connectors
    return (
        _display(panel["display"]) if panel.get("display") else None,
        Buzzer(buzzer["pin"], buzzer["hz"], buzzer["active"]) if buzzer else None,
        [Button(Pin(b["pin"], Pin.IN), b["active"]) if b else None for b in buttons],
    )


def _leds(data):
    """Plain LEDs as status lamps."""
    from firmware.drivers.leds import Leds

    off = 1 - data["active"]
    return Leds([[Pin(pin, Pin.OUT, value=off) for pin in pins] for pins in data["pins"]], data["active"])


def _display(data):
    i2c = _i2c(data["i2c"])
    if data["driver"] == "ssd1306":
        from firmware.drivers.ssd1306 import Ssd1306

        return Ssd1306(i2c, data["address"])
    from firmware.drivers.hd44780 import Hd44780

    return Hd44780(i2c, data["address"])


def _i2c(wires):
    number = wires["id"]
    if number not in _buses:
        _buses[number] = I2C(
            number, scl=Pin(wires["scl"]), sda=Pin(wires["sda"]), freq=wires["freq"], timeout=_STUCK_US)
    return _buses[number]


def _spi(wires, hz, first_bit):
    return SPI(
        wires["id"], hz, polarity=0, phase=0, firstbit=first_bit,
        sck=Pin(wires["sck"]), mosi=Pin(wires["mosi"]), miso=Pin(wires["miso"]))
