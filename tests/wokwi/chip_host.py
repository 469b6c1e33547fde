"""One compiled chip and what Wokwi's simulator lends it: the host side of wokwi/chips/wokwi-api.h, on wasmtime.

The chip's calls become calls of the simulation (pins, analog levels, UARTs, I2C, timers, time); what the simulation has
for it is called back by the index in its table. Never while another call of it runs: the simulation queues those.
"""
import struct
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import wasmtime

if TYPE_CHECKING:
    from tests.wokwi.simulation import Simulation

CHIPS = Path(__file__).resolve().parents[2] / "wokwi" / "chips"
INPUT, OUTPUT, PULL_UP, PULL_DOWN, ANALOG, OUTPUT_LOW, OUTPUT_HIGH = 0, 1, 2, 3, 4, 16, 17
NO_PIN = -1
ENGINE = wasmtime.Engine()
_modules: dict[Path, wasmtime.Module] = {}
I32, F32, F64 = wasmtime.ValType.i32(), wasmtime.ValType.f32(), wasmtime.ValType.f64()


def module(path: Path) -> wasmtime.Module:
    if path not in _modules:
        _modules[path] = wasmtime.Module.from_file(ENGINE, str(path))
    return _modules[path]


class Chip:
    """`controls` are its attributes: what the diagram sets, then what a person at the sliders does."""

    def __init__(self, simulation: "Simulation", part: str, kind: str, attrs: dict[str, Any],
                 folder: Path = CHIPS) -> None:
        self.part, self.kind = part, kind
        self.controls = {name: int(value) for name, value in attrs.items()}
        self.attributes: dict[str, int] = {}          # the defaults it asked for
        self.pin_names: list[str] = []
        self._simulation = simulation
        self._attribute_names: list[str] = []
        self._store = wasmtime.Store(ENGINE)
        self._initialising = True
        made = module(folder / f"{kind}.chip.wasm")
        linker = wasmtime.Linker(ENGINE)
        self._memory = wasmtime.Memory(self._store, next(
            each.type for each in made.imports if isinstance(each.type, wasmtime.MemoryType)))
        linker.define(self._store, "env", "memory", self._memory)
        for name, (takes, gives, function) in self._lent().items():
            linker.define_func("env", name, wasmtime.FuncType(takes, gives), function)
        instance = linker.instantiate(self._store, made)
        exports = instance.exports(self._store)
        self._table: Any = exports["__indirect_function_table"]
        self._callbacks: dict[int, Any] = {}
        version: Any = exports["__wokwi_api_version_1"]
        assert version(self._store) == 1
        init: Any = exports["chipInit"]
        init(self._store)
        self._initialising = False

    def _lent(self) -> dict[str, tuple[list[Any], list[Any], Callable[..., Any]]]:
        return {
            "pinInit": ([I32, I32], [I32], self._pin_init),
            "pinRead": ([I32], [I32], lambda pin: self._simulation.level(self._name(pin))),
            "pinWrite": ([I32, I32], [], lambda pin, level: self._simulation.write(self._name(pin), level)),
            "pinWatch": ([I32, I32], [I32], self._pin_watch),
            "pinWatchStop": ([I32], [], lambda pin: self._simulation.watch(self._name(pin), None)),
            "pinDACWrite": ([I32, F32], [F32], self._dac_write),
            "attrInit": ([I32, I32], [I32], self._attr_init),
            "attrRead": ([I32], [I32], self._attr_read),
            "timerInit": ([I32], [I32], self._timer_init),
            "timerStart": ([I32, I32, I32], [], self._timer_start),
            "timerStop": ([I32], [], lambda timer: self._simulation.stop_timer((self.part, timer))),
            "getSimNanos": ([], [F64], lambda: float(self._simulation.now_ns)),
            "uartInit": ([I32], [I32], self._uart_init),
            "uartWrite": ([I32, I32, I32], [I32], self._uart_write),
            "i2cInit": ([I32], [I32], self._i2c_init),
        }

    def call(self, callback: int, *arguments: int) -> int:
        """Call back into the chip by table index; 0 is a callback that it does not have."""
        if callback == 0:
            return 0
        if callback not in self._callbacks:
            self._callbacks[callback] = self._table.get(self._store, callback)
        return int(self._callbacks[callback](self._store, *arguments) or 0)

    # -- what it may ask for; *_init only while it starts, as the documentation demands

    def _starting(self) -> None:
        assert self._initialising, f"{self.part} calls an init function after chip_init"

    def _words(self, address: int, count: int) -> tuple[int, ...]:
        return struct.unpack(f"<{count}I", self._memory.read(self._store, address, address + 4 * count))

    def _reserved(self, address: int, words: int) -> None:
        assert not any(self._words(address + 4 * words, 8)), f"{self.part}: reserved words of a config are not zero"

    def _text(self, address: int) -> str:
        raw = self._memory.read(self._store, address, address + 64)
        return bytes(raw[: raw.index(0)]).decode()

    def _name(self, pin: int) -> str:
        return f"{self.part}:{self.pin_names[pin]}"

    def _signed(self, pin: int) -> int:
        return pin - (1 << 32) if pin >> 31 else pin

    def _pin_init(self, name: int, mode: int) -> int:
        self._starting()
        self.pin_names.append(self._text(name))
        number = len(self.pin_names) - 1
        self._simulation.set_mode(self._name(number), mode)
        return number

    def _pin_watch(self, pin: int, config: int) -> int:
        user, edge, callback = self._words(config, 3)

        def changed(level: int) -> None:
            if edge & (1 if level else 2):
                self.call(callback, user, pin, level)

        self._simulation.watch(self._name(pin), changed)
        return 1

    def _dac_write(self, pin: int, volts: float) -> float:
        self._simulation.write_volts(self._name(pin), volts)
        return volts

    def _attr_init(self, name: int, default: int) -> int:
        self._starting()
        text = self._text(name)
        self._attribute_names.append(text)
        self.attributes[text] = default
        self.controls.setdefault(text, default)
        return len(self._attribute_names) - 1

    def _attr_read(self, attribute: int) -> int:
        return self.controls[self._attribute_names[attribute]]

    def _timer_init(self, config: int) -> int:
        self._starting()
        user, callback = self._words(config, 2)
        self._reserved(config, 2)
        return self._simulation.add_timer(self.part, lambda: self.call(callback, user))

    def _timer_start(self, timer: int, micros: int, repeat: int) -> None:
        self._simulation.start_timer((self.part, timer), micros * 1000, bool(repeat))

    def _uart_init(self, config: int) -> int:
        self._starting()
        user, rx, tx, baud, received, done = self._words(config, 6)
        self._reserved(config, 6)
        names = [None if self._signed(pin) == NO_PIN else self._name(pin) for pin in (rx, tx)]
        return self._simulation.add_uart(
            self.part, names[0], names[1], baud,
            lambda byte: self.call(received, user, byte), lambda: self.call(done, user))

    def _uart_write(self, uart: int, buffer: int, count: int) -> int:
        return int(self._simulation.send((self.part, uart), bytes(self._memory.read(
            self._store, buffer, buffer + count))))

    def _i2c_init(self, config: int) -> int:
        self._starting()
        user, address, scl, sda, connect, read, write, disconnect = self._words(config, 8)
        self._reserved(config, 8)
        return self._simulation.add_i2c_device(
            address, self._name(scl), self._name(sda),
            connect=lambda reads: bool(self.call(connect, user, address, int(reads))),
            read=lambda: self.call(read, user) & 0xFF,
            write=lambda byte: bool(self.call(write, user, byte)),
            disconnect=lambda: self.call(disconnect, user))
