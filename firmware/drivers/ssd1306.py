"""SSD1306 display, 128 x 64, on I2C. Solomon Systech SSD1306 rev 1.1 §8.1.5, §9, §10.

A page of the memory takes 3 ms at 400 kHz, and nothing else runs meanwhile: pages go one by one, those that changed.
"""
import asyncio

import framebuf
from micropython import const

_WIDTH = const(128)
_HEIGHT = const(64)
_PAGES = const(8)
_COMMANDS = const(0x00)   # control bytes: all that follow are commands, or data
_DATA = const(0x40)
_CODE_MODULES = const(25)
_CODE_SCALE = const(2)
_QUIET = const(4)         # modules of light around a code; above and below the panel leaves room for 3.5

# Off; clock; 64 lines; no offset; start line 0; charge pump; pages; upright; pads; contrast; timing; contents; on.
_BEGIN = b"\x00\xae\xd5\x80\xa8\x3f\xd3\x00\x40\x8d\x14\x20\x02\xa1\xc8\xda\x12\x81\xcf\xd9\xf1\xdb\x40\xa4\xa6"


class Ssd1306:
    draws_codes = True

    def __init__(self, i2c, address):
        self._i2c, self._address = i2c, address
        self._memory = bytearray(_WIDTH * _PAGES)
        self._shown = bytearray(_WIDTH * _PAGES)
        self._out = bytearray(1 + _WIDTH)
        self._out[0] = _DATA
        self._frame = framebuf.FrameBuffer(self._memory, _WIDTH, _HEIGHT, framebuf.MONO_VLSB)
        self._begun = False

    async def show(self, screen, code=None):
        """Draw a screen of panel/content.py, with the rows of its code where it has one; OSError if nobody hears."""
        title, big, lines, _, beside = screen
        if code:
            self._draw_code(code, beside)
        else:
            self._draw(title, big, lines)
        try:
            await self._send()
        except OSError:
            self._begun = False   # what it shows is not known any more: from the beginning
            raise

    def _draw(self, title, big, lines):
        frame = self._frame
        frame.fill(0)
        frame.fill_rect(0, 0, _WIDTH, 11, 1)
        frame.text(title, (_WIDTH - 8 * len(title)) // 2, 2, 0)
        if big:
            self._twice(big, (_WIDTH - 16 * len(big)) // 2, 14)
        y, step = (33, 8) if big else (15, 10)
        for line in lines:
            frame.text(line, 0, y, 1)
            y += step

    def _twice(self, text, left, top):
        """The built-in letters, twice as large."""
        frame, small = self._frame, framebuf.FrameBuffer(bytearray(8), 8, 8, framebuf.MONO_VLSB)
        for sign in text:
            small.fill(0)
            small.text(sign, 0, 0, 1)
            for x in range(8):
                for y in range(8):
                    if small.pixel(x, y):
                        frame.fill_rect(left + 2 * x, top + 2 * y, 2, 2, 1)
            left += 16

    def _draw_code(self, code, beside):
        frame = self._frame
        frame.fill(0)
        side = (_CODE_MODULES + 2 * _QUIET) * _CODE_SCALE
        frame.fill_rect(0, 0, side, _HEIGHT, 1)
        top, left = (_HEIGHT - _CODE_MODULES * _CODE_SCALE) // 2, _QUIET * _CODE_SCALE
        for y, row in enumerate(code):
            for x in range(_CODE_MODULES):
                if row >> x & 1:
                    frame.fill_rect(left + x * _CODE_SCALE, top + y * _CODE_SCALE, _CODE_SCALE, _CODE_SCALE, 0)
        for i, line in enumerate(beside):
            frame.text(line, side + 5, 9 * i, 1)

    async def _send(self):
        begins = not self._begun
        if begins:
            self._i2c.writeto(self._address, _BEGIN)
        out, memory, shown = self._out, self._memory, self._shown
        for page in range(_PAGES):
            first = page * _WIDTH
            if not begins and memory[first : first + _WIDTH] == shown[first : first + _WIDTH]:
                continue
            out[1:] = memory[first : first + _WIDTH]
            self._i2c.writeto(self._address, bytes((_COMMANDS, 0xB0 | page, 0x00, 0x10)))   # page, column 0
            self._i2c.writeto(self._address, out)
            shown[first : first + _WIDTH] = out[1:]   # what was sent, though a new screen may be drawn meanwhile
            await asyncio.sleep_ms(0)
        if begins:   # not before: until then its memory holds noise
            self._i2c.writeto(self._address, b"\x00\xaf")
            self._begun = True
