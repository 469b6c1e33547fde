"""Writes one holding register on a Modbus that modbus_rtu.py reads: for the few boards that tell a part anything.

Function 16, of which an echo of the request cannot be taken for the answer. Application Protocol V1.1b3 §6.12.
"""
import asyncio
import struct
import time

from micropython import const

from firmware.drivers.crc16 import crc16
from firmware.drivers.modbus_rtu import ModbusError

_WRITE = const(16)
_ATTEMPTS = const(3)
_REPLY_TIMEOUT_MS = const(300)
_LOOK_MS = const(5)
_GAP_MS = const(5)  # as in modbus_rtu.py
_LONGEST = const(64)  # echo and answer are 19 bytes; more is noise


async def write(bus, unit, register, value):
    """ModbusError unless the part says that it took `value`, 0 to 65535."""
    request = _sealed(struct.pack(">BBHHBH", unit, _WRITE, register, 1, 2, value))
    taken = _sealed(request[:6])
    async with bus.wire:
        got = b""
        for _ in range(_ATTEMPTS):
            await asyncio.sleep_ms(_GAP_MS)
            bus.send(request)
            got = await _answer(bus, taken, bytes((unit, _WRITE | 0x80)))
            if got is None:
                return
        raise ModbusError("unit %d %s" % (unit, "garbled" if got else "silent"))


async def _answer(bus, taken, refused):
    """None when it took the value, else what came instead; looks before it gives up, as a loop may have stood still."""
    got = b""
    piece = bytearray(_LONGEST)
    deadline = time.ticks_add(time.ticks_ms(), _REPLY_TIMEOUT_MS)
    while len(got) < _LONGEST:
        read = bus.uart.readinto(piece)
        if read:
            got += piece[:read]
            if taken in got:
                return None
            at = got.find(refused)
            if 0 <= at <= len(got) - 5 and not crc16(got, at, at + 5):
                raise ModbusError("unit %d refused, code %d" % (got[at], got[at + 2]))
        elif time.ticks_diff(deadline, time.ticks_ms()) <= 0:
            break
        else:
            await asyncio.sleep_ms(_LOOK_MS)
    return got


def _sealed(body):
    return body + struct.pack("<H", crc16(body, 0, len(body)))
