"""A UART in memory, on MicroPython: `part(data)` hears each write and returns [(delay_ms, bytes), ...]."""
import struct
from time import ticks_add, ticks_diff, ticks_ms


class FakeUart:
    def __init__(self, part):
        self.part = part
        self.written = []
        self._coming = []
        self._ready = b""

    def bring(self, delay_ms, data):
        self._coming.append((ticks_add(ticks_ms(), delay_ms), data))

    def _arrive(self):
        while self._coming and ticks_diff(self._coming[0][0], ticks_ms()) <= 0:
            self._ready += self._coming.pop(0)[1]

    def readinto(self, buffer):
        self._arrive()
        if not self._ready:
            return None
        taken = self._ready[: len(buffer)]
        buffer[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)

    def write(self, data):
        self.written.append(bytes(data))
        for delay_ms, answer in self.part(bytes(data)):
            self.bring(delay_ms, answer)
        return len(data)

    def flush(self):
        pass


def sealed(body):
    """A Modbus frame with its CRC, bit by bit as the standard defines it."""
    crc = 0xFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return body + struct.pack("<H", crc)


def answer(unit, words):
    return sealed(bytes((unit, 4, 2 * len(words))) + b"".join(struct.pack(">H", word) for word in words))


ACK = b"\x00\x00\xff\x00\xff\x00"
NO_CARD_YET = ()


def frame(data):
    """A PN532 answer around TFI and data."""
    data = b"\xd5" + data
    return b"\x00\x00\xff" + bytes((len(data), -len(data) & 0xFF)) + data + bytes((-sum(data) & 0xFF, 0))


def target(uid):
    return frame(b"\x4b\x01\x01\x00\x44\x00" + bytes((len(uid),)) + uid)


class Reader:
    """A PN532 that answers. `uid` lies on it, or None; `silent` is an unplugged one."""

    def __init__(self, uid=None):
        self.uid = uid
        self.silent = False
        self.awake = False
        self.commands = []

    def __call__(self, data):
        if self.silent:
            return ()
        if data[:2] == b"\x55\x55":
            self.awake = True
            return ()
        if not self.awake or data == ACK:
            return ()
        self.commands.append(data)
        if data[6] == 0x14:
            return ((2, ACK), (5, frame(b"\x15")))
        if data[6] == 0x4A:
            return ((2, ACK), (30, target(self.uid))) if self.uid else ((2, ACK),)
        return ((2, b"\x00\x00\xff\x01\xff\x7f\x81\x00"),)
