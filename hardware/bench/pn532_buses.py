"""The same PN532 on its other two interfaces: I2C (UM0701-02 §6.2.4) and SPI (§6.2.5). Frames are the same.

On both the host asks first whether an answer is there, one status byte, and fetches it then, a frame a read.
"""
from collections import deque

from hardware.bench.pn532 import Pn532

ADDRESS = 0x24
_WAKE = b"\x55"
_DATA_WRITE, _STATUS_READ, _DATA_READ = 0x01, 0x02, 0x03


class _Frames:
    """Answers that wait to be fetched, each a frame of its own."""

    def __init__(self, chip: Pn532) -> None:
        self.chip = chip
        self._frames: deque[bytes] = deque()

    def hear(self, data: bytes, at_s: float) -> None:
        self.pump(at_s)
        self._frames.clear()          # a host that speaks has given up what it did not fetch
        self.chip.hear(_WAKE, at_s)   # being spoken to wakes the chip on these interfaces
        self.chip.hear(data, at_s)

    def pump(self, now_s: float) -> None:
        while (due_s := self.chip.due_s()) is not None and due_s <= now_s:
            if said := self.chip.speak(due_s):
                self._frames.append(said)

    def ready(self, at_s: float) -> bool:
        self.pump(at_s)
        return bool(self._frames)

    @property
    def first(self) -> bytes:
        return self._frames[0] if self._frames else b""

    def fetched(self) -> None:
        if self._frames:
            self._frames.popleft()


class Pn532OnI2c:
    def __init__(self, chip: Pn532) -> None:
        self._frames = _Frames(chip)

    def written(self, data: bytes, at_s: float) -> None:
        self._frames.hear(data, at_s)

    def read(self, count: int, at_s: float) -> bytes:
        if not self._frames.ready(at_s):
            return bytes(count)
        answer = (b"\x01" + self._frames.first).ljust(count, b"\x00")[:count]
        if count > 1:
            self._frames.fetched()
        return answer

    def due_s(self) -> float | None:
        return self._frames.chip.due_s()

    def advance(self, now_s: float) -> None:
        self._frames.pump(now_s)


class Pn532OnSpi:
    lsb_first = True

    def __init__(self, chip: Pn532) -> None:
        self._frames = _Frames(chip)
        self._mode: int | None = None
        self._heard = bytearray()
        self._at = 0

    def select(self, selected: bool, at_s: float) -> None:
        if not selected:
            if self._heard:
                self._frames.hear(bytes(self._heard), at_s)
            elif self._mode == _DATA_READ and self._at:
                self._frames.fetched()
        self._mode, self._at = None, 0
        self._heard.clear()

    def exchange(self, data: bytes, at_s: float) -> bytes:
        answer = bytearray()
        for byte in data:
            said = 0
            if self._mode is None:
                self._mode = byte
            elif self._mode == _DATA_WRITE:
                self._heard.append(byte)
            elif self._mode == _STATUS_READ:
                said = 1 if self._frames.ready(at_s) else 0
            elif self._mode == _DATA_READ and self._frames.ready(at_s):
                said = self._frames.first[self._at] if self._at < len(self._frames.first) else 0
                self._at += 1
            answer.append(said)
        return bytes(answer)

    def due_s(self) -> float | None:
        return self._frames.chip.due_s()

    def advance(self, now_s: float) -> None:
        self._frames.pump(now_s)
