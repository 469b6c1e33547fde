"""Small diagrams for one chip, and the board's ends of its wires in simulated time."""
from typing import Any

from tests.wokwi.simulation import Simulation

BOARD = {"id": "esp", "type": "board-esp32-devkit-c-v4"}


def alone(kind: str, wires: dict[str, str], **attrs: int) -> Simulation:
    """One chip called `chip`; `wires` are its pins by the board's."""
    diagram: dict[str, Any] = {
        "parts": [BOARD, {"id": "chip", "type": f"chip-{kind}", "attrs": {k: str(v) for k, v in attrs.items()}}],
        "connections": [[f"esp:{pin}", f"chip:{of_chip}", "", []] for pin, of_chip in wires.items()],
    }
    return Simulation(diagram)


class SerialPort:
    """What pyserial's Serial offers, in simulated time: a wait runs the simulation."""

    def __init__(self, simulation: Simulation, tx: str, rx: str, baud: int, timeout_s: float = 1.0) -> None:
        self._simulation, self.timeout, self._got = simulation, timeout_s, bytearray()
        self._end = ("test", simulation.add_uart("test", rx, tx, baud, self._got.append))

    def write(self, data: bytes) -> int:
        self._simulation.run_to(lambda: self._simulation.send(self._end, bytes(data)), within_s=1)
        return len(data)

    def read(self, size: int = 1) -> bytes:
        """`size` bytes, or what has come when the timeout ends."""
        end_ns = self._simulation.now_ns + round(self.timeout * 1e9)
        while len(self._got) < size and self._simulation.now_ns < end_ns:
            self._simulation.run(0.001)
        data = bytes(self._got[:size])
        del self._got[:size]
        return data

    def hear(self, seconds: float) -> bytes:
        """All that comes in this time."""
        self._simulation.run(seconds)
        return self.read(len(self._got)) if self._got else b""

    @property
    def in_waiting(self) -> int:
        """Who asks in vain goes on asking: ten milliseconds go by."""
        if not self._got:
            self._simulation.run(0.01)
        return len(self._got)

    def reset_input_buffer(self) -> None:
        self._got.clear()


class I2cBus:
    """What busio's I2C offers, of which Adafruit's drivers are fond."""

    def __init__(self, simulation: Simulation, scl: str, sda: str) -> None:
        self._simulation, self._scl, self._sda = simulation, scl, sda

    def try_lock(self) -> bool:
        return True

    def unlock(self) -> None:
        pass

    def writeto(self, address: int, buffer: bytes, *, start: int = 0, end: int | None = None) -> None:
        self._simulation.i2c(self._scl, self._sda, address, write=bytes(buffer[start:end]))

    def readfrom_into(self, address: int, buffer: bytearray, *, start: int = 0, end: int | None = None) -> None:
        self._simulation.run(0.001)
        wanted = len(buffer[start:end])
        buffer[start:end] = self._simulation.i2c(self._scl, self._sda, address, read=wanted)


def current_frame(amperes: tuple[float, ...], factor: int = 1) -> bytes:
    """What the car's chip tells the meter's, wokwi/chips/current.h."""
    words = [round(each * 1000) for each in amperes] + [factor]
    body = b"\xc7" + b"".join(word.to_bytes(2, "big") for word in words)
    return body + bytes([-sum(body) & 0xFF])
