"""The world's end of the wire to one charge point's program: cells out, frames in. shim/bench_wire.py is the other end.

A packet socket keeps packets whole. To the program go (cell, value) pairs of int32, only the latest value of each
cell; from it comes one packet an output: code (kind << 8 | index), value, moment in µs of CLOCK_MONOTONIC, payload.
"""
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

CELLS = 160
PAIRS_PER_PACKET = 64


class Cell(IntEnum):
    """What the world tells. 0–63 are pin levels, 64–127 the pins' ADC readings in µV."""
    ADC = 64
    LINK = 128            # network.STAT_…
    RSSI = 129
    RESET_CAUSE = 130
    TLS_MS = 131          # how long a TLS handshake stalls the program
    STALL_MS = 132        # how long an erase of flash does, typically …
    WORST_MS = 133        # … and at worst, …
    WORST_EVERY = 134     # … which is each so-manieth time
    RTC_S = 135           # RTC = CLOCK_MONOTONIC + this, seconds and µs
    RTC_US = 136
    UNIQUE_HI = 137       # machine.unique_id(), three bytes each
    UNIQUE_LO = 138
    HEAP_PROBE = 139      # 1: collect garbage and tell the live heap
    ANSWERS = 140         # count of name resolutions answered
    PORT = 141            # the last one's relay port, 0 for none
    UART_FD = 144         # 144, 145, 146
    BUS_FD = 147          # where answers of parts on I2C and SPI are read; 0 where the board has neither
    COUNTS = 143          # 1: the board has a pulse meter
    I2C_PART = 148        # 148 to 151: bus << 8 | address of a part that acknowledges
    PULSES = 152          # 152 to 155: of each counter


class Kind(IntEnum):
    """What the program does to its pins."""
    LEVEL = 0x1
    RELEASED = 0x2
    DUTY = 0x3            # of 65535
    FREQ = 0x4            # Hz
    UART_OPEN = 0x5       # baud
    UART_SENT = 0x6       # bytes that follow on the UART's own socket
    LAMPS = 0x7           # payload: the pixels; value: bytes a pixel
    RESET = 0x8
    WDT_START = 0x9       # ms
    WDT_FEED = 0xA
    RTC_SET = 0xB         # new offset to CLOCK_MONOTONIC in µs
    CONNECT = 0xC
    DISCONNECT = 0xD
    RESOLVE = 0xE         # value: port; payload: host
    HEAP = 0xF            # bytes of heap in use; index 0 asked for, 1 the shims' at start
    I2C_WRITE = 0x10      # index: the bus; value: address; payload: the bytes
    I2C_READ = 0x11       # value: count << 8 | address; answered on the buses' socket
    SPI_DATA = 0x12       # value: 1 for least significant bit first; payload: as many bytes are answered
    COUNT = 0x13          # index: the counter; value: its pin


BUSES = frozenset((Kind.I2C_WRITE, Kind.I2C_READ, Kind.SPI_DATA))
OF_THE_BOARD = BUSES | {Kind.COUNT}


@dataclass(frozen=True, slots=True)
class Frame:
    kind: Kind
    index: int
    value: int
    at_s: float
    payload: bytes = b""


class Wire:
    def __init__(self) -> None:
        self.socket, self.chip_socket = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for end in (self.socket, self.chip_socket):
            end.setblocking(False)
        self._cells = [0] * CELLS
        self._dirty: dict[int, None] = {}   # an ordered set

    def set(self, cell: int, value: int) -> None:
        if self._cells[cell] != value:
            self._cells[cell] = value
            self._dirty[cell] = None

    def flush(self) -> None:
        """Send what changed. What a stalled program leaves no room for waits here, newest value only."""
        while self._dirty:
            batch = list(self._dirty)[:PAIRS_PER_PACKET]
            pairs = [number for cell in batch for number in (cell, self._cells[cell])]
            try:
                self.socket.send(struct.pack(f"={len(pairs)}i", *pairs))
            except OSError:   # full, or the program has gone
                return
            for cell in batch:
                del self._dirty[cell]

    @property
    def behind(self) -> bool:
        return bool(self._dirty)

    def receive(self) -> Iterator[Frame]:
        while True:
            try:
                packet = self.socket.recv(8192)
            except OSError:
                return
            if not packet:
                return
            code, value, at_us = struct.unpack_from("=3q", packet)
            yield Frame(Kind(code >> 8), code & 0xFF, value, at_us / 1e6, packet[24:])

    def close(self) -> None:
        self.socket.close()
        self.chip_socket.close()
