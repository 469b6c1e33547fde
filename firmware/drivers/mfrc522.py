"""MFRC522 card reader on SPI: UIDs of ISO 14443-A cards. NXP MFRC522 rev 3.9 §8.1.2, §9, §10.3; ISO/IEC 14443-3 §6.

A card that was read is sent to sleep and woken up again by the next look: one that stays is found each time.
"""
import asyncio
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

_COMMAND = const(0x01)
_COM_IRQ = const(0x04)
_ERROR = const(0x06)
_FIFO = const(0x09)
_FIFO_LEVEL = const(0x0A)
_CONTROL = const(0x0C)
_BIT_FRAMING = const(0x0D)
_VERSION = const(0x37)

_IDLE = const(0x00)
_TRANSCEIVE = const(0x0C)
_SOFT_RESET = const(0x0F)
_RECEIVED = const(0x20)
_TIME_OVER = const(0x01)
_WRONG = const(0x1B)      # of the error register: buffer, collision, parity, protocol
_WAKE_UP = b"\x52"
_CASCADE_TAG = const(0x88)
_SAK_MORE = const(0x04)
_LOOK_MS = const(20)      # between looks for a card
_AIR_MS = const(60)       # longer than the chip's own timer

# Registers at the start: a timer of 25 us a step and 25 ms in all, beginning after each transmission; 100 % ASK; CRC
# of type A; both antenna drivers on.
_START = b"\x2a\x80\x2b\xa9\x2c\x03\x2d\xe8\x15\x40\x11\x3d\x14\x83"


class ReaderError(Exception):
    pass


def crc_a(data):
    """ISO/IEC 14443-3 annex B, low byte first."""
    crc = 0x6363
    for byte in data:
        byte ^= crc & 0xFF
        byte ^= byte << 4 & 0xFF
        crc = crc >> 8 ^ byte << 8 ^ byte << 3 ^ byte >> 4
    return bytes((crc & 0xFF, crc >> 8))


class Mfrc522:
    def __init__(self, spi, select):
        self._spi, self._select = spi, select
        self._ready = False
        select.value(1)

    async def init(self):
        """Reset the chip and switch its field on; ReaderError if it does not answer."""
        self._ready = False
        self._write(_COMMAND, _SOFT_RESET)
        await asyncio.sleep_ms(50)
        version = self._read(_VERSION)
        if version in (0x00, 0xFF):
            raise ReaderError("reader silent")
        for i in range(0, len(_START), 2):
            self._write(_START[i], _START[i + 1])
        # Not the version: there are many makers. What was written must be there to read.
        if any(self._read(_START[i]) != _START[i + 1] for i in range(0, len(_START) - 2, 2)):
            raise ReaderError("reader garbled")
        self._ready = True

    async def read_uid(self, timeout_ms):
        """UID of a card that is there within `timeout_ms`, all its 4, 7 or 10 bytes in card order, else None.

        ReaderError when the reader is silent or talks nonsense; the next call starts it anew.
        """
        deadline = ticks_add(ticks_ms(), timeout_ms)
        while True:
            if not self._ready or self._read(_START[6]) != _START[7]:   # it, or its wire, was gone since
                await self.init()
            uid = await self._look()
            if uid is not None or ticks_diff(deadline, ticks_ms()) <= 0:
                return uid
            await asyncio.sleep_ms(_LOOK_MS)

    async def _look(self):
        for _ in range(2):   # one that was disturbed while it was read hears only the second
            if await self._transceive(_WAKE_UP, 7):
                uid = await self._select_card()
                if uid is not None:
                    halt = b"\x50\x00"
                    await self._transceive(halt + crc_a(halt))   # it answers by silence
                    return uid
        return None

    async def _select_card(self):
        """The UID, cascade level by cascade level (§6.5.3); None when what comes does not add up."""
        uid = b""
        for level in b"\x93\x95\x97":
            part = await self._transceive(bytes((level, 0x20)))
            if not part or len(part) != 5 or part[0] ^ part[1] ^ part[2] ^ part[3] != part[4]:
                return None   # also two cards at once: their bits collide
            ask = bytes((level, 0x70)) + part
            answer = await self._transceive(ask + crc_a(ask))
            if not answer or len(answer) != 3 or crc_a(answer[:1]) != answer[1:]:
                return None
            if not answer[0] & _SAK_MORE:
                return uid + part[:4]
            if part[0] != _CASCADE_TAG:
                return None
            uid += part[1:4]
        return None

    async def _transceive(self, data, last_bits=0):
        """What a card answers, or None."""
        self._write(_COMMAND, _IDLE)
        self._write(_COM_IRQ, 0x7F)
        self._write(_FIFO_LEVEL, 0x80)
        for byte in data:
            self._write(_FIFO, byte)
        self._write(_COMMAND, _TRANSCEIVE)
        self._write(_BIT_FRAMING, 0x80 | last_bits)
        deadline = ticks_add(ticks_ms(), _AIR_MS)
        while True:
            happened = self._read(_COM_IRQ)
            if happened & _RECEIVED:
                break
            if happened & _TIME_OVER:
                return None
            if ticks_diff(deadline, ticks_ms()) <= 0:   # its timer was to say so: this is no such chip any more
                self._ready = False
                raise ReaderError("reader silent")
            await asyncio.sleep_ms(1)
        count = self._read(_FIFO_LEVEL)
        if self._read(_ERROR) & _WRONG or self._read(_CONTROL) & 7 or not 0 < count <= 10:
            return None
        return bytes([self._read(_FIFO) for _ in range(count)])

    def _write(self, register, value):
        self._exchange(register << 1, value)

    def _read(self, register):
        return self._exchange(0x80 | register << 1, 0)

    def _exchange(self, address, value):
        answer = bytearray(2)
        self._select.value(0)
        self._spi.write_readinto(bytes((address, value)), answer)
        self._select.value(1)
        return answer[1]
