"""The EV side of a DC power module: answers Modbus RTU with what the car on its connector says of itself.

Its registers are those of the board file's map. Frames: MODBUS over Serial Line V1.02 §2.5.1.
"""
from collections.abc import Callable, Mapping
from typing import Any

from hardware.bench import register_map
from hardware.bench.meter import ANSWER_DELAY_S, as_heard, as_said, crc16
from hardware.bench.register_map import Values

MODES = ("silent", "swapped", "garbage", "half", "crc", "exception")


class EvLink:
    """One slave on a serial line; `values` is asked at each answer, `limited` hears of each new `limit_w`."""

    def __init__(self, unit: int, data: Mapping[str, Any], values: Callable[[], Values],
                 limited: Callable[[float], None] = lambda now_s: None) -> None:
        self.unit = unit
        self.limit_w = 0.0 if data.get("limit") else None   # what it may draw from the mains, where it is told
        self._limited = limited
        self.mode = "ok"   # or one of MODES
        self._data = data
        self._values = values
        self._outbox: list[tuple[float, bytes]] = []

    def told(self) -> dict[str, float | None]:
        """What it tells, of what its map has."""
        values = self._values()
        return {name: values[name] for name in self._data["registers"]}

    def hear(self, data: bytes, now_s: float) -> None:
        data = as_heard(data, self.mode)
        if self.mode == "silent" or len(data) < 8 or data[0] != self.unit or crc16(data):
            return   # another unit's frame, or noise: a slave is silent then
        answer = register_map.answer(
            self.unit, self._data, self.told(), data[1], data[2:-2], self.mode == "exception")
        if data[1] == register_map.WRITE and not answer[1] & 0x80:
            self.limit_w = register_map.written(self._data["limit"], data[2:-2])
            self._limited(now_s)
        self._outbox.append((now_s + ANSWER_DELAY_S, as_said(answer, self.mode)))

    def due_s(self) -> float | None:
        return self._outbox[0][0] if self._outbox else None

    def speak(self, now_s: float) -> bytes:
        said = b""
        while self._outbox and self._outbox[0][0] <= now_s:
            said += self._outbox.pop(0)[1]
        return said
