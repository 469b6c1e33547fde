"""Modbus RTU and PN532 frames (firmware/drivers/): noise on a wire gives their own errors, no value and no card.

A case: 0 Modbus or 1 PN532, then messages with two bytes in front, delay in ms and length: one answer each.
"""
from tests.fuzz.chip import clock, run   # first: it makes the rest importable

from array import array

from firmware.drivers.modbus_rtu import ModbusError, ModbusRtu
from firmware.drivers.pn532 import Pn532, ReaderError

UNIT, COUNT = 5, 4


class Wire:
    """A UART at whose other end each write is answered with the next message of the case, wherever it belongs."""

    def __init__(self, data):
        self.data, self.at = data, 0
        self.coming, self.heard = [], b""

    def write(self, data):
        if self.at + 2 <= len(self.data):
            delay_ms, size = self.data[self.at], self.data[self.at + 1]
            body = self.data[self.at + 2:self.at + 2 + size]
            self.at += 2 + size
            self.coming.append((clock.ticks_ms() + delay_ms, body))
            self.heard += body
        return len(data)

    def readinto(self, view):
        if not self.coming or self.coming[0][0] > clock.ticks_ms():
            return None
        body = self.coming[0][1]
        taken = body[:len(view)]
        view[:len(taken)] = taken
        self.coming[0] = (self.coming[0][0], body[len(taken):])
        if not self.coming[0][1]:
            self.coming.pop(0)
        return len(taken) or None

    def flush(self):
        pass


def check(data):
    if not data:
        return
    wire = Wire(bytes(data[1:]))
    began_ms = clock.now_ms
    run(modbus(wire) if data[0] & 1 == 0 else reader(wire))
    assert clock.now_ms - began_ms < 20_000, "too long"


async def modbus(wire):
    bus, out = ModbusRtu(wire), array("H", [0] * COUNT)
    for _ in range(3):
        try:
            await bus.read_input(UNIT, 0x48, out)
        except ModbusError:
            continue
        frame = bytes((UNIT, 4, 2 * COUNT)) + b"".join(word.to_bytes(2, "big") for word in out)
        assert sealed(frame) in wire.heard, "a value that no frame held"


def sealed(body):
    crc = 0xFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return body + crc.to_bytes(2, "little")


async def reader(wire):
    part = Pn532(wire)
    for _ in range(4):
        try:
            uid = await part.read_uid(100)
        except ReaderError:
            continue
        if uid is not None:
            assert len(uid) in (4, 7, 10), "a card with a UID of %d bytes" % len(uid)
            at = wire.heard.find(bytes((len(uid),)) + uid)
            assert at >= 0, "a card that is in no frame"
