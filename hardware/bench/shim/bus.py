"""`machine.I2C` and `machine.SPI`, added to `machine` where the board has such a bus: elsewhere nobody pays for them.

What is written goes out as any output does, in order with the pins that select a part, and takes the time its bits
take. What is read comes back on a socket of its own; the program stands still meanwhile, as the chip's does. Whether
somebody answers to an I2C address is told in cells, so that writing needs no answer.
"""
import machine
from bench_wire import cells, drain, put, put_bytes
from micropython import const
from utime import sleep_us

_BUS_FD = const(147)
_I2C_PART = const(148)   # four cells: bus << 8 | address, 0 for nobody
_I2C_PARTS = const(4)
_I2C_WRITE = const(0x1000)
_I2C_READ = const(0x1100)
_SPI_DATA = const(0x1200)

_answers = open(cells[_BUS_FD], "rb")


def _answer(buf):
    view, got = memoryview(buf), 0
    while got < len(buf):
        n = _answers.readinto(view[got:])
        if not n:
            raise SystemExit   # the world was killed, and no chip outlives it
        got += n


class I2C:
    def __init__(self, id, *, scl, sda, freq=400000, timeout=50000):
        self._id = id
        self._freq = freq

    def _address(self, addr, count):
        sleep_us((count + 1) * 9_000_000 // self._freq)
        drain()
        for i in range(_I2C_PARTS):
            if cells[_I2C_PART + i] == self._id << 8 | addr:
                return
        raise OSError(19)   # ENODEV: not acknowledged

    def writeto(self, addr, buf, stop=True):
        self._address(addr, len(buf))
        put_bytes(_I2C_WRITE | self._id, addr, buf)
        return len(buf)

    def readfrom_into(self, addr, buf, stop=True):
        self._address(addr, len(buf))
        put(_I2C_READ | self._id, len(buf) << 8 | addr)
        _answer(buf)

    def scan(self):
        drain()
        parts = [cells[_I2C_PART + i] for i in range(_I2C_PARTS)]
        return sorted(part & 0xFF for part in parts if part and part >> 8 == self._id)


class SPI:
    MSB, LSB = 0, 1

    def __init__(self, id, baudrate=1000000, *, polarity=0, phase=0, bits=8, firstbit=0, sck, mosi, miso):
        self._id = id
        self._lsb = firstbit
        self._baud = baudrate

    def write(self, buf):
        self.write_readinto(buf, bytearray(len(buf)))

    def readinto(self, buf, write=0):
        self.write_readinto(bytes((write,)) * len(buf), buf)

    def write_readinto(self, write_buf, read_buf):
        if len(write_buf) != len(read_buf):
            raise ValueError("buffers must be the same length")
        sleep_us(len(write_buf) * 8_000_000 // self._baud)
        put_bytes(_SPI_DATA | self._id, self._lsb, write_buf)
        _answer(read_buf)


machine.I2C, machine.SPI = I2C, SPI
