"""HD44780 display, two lines of 16, on a PCF8574 backpack (100 kHz). Hitachi HD44780U tables 6 and 12, figure 24.

The backpack's lines: P0 RS, P1 R/W, P2 E, P3 light, P4 to P7 data. A byte on I2C takes 90 us, longer than the
controller is busy after anything but a clear, so it need not be asked.
"""
import asyncio

from micropython import const

_WIDTH = const(16)
_RS = const(0x01)
_E = const(0x04)
_LIGHT = const(0x08)
_LINES = b"\x80\xc0"   # set address: the first line, the second
# Four bits, two lines, 5 x 8 dots; off; clear; to the right; on without a cursor.
_FUNCTIONS = b"\x28\x08\x01\x06\x0c"
_FIRST_MS = const(50)
_CLEAR_MS = const(3)
_TURN_LOOKS = const(8)   # looks at the same screen, four a second, until the second line turns to its next text


class Hd44780:
    draws_codes = False

    def __init__(self, i2c, address):
        self._i2c, self._address = i2c, address
        self._shown = ["", ""]
        self._out = bytearray(4 * (_WIDTH + 1))
        self._begun = False
        self._screen = None
        self._looks = 0

    async def show(self, screen, code=None):
        """Title above, and below what else there is to say in turn; OSError if nobody hears."""
        title, big, lines = screen[:3]
        if title != self._screen:   # its figures may move: it is still the same
            self._screen, self._looks = title, 0
        below = ([big] if big else []) + list(lines)
        line = below[self._looks // _TURN_LOOKS % len(below)] if below else ""
        self._looks += 1
        try:
            if not self._begun:
                await self._begin()
            for i, text in enumerate((title, line)):
                text = text + " " * (_WIDTH - len(text))
                if text != self._shown[i]:
                    self._write(i, text)
                    self._shown[i] = text
                    await asyncio.sleep_ms(0)
        except OSError:
            self._begun = False
            raise

    async def _begin(self):
        """From whatever state it is in: three times 8 bits, then 4 (figure 24)."""
        await asyncio.sleep_ms(_FIRST_MS)
        for nibble in (0x30, 0x30, 0x30, 0x20):
            self._i2c.writeto(self._address, bytes((nibble | _LIGHT | _E, nibble | _LIGHT)))
            await asyncio.sleep_ms(5)
        for code in _FUNCTIONS:
            self._i2c.writeto(self._address, self._pulses(code, 0))
            await asyncio.sleep_ms(_CLEAR_MS)
        self._shown = ["", ""]
        self._begun = True

    def _pulses(self, byte, rs):
        high, low = byte & 0xF0 | _LIGHT | rs, byte << 4 & 0xF0 | _LIGHT | rs
        return bytes((high | _E, high, low | _E, low))

    def _write(self, line, text):
        out = self._out
        out[:4] = self._pulses(_LINES[line], 0)
        for i in range(_WIDTH):
            out[4 + 4 * i : 8 + 4 * i] = self._pulses(ord(text[i]), _RS)
        self._i2c.writeto(self._address, out)
