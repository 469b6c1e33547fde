"""The bench's charge point with a Wokwi diagram for its world: the real firmware's pins are those of the board's part.

Stands where hardware/bench/board.py stands: pin frames of the program become levels on the diagram's wires, levels and
volts there become cells. The chips live in simulated time, which follows the clock; what the program did is worked out
at the moment it did it, or, when the chips have been looked at later than that, at once.
"""
import socket
from collections import deque
from pathlib import Path
from typing import Any

from hardware.bench.board import Board
from hardware.bench.charge_point import ChargePoint
from hardware.bench.events import Events
from hardware.bench.mains import Mains
from hardware.bench.orders import Options
from hardware.bench.pilot import FULL_DUTY
from hardware.bench.uart import MAX_READ_BYTES
from hardware.bench.wire import Cell, Frame, Kind
from tests.wokwi.simulation import ADC_FULL_V, NS_PER_S, Simulation

PROJECTS = Path(__file__).resolve().parents[2] / "wokwi"
STEP_S = 0.01           # how far the chips may lag behind the clock
UARTS = 3
_ADC_BITS = 4095
# What ADC.read_uv() makes of a raw reading at 11 dB: ESP-IDF's line fitting with a reference of 1100 mV on the ESP32,
# a straight line to 3.1 V on the S3.
_ADC_MV = {"esp32": (142, 3299), "esp32s3": (0, 3100)}


class ChipUart:
    """One of the board's UARTs, between the program's socket and two wires of the diagram."""

    def __init__(self, simulation: Simulation, wires: dict[str, Any] | None, number: int) -> None:
        self.socket, self.chip_socket = socket.socketpair()
        for end in (self.socket, self.chip_socket):
            end.setblocking(False)
        self._simulation, self._wires, self._name = simulation, wires, f"esp.uart{number}"
        self._announced: deque[int] = deque()   # bytes of each write
        self._raw = bytearray()
        self._end: tuple[str, int] | None = None

    def open(self, baud: int) -> None:
        if self._wires:
            self._end = (self._name, self._simulation.add_uart(
                self._name, f"esp:{self._wires['rx']}", f"esp:{self._wires['tx']}", baud, self._heard, self._next))

    def sent(self, count: int) -> None:
        self._announced.append(count)

    def read_chip(self) -> None:
        try:
            self._raw += self.socket.recv(MAX_READ_BYTES)
        except OSError:
            return
        self._next()

    def _next(self) -> None:
        """Put the next write on the wire, once all of it has come and the one before has gone."""
        if self._end and self._announced and len(self._raw) >= self._announced[0]:
            count = self._announced[0]
            if self._simulation.send(self._end, bytes(self._raw[:count])):
                self._announced.popleft()
                del self._raw[:count]

    def _heard(self, byte: int) -> None:
        try:
            self.socket.send(bytes([byte]))
        except OSError:   # the program has gone, or its buffer is full
            pass

    def close(self) -> None:
        self.socket.close()
        self.chip_socket.close()


class ChipBoard:
    """What ChargePoint asks of a board, answered by a diagram. `simulation` is for tests to play with.

    What is no chip of ours (a display, a button) is played by the bench's own board; no car ever comes to that.
    """

    def __init__(self, plain: Board, simulation: Simulation, now_s: float) -> None:
        self._plain, self.data, self.simulation = plain, plain.data, simulation
        self.powered = False
        self.uarts: list[ChipUart] = []
        self.pixels = b""
        self._begun_s = self._now_s = now_s
        self._hertz: dict[int, int] = {}
        self._zero_mv, self._span_mv = _ADC_MV[self.data["chip"]]
        self._driven: set[int] = set()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._plain, name)

    def _ns(self, at_s: float) -> int:
        return round((at_s - self._begun_s) * NS_PER_S)

    # -- power and boot

    def boot(self, now_s: float) -> list[ChipUart]:
        self.close()
        self._plain.boot(now_s)
        wires = {part["uart"]: part for part in (self.data["reader"], self.data["meter_bus"]) if "uart" in part}
        self.uarts = [ChipUart(self.simulation, wires.get(number), number) for number in range(UARTS)]
        self.release(now_s)
        return self.uarts

    def power(self, on: bool, now_s: float) -> None:
        self.powered = on
        self._plain.power(on, now_s)
        self.release(now_s)

    def release(self, now_s: float) -> None:
        for pin in self._driven:
            self.simulation.let_go(f"esp:{pin}")
        self._driven.clear()

    def close(self) -> None:
        self._plain.close()
        for uart in self.uarts:
            uart.close()

    # -- from and to the chip

    def apply(self, frame: Frame) -> None:
        self.simulation.run_until(self._ns(frame.at_s))
        pin = f"esp:{frame.index}"
        if frame.kind is Kind.LEVEL:
            self._driven.add(frame.index)
            self.simulation.drive(pin, frame.value)
        elif frame.kind is Kind.RELEASED:
            self.simulation.let_go(pin)
        elif frame.kind is Kind.FREQ:
            self._hertz[frame.index] = frame.value
        elif frame.kind is Kind.DUTY:
            self._driven.add(frame.index)
            self.simulation.pwm(pin, min(1.0, frame.value / FULL_DUTY), self._hertz[frame.index])
        elif frame.kind is Kind.LAMPS:
            self.pixels = frame.payload
        elif frame.kind is Kind.UART_OPEN:
            self.uarts[frame.index].open(frame.value)
        elif frame.kind is Kind.UART_SENT:
            self.uarts[frame.index].sent(frame.value)
        if frame.kind not in (Kind.UART_OPEN, Kind.UART_SENT):
            self._plain.apply(frame)   # a display's wires, a reader's on SPI: its other pins lead nowhere

    def signals(self) -> dict[int, int]:
        lines = [self.data[name]["pin"] for name in ("emergency_stop", "residual_current")]
        lines += [button["pin"] for button in self.data.get("panel", {}).get("stop_buttons") or () if button]
        analog = [self.data["temperature"]["pin"]]
        for connector in self.data["connectors"]:
            lines.append(connector["contactor_feedback"]["pin"])
            analog += [connector["pilot_high"]["pin"], connector["pilot_low"]["pin"]]
        return self._plain.signals() | {pin: self.simulation.level(f"esp:{pin}") for pin in lines} | {
            Cell.ADC + pin: self._read_uv(pin) for pin in analog}

    def _read_uv(self, pin: int) -> int:
        raw = round(self.simulation.volts(f"esp:{pin}") / ADC_FULL_V * _ADC_BITS)
        return round((self._zero_mv + raw / _ADC_BITS * self._span_mv) * 1000)

    # -- time

    def advance(self, now_s: float) -> bool:
        for uart in self.uarts:
            uart.read_chip()
        self.simulation.run_until(self._ns(now_s))
        self._plain.advance(now_s)
        self._now_s = now_s
        return False

    def due_s(self) -> float:
        return min(self._now_s + STEP_S, self._plain.due_s())


class WokwiChargePoint(ChargePoint):
    """The firmware of wokwi/<project> on the bench, among that project's chips."""

    board: ChipBoard   # type: ignore[assignment]

    def __init__(self, project: str, board: str, url: str, folder: Path, cache: Path, *,
                 controls: dict[str, dict[str, int]] | None = None, firmware: dict[str, bytes] | None = None) -> None:
        options = Options(identity="WOKWI1", url=url, authorization_key="00" * 20, board=board, stalls=False)
        super().__init__(options, folder, cache, Events(), Mains(), firmware=firmware)
        plain: Board = self.board   # type: ignore[assignment]
        simulation = Simulation.of_project(PROJECTS / project)
        for part, values in (controls or {}).items():
            simulation.control(part, **values)
        self.board = ChipBoard(plain, simulation, self._clock())

    @property
    def simulation(self) -> Simulation:
        return self.board.simulation
