"""The EV side of a DC power module: answers Modbus RTU with what the car on its connector says of itself.

Its registers are those of the board file's map, encoded here without any of the firmware's code. What no car tells now
reads as all ones (signed: the highest, floats: not a number), as makers do; what a register cannot hold is cut to its
range. Frames: MODBUS over Serial Line V1.02 §2.5.1, Application Protocol V1.1b3 §6.3, §6.4, §7.
"""
import math
import struct
from collections.abc import Callable, Mapping
from typing import Any

from hardware.bench.meter import ANSWER_DELAY_S, crc16, sealed

Values = Mapping[str, float | None]   # by the map's names, in the first unit of each: %, Wh, V, A, Celsius, W
MODES = ("silent", "garbage", "exception")

_FUNCTIONS = {"holding": 3, "input": 4}
_ILLEGAL_FUNCTION, _ILLEGAL_ADDRESS, _ILLEGAL_VALUE, _DEVICE_FAILURE = 1, 2, 3, 4
_MAX_REGISTERS = 125
_WHOLE = {"u16": (">H", 0, 0xFFFF), "s16": (">h", -0x8000, 0x7FFF),
          "u32": (">I", 0, 0xFFFFFFFF), "s32": (">i", -0x80000000, 0x7FFFFFFF)}   # format, lowest, highest


def encoded(entry: Mapping[str, Any], value: float | None) -> list[int]:
    """The registers that hold `value`, in the unit of its name."""
    raw = math.nan if value is None else value / (1000 if entry["unit"].startswith("k") else 1) / entry.get("scale", 1)
    if entry["type"] == "f32":
        packed = struct.pack(">f", raw)
    else:
        form, lowest, highest = _WHOLE[entry["type"]]
        packed = struct.pack(form, highest if value is None else min(max(round(raw), lowest), highest))
    words = [word for (word,) in struct.iter_unpack(">H", packed)]
    return words[::-1] if entry.get("words") == "low_first" else words


class EvLink:
    """One slave on a serial line; `values` is asked at each answer."""

    def __init__(self, unit: int, data: Mapping[str, Any], values: Callable[[], Values]) -> None:
        self.unit = unit
        self.mode = "ok"   # or one of MODES
        self._function = _FUNCTIONS[data["read"]]
        self._registers: Mapping[str, Mapping[str, Any]] = data["registers"]
        self._values = values
        self._outbox: list[tuple[float, bytes]] = []

    def told(self) -> dict[str, float | None]:
        """What it tells, of what its map has."""
        values = self._values()
        return {name: values[name] for name in self._registers}

    def hear(self, data: bytes, now_s: float) -> None:
        if self.mode == "silent" or len(data) < 8 or data[0] != self.unit or crc16(data):
            return   # another unit's frame, or noise: a slave is silent then
        answer = self._answer(data[1], data[2:-2])
        if self.mode == "garbage":
            answer = bytes(byte ^ 0xA5 for byte in answer)
        self._outbox.append((now_s + ANSWER_DELAY_S, answer))

    def due_s(self) -> float | None:
        return self._outbox[0][0] if self._outbox else None

    def speak(self, now_s: float) -> bytes:
        said = b""
        while self._outbox and self._outbox[0][0] <= now_s:
            said += self._outbox.pop(0)[1]
        return said

    def _answer(self, function: int, body: bytes) -> bytes:
        if function != self._function:
            return self._refuse(function, _ILLEGAL_FUNCTION)
        if len(body) != 4:
            return self._refuse(function, _ILLEGAL_VALUE)
        if self.mode == "exception":
            return self._refuse(function, _DEVICE_FAILURE)
        start, count = struct.unpack(">HH", body)
        if not 1 <= count <= _MAX_REGISTERS:
            return self._refuse(function, _ILLEGAL_VALUE)
        file = {entry["address"] + i: word for name, entry in self._registers.items()
                for i, word in enumerate(encoded(entry, self.told()[name]))}
        if any(address not in file for address in range(start, start + count)):
            return self._refuse(function, _ILLEGAL_ADDRESS)
        words = b"".join(struct.pack(">H", file[address]) for address in range(start, start + count))
        return sealed(bytes([self.unit, function, len(words)]) + words)

    def _refuse(self, function: int, code: int) -> bytes:
        return sealed(bytes([self.unit, function | 0x80, code]))
