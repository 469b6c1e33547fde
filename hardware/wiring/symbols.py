"""Symbols of circuit diagrams, near IEC 60617. Each draws its name and value and returns where its pins are."""
from collections.abc import Sequence

from hardware.wiring.drawing import COLOURS, INK, MUTED, SMALL, Point, Sheet


def resistor(s: Sheet, x: float, y: float, name: str, value: str, *, down: bool = False, left: bool = False) -> Point:
    """From (x, y), 70 long, to the right or down; `left`: words left of an upright one. Returns the other end."""
    if down:
        s.wire((x, y), (x, y + 15))
        s.rectangle(x - 7, y + 15, 14, 40)
        s.wire((x, y + 55), (x, y + 70))
        at, anchor = (x - 14, "end") if left else (x + 14, "start")
        s.text(at, y + 33, name, anchor=anchor, bold=True, size=SMALL)   # type: ignore[arg-type]
        s.text(at, y + 48, value, anchor=anchor, size=SMALL)   # type: ignore[arg-type]
        return x, y + 70
    s.wire((x, y), (x + 15, y))
    s.rectangle(x + 15, y - 7, 40, 14)
    s.wire((x + 55, y), (x + 70, y))
    s.text(x + 35, y - 27, name, anchor="middle", bold=True, size=SMALL)
    s.text(x + 35, y - 13, value, anchor="middle", size=SMALL)
    return x + 70, y


def capacitor(s: Sheet, x: float, y: float, name: str, value: str, *, left: bool = False) -> Point:
    """Downwards, 50 long."""
    s.wire((x, y), (x, y + 21))
    s.wire((x - 12, y + 21), (x + 12, y + 21), width=2.4)
    s.wire((x - 12, y + 29), (x + 12, y + 29), width=2.4)
    s.wire((x, y + 29), (x, y + 50))
    at, anchor = (x - 17, "end") if left else (x + 17, "start")
    s.text(at, y + 22, name, anchor=anchor, bold=True, size=SMALL)   # type: ignore[arg-type]
    s.text(at, y + 37, value, anchor=anchor, size=SMALL)   # type: ignore[arg-type]
    return x, y + 50


def diode(s: Sheet, x: float, y: float, name: str, value: str = "", *, up: bool = False, zener: bool = False,
          both: bool = False, left: bool = False) -> Point:
    """To the right, 50 long; `up`: 50 down, with the current upwards; `both`: a suppressor for both ways, downwards."""
    if not (up or both):
        s.wire((x, y), (x + 17, y))
        s.stroke((x + 17, y - 9), (x + 33, y), (x + 17, y + 9), (x + 17, y - 9), fill=INK)
        s.stroke((x + 33, y - 9), (x + 33, y + 9), width=2.2)
        s.wire((x + 33, y), (x + 50, y))
        s.text(x + 25, y - 28, name, anchor="middle", bold=True, size=SMALL)
        s.text(x + 25, y - 14, value, anchor="middle", size=SMALL)
        return x + 50, y
    s.wire((x, y), (x, y + 15))
    if both:
        s.stroke((x - 9, y + 15), (x + 9, y + 15), (x, y + 25), (x - 9, y + 15), fill=INK)
        s.stroke((x - 9, y + 35), (x + 9, y + 35), (x, y + 25), (x - 9, y + 35), fill=INK)
        s.stroke((x - 13, y + 21), (x - 9, y + 25), (x + 9, y + 25), (x + 13, y + 29), width=2.2)
    else:
        s.stroke((x - 9, y + 33), (x + 9, y + 33), (x, y + 17), (x - 9, y + 33), fill=INK)
        bar = ((x - 13, y + 21), (x - 9, y + 17), (x + 9, y + 17), (x + 13, y + 13)) if zener else (
            (x - 9, y + 17), (x + 9, y + 17))
        s.stroke(*bar, width=2.2)
    s.wire((x, y + 35 if both else y + 33), (x, y + 50))
    at, anchor = (x - 17, "end") if left else (x + 17, "start")
    s.text(at, y + 23, name, anchor=anchor, bold=True, size=SMALL)   # type: ignore[arg-type]
    s.text(at, y + 38, value, anchor=anchor, size=SMALL)   # type: ignore[arg-type]
    return x, y + 50


def ground(s: Sheet, x: float, y: float) -> None:
    """0 V of the electronics."""
    s.wire((x, y), (x, y + 8))
    s.stroke((x - 11, y + 8), (x + 11, y + 8), width=2.4)


def earth(s: Sheet, x: float, y: float) -> None:
    """Protective earth."""
    s.wire((x, y), (x, y + 8), colour=COLOURS["PE"], width=2.4)
    for i, half in enumerate((12, 8, 4)):
        s.stroke((x - half, y + 8 + 4 * i), (x + half, y + 8 + 4 * i), colour=COLOURS["PE"], width=2.2)


def rail(s: Sheet, x: float, y: float, words: str, *, down: bool = False) -> None:
    """A supply: a bar above (or below) the wire's end."""
    end = y + 8 if down else y - 8
    s.wire((x, y), (x, end))
    s.stroke((x - 11, end), (x + 11, end), width=2.4)
    s.text(x, end + 16 if down else end - 6, words, anchor="middle", size=SMALL, bold=True)


def flag(s: Sheet, x: float, y: float, words: str, *, left: bool = False, fill: str = "#e8f0fe") -> None:
    """The name of a net that goes on elsewhere; (x, y) is where its wire ends, the flag lies right or `left` of it."""
    wide = len(words) * SMALL * 0.6 + 22
    tip, far = (x, x - wide) if left else (x, x + wide)
    inner = tip - 9 if left else tip + 9
    s.stroke((tip, y), (inner, y - 11), (far, y - 11), (far, y + 11), (inner, y + 11), (tip, y), fill=fill)
    s.text((inner + far) / 2, y + 4, words, anchor="middle", size=SMALL)


def amplifier(s: Sheet, x: float, y: float, name: str, value: str, *,
              minus_above: bool = False) -> tuple[Point, Point, Point]:
    """(plus, minus, output): inputs 20 above and below y at x, output at (x + 90, y)."""
    s.stroke((x + 15, y - 38), (x + 15, y + 38), (x + 75, y), (x + 15, y - 38), fill="#ffffff")
    above, below = ("−", "+") if minus_above else ("+", "−")
    s.wire((x, y - 20), (x + 15, y - 20))
    s.wire((x, y + 20), (x + 15, y + 20))
    s.wire((x + 75, y), (x + 90, y))
    s.text(x + 24, y - 15, above, anchor="middle", bold=True, size=15)
    s.text(x + 24, y + 25, below, anchor="middle", bold=True, size=15)
    s.text(x + 40, y - 58, name, anchor="middle", bold=True, size=SMALL)
    s.text(x + 40, y - 44, value, anchor="middle", size=SMALL)
    high, low = (x, y - 20), (x, y + 20)
    return (low, high, (x + 90, y)) if minus_above else (high, low, (x + 90, y))


def and_gate(s: Sheet, x: float, y: float, name: str, value: str) -> tuple[list[Point], Point]:
    """Three inputs 20 apart about y, output at (x + 90, y)."""
    s.rectangle(x + 15, y - 35, 60, 70)
    s.text(x + 45, y + 5, "&", anchor="middle", bold=True, size=18)
    inputs = [(x, y + dy) for dy in (-20, 0, 20)]
    for left, at in inputs:
        s.wire((left, at), (left + 15, at))
    s.wire((x + 75, y), (x + 90, y))
    s.text(x + 45, y - 56, name, anchor="middle", bold=True, size=SMALL)
    s.text(x + 45, y - 42, value, anchor="middle", size=SMALL)
    return inputs, (x + 90, y)


def contact(s: Sheet, x: float, y: float, name: str, value: str = "", *, closed: bool = False, pins: str = "",
            colour: str = INK, left: bool = False, forced: bool = False) -> Point:
    """Downwards, 60 long: a make contact, or a break one when `closed`; `forced`: opened by force (emergency stop)."""
    s.wire((x, y), (x, y + 18), colour=colour)
    s.wire((x, y + 42), (x, y + 60), colour=colour)
    if closed:
        s.stroke((x, y + 18), (x + 12, y + 18), colour=colour)
        s.stroke((x, y + 42), (x + 13, y + 16), colour=colour, width=2)
    else:
        s.stroke((x, y + 42), (x - 13, y + 18), colour=colour, width=2)
    if forced:
        s.stroke((x + 6, y + 30), (x + 26, y + 30), dash="3 3")
        s.stroke((x + 26, y + 22), (x + 26, y + 38), width=2.4)
    at, anchor = (x - 20, "end") if left else (x + (34 if forced else 20), "start")
    s.text(at, y + 28, name, anchor=anchor, bold=True, size=SMALL)   # type: ignore[arg-type]
    s.text(at, y + 43, value, anchor=anchor, size=SMALL)   # type: ignore[arg-type]
    if pins:
        first, _, second = pins.partition("-")
        beside, way = (x + 6, "start") if left else (x - 5, "end")
        s.text(beside, y + 13, first, anchor=way, size=10, colour=MUTED)   # type: ignore[arg-type]
        s.text(beside, y + 57, second, anchor=way, size=10, colour=MUTED)   # type: ignore[arg-type]
    return x, y + 60


def coil(s: Sheet, x: float, y: float, name: str, value: str = "", *, colour: str = INK) -> Point:
    """Downwards, 60 long, of a relay or contactor."""
    s.wire((x, y), (x, y + 18), colour=colour)
    s.rectangle(x - 18, y + 18, 36, 24)
    s.wire((x, y + 42), (x, y + 60), colour=colour)
    s.text(x - 5, y + 13, "A1", anchor="end", size=10, colour=MUTED)
    s.text(x - 5, y + 56, "A2", anchor="end", size=10, colour=MUTED)
    s.text(x + 26, y + 28, name, bold=True, size=SMALL)
    s.text(x + 26, y + 43, value, size=SMALL)
    return x, y + 60


def block(s: Sheet, x: float, y: float, width: float, name: str, value: str, left: Sequence[str] = (),
          right: Sequence[str] = (), *, step: float = 30) -> tuple[dict[str, Point], float]:
    """A chip or module: pins by their words, 20 outside its sides. Returns the pins and the lower edge."""
    rows = max(len(left), len(right), 1)
    height = 50 + step * rows
    s.rectangle(x, y, width, height, fill="#fbfcfe")
    s.text(x + width / 2, y + 19, name, anchor="middle", bold=True)
    s.text(x + width / 2, y + 35, value, anchor="middle", size=SMALL, colour=MUTED)
    pins: dict[str, Point] = {}
    for i, words in enumerate(left):
        if words:
            at = y + 50 + step * i + step / 2 - 5
            s.wire((x - 20, at), (x, at))
            s.text(x + 8, at + 4, words, size=SMALL)
            pins[words] = (x - 20, at)
    for i, words in enumerate(right):
        if words:
            at = y + 50 + step * i + step / 2 - 5
            s.wire((x + width, at), (x + width + 20, at))
            s.text(x + width - 8, at + 4, words, anchor="end", size=SMALL)
            pins[words] = (x + width + 20, at)
    return pins, y + height
