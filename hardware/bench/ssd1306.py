"""An SSD1306 with a 128 x 64 panel on I2C. Solomon Systech SSD1306 rev 1.1: §8.1.5 (I2C), §9 and §10 (commands).

Knows the commands that drivers of such modules use, with their arguments; what it does not know it counts. `pixels()`
is what a person sees: memory through segment remap, COM direction, start line, offset, inversion and the panel's power.
"""
WIDTH, PAGES = 128, 8
HEIGHT = 8 * PAGES
_HORIZONTAL, _VERTICAL, _PAGE = 0, 1, 2
_ARGUMENTS = {   # commands that take arguments, and how many
    0x20: 1, 0x21: 2, 0x22: 2, 0x81: 1, 0x8D: 1, 0xA8: 1, 0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1,
    0x26: 6, 0x27: 6, 0x29: 5, 0x2A: 5, 0xA3: 2,
}


class Ssd1306:
    def __init__(self, address: int = 0x3C) -> None:
        self.address = address
        self.revision = 0            # grows with whatever may change the picture
        self.unknown: list[int] = []
        self._picture: tuple[int, list[str]] = (-1, [])
        self.power_on()

    def power_on(self) -> None:
        """The values of a reset, §10.1; the memory holds noise then, here a pattern that nobody takes for a picture."""
        self.memory = bytearray((0xAA, 0x55) * (WIDTH * PAGES // 2))
        self.is_on = self.all_on = self.inverted = self.charge_pump = False
        self.contrast, self.start_line, self.offset, self.multiplex = 0x7F, 0, 0, 64
        self.remapped = self.com_reversed = False
        self._mode = _PAGE
        self._columns, self._rows = (0, WIDTH - 1), (0, PAGES - 1)
        self._column = self._page = 0
        self._command: list[int] = []
        self.revision += 1

    # -- I2C

    def written(self, data: bytes, at_s: float) -> None:
        """Control bytes, each Co (0x80) and D/C (0x40), then commands or data."""
        at = 0
        while at < len(data):
            control = data[at]
            only_one, is_data = bool(control & 0x80), bool(control & 0x40)
            at += 1
            piece = data[at : at + 1] if only_one else data[at:]
            for byte in piece:
                if is_data:
                    self._store(byte)
                else:
                    self._hear(byte)
            at += len(piece)
        self.revision += 1

    def read(self, count: int, at_s: float) -> bytes:
        return bytes([0x00 if self.is_on else 0x40]) * count   # the status, D6: display off

    # -- commands

    def _hear(self, byte: int) -> None:
        self._command.append(byte)
        code, *arguments = self._command
        if len(arguments) < _ARGUMENTS.get(code, 0):
            return
        self._command = []
        self._carry_out(code, arguments)

    def _carry_out(self, code: int, arguments: list[int]) -> None:
        if code <= 0x0F:
            self._column = self._column & 0xF0 | code
        elif code <= 0x1F:
            self._column = self._column & 0x0F | (code & 7) << 4
        elif code == 0x20:
            self._mode = arguments[0] & 3
        elif code == 0x21:
            self._columns = (arguments[0] & 0x7F, arguments[1] & 0x7F)
            self._column = self._columns[0]
        elif code == 0x22:
            self._rows = (arguments[0] & 7, arguments[1] & 7)
            self._page = self._rows[0]
        elif 0x40 <= code <= 0x7F:
            self.start_line = code & 0x3F
        elif code == 0x81:
            self.contrast = arguments[0]
        elif code == 0x8D:
            self.charge_pump = bool(arguments[0] & 4)
        elif code in (0xA0, 0xA1):
            self.remapped = bool(code & 1)
        elif code in (0xA4, 0xA5):
            self.all_on = bool(code & 1)
        elif code in (0xA6, 0xA7):
            self.inverted = bool(code & 1)
        elif code == 0xA8:
            self.multiplex = (arguments[0] & 0x3F) + 1
        elif code in (0xAE, 0xAF):
            self.is_on = bool(code & 1)
        elif 0xB0 <= code <= 0xB7:
            self._page = code & 7
        elif code in (0xC0, 0xC8):
            self.com_reversed = code == 0xC8
        elif code == 0xD3:
            self.offset = arguments[0] & 0x3F
        elif code not in (0x2E, 0xD5, 0xD9, 0xDA, 0xDB, 0xE3):   # no scroll, timing, pads, nothing
            self.unknown.append(code)

    def _store(self, byte: int) -> None:
        self.memory[self._page * WIDTH + self._column] = byte
        if self._mode == _VERTICAL:
            self._page += 1
            if self._page > self._rows[1]:
                self._page = self._rows[0]
                self._column = self._next_column(self._columns)
        elif self._mode == _HORIZONTAL:
            before = self._column
            self._column = self._next_column(self._columns)
            if before == self._columns[1]:
                self._page = self._rows[0] if self._page == self._rows[1] else (self._page + 1) % PAGES
        else:
            self._column = (self._column + 1) % WIDTH

    def _next_column(self, columns: tuple[int, int]) -> int:
        return columns[0] if self._column == columns[1] else (self._column + 1) % WIDTH

    # -- what a person sees

    def lit(self, x: int, y: int) -> bool:
        """The pixel at x from the left and y from the top of a module that hangs the right way up (A1, C8)."""
        if not (self.is_on and self.charge_pump and y < self.multiplex):
            return False
        if self.all_on:
            return True
        column = x if self.remapped else WIDTH - 1 - x
        row = y if self.com_reversed else self.multiplex - 1 - y
        line = (row + self.offset + self.start_line) % HEIGHT
        return bool(self.memory[line // 8 * WIDTH + column] >> line % 8 & 1) != self.inverted

    def pixels(self) -> list[str]:
        """A line of 0 and 1 a row, from the top; worked out once for each picture."""
        if self._picture[0] != self.revision:
            rows = ["".join("1" if self.lit(x, y) else "0" for x in range(WIDTH)) for y in range(HEIGHT)]
            self._picture = (self.revision, rows)
        return self._picture[1]
