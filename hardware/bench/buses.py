"""The I2C and SPI buses of a board: transactions of the chip reach the parts on it, answers go back on one socket.

A part on I2C answers to its address, a part on SPI while its select pin is low. Where no part is, I2C is not
acknowledged and SPI reads ones, as its line is pulled up. Time is handed in.
"""
import socket
from collections.abc import Mapping
from typing import Any, Protocol

from hardware.bench.wire import Cell, Frame, Kind

I2C_CELLS = 4
MAX_READ_BYTES = 4096


class I2cPart(Protocol):
    """Something with an I2C address; a transaction begins anew with each call."""
    def written(self, data: bytes, at_s: float) -> None: ...
    def read(self, count: int, at_s: float) -> bytes: ...


class SpiPart(Protocol):
    """Something with a select pin; bytes as the part's own bit order has them, see `lsb_first`."""
    lsb_first: bool

    def select(self, selected: bool, at_s: float) -> None: ...
    def exchange(self, data: bytes, at_s: float) -> bytes: ...


class Buses:
    def __init__(self) -> None:
        self._i2c: dict[tuple[int, int], I2cPart] = {}
        self._spi: dict[tuple[int, int], SpiPart] = {}    # by bus and select pin
        self._selected: dict[tuple[int, int], bool] = {}
        self._unplugged: set[object] = set()
        self._ends: tuple[socket.socket, socket.socket] | None = None
        self.powered = False

    def on_i2c(self, wires: Mapping[str, Any], address: int, part: I2cPart) -> None:
        self._i2c[wires["id"], address] = part

    def on_spi(self, wires: Mapping[str, Any], part: SpiPart) -> None:
        self._spi[wires["id"], wires["cs"]] = part

    def __bool__(self) -> bool:
        return bool(self._i2c or self._spi)

    def plug(self, part: object, on: bool) -> None:
        (self._unplugged.discard if on else self._unplugged.add)(part)

    # -- the chip's program

    def boot(self) -> None:
        self.close()
        if self:
            self._ends = socket.socketpair()
            self._ends[0].setblocking(False)
        self._selected = dict.fromkeys(self._spi, False)

    def chip_fds(self) -> list[int]:
        """What the chip's program inherits: one descriptor, or none."""
        return [self._ends[1].fileno()] if self._ends else []

    def close(self) -> None:
        for end in self._ends or ():
            end.close()
        self._ends = None

    def signals(self) -> dict[int, int]:
        """Who acknowledges its address, by cell."""
        there = [bus << 8 | address for (bus, address), part in sorted(self._i2c.items())
                 if self.powered and part not in self._unplugged]
        there += [0] * (I2C_CELLS - len(there))
        cells = {Cell.I2C_PART + i: value for i, value in enumerate(there)}
        return cells | {Cell.BUS_FD: sum(self.chip_fds())} if self else {}

    def level(self, pin: int, level: bool, at_s: float) -> None:
        """A pin that may be a part's select."""
        for (bus, cs), part in self._spi.items():
            if cs == pin and self._selected.get((bus, cs)) == level:
                self._selected[bus, cs] = not level
                if part not in self._unplugged:
                    part.select(not level, at_s)

    def apply(self, frame: Frame) -> None:
        if frame.kind is Kind.I2C_WRITE:
            i2c = self._i2c.get((frame.index, frame.value))
            if i2c and i2c not in self._unplugged:
                i2c.written(frame.payload, frame.at_s)
        elif frame.kind is Kind.I2C_READ:
            count, address = min(frame.value >> 8, MAX_READ_BYTES), frame.value & 0xFF
            i2c = self._i2c.get((frame.index, address))
            there = i2c and i2c not in self._unplugged
            self._answer((i2c.read(count, frame.at_s) if i2c and there else b"").ljust(count, b"\xff")[:count])
        elif frame.kind is Kind.SPI_DATA:
            self._answer(self._exchange(frame))

    def _exchange(self, frame: Frame) -> bytes:
        answer = b"\xff" * len(frame.payload)
        for (bus, cs), part in self._spi.items():
            if bus == frame.index and self._selected.get((bus, cs)) and part not in self._unplugged:
                turned = part.lsb_first != bool(frame.value)
                said = part.exchange(reversed_bits(frame.payload) if turned else frame.payload, frame.at_s)
                answer = reversed_bits(said) if turned else said
        return answer

    def _answer(self, data: bytes) -> None:
        if self._ends:
            try:
                self._ends[0].send(data)
            except OSError:
                pass   # the chip has gone


_REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def reversed_bits(data: bytes) -> bytes:
    return data.translate(_REVERSED)
