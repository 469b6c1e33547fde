"""An HD44780 with two lines of 16 on a PCF8574 backpack. Hitachi HD44780U tables 6 (instructions), 12 (4-bit start).

The backpack's port: P0 RS, P1 R/W, P2 E, P3 backlight, P4 to P7 D4 to D7. A nibble is taken when E falls. The
controller starts in 8-bit mode, so that a driver which does not follow the datasheet's start gets every byte wrong.
Instructions that come while it is busy are lost, as the datasheet says.
"""
WIDTH = 16
_RS, _RW, _E, _LIGHT = 1, 2, 4, 8
_LINE_2 = 0x40
BUSY_S = 37e-6
LONG_BUSY_S = 1.52e-3   # clear, home


class Hd44780:
    def __init__(self, address: int = 0x27) -> None:
        self.address = address
        self.revision = 0
        self.lost = 0                 # instructions and characters that came too early
        self.power_on()

    def power_on(self) -> None:
        self._port = 0xFF             # a PCF8574 begins with all lines high
        self._eight_bits = True
        self._high: int | None = None
        self._busy_until_s = 0.0
        self.memory = bytearray(b" " * 0x80)
        self.is_on = False
        self.two_lines = False
        self._address = 0
        self._to_custom = False
        self.custom = bytearray(64)
        self._step, self._shifts = 1, False
        self.revision += 1

    @property
    def light(self) -> bool:
        return bool(self._port & _LIGHT)

    def written(self, data: bytes, at_s: float) -> None:
        for byte in data:
            fell = self._port & _E and not byte & _E
            self._port = byte
            if fell and not byte & _RW:
                self._nibble(byte >> 4, bool(byte & _RS), at_s)
            at_s += 90e-6             # a byte at 100 kHz; each port write ends with its own acknowledgement
        self.revision += 1

    def read(self, count: int, at_s: float) -> bytes:
        return bytes([self._port]) * count

    def _nibble(self, nibble: int, is_data: bool, at_s: float) -> None:
        if self._eight_bits:
            return self._take(nibble << 4, is_data, at_s)
        if self._high is None:
            self._high = nibble
            return None
        byte, self._high = self._high << 4 | nibble, None
        return self._take(byte, is_data, at_s)

    def _take(self, byte: int, is_data: bool, at_s: float) -> None:
        if at_s < self._busy_until_s:
            self.lost += 1
            return
        self._busy_until_s = at_s + (LONG_BUSY_S if not is_data and 0 < byte <= 3 else BUSY_S)
        if is_data:
            self._store(byte)
        elif byte & 0x80:
            self._address, self._to_custom = byte & 0x7F, False
        elif byte & 0x40:
            self._address, self._to_custom = byte & 0x3F, True
        elif byte & 0x20:
            self._eight_bits = bool(byte & 0x10)
            self.two_lines = bool(byte & 0x08)
            self._high = None
        elif byte & 0x10:
            self.revision += 1        # cursor or display shift: nobody here uses it
        elif byte & 0x08:
            self.is_on = bool(byte & 0x04)
        elif byte & 0x04:
            self._step, self._shifts = (1 if byte & 2 else -1), bool(byte & 1)
        elif byte & 0x02:
            self._address = 0
        elif byte & 0x01:
            self.memory[:] = b" " * len(self.memory)
            self._address, self._step = 0, 1

    def _store(self, byte: int) -> None:
        if self._to_custom:
            self.custom[self._address & 0x3F] = byte
        else:
            self.memory[self._address & 0x7F] = byte
        self._address = (self._address + self._step) & 0x7F

    def lines(self) -> list[str]:
        """What a person reads: two lines of 16 characters; blank without its display switched on."""
        if not self.is_on:
            return [" " * WIDTH] * 2
        starts = (0, _LINE_2) if self.two_lines else (0,)
        lines = ["".join(chr(code) if 0x20 <= code < 0x7F else "\u25a1" for code in self.memory[at : at + WIDTH])
                 for at in starts]
        return lines + [" " * WIDTH] * (2 - len(lines))
