"""What drivers/pn532.py takes for a UART, on the chip's other interfaces: I2C (UM0701-02 §6.2.4), SPI (§6.2.5).

On both the chip is asked whether an answer is there, and gives it from its first byte at each read: so one read takes
all the driver has room for. Nothing waits here. A bus where nobody is reads as silence; the driver says so in time.
"""
from time import sleep_ms

from micropython import const

_ADDRESS = const(0x24)
_READY = const(0x01)
_WAKE_SIGN = const(0x55)
_WAKE_MS = const(2)      # SPI: select pulled low that long before the chip listens (§7.2.11)
_DATA_WRITE = const(0x01)
_STATUS_READ = const(0x02)
_DATA_READ = const(0x03)
_LARGEST = const(64)


class OnI2c:
    def __init__(self, i2c):
        self._i2c = i2c
        self._status = bytearray(1)
        self._frame = bytearray(1 + _LARGEST)

    def write(self, data):
        if data[0] != _WAKE_SIGN:   # its address wakes it up
            try:
                self._i2c.writeto(_ADDRESS, data)
            except OSError:
                pass

    def readinto(self, buffer):
        frame, size = self._frame, min(len(buffer), _LARGEST)
        try:
            self._i2c.readfrom_into(_ADDRESS, self._status)
            if self._status[0] != _READY:
                return None
            self._i2c.readfrom_into(_ADDRESS, frame)
        except OSError:
            return None
        buffer[:size] = frame[1 : 1 + size]
        return size


class OnSpi:
    """`spi` sends the lowest bit first, as this chip wants it."""

    def __init__(self, spi, select):
        self._spi, self._select = spi, select
        self._out, self._frame = bytearray(1 + _LARGEST), bytearray(1 + _LARGEST)
        self._two, self._status = bytearray((_STATUS_READ, 0)), bytearray(2)
        self._out[0] = _DATA_READ
        select.value(1)

    def write(self, data):
        self._select.value(0)
        if data[0] == _WAKE_SIGN:
            sleep_ms(_WAKE_MS)
        else:
            self._spi.write(bytes((_DATA_WRITE,)) + data)
        self._select.value(1)

    def readinto(self, buffer):
        frame, size = self._frame, min(len(buffer), _LARGEST)
        self._exchange(self._two, self._status)
        if self._status[1] != _READY:
            return None
        self._exchange(self._out, frame)
        buffer[:size] = frame[1 : 1 + size]
        return size

    def _exchange(self, out, answer):
        self._select.value(0)
        self._spi.write_readinto(out, answer)
        self._select.value(1)
