"""A diagram in simulated time: chips, the wires between them, and the pins of the board that a test or a program moves.

It knows what Wokwi documents, no more: digital nets with pulls, analog levels, UARTs that deliver a byte when its last
bit has come, an I2C bus, timers. Outputs that fight over a wire are an error here. Time is in whole nanoseconds and
only goes on in run_until(); everything that happens at the same moment happens in the order in which it was caused.
"""
import heapq
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.wokwi.chip_host import ANALOG, CHIPS, INPUT, OUTPUT, OUTPUT_HIGH, OUTPUT_LOW, PULL_DOWN, PULL_UP, Chip

NS_PER_S = 1_000_000_000
ADC_FULL_V = 5.0        # of every simulated board, as documented
SWITCH, BUTTON, RESISTOR = "wokwi-slide-switch", "wokwi-pushbutton", "wokwi-resistor"
POWER = {"GND": 0, "3V3": 1, "5V": 1}


@dataclass
class Net:
    """What one wire joins. `driven` are outputs, by the pin that drives."""
    driven: dict[str, int] = field(default_factory=dict)
    pulls: dict[str, int] = field(default_factory=dict)
    volts: float = 0.0
    watchers: dict[str, Callable[[int], None]] = field(default_factory=dict)
    listeners: list["Uart"] = field(default_factory=list)

    @property
    def level(self) -> int:
        levels = set(self.driven.values())
        assert len(levels) < 2, f"outputs fight: {self.driven}"
        if levels:
            return levels.pop()
        return max(self.pulls.values(), default=0)


@dataclass
class Uart:
    tx: Net | None
    baud: int
    received: Callable[[int], object]
    done: Callable[[], object]
    busy_until_ns: int = 0


@dataclass
class Wave:
    begun_ns: int
    period_ns: int
    high_ns: int
    under_way: bool = False   # its next edge is


@dataclass
class I2cDevice:
    address: int
    scl: Net
    sda: Net
    connect: Callable[[bool], bool]
    read: Callable[[], int]
    write: Callable[[int], bool]
    disconnect: Callable[[], object]


class Simulation:
    def __init__(self, diagram: dict[str, Any], chips: Path = CHIPS) -> None:
        self.now_ns = 0
        self._events: list[tuple[int, int, Callable[[], object]]] = []
        self._order = itertools.count()
        self._nets: dict[str, Net] = {}
        self._timers: dict[tuple[str, int], tuple[Callable[[], object], int]] = {}   # what, and which start is valid
        self._uarts: dict[tuple[str, int], Uart] = {}
        self._i2c: list[I2cDevice] = []
        self._pwm: dict[str, Wave] = {}
        self._connect(diagram["connections"])
        self.parts = {part["id"]: part for part in diagram["parts"]}
        for part in diagram["parts"]:
            if part["type"] == SWITCH:
                self.throw(part["id"], bool(part.get("attrs", {}).get("value")))
            elif part["type"] == RESISTOR:
                self._pull(part["id"])
        self.chips = {
            part["id"]: Chip(self, part["id"], part["type"].removeprefix("chip-"), part.get("attrs", {}), chips)
            for part in diagram["parts"] if part["type"].startswith("chip-")}
        self.run_until(0)

    @classmethod
    def of_project(cls, folder: Path) -> "Simulation":
        return cls(json.loads((folder / "diagram.json").read_text()))

    def _connect(self, connections: list[list[Any]]) -> None:
        for one, other, *_ in connections:
            kept, gone = self.net(one), self.net(other)
            if kept is not gone:
                self._nets = {name: kept if net is gone else net for name, net in self._nets.items()}
        for name, net in self._nets.items():
            rail = name.partition(":")[2].partition(".")[0]
            if name.startswith("esp:") and rail in POWER:
                net.driven[name] = POWER[rail]

    def net(self, pin: str) -> Net:
        return self._nets.setdefault(pin, Net())

    # -- time

    @property
    def now_s(self) -> float:
        return self.now_ns / NS_PER_S

    def after(self, nanoseconds: int, what: Callable[[], object]) -> None:
        heapq.heappush(self._events, (self.now_ns + nanoseconds, next(self._order), what))

    def run_until(self, moment_ns: int) -> None:
        while self._events and self._events[0][0] <= moment_ns:
            self.now_ns, _, what = heapq.heappop(self._events)
            what()
        self.now_ns = max(self.now_ns, moment_ns)

    def run(self, seconds: float) -> None:
        self.run_until(self.now_ns + round(seconds * NS_PER_S))

    def run_to(self, fact: Callable[[], object], within_s: float) -> float:
        """Run until `fact()`; how long that took, in seconds."""
        begun_ns, end_ns = self.now_ns, self.now_ns + round(within_s * NS_PER_S)
        while not fact():
            assert self.now_ns < end_ns, f"not within {within_s} s"
            self.run_until(min(end_ns, self._events[0][0] if self._events else end_ns))
        return (self.now_ns - begun_ns) / NS_PER_S

    # -- levels

    def level(self, pin: str) -> int:
        return self.net(pin).level

    def volts(self, pin: str) -> float:
        return self.net(pin).volts

    def drive(self, pin: str, level: int | None) -> None:
        """Let an output of the board drive its wire; None lets go of it."""
        net = self.net(pin)
        before = net.level
        if level is None:
            net.driven.pop(pin, None)
        else:
            net.driven[pin] = level
        self._tell(net, before)

    def write(self, pin: str, level: int) -> None:
        assert pin in self.net(pin).driven, f"{pin} is written to and is no output"
        self.drive(pin, 1 if level else 0)

    def write_volts(self, pin: str, volts: float) -> None:
        assert 0 <= volts <= ADC_FULL_V, f"{pin}: {volts} V"
        self.net(pin).volts = volts

    def set_mode(self, pin: str, mode: int) -> None:
        net = self.net(pin)
        before = net.level
        net.driven.pop(pin, None)
        net.pulls.pop(pin, None)
        if mode in (OUTPUT, OUTPUT_LOW, OUTPUT_HIGH):
            net.driven[pin] = int(mode == OUTPUT_HIGH)
        elif mode in (PULL_UP, PULL_DOWN):
            net.pulls[pin] = int(mode == PULL_UP)
        else:
            assert mode in (INPUT, ANALOG), f"{pin} has no mode {mode}"
        self._tell(net, before)

    def watch(self, pin: str, changed: Callable[[int], None] | None) -> None:
        """Call `changed` with each new level; None watches no longer."""
        if changed:
            net = self.net(pin)
            net.watchers[pin] = changed
            for source, wave in self._pwm.items():
                if self.net(source) is net:
                    self._next_edge(source, wave)
        else:
            self.net(pin).watchers.pop(pin, None)

    def _tell(self, net: Net, before: int) -> None:
        level = net.level
        if level == before:
            return

        def tell(pin: str, watcher: Callable[[int], None]) -> None:
            if net.watchers.get(pin) is watcher:   # it may have stopped meanwhile
                watcher(level)

        for pin, watcher in net.watchers.items():
            self.after(0, partial(tell, pin, watcher))

    def throw(self, switch: str, right: bool) -> None:
        """Move a slide switch: its common pin follows the left or the right one."""
        self.drive(f"{switch}:2", self.net(f"{switch}:{3 if right else 1}").level)

    def press(self, button: str, pressed: bool) -> None:
        """A button to a rail: pressed, its first pin is at the level of its second; let go, a pull decides."""
        self.drive(f"{button}:1.l", self.net(f"{button}:2.l").level if pressed else None)

    def _pull(self, resistor: str) -> None:
        """A resistor to a rail pulls whatever is at its other end."""
        for end, other in (("1", "2"), ("2", "1")):
            if any(pin.startswith("esp:") for pin in self.net(f"{resistor}:{other}").driven):
                self.net(f"{resistor}:{end}").pulls[resistor] = self.net(f"{resistor}:{other}").level

    def pwm(self, pin: str, duty: float, hertz: int = 1000) -> None:
        """Drive a pin with a square wave from now on; 0 and 1 are steady. Edges happen only while it is watched."""
        period_ns = NS_PER_S // hertz
        high_ns = round(period_ns * duty)
        self._pwm.pop(pin, None)
        self.drive(pin, int(high_ns > 0))
        if high_ns not in (0, period_ns):
            self._pwm[pin] = Wave(self.now_ns, period_ns, high_ns)
            self._next_edge(pin, self._pwm[pin])

    def _next_edge(self, pin: str, wave: Wave) -> None:
        if not wave.under_way and self.net(pin).watchers:
            wave.under_way = True
            phase_ns = (self.now_ns - wave.begun_ns) % wave.period_ns
            high = phase_ns < wave.high_ns
            self.net(pin).driven[pin] = int(high)   # as it has become while nobody looked
            self.after((wave.high_ns if high else wave.period_ns) - phase_ns, partial(self._edge, pin, wave, 1 - high))

    def _edge(self, pin: str, wave: Wave, level: int) -> None:
        wave.under_way = False
        if self._pwm.get(pin) is wave:
            self.drive(pin, level)
            self._next_edge(pin, wave)

    def let_go(self, pin: str) -> None:
        self._pwm.pop(pin, None)
        self.drive(pin, None)

    # -- timers

    def add_timer(self, part: str, what: Callable[[], object]) -> int:
        number = sum(key[0] == part for key in self._timers)
        self._timers[part, number] = (what, 0)
        return number

    def start_timer(self, key: tuple[str, int], nanoseconds: int, repeat: bool) -> None:
        what, serial = self._timers[key]
        serial += 1
        self._timers[key] = (what, serial)

        def fire() -> None:
            if self._timers[key][1] == serial:
                if repeat:
                    self.after(nanoseconds, fire)
                what()

        self.after(nanoseconds, fire)

    def stop_timer(self, key: tuple[str, int]) -> None:
        what, serial = self._timers[key]
        self._timers[key] = (what, serial + 1)

    # -- UART

    def add_uart(self, part: str, rx: str | None, tx: str | None, baud: int, received: Callable[[int], object],
                 done: Callable[[], object] = lambda: None) -> int:
        number = sum(key[0] == part for key in self._uarts)
        uart = self._uarts[part, number] = Uart(self.net(tx) if tx else None, baud, received, done)
        if rx:
            self.net(rx).listeners.append(uart)
        return number

    def send(self, key: tuple[str, int], data: bytes) -> bool:
        """Send bytes one after the other; False while others are under way, as the documentation says."""
        uart = self._uarts[key]
        if self.now_ns < uart.busy_until_ns:
            return False
        net = uart.tx
        assert net is not None, f"{key} has no TX pin"
        byte_ns = 10 * NS_PER_S // uart.baud
        uart.busy_until_ns = self.now_ns + len(data) * byte_ns
        for number, byte in enumerate(data, 1):
            self.after(number * byte_ns, partial(self._deliver, net, uart.baud, byte))
        self.after(len(data) * byte_ns, uart.done)
        return True

    @staticmethod
    def _deliver(net: Net, baud: int, byte: int) -> None:
        for listener in net.listeners:
            if listener.baud == baud:   # at another rate it would hear other bytes, or none
                listener.received(byte)

    # -- I2C

    def add_i2c_device(self, address: int, scl: str, sda: str, *, connect: Callable[[bool], bool],
                       read: Callable[[], int], write: Callable[[int], bool],
                       disconnect: Callable[[], object]) -> int:
        self._i2c.append(I2cDevice(address, self.net(scl), self.net(sda), connect, read, write, disconnect))
        return len(self._i2c) - 1

    def i2c(self, scl: str, sda: str, address: int, *, write: bytes | None = None, read: int = 0) -> bytes:
        """One transaction of the board: write or read. OSError when nobody acknowledges, as on the real port."""
        for device in self._i2c:
            if device.scl is self.net(scl) and device.sda is self.net(sda) and device.address in (0, address):
                if not device.connect(write is None):
                    break
                data = b""
                if write is None:
                    data = bytes(device.read() for _ in range(read))
                else:
                    for byte in write:
                        assert device.write(byte)
                device.disconnect()
                self.run((len(write or data) + 1) * 9 / 100_000)   # at 100 kHz
                return data
        raise OSError(19, "no such device on the bus")

    def control(self, part: str, **values: int) -> None:
        """Move sliders of a chip, or press a button; KeyError for a slider that the chip does not have."""
        if self.parts[part]["type"] == BUTTON:
            self.press(part, bool(values["pressed"]))
            return
        controls = self.chips[part].controls
        for name, value in values.items():
            controls[name] = value if name in controls else controls[name]
