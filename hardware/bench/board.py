"""A board with its parts, wired as firmware/boards/<name>.py says: pin frames go to the parts, their signals to cells.

Knows no process and no event loop: time and frames are handed in. What the firmware sees of the world passes here.
"""
import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hardware.bench import ev_link, pilot
from hardware.bench.buses import Buses
from hardware.bench.connector import Connector
from hardware.bench.errors import BadRequest, UnknownPart
from hardware.bench.image import FIRMWARE
from hardware.bench.lock import Lock
from hardware.bench.mains import STATION_OHM, SUPPLY_OHM, Mains
from hardware.bench.map_meter import meter_of
from hardware.bench.meter import MeterLog
from hardware.bench.panel import Panel
from hardware.bench.readers import Reader, reader_of
from hardware.bench.residual import ResidualCurrentDevice
from hardware.bench.s0_meter import S0Meter
from hardware.bench.uart import LineDriver, Part, Uart
from hardware.bench.wire import BUSES, Cell, Frame, Kind

ROOM_C, HOT_C = 25.0, 95.0
LOW_V, HIGH_V = 180.0, 275.0
CARD_HELD_S = 1.0
LED_COLOURS = {"green": "#00ff00", "blue": "#0000ff", "red": "#ff0000"}   # plain LEDs, in the board file's order
UARTS = 3

# kind -> what it means, for people
BOARD_FAULTS = {
    "ground": "residual current: the device trips until cleared",
    "earth": "the protective earth is lost",
    "estop": "the emergency stop is pressed",
    "rcd_test": "the residual-current device does not answer its test",
    "voltage": f"the mains are at {LOW_V:.0f} V; mode high: at {HIGH_V:.0f} V",
    "overtemp": f"the terminals are at {HOT_C:.0f} °C",
    "reader": "the card reader is unplugged, or its wires are swapped; modes noise, half (frames), crc",
    "display": "the display is unplugged, or its two wires are swapped",
}
CONNECTOR_FAULTS = {
    "weld": "the contacts stick when they are next closed, at once if they are",
    "stuck_open": "the contactor does not close",
    "diode": "the car's pilot diode is shorted",
    "pilot_short": "pilot and earth touch",
    "greedy": "the car draws all it can, whatever it is offered",
    "lock": "the cable lock is jammed",
    "cable": "the resistor in the cable's plug has lost contact",
    "phases": "the phase contactor sticks where it is",
    "meter": "the meter is silent; modes swapped (wires), garbage, half (frames), crc, exception, frozen",
    "ev_link": "the EV link is silent; modes swapped (wires), garbage, half (frames), crc, exception",
}
_LINES = {"estop": "emergency_stop", "earth": "earth_lost"}   # fault -> board's key
_NEEDS = _LINES | {"overtemp": "temperature", "reader": "reader", "lock": "lock", "ev_link": "ev_link",
                   "ground": "residual_current", "rcd_test": "test", "cable": "proximity", "phases": "phase_contactor"}
MODES = {"voltage": ("low", "high"), "reader": ("silent", "noise", "half", "crc"),
         "meter": (*ev_link.MODES, "frozen"), "ev_link": ev_link.MODES}
_OF_CONNECTOR = ("lock", "ev_link", "cable", "phases")   # their parts are in the connector's data


def names() -> list[str]:
    return sorted(path.stem for path in (FIRMWARE / "boards").glob("*.py"))


def load(name: str) -> dict[str, Any]:
    """The board's data; BadRequest for a name that is none."""
    if not re.fullmatch(r"[a-z0-9_]+", name) or name not in names():
        raise BadRequest(f"there is no board {name!r}; there are {', '.join(names())}")
    board: dict[str, Any] = importlib.import_module(f"firmware.boards.{name}").BOARD
    return board


@dataclass(frozen=True)
class _Guard:
    """A residual-current device: the board's, or a connector's own."""
    wires: Mapping[str, Any]
    device: ResidualCurrentDevice
    connectors: Sequence[Connector]

    def tell(self, now_s: float) -> None:
        for each in self.connectors:
            each.chain.residual_current = self.device.tripped
            each.settle(now_s)


class Board:
    def __init__(self, data: Mapping[str, Any], meter_log: Callable[[int], Path], now_s: float, *, mains: Mains,
                 time_factor: float = 1.0, start_wh: float = 0, hardware_and: bool = True) -> None:
        self.data = data
        self.powered = False
        self.faults: set[str] = set()
        self.buses = Buses()
        self.reader: Reader | None = reader_of(data["reader"], self.buses) if data.get("reader") else None
        self.panel = Panel(data["panel"], self.buses) if data.get("panel") else None
        # Its own: others must not see what is wrong here.
        self._mains = mains = Mains(mains.nominal_v, STATION_OHM if data.get("ev_link") else SUPPLY_OHM)
        self.connectors: list[Connector] = []
        for connector_id, spec in enumerate(data["connectors"], 1):
            meter = meter_of(spec["meter"], data, MeterLog(meter_log(connector_id)), now_s,
                             start_wh=start_wh, time_factor=time_factor)
            self.connectors.append(Connector(
                connector_id, spec, meter, mains, hold_s=data["heartbeat_hold_ms"] / 1000,
                hardware_and=hardware_and and bool(data["hardware_and"]), ev_link_map=data.get("ev_link")))
        self._guards = [
            _Guard(guarded["residual_current"], ResidualCurrentDevice(), connectors)
            for guarded, connectors in [(data, self.connectors), *((each.spec, [each]) for each in self.connectors)]
            if guarded.get("residual_current")]
        self._counters: dict[int, int] = {}          # pin of each pulse counter the program uses
        self._outputs: dict[int, int] = {}           # levels the program drives, by pin
        self.pixels = b""
        self.pixel_bytes = 3
        self.uarts: list[Uart] = []
        self._drivers = {"meter_bus": LineDriver(), "ev_link": LineDriver()}
        self._on_level = self._level_table()

    def _level_table(self) -> dict[int, Callable[[bool, float], None]]:
        table: dict[int, Callable[[bool, float], None]] = {}
        for connector in self.connectors:
            contactor = connector.spec["contactor"]

            def command(level: bool, at_s: float, connector: Connector = connector,
                        active: bool = bool(contactor["active"])) -> None:
                connector.command(level == active, at_s)

            table[contactor["pin"]] = command
            table[connector.spec["heartbeat"]] = connector.heartbeat
            if wires := connector.spec.get("phase_contactor"):

                def phases(level: bool, at_s: float, connector: Connector = connector,
                           active: bool = bool(wires["active"])) -> None:
                    connector.switch_phases(level == active, at_s)

                table[wires["pin"]] = phases
            if lock := connector.lock:
                wires = connector.spec["lock"]

                def bolt(level: bool, at_s: float, lock: Lock = lock, active: bool = bool(wires["active"])) -> None:
                    lock.drive(level == active, at_s)

                table[wires["pin"]] = bolt
        for guard in self._guards:
            if test := guard.wires.get("test"):

                def test_coil(level: bool, at_s: float, device: ResidualCurrentDevice = guard.device,
                              active: bool = bool(test["active"])) -> None:
                    device.test(level == active, at_s)

                table[test["pin"]] = test_coil
        for name, wires in self._buses().items():
            if wires.get("de") is not None:
                table[wires["de"]] = self._drivers[name].set
        return table

    def _buses(self) -> dict[str, Mapping[str, Any]]:
        """The wires of each Modbus; an EV link may be on the meters'."""
        found = {"meter_bus": self.data.get("meter_bus"), "ev_link": (self.data.get("ev_link") or {}).get("bus")}
        return {name: wires for name, wires in found.items() if wires}

    def _on_bus(self, name: str) -> list[Part]:
        shared = "ev_link" not in self._buses()
        links: list[Part] = [each.ev_link for each in self.connectors if each.ev_link]
        if name == "ev_link":
            return links
        return [each.meter for each in self.connectors] + (links if shared else [])

    # -- power and boot

    def boot(self, now_s: float) -> list[Uart]:
        """New wires for a new program: what was in a receive buffer is gone. One UART a number, wired or not."""
        for uart in self.uarts:
            uart.close()
        reader = self.data.get("reader")
        buses = {wires["uart"]: name for name, wires in self._buses().items()}
        self._drivers = {name: LineDriver() for name in self._drivers}
        self._on_level = self._level_table()
        self.uarts = []
        for number in range(UARTS):
            if reader and self.reader and self.reader.on_uart and reader["uart"] == number:
                self.uarts.append(Uart([self.reader.on_uart], reader["baud"]))
            elif name := buses.get(number):
                wires = self._buses()[name]
                driver = self._drivers[name] if wires.get("de") is not None else None
                self.uarts.append(Uart(self._on_bus(name), wires["baud"], driver))
            else:
                self.uarts.append(Uart([], 115200))
        self.buses.boot()
        self._counters.clear()
        for connector in self.connectors:
            if isinstance(connector.meter, S0Meter):
                connector.meter.pulses = 0   # what nobody counted
        self.release(now_s)
        return self.uarts

    def power(self, on: bool, now_s: float) -> None:
        self.powered = on
        self._outputs.clear()
        self.pixels = b""
        self.buses.powered = on
        if on and self.reader:
            self.reader.power_on()
        if on and self.panel:
            self.panel.power_on()
        for connector in self.connectors:
            connector.power(on, now_s)

    def release(self, now_s: float) -> None:
        """The chip resets: its pins float."""
        self._outputs.clear()
        for guard in self._guards:
            guard.device.test(False, now_s)
        for driver in self._drivers.values():
            driver.set(False, now_s)
        for connector in self.connectors:
            connector.release(now_s)

    # -- from and to the chip

    def apply(self, frame: Frame) -> None:
        """Let an output of the chip act, at the moment it had; what fell due before comes first."""
        self._advance_parts(frame.at_s)
        if self.panel:
            self.panel.apply(frame)
        if frame.kind is Kind.LEVEL:
            self._outputs[frame.index] = frame.value
            handler = self._on_level.get(frame.index)
            if handler:
                handler(bool(frame.value), frame.at_s)
            self.buses.level(frame.index, bool(frame.value), frame.at_s)
        elif frame.kind is Kind.COUNT:
            self._counters[frame.index] = frame.value
        elif frame.kind in BUSES:
            self.buses.apply(frame)
        elif frame.kind in (Kind.DUTY, Kind.RELEASED):
            for connector in self.connectors:
                if connector.spec["pilot_pwm"] == frame.index:
                    duty = frame.value / pilot.FULL_DUTY if frame.kind is Kind.DUTY else 1.0
                    connector.drive_pilot(min(1.0, duty), frame.at_s)
        elif frame.kind is Kind.FREQ:
            for connector in self.connectors:
                if connector.spec["pilot_pwm"] == frame.index:
                    connector.set_frequency(frame.value, frame.at_s)
        elif frame.kind is Kind.LAMPS:
            lamps = self.data.get("lamps")
            if lamps and lamps["pin"] == frame.index:
                self.pixels, self.pixel_bytes = frame.payload, frame.value
        elif frame.kind is Kind.UART_OPEN and frame.index < len(self.uarts):
            self.uarts[frame.index].open(frame.value)
        elif frame.kind is Kind.UART_SENT and frame.index < len(self.uarts):
            self.uarts[frame.index].sent(frame.value, frame.at_s)

    def signals(self) -> dict[int, int]:
        """What the chip's inputs read now, by cell."""
        cells: dict[int, int] = self.buses.signals()
        if self.panel:
            cells |= self.panel.signals()
        for connector in self.connectors:
            if isinstance(connector.meter, S0Meter):
                cells[Cell.COUNTS] = 1
                for number, counted in self._counters.items():
                    if counted == connector.spec["meter"]["pin"]:
                        cells[Cell.PULSES + number] = connector.meter.pulses
        lines = [(self.data[part], kind in self.faults) for kind, part in _LINES.items() if self.data.get(part)]
        for wires, active in [*lines, *((guard.wires, guard.device.tripped) for guard in self._guards)]:
            cells[wires["pin"]] = wires["active"] if active else 1 - wires["active"]
        sensor = self.data.get("temperature")
        if sensor:
            celsius = HOT_C if "overtemp" in self.faults else ROOM_C
            cells[Cell.ADC + sensor["pin"]] = pilot.adc_uv(celsius, sensor["mv_per_c"], sensor["offset_mv"])
        for connector in self.connectors:
            spec, levels = connector.spec, connector.levels
            feedback = spec.get("contactor_feedback")
            if feedback:
                closed = connector.contactor.closed
                cells[feedback["pin"]] = feedback["active"] if closed else 1 - feedback["active"]
            if phases := spec.get("phase_contactor"):
                contact = phases["feedback"]
                cells[contact["pin"]] = (
                    contact["active"] if connector.phase_contactor.closed else 1 - contact["active"])
            if plug := spec.get("proximity"):
                cells[Cell.ADC + plug["pin"]] = connector.proximity_uv(plug["supply_mv"], plug["pull_up_ohm"])
            if connector.lock:
                contact = spec["lock"]["feedback"]
                cells[contact["pin"]] = contact["active"] if connector.lock.locked else 1 - contact["active"]
            for volts, hold in ((levels.high_v, spec["pilot_high"]), (levels.low_v, spec["pilot_low"])):
                cells[Cell.ADC + hold["pin"]] = pilot.adc_uv(volts, hold["mv_per_v"], hold["offset_mv"])
        return cells

    def pins(self) -> dict[str, dict[str, int]]:
        """What a probe on the chip's pins would show, by pin number: levels, and millivolts where an ADC reads."""
        inputs = self.signals()
        levels = self._outputs | {pin: level for pin, level in inputs.items() if pin < Cell.ADC}
        analog = {cell - Cell.ADC: round(uv / 1000) for cell, uv in inputs.items() if Cell.ADC <= cell < Cell.LINK}
        return {
            "levels": {str(pin): levels[pin] for pin in sorted(levels)},
            "millivolts": {str(pin): analog[pin] for pin in sorted(analog)},
        }

    # -- what people do

    def tap(self, uid: str, now_s: float, held_s: float = CARD_HELD_S) -> None:
        if self.reader is None:
            raise BadRequest("this board has no card reader")
        try:
            self.reader.hold(bytes.fromhex(uid), now_s, held_s)
        except ValueError:
            raise BadRequest("uid must be the hexadecimal digits of 4, 7 or 10 bytes") from None

    def set_fault(self, connector: Connector, kind: str, on: bool, mode: str | None, now_s: float) -> None:
        if kind not in BOARD_FAULTS and kind not in CONNECTOR_FAULTS:
            raise BadRequest(f"there is no fault {kind!r}; there are {', '.join([*BOARD_FAULTS, *CONNECTOR_FAULTS])}")
        modes = MODES.get(kind, ())
        if mode is not None and mode not in modes:
            raise BadRequest(f"fault {kind} has no mode {mode!r}" + (f"; it has {', '.join(modes)}" if modes else ""))
        if on and not self._can_fail(connector, kind):
            raise BadRequest(f"there is no {_NEEDS.get(kind, kind).replace('_', ' ')} here")
        if kind in CONNECTOR_FAULTS:
            part = {"meter": connector.meter, "ev_link": connector.ev_link}.get(kind)
            if part:
                part.mode = (mode or "silent") if on else "ok"
            connector.set_fault(kind, on, now_s)
            return
        (self.faults.add if on else self.faults.discard)(kind)
        if kind == "reader" and self.reader:
            spoils = mode if on and mode != "silent" else None
            if on and not spoils:
                self.reader.power_on()   # unplugged, it also forgets
            self.reader.connect(not on or bool(spoils), spoils)
        if kind == "display" and self.panel:
            self.panel.plug(not on)
        for guard in self._guards:
            guard.device.leak("ground" in self.faults, now_s)
            guard.device.set_broken("rcd_test" in self.faults, now_s)
        if kind == "voltage":
            self._mains.fault_v = (HIGH_V if mode == "high" else LOW_V) if on else None
        for each in self.connectors:
            each.chain.emergency_stop = "estop" in self.faults
            each.settle(now_s)
        for guard in self._guards:
            guard.tell(now_s)

    def possible_faults(self, connector: Connector) -> list[str]:
        """Those whose part is there."""
        return [kind for kind in BOARD_FAULTS | CONNECTOR_FAULTS if self._can_fail(connector, kind)]

    def _can_fail(self, connector: Connector, kind: str) -> bool:
        if kind == "display":
            return self.panel is not None and self.panel.display is not None
        if kind in ("ground", "rcd_test"):
            return any(kind == "ground" or guard.wires.get("test") for guard in self._guards)
        return kind not in _NEEDS or bool((connector.spec if kind in _OF_CONNECTOR else self.data).get(_NEEDS[kind]))

    def connector(self, connector_id: int) -> Connector:
        if not 1 <= connector_id <= len(self.connectors):
            raise UnknownPart(f"there is no connector {connector_id}")
        return self.connectors[connector_id - 1]

    # -- time

    def due_s(self) -> float:
        moments = [connector.due_s() for connector in self.connectors]
        moments += [trips_s for guard in self._guards if (trips_s := guard.device.due_s()) is not None]
        moments += [due_s for uart in self.uarts if (due_s := uart.due_s()) is not None]
        moments += [due_s for part in (self.reader, self.panel) if part and (due_s := part.due_s()) is not None]
        return min(moments)

    def advance(self, now_s: float) -> bool:
        """Go through all that is due until now; whether something people see has changed."""
        changed = False
        card = self.reader.card if self.reader else None
        for uart in self.uarts:
            uart.read_chip()
            uart.advance(now_s, lambda part: self.powered)
        for part in (self.reader, self.panel):
            if part:
                part.advance(now_s)
        changed |= self._advance_parts(now_s)
        changed |= self.panel is not None and self.panel.has_news()
        return changed or (self.reader is not None and self.reader.card != card)

    def _advance_parts(self, now_s: float) -> bool:
        """A residual-current device acts on its connectors: what is due of them before it comes first."""
        changed = False
        for guard in self._guards:
            while (trips_s := guard.device.due_s()) is not None and trips_s <= now_s:
                for connector in guard.connectors:
                    changed |= connector.advance(trips_s)
                guard.device.advance(trips_s)
                guard.tell(trips_s)
        for connector in self.connectors:
            changed |= connector.advance(now_s)
        return changed

    def is_lamp(self, frame: Frame) -> bool:
        """Whether people see what this output does."""
        lamps = self.data.get("lamps") or {}
        return frame.kind is Kind.LAMPS or (frame.kind is Kind.LEVEL and any(
            frame.index in row for row in lamps.get("pins", ())))

    def lamps(self, connector_id: int) -> list[str]:
        """The connector's own pixels as #rrggbb; WS2812 send green first. Of plain LEDs their colour, or black."""
        lamps = self.data.get("lamps")
        if not lamps:
            return []
        if lamps["driver"] == "leds":
            pins = lamps["pins"][connector_id - 1]
            return [colour if self._outputs.get(pin, 1 - lamps["active"]) == lamps["active"] else "#000000"
                    for colour, pin in zip(LED_COLOURS.values() if len(pins) == 3 else ["#ffffff"], pins, strict=True)]
        count, step = lamps["per_connector"], self.pixel_bytes
        first = (connector_id - 1) * count
        colours = []
        for number in range(first, first + count):
            pixel = self.pixels[number * step : number * step + 3]
            green, red, blue = pixel if len(pixel) == 3 else (0, 0, 0)
            colours.append(f"#{red:02x}{green:02x}{blue:02x}")
        return colours

    def close(self) -> None:
        self.buses.close()
        for uart in self.uarts:
            uart.close()
