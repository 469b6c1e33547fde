"""The chip's flash as a file: 4 KiB blocks for littlefs, with the time an erase takes.

While flash is erased the ESP32 runs no Python at all: about 45 ms, now and then 400 ms. The world says how long.
"""
from bench_wire import cells
from micropython import const
from utime import sleep_ms

_BLOCK = const(4096)
_STALL_MS = const(132)
_WORST_MS = const(133)
_WORST_EVERY = const(134)
_BLANK = b"\xff" * 256


class Flash:
    def __init__(self, path):
        self._file = open(path, "r+b")
        self._blocks = self._file.seek(0, 2) // _BLOCK
        self._erases = 0

    def readblocks(self, block, buf, offset=0):
        self._file.seek(block * _BLOCK + offset)
        self._file.readinto(buf)

    def writeblocks(self, block, buf, offset=None):
        if offset is None:
            self.ioctl(6, block)
            offset = 0
        self._file.seek(block * _BLOCK + offset)
        self._file.write(buf)

    def ioctl(self, request, argument):
        if request == 4:
            return self._blocks
        if request == 5:
            return _BLOCK
        if request == 6:
            self._erase(argument)
            return 0
        return None

    def _erase(self, block):
        self._erases += 1
        worst = cells[_WORST_EVERY] and self._erases % cells[_WORST_EVERY] == 0
        self._blank(block * _BLOCK)
        sleep_ms(cells[_WORST_MS] if worst else cells[_STALL_MS])   # a power cut here finds the block half erased
        self._blank(block * _BLOCK + _BLOCK // 2)

    def _blank(self, start):
        self._file.seek(start)
        for _ in range(_BLOCK // 512):
            self._file.write(_BLANK)
