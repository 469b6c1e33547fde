"""Modbus RTU master. Knows frames, knows no meter.

MODBUS over Serial Line V1.02 §2.5.1; Application Protocol V1.1b3 §6.4.
"""
import asyncio
import struct
import time

from micropython import const

from firmware.drivers.crc16 import crc16

_READ_INPUT = const(0x04)
_REFUSED = const(0x80)  # added to the function
_ATTEMPTS = const(3)
_REPLY_TIMEOUT_MS = const(300)
_QUIET_MS = const(600)
_LOOK_MS = const(5)
_GAP_MS = const(5)  # frames are told apart by 3.5 characters of silence: 4 ms at 9600 baud
_SLACK = const(16)  # an echo of the request, bytes that a transceiver makes up when the line turns round


class ModbusError(Exception):
    pass


class ModbusRtu:
    def __init__(self, uart, drive=None, max_registers=16):
        """`drive` is the pin that makes an RS-485 transceiver send, None where the transceiver finds out by itself."""
        self.uart = uart
        self._drive = drive
        self._request = bytearray(8)
        self._reply = bytearray(5 + 2 * max_registers + _SLACK)
        self._view = memoryview(self._reply)
        self._got = 0
        self.wire = asyncio.Lock()  # half duplex: a second request would garble both; modbus_write.py takes it too

    async def read_input(self, unit, register, out, function=_READ_INPUT):
        """Fill `out`, the caller's array of uint16, from consecutive input registers, with function 3 from holding
        registers; ModbusError if it cannot."""
        async with self.wire:
            struct.pack_into(">BBHH", self._request, 0, unit, function, register, len(out))
            struct.pack_into("<H", self._request, 6, crc16(self._request, 0, 6))
            for attempt in range(_ATTEMPTS):
                await asyncio.sleep_ms(_GAP_MS)
                at = await self._exchange(unit, len(out))
                if at:
                    if attempt:  # perhaps a late answer with its successor under way, and answers name no registers
                        await asyncio.sleep_ms(_QUIET_MS)
                    for i in range(len(out)):
                        out[i] = self._reply[at + 2 * i] << 8 | self._reply[at + 2 * i + 1]
                    return
            raise ModbusError("unit %d %s" % (unit, "garbled" if self._got else "silent"))

    async def _exchange(self, unit, count):
        """One request; where in the reply its `count` registers begin, or 0 when no answer fits in time.

        Looks before it gives up: a loop that stood still finds its time over and the answer waiting.
        """
        self._got = 0
        self.send(self._request)
        deadline = time.ticks_add(time.ticks_ms(), _REPLY_TIMEOUT_MS)
        while self._got < len(self._reply):  # full: nothing but noise
            read = self.uart.readinto(self._view[self._got :])
            if read:
                self._got += read
                at = self._find(unit, count)
                if at:
                    return at
            elif time.ticks_diff(deadline, time.ticks_ms()) <= 0:
                break
            else:
                await asyncio.sleep_ms(_LOOK_MS)
        return 0

    def send(self, request):
        for _ in range(8):  # what came too late for the request before; bounded, as a noisy line never ends
            if not self.uart.readinto(self._reply):
                break
        if self._drive is None:
            self.uart.write(request)
            return
        # Waits, 8 ms at 9600 baud: a loop that came back late would still drive the line when the answer comes.
        self._drive.value(1)
        self.uart.write(request)
        self.uart.flush()
        self._drive.value(0)

    def _find(self, unit, count):
        reply, size, function = self._reply, 5 + 2 * count, self._request[1]
        for at in range(self._got - 4):
            if reply[at] != unit:
                continue
            if reply[at + 1] == function | _REFUSED and not crc16(reply, at, at + 5):
                raise ModbusError("unit %d refused, code %d" % (unit, reply[at + 2]))
            if (
                reply[at + 1] == function
                and reply[at + 2] == 2 * count
                and at + size <= self._got
                and not crc16(reply, at, at + size)
            ):
                return at + 3
        return 0
