"""One UART between chip and parts: bytes take the time their baud rate gives them, an RS-485 bus obeys its DE pin.

Time is handed in. A chip that keeps its driver on after its last byte does not hear the answer; one that switches it
off too early cuts its own bytes. What exceeds the chip's 256-byte receive buffer is lost, as there.
"""
import array
import fcntl
import socket
import termios
from collections import deque
from collections.abc import Callable
from typing import Protocol

RX_BUFFER_BYTES = 256   # MicroPython's default on the ESP32
MAX_READ_BYTES = 65536


class Part(Protocol):
    """Something on a serial line. Knows its own protocol and delays, nothing of baud rates."""
    def hear(self, data: bytes, now_s: float) -> None: ...
    def due_s(self) -> float | None: ...
    def speak(self, now_s: float) -> bytes: ...


class LineDriver:
    """The DE pin of an RS-485 transceiver, with its past: bytes are judged when their last bit has gone."""

    def __init__(self) -> None:
        self._level = False
        self._edges: deque[tuple[float, bool]] = deque(maxlen=64)

    def set(self, level: bool, at_s: float) -> None:
        if level != self._level:
            self._level = level
            self._edges.append((at_s, level))

    def at(self, moment_s: float) -> bool:
        level = not self._edges[0][1] if self._edges else self._level
        for at_s, new in self._edges:
            if at_s > moment_s:
                break
            level = new
        return level

    def held(self, start_s: float, end_s: float) -> bool:
        fell = any(not level and start_s < at_s < end_s for at_s, level in self._edges)
        return self.at(start_s) and not fell


class Uart:
    def __init__(self, parts: list[Part], part_baud: int, driver: LineDriver | None = None) -> None:
        self.parts, self.driver = parts, driver
        self._part_baud = part_baud
        self._baud = part_baud
        self.socket, self.chip_socket = socket.socketpair()
        for end in (self.socket, self.chip_socket):
            end.setblocking(False)
        self._announced: deque[tuple[int, float]] = deque()   # bytes, moment of the write
        self._raw = bytearray()
        self._to_parts: deque[tuple[float, float, bytes]] = deque()
        self._to_chip: deque[tuple[float, float, bytes]] = deque()
        self._chip_free_s = self._parts_free_s = 0.0

    def open(self, baud: int) -> None:
        self._baud = baud

    def sent(self, count: int, at_s: float) -> None:
        self._announced.append((count, at_s))

    def read_chip(self) -> None:
        """Take what the chip has written; it arrives at the parts when its last bit has."""
        try:
            self._raw += self.socket.recv(MAX_READ_BYTES)
        except OSError:
            return
        while self._announced and len(self._raw) >= self._announced[0][0]:
            count, at_s = self._announced.popleft()
            start_s = max(at_s, self._chip_free_s)
            self._chip_free_s = start_s + self._seconds(count, self._baud)
            self._to_parts.append((start_s, self._chip_free_s, bytes(self._raw[:count])))
            del self._raw[:count]

    def due_s(self) -> float | None:
        moments = [part.due_s() for part in self.parts]
        if self._to_parts:
            moments.append(self._to_parts[0][1])
        if self._to_chip:
            moments.append(self._to_chip[0][1])
        return min((moment for moment in moments if moment is not None), default=None)

    def advance(self, now_s: float, powered: Callable[[Part], bool]) -> None:
        while self._to_parts and self._to_parts[0][1] <= now_s:
            start_s, end_s, data = self._to_parts.popleft()
            lost = self._baud != self._part_baud
            # the edge and the last bit come from the same clock, but a write takes some µs to be announced
            lost |= self.driver is not None and not self.driver.held(start_s, end_s - 0.0002)
            for part in self.parts:
                if powered(part) and not lost:
                    part.hear(data, end_s)
        for part in self.parts:
            due_s = part.due_s()
            if due_s is not None and due_s <= now_s:
                data = part.speak(now_s)
                start_s = max(due_s, self._parts_free_s)
                self._parts_free_s = start_s + self._seconds(len(data), self._part_baud)
                if powered(part) and data:
                    self._to_chip.append((start_s, self._parts_free_s, data))
        while self._to_chip and self._to_chip[0][1] <= now_s:
            start_s, _, data = self._to_chip.popleft()
            deaf = self.driver is not None and self.driver.at(start_s)
            if not deaf and self._baud == self._part_baud:
                self._write(data)

    def _write(self, data: bytes) -> None:
        waiting = array.array("i", [0])
        try:
            fcntl.ioctl(self.chip_socket, termios.FIONREAD, waiting)
            self.socket.send(data[: max(0, RX_BUFFER_BYTES - waiting[0])])
        except OSError:
            pass   # the chip has gone

    @staticmethod
    def _seconds(count: int, baud: int) -> float:
        return count * 10 / baud

    def close(self) -> None:
        self.socket.close()
        self.chip_socket.close()
