"""Draws docs/screenshots/panel.png: every state of lamps and displays, as the firmware makes them.

    .venv/bin/python docs/panel_pictures.py [--check]

Lamps are painted by the drivers' own tables. Screens are made by firmware/panel/content.py, sent over I2C by the
drivers on the real MicroPython, and read from the wire by the bench's parts: what they show is what is drawn here. The
captions too are in MicroPython's own letters, so that the picture is the same on every machine. `--check` only
compares.
"""
import argparse
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw

REPOSITORY = Path(__file__).resolve().parents[1]
PICTURE = REPOSITORY / "docs" / "screenshots" / "panel.png"
sys.path[:0] = [str(REPOSITORY)]
sys.path.append(str(REPOSITORY / "tests" / "shims"))   # CPython has no `micropython`

from firmware.drivers import lamps, leds  # noqa: E402
from firmware.panel import content  # noqa: E402
from hardware.bench.board import LED_COLOURS  # noqa: E402
from hardware.bench.hd44780 import Hd44780  # noqa: E402
from hardware.bench.process import interpreter  # noqa: E402
from hardware.bench.ssd1306 import HEIGHT, WIDTH, Ssd1306  # noqa: E402

LINK = "HTTPS://CHARGE.EXAMPLE/C/7K3M9QXA"
PHONE = "+49 30 1234567"
PRICE = "0.45 \u20ac/kWh"
PAPER, INK, SOFT, CASE, GLOW = "#ffffff", "#16211f", "#5c6b68", "#0b0d10", "#d9f1ff"
LCD, LCD_INK, UNLIT = "#9dbd2f", "#16210a", "#27302e"
GAP, COLUMNS, SCALE = 24, 4, 2
SHOWN_WIDTH = WIDTH * SCALE
PAGE_WIDTH = GAP + COLUMNS * (SHOWN_WIDTH + 16 + GAP)
FRAMES, PIXELS = 4, 8       # of a ring's film, and its lamps
FRAME_TICKS = (0, 1, 3, 5)  # tenths of a second
SWITCHING_BITS = 20


@dataclass(frozen=True)
class State:
    """One state of a connector, with a caption."""
    caption: str
    fields: dict[str, Any] = field(default_factory=dict)
    which: int = 0                       # of its screens
    news: tuple[bool, str] | None = None   # a card that was just held before the reader
    offline: bool = False

    def screen(self) -> tuple[Any, ...]:
        if self.news:
            return content.news(*self.news)
        seen = content.Seen()
        for name, value in self.fields.items():
            setattr(seen, name, value)
        return content.screens(seen, PHONE, self.offline)[self.which]   # type: ignore[no-any-return]


_SESSION = {"wh": 12_345, "elapsed_s": 4980}
_CHARGE = _SESSION | {"status": "Charging", "plugged": True, "authorized": True, "power_w": 7360, "offered_da": 320,
                      "limit": "hardware"}
STATES = (
    State("Free", {"link": LINK, "price": PRICE}),
    State("Free, in turn with its code", {"link": LINK}, which=1),
    State("Free, link lost", {"link": LINK}, offline=True),
    State("Car, no card yet", {"status": "Preparing", "plugged": True, "link": LINK, "wait_s": 42}),
    State("Card, no car yet", {"status": "Preparing", "authorized": True, "wait_s": 42, "price": PRICE}),
    State("Card refused", news=(False, "Blocked")),
    State("Authorized", {"status": "Preparing", "authorized": True, "plugged": True, "price": PRICE}),
    State("Charging, DC: the car tells", _CHARGE | {"soc": 64, "left_min": 35}),
    State("Charging, AC: estimated", _CHARGE | {"soc": 64, "is_about": True, "cost": "5.56"}),
    State("The car pauses", _SESSION | {"status": "SuspendedEV", "cost": "5.56"}),
    State("Nothing to offer", _SESSION | {"status": "SuspendedEVSE", "limit": "profile", "cost": "5.56"}),
    State("Finished", _SESSION | {"status": "Finishing", "plugged": True, "cost": "5.56"}),
    State("Cable kept for its owner", _SESSION | {"status": "Finishing", "locked_in": True}),
    State("Reserved", {"status": "Reserved", "number": 2}),
    State("Emergency stop", {"status": "Faulted", "info": "emergency stop"}),
    State("Welded contactor", {"status": "Faulted", "info": "contactor welded"}),
)
ON_TWO_LINES = (0, 8, 11, 14)   # states whose turns are drawn for the small display

PROGRAM = """
import asyncio, json
from binascii import hexlify
from firmware.drivers.hd44780 import Hd44780
from firmware.drivers.ssd1306 import Ssd1306
from firmware.panel.qr_code import steps
import framebuf

class I2c:
    def __init__(self):
        self.sent = []
    def writeto(self, address, data):
        self.sent.append(hexlify(data).decode())

async def sent(driver, screen, shows):
    i2c = I2c()
    display = driver(i2c, 0)
    code = None
    if screen[3] and driver is Ssd1306:
        for code in steps(screen[3]):
            pass
    for _ in range(shows):
        await display.show(screen, code)
    return i2c.sent

async def main():
    for large, screen, shows in json.loads(%r):
        print(json.dumps(await sent(Ssd1306 if large else Hd44780, screen, shows)))
    frame = framebuf.FrameBuffer(bytearray(8), 8, 8, framebuf.MONO_VLSB)
    letters = []
    for sign in range(32, 127):
        frame.fill(0)
        frame.text(chr(sign), 0, 0, 1)
        letters.append([sum(frame.pixel(x, y) << x for x in range(8)) for y in range(8)])
    print(json.dumps(letters))
asyncio.run(main())
"""


def on_micropython(jobs: list[tuple[bool, tuple[Any, ...], int]]) -> tuple[list[list[str]], list[list[int]]]:
    """What each (large display?, screen, how often shown) puts on I2C, as hex; and MicroPython's letters from 32."""
    done = subprocess.run(
        [interpreter(), "-X", "heapsize=2m", "-c", PROGRAM % json.dumps(jobs)], capture_output=True, text=True,
        check=True, timeout=120, env={**os.environ, "MICROPYPATH": f"{REPOSITORY}:.frozen"})
    *sent, letters = map(json.loads, done.stdout.splitlines())
    return sent, letters


class Sheet:
    def __init__(self, height: int, letters: list[list[int]]) -> None:
        self.image = Image.new("RGB", (PAGE_WIDTH, height), PAPER)
        self.draw = ImageDraw.Draw(self.image)
        self._letters = letters

    def text(self, x: int, y: int, text: str, colour: str = INK, scale: int = 1) -> None:
        for sign in text:
            for row, bits in enumerate(self._letters[ord(sign) - 32]):
                for column in range(8):
                    if bits >> column & 1:
                        self._dot(x + column * scale, y + row * scale, scale, colour)
            x += 8 * scale

    def _dot(self, x: int, y: int, size: int, colour: str) -> None:
        self.draw.rectangle((x, y, x + size - 1, y + size - 1), fill=colour)

    def oled(self, x: int, y: int, display: Ssd1306) -> None:
        self.draw.rectangle((x, y, x + SHOWN_WIDTH + 15, y + HEIGHT * SCALE + 15), fill=CASE)
        for row, line in enumerate(display.pixels()):
            for column, pixel in enumerate(line):
                if pixel == "1":
                    self._dot(x + 8 + column * SCALE, y + 8 + row * SCALE, SCALE, GLOW)

    def lcd(self, x: int, y: int, lines: list[str]) -> None:
        self.draw.rectangle((x, y, x + SHOWN_WIDTH + 15, y + 63), fill=LCD)
        for row, line in enumerate(lines):
            self.text(x + 8, y + 10 + 26 * row, line, LCD_INK, SCALE)

    def ring(self, x: int, y: int, mask: int, colour: str) -> None:
        """Eight lamps on a circle, the first on top, clockwise."""
        places = ((0, -20), (14, -14), (20, 0), (14, 14), (0, 20), (-14, 14), (-20, 0), (-14, -14))
        for i, (dx, dy) in enumerate(places):
            box = (x + dx - 5, y + dy - 5, x + dx + 5, y + dy + 5)
            self.draw.ellipse(box, fill=colour if mask >> i & 1 else UNLIT)


def made() -> Image.Image:
    screens = [state.screen() for state in STATES]
    turns = [1 + max(0, len(screens[i][2]) + bool(screens[i][1]) - 1) for i in ON_TWO_LINES]
    jobs: list[tuple[bool, tuple[Any, ...], int]] = [(True, screen, 1) for screen in screens]
    jobs += [(False, screens[i], 8 * turn + 1) for i, count in zip(ON_TWO_LINES, turns, strict=True)
             for turn in range(min(count, COLUMNS))]
    sent, letters = on_micropython(jobs)
    rows = -(-len(STATES) // COLUMNS)
    oled_height, lamp_height, lcd_height = HEIGHT * SCALE + 16 + 40, 64, 64 + 40
    height = (200 + len(lamps.LOOKS) * lamp_height + rows * oled_height + len(ON_TWO_LINES) * lcd_height)
    sheet = Sheet(height, letters)
    y = _lamps(sheet, GAP, lamp_height)
    sheet.text(GAP, y, "SSD1306, 128 x 64", scale=2)
    y += 40
    for i, wire in enumerate(sent[: len(STATES)]):
        x = GAP + i % COLUMNS * (SHOWN_WIDTH + 16 + GAP)
        top = y + i // COLUMNS * oled_height
        display = Ssd1306()
        for data in wire:
            display.written(bytes.fromhex(data), 0)
        sheet.text(x, top, STATES[i].caption, SOFT)
        sheet.oled(x, top + 14, display)
    y += rows * oled_height
    sheet.text(GAP, y, "HD44780, 2 x 16: the second line turns every two seconds", scale=2)
    y += 40
    wires = iter(sent[len(STATES):])
    for i, count in zip(ON_TWO_LINES, turns, strict=True):
        sheet.text(GAP, y, STATES[i].caption, SOFT)
        for turn in range(min(count, COLUMNS)):
            sheet.lcd(GAP + turn * (SHOWN_WIDTH + 16 + GAP), y + 14, _lines(next(wires)))
        y += lcd_height
    return sheet.image.crop((0, 0, PAGE_WIDTH, y)).quantize(64)


def _lines(wire: list[str]) -> list[str]:
    display, at_s = Hd44780(), 0.0
    for data in wire:
        display.written(bytes.fromhex(data), at_s)
        at_s += 0.02
    if display.lost:
        raise SystemExit("the display was told faster than it can hear")
    return display.lines()


def _lamps(sheet: Sheet, y: int, row_height: int) -> int:
    """Rings as a film of four moments, and the rhythm of a plain LED over two seconds."""
    sheet.text(GAP, y, "Lamps: moments of a ring, two seconds of a plain LED", scale=2)
    y += 40
    for status, look in lamps.LOOKS.items():
        middle = y + row_height // 2
        sheet.text(GAP, middle - 4, status)
        red, green, blue = look >> 20, look >> 12 & 255, look >> 4 & 255
        brightest = max(red, green, blue)   # lamps are dimmed, ink is not
        colour = "#" + "".join(f"{value * 235 // brightest:02x}" for value in (red, green, blue))
        for frame, tick in enumerate(FRAME_TICKS):
            sheet.ring(200 + frame * 72, middle, lamps.lit(look & 15, tick, PIXELS), colour)
        sheet.text(540, middle - 4, _name(colour), SOFT)
        plain = leds.LOOKS[status]
        lamp = list(LED_COLOURS)[plain >> SWITCHING_BITS]
        for tick in range(SWITCHING_BITS):
            x = 660 + tick * 16
            lit = plain >> tick & 1
            sheet.draw.rectangle((x, middle - 8, x + 13, middle + 8), fill=LED_COLOURS[lamp] if lit else UNLIT)
        sheet.text(1000, middle - 4, lamp, SOFT)
        y += row_height
    return y + 16


def _name(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    names = {(1, 0, 0): "red", (0, 1, 0): "green", (0, 0, 1): "blue", (0, 1, 1): "cyan", (1, 0, 1): "violet",
             (1, 1, 0): "amber"}
    return names[red > 60, green > 60, blue > 60]


def differs() -> bool:
    """Whether the committed picture is another than the firmware would make now."""
    with Image.open(PICTURE) as kept:
        fresh, kept_rgb = made().convert("RGB"), kept.convert("RGB")
        return fresh.size != kept_rgb.size or ImageChops.difference(fresh, kept_rgb).getbbox() is not None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; status 1 if the picture is out of date")
    if parser.parse_args().check:
        if differs():
            sys.exit("docs/screenshots/panel.png is out of date: run docs/panel_pictures.py")
        return
    made().save(PICTURE, optimize=True)
    print(f"{PICTURE.relative_to(REPOSITORY)}: {PICTURE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
