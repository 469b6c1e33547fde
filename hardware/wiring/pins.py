"""Which pin of a board goes where: read from its board file, named for people."""
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Path in the board file -> what it is called, which way it goes, where the wire ends. {n} is the connector.
_PINS = {
    "reader.tx": ("reader: transmit", "out", "card reader, RX (on many PN532 modules marked SCL)"),
    "reader.rx": ("reader: receive", "in", "card reader, TX (on many PN532 modules marked SDA)"),
    "reader.i2c.scl": ("reader: clock", "both", "card reader, SCL"),
    "reader.i2c.sda": ("reader: data", "both", "card reader, SDA"),
    "reader.spi.sck": ("reader: clock", "out", "card reader, SCK"),
    "reader.spi.mosi": ("reader: data out", "out", "card reader, MOSI"),
    "reader.spi.miso": ("reader: data in", "in", "card reader, MISO"),
    "reader.spi.cs": ("reader: select", "out", "card reader, SS"),
    "meter_bus.tx": ("meter bus: transmit", "out", "RS-485 transceiver, DI"),
    "meter_bus.rx": ("meter bus: receive", "in", "RS-485 transceiver, RO"),
    "meter_bus.de": ("meter bus: direction", "out", "RS-485 transceiver, DE and /RE together"),
    "ev_link.bus.tx": ("EV link: transmit", "out", "second RS-485 transceiver, DI"),
    "ev_link.bus.rx": ("EV link: receive", "in", "second RS-485 transceiver, RO"),
    "ev_link.bus.de": ("EV link: direction", "out", "second RS-485 transceiver, DE and /RE together"),
    "lamps.pin": ("lamps", "out", "level shifter of the WS2812 ring"),
    "lamps.pins": ("lamps", "out", "transistor of an LED"),
    "panel.display.i2c.scl": ("display: clock", "both", "display, SCL"),
    "panel.display.i2c.sda": ("display: data", "both", "display, SDA"),
    "panel.buzzer.pin": ("buzzer", "out", "transistor of the buzzer"),
    "panel.stop_buttons.{n}.pin": ("stop button {n}", "in", "button to 0 V, 10 kΩ to 3.3 V"),
    "emergency_stop.pin": ("emergency stop", "in", "S1 21-22 to 0 V, 10 kΩ to 3.3 V"),
    "residual_current.pin": ("residual current", "in", "K1 21-24 to 0 V, 10 kΩ to 3.3 V"),
    "residual_current.test.pin": ("residual current: test", "out", "transistor at the monitor's TEST input"),
    "earth_lost.pin": ("earth lost", "in", "contact of the earth monitor to 0 V, 10 kΩ to 3.3 V"),
    "temperature.pin": ("temperature", "analog", "MCP9700A, output"),
    "connectors.{n}.pilot_pwm": ("pilot {n}: PWM", "out", "front end {n}, ADG419 IN"),
    "connectors.{n}.pilot_high.pin": ("pilot {n}: positive peak", "analog", "front end {n}, HIGH"),
    "connectors.{n}.pilot_low.pin": ("pilot {n}: negative peak", "analog", "front end {n}, LOW"),
    "connectors.{n}.contactor.pin": ("contactor {n}", "out", "safety chain {n}, COMMAND"),
    "connectors.{n}.contactor_feedback.pin": (
        "contactor {n}: feedback", "in", "mirror contact Q{n} 21-22 to 0 V, 10 kΩ to 3.3 V"),
    "connectors.{n}.heartbeat": ("heartbeat {n}", "out", "safety chain {n}, one-shot"),
    "connectors.{n}.residual_current.pin": (
        "residual current {n}", "in", "K1 of connector {n}, 21-24 to 0 V, 10 kΩ to 3.3 V"),
    "connectors.{n}.residual_current.test.pin": (
        "residual current {n}: test", "out", "transistor at the monitor's TEST input"),
    "connectors.{n}.lock.pin": ("lock {n}", "out", "driver of the lock"),
    "connectors.{n}.lock.feedback.pin": ("lock {n}: feedback", "in", "the lock's switch to 0 V, 10 kΩ to 3.3 V"),
    "connectors.{n}.proximity.pin": ("proximity {n}", "analog", "the socket's PP contact"),
    "connectors.{n}.phase_contactor.pin": ("phase contactor {n}", "out", "driver of the phase contactor"),
    "connectors.{n}.phase_contactor.feedback.pin": (
        "phase contactor {n}: feedback", "in", "its mirror contact to 0 V, 10 kΩ to 3.3 V"),
    "connectors.{n}.meter.pin": ("meter {n}: pulses", "in", "the meter's S0 output to 0 V, 10 kΩ to 3.3 V"),
}
_WIRES = {"pin", "pins", "tx", "rx", "de", "scl", "sda", "sck", "mosi", "miso", "cs", "pilot_pwm", "heartbeat"}


class UnknownPin(Exception):
    """A board file has a pin that nobody has found words for here."""


@dataclass(frozen=True, slots=True)
class Pin:
    gpio: int
    key: str         # in the board file, as "connectors.1.pilot_pwm"
    what: str
    direction: str   # out, in, both, analog
    to: str


def pins(board: Mapping[str, Any]) -> list[Pin]:
    """Every pin of a board file, by number. UnknownPin for one that has no words."""
    return sorted((_named(path, gpio) for path, gpio in _walk(board, "")), key=lambda pin: pin.gpio)


def pin(board: Mapping[str, Any], key: str) -> int | None:
    """The number behind a path such as "connectors.1.pilot_pwm", or None where the board lacks the part."""
    return next((found.gpio for found in pins(board) if found.key == key), None)


def residual(board: Mapping[str, Any], key: str) -> int | None:
    """The pin of connector 1's residual-current device: `pin` or `test.pin`; its own or the whole board's."""
    own = pin(board, f"connectors.1.residual_current.{key}")
    return own if own is not None else pin(board, f"residual_current.{key}")


def _walk(data: Any, path: str) -> Iterator[tuple[str, int]]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            inner = f"{path}.{key}".lstrip(".")
            if key in _WIRES:
                yield from ((inner, number) for number in _numbers(value))
            elif key != "registers":
                yield from _walk(value, inner)
    elif isinstance(data, list):
        for number, value in enumerate(data, 1):
            yield from _walk(value, f"{path}.{number}")


def _numbers(value: Any) -> Iterator[int]:
    if isinstance(value, int):
        yield value
    elif isinstance(value, list):
        for inner in value:
            yield from _numbers(inner)


def _named(path: str, gpio: int) -> Pin:
    number = re.search(r"\.(\d+)\.", path)
    n = number[1] if number else ""
    try:
        what, direction, to = _PINS[re.sub(r"\.\d+\.", ".{n}.", path)]
    except KeyError:
        raise UnknownPin(f"{path}: hardware/wiring/pins.py has no words for it") from None
    return Pin(gpio, path, what.format(n=n), direction, to.format(n=n))
