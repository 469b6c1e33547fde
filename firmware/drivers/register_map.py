"""Values in Modbus registers as a board file's map lays them out; a dict each: address, type, scale, unit, words.

Knows no part. firmware/README.md describes the map, register_map_check.py judges it.
"""
import struct
from array import array

from micropython import const

_MOST_REGISTERS = const(16)  # in one answer, as modbus_rtu.py has room for
_FUNCTIONS = {"holding": 3, "input": 4}
_CODES = {"u16": ">H", "s16": ">h", "u32": ">I", "s32": ">i", "f32": ">f"}


class RegisterMap:
    def __init__(self, data):
        """`data`: `read`, input or holding; `registers`, entries by name."""
        self._function = _FUNCTIONS[data["read"]]
        self._blocks = _blocks(data["registers"])

    async def read(self, bus, unit):
        """[(name, entry, raw)], raw as in the registers, an integer but for f32; ModbusError."""
        for register, words, _ in self._blocks:
            await bus.read_input(unit, register, words, self._function)
        return [
            (name, entry, _raw(words, entry["address"] - register, entry))
            for register, words, entries in self._blocks for name, entry in entries]


def _blocks(registers):
    """[(first register, words to fill, [(name, entry)])]: neighbours come in one answer, gaps are not asked for."""
    entries = sorted([(entry["address"], name) for name, entry in registers.items()])
    found = []  # type: list[list]
    for address, name in entries:
        end = address + (1 if registers[name]["type"][1:] == "16" else 2)
        if not found or address != found[-1][1] or end - found[-1][0] > _MOST_REGISTERS:
            found.append([address, end, []])
        found[-1][1] = end
        found[-1][2].append((name, registers[name]))
    return [(first, array("H", (0,) * (end - first)), names) for first, end, names in found]


def _raw(words, at, entry):
    if entry["type"][1:] == "16":
        packed = struct.pack(">H", words[at])
    elif entry.get("words") == "low_first":
        packed = struct.pack(">HH", words[at + 1], words[at])
    else:
        packed = struct.pack(">HH", words[at], words[at + 1])
    return struct.unpack(_CODES[entry["type"]], packed)[0]


def factor(entry):
    """From the raw number to the unit without its kilo."""
    return entry.get("scale", 1) * (1000 if entry["unit"][0] == "k" else 1)
