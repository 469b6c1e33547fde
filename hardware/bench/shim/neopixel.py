"""`neopixel` of the ESP32 port; a write that changes nothing is not sent on."""
from bench_wire import put_bytes


class NeoPixel:
    ORDER = (1, 0, 2, 3)

    def __init__(self, pin, n, bpp=3):
        self.pin = pin
        self.n = n
        self.bpp = bpp
        self.buf = bytearray(n * bpp)
        self._shown = None

    def __setitem__(self, i, colour):
        at = i * self.bpp
        for j in range(self.bpp):
            self.buf[at + self.ORDER[j]] = colour[j]

    def fill(self, colour):
        for i in range(self.n):
            self[i] = colour

    def write(self):
        if self._shown != self.buf:
            self._shown = bytes(self.buf)
            put_bytes(0x700 | self.pin._n, self.bpp, self.buf)
