"""PN532 card reader on a UART (HSU): frames, wake-up, UIDs of ISO 14443-A cards. UM0701-02 §6.2.1, §7.2.10, §7.3.5."""
import asyncio
from time import ticks_add, ticks_diff, ticks_ms

from micropython import const

_TO_CHIP = const(0xD4)
_FROM_CHIP = const(0xD5)
_ERROR = const(0x7F)
_SAM_CONFIGURATION = const(0x14)
_LIST_PASSIVE_TARGET = const(0x4A)

_ACK = b"\x00\x00\xff\x00\xff\x00"  # sent by us it aborts the command that runs
_WAKE = b"\x55\x55" + b"\x00" * 14  # after power-up the chip sleeps and needs some time to hear (§7.2.11)
_ACK_MS = const(100)  # the chip takes 15 ms; the rest is for our own loop
_ANSWER_MS = const(300)
_LOOK_MS = const(10)
_BUFFER = const(64)


class ReaderError(Exception):
    pass


class Pn532:
    def __init__(self, uart):
        self._uart = uart
        self._buffer = bytearray(_BUFFER)
        self._view = memoryview(self._buffer)
        self._got = 0
        self._ready = False

    async def init(self):
        """Wake the chip up and make it a card reader; ReaderError if it does not answer."""
        self._ready = False
        self._uart.write(_WAKE)
        if await self._command(_SAM_CONFIGURATION, b"\x01\x14\x01", _ANSWER_MS) is None:  # normal mode, no SAM
            raise ReaderError("reader does not configure")
        self._ready = True

    async def read_uid(self, timeout_ms):
        """UID of a card that is there within `timeout_ms`, all its 4, 7 or 10 bytes in card order, else None.

        ReaderError when the reader is silent or talks nonsense; the next call tries to wake it up.
        """
        if self._ready:
            try:
                return await self._list(timeout_ms)
            except ReaderError:  # unplugged and back again: it answers once it has been woken up
                pass
        await self.init()
        return await self._list(timeout_ms)

    async def _list(self, timeout_ms):
        target = await self._command(_LIST_PASSIVE_TARGET, b"\x01\x00", timeout_ms)  # one card, 106 kbit/s type A
        if target is None:
            self._uart.write(_ACK)
            return None
        if len(target) == 1 and target[0] == 0:
            return None
        # Number of targets, target, SENS_RES (2), SEL_RES, length of the UID, UID, perhaps an ATS.
        if len(target) < 6 or target[5] not in (4, 7, 10) or len(target) < 6 + target[5]:
            raise ReaderError("reader talks nonsense")
        return target[6 : 6 + target[5]]

    async def _command(self, code, parameters, timeout_ms):
        """Send one command; the data of its answer, None when none follows the acknowledgement in `timeout_ms`."""
        for _ in range(8):  # what belongs to an aborted command; bounded, as a noisy line never ends
            if not self._uart.readinto(self._buffer):
                break
        self._got = 0
        length = 2 + len(parameters)
        checksum = -(_TO_CHIP + code + sum(parameters)) & 0xFF
        head = bytes((0, 0, 0xFF, length, -length & 0xFF, _TO_CHIP, code))
        self._uart.write(head + parameters + bytes((checksum, 0)))
        if await self._frame(None, _ACK_MS) is None:
            raise ReaderError("reader garbled" if self._got else "reader silent")
        return await self._frame(code + 1, timeout_ms)

    async def _frame(self, code, timeout_ms):
        """Data of the next answer with this code, b"" for an acknowledgement (`code` None); None when time is up."""
        deadline = ticks_add(ticks_ms(), timeout_ms)
        while True:
            frame = self._take()
            while frame is not None:
                if code is None and not frame:
                    return frame
                if code is not None and frame and frame[0] == code:
                    return frame[1:]
                frame = self._take()
            if self._got == _BUFFER:
                self._got = 0
            if not await self._more(deadline):
                return None

    async def _more(self, deadline):
        """Wait for bytes; False when time is up. Looks before it gives up: a loop that stood still finds its time over
        and the answer waiting, and asyncio.wait_for would drop it."""
        free = self._view[self._got :]
        while True:
            read = self._uart.readinto(free)
            if read:
                self._got += read
                return True
            if ticks_diff(deadline, ticks_ms()) <= 0:
                return False
            await asyncio.sleep_ms(_LOOK_MS)

    def _take(self):
        """Cut the next whole frame from the buffer: code and data, b"" for an acknowledgement, None without one."""
        buffer, got, at = self._buffer, self._got, 0
        frame = None
        while at + 4 <= got and frame is None:
            if buffer[at] == 0 and buffer[at + 1] == 0xFF:
                length = buffer[at + 2]
                if length == 0 and buffer[at + 3] == 0xFF:
                    frame = b""
                    at += 3
                elif 1 < length < _BUFFER - 8 and (length + buffer[at + 3]) & 0xFF == 0:
                    end = at + 5 + length
                    if end > got:
                        break
                    if buffer[at + 4] == _FROM_CHIP and sum(self._view[at + 4 : end]) & 0xFF == 0:
                        frame = bytes(self._view[at + 5 : end - 1])
                        at = end - 1
                elif length == 1 and buffer[at + 4 : at + 5] == b"\x7f":
                    self._got = 0
                    raise ReaderError("reader refuses the command")
            at += 1
        self._got = got - at
        buffer[: self._got] = buffer[at:got]
        return frame
