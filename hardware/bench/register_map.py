"""A Modbus slave's registers as a board file's map lays them out, encoded here without any of the firmware's code.

What is not known now reads as all ones (signed: the highest, floats: not a number), as makers do; what a register
cannot hold is cut to its range. Application Protocol V1.1b3 §6.3, §6.4, §7.
"""
import math
import struct
from collections.abc import Mapping
from typing import Any

from hardware.bench.meter import sealed

Values = Mapping[str, float | None]   # by the map's names, in the first unit of each: %, Wh, V, A, Celsius, W

FUNCTIONS = {"holding": 3, "input": 4}
WRITE = 16   # several registers
_ILLEGAL_FUNCTION, _ILLEGAL_ADDRESS, _ILLEGAL_VALUE, _DEVICE_FAILURE = 1, 2, 3, 4
_MAX_REGISTERS = 125
_WHOLE = {"u16": (">H", 0, 0xFFFF), "s16": (">h", -0x8000, 0x7FFF),
          "u32": (">I", 0, 0xFFFFFFFF), "s32": (">i", -0x80000000, 0x7FFFFFFF)}   # format, lowest, highest


def factor(entry: Mapping[str, Any]) -> float:
    """From the raw number to the unit without its kilo."""
    return float(entry.get("scale", 1) * (1000 if entry["unit"].startswith("k") else 1))


def encoded(entry: Mapping[str, Any], value: float | None) -> list[int]:
    """The registers that hold `value`, in the unit of its name."""
    raw = math.nan if value is None else value / factor(entry)
    if entry["type"] == "f32":
        packed = struct.pack(">f", raw)
    else:
        form, lowest, highest = _WHOLE[entry["type"]]
        packed = struct.pack(form, highest if value is None else min(max(round(raw), lowest), highest))
    words = [word for (word,) in struct.iter_unpack(">H", packed)]
    return words[::-1] if entry.get("words") == "low_first" else words


def written(entry: Mapping[str, Any], body: bytes) -> float | None:
    """The value that a request of function 16 writes into the one register of `entry`, or None if it does not."""
    if len(body) != 7 or struct.unpack(">HHB", body[:5]) != (entry["address"], 1, 2):
        return None
    return float(struct.unpack(">H", body[5:])[0] * factor(entry))


def answer(unit: int, data: Mapping[str, Any], values: Values, function: int, body: bytes, failing: bool) -> bytes:
    """To a request with this function and body; `data` is the map, `failing` a part that refuses all."""
    def refuse(code: int) -> bytes:
        return sealed(bytes([unit, function | 0x80, code]))

    if function == WRITE and data.get("limit"):
        taken = written(data["limit"], body)
        return refuse(_DEVICE_FAILURE) if failing else refuse(_ILLEGAL_ADDRESS) if taken is None else sealed(
            bytes([unit, function]) + body[:4])
    if function != FUNCTIONS[data["read"]]:
        return refuse(_ILLEGAL_FUNCTION)
    if len(body) != 4:
        return refuse(_ILLEGAL_VALUE)
    if failing:
        return refuse(_DEVICE_FAILURE)
    start, count = struct.unpack(">HH", body)
    if not 1 <= count <= _MAX_REGISTERS:
        return refuse(_ILLEGAL_VALUE)
    file = {entry["address"] + i: word for name, entry in data["registers"].items()
            for i, word in enumerate(encoded(entry, values[name]))}
    if any(address not in file for address in range(start, start + count)):
        return refuse(_ILLEGAL_ADDRESS)
    words = b"".join(struct.pack(">H", file[address]) for address in range(start, start + count))
    return sealed(bytes([unit, function, len(words)]) + words)
