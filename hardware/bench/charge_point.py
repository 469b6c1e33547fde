"""One virtual charge point: a board, the process that runs its firmware, its WiFi; and what people can do to it.

Stalls as on the chip are on unless switched off: each TLS handshake stops the program for 4 s, an erase of flash for
45 ms and each eighth one for 400 ms. A bench without them would pass firmware that opens a contactor too late; every
eighth rather than at random, so that a failure happens again.
"""
import asyncio
import base64
import hashlib
import re
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hardware.bench import board as boards
from hardware.bench import image, station
from hardware.bench.access_point import AccessPoint
from hardware.bench.board import Board
from hardware.bench.car import Model
from hardware.bench.connector import Connector
from hardware.bench.console_port import ConsoleProcess
from hardware.bench.errors import Conflict
from hardware.bench.events import Events
from hardware.bench.mains import Mains
from hardware.bench.meter import LogEntry, MeterLog
from hardware.bench.orders import Options, Plug, SetCar
from hardware.bench.process import Process
from hardware.bench.relay import Cut
from hardware.bench.station import Station
from hardware.bench.wire import OF_THE_BOARD, Cell, Frame, Kind, Wire
from ocppj import log

TLS_STALL_MS = 4000
ERASE_STALL_MS, WORST_ERASE_STALL_MS, WORST_EVERY = 45, 400, 8
RSSI_DBM = -58
HEAP_KIB = {"lean": 200, "full": 2048, "frozen": 2048}
PWRON_RESET, HARD_RESET, WDT_RESET, SOFT_RESET = 1, 2, 3, 5   # machine.reset_cause()
SET_UP_FILES = ("/settings.json", "/setup_password", "/ca.der")
CONSOLE_LINES = 300
SHOWN_LINES = 60
STATE_EVENT_S = 0.2                                  # at most one state event in this time
DECIDED = re.compile(r"limit\.decided connector=(\d+) by=(.+)")
HEAP_PROBE_TIMEOUT_S = 6.0                           # longer than the longest stall

_log = log.get(__name__)


class ChargePoint:
    def __init__(self, options: Options, folder: Path, cache: Path, events: Events, mains: Mains, *,
                 clock: Callable[[], float] = time.monotonic, firmware: dict[str, bytes] | None = None) -> None:
        self.options, self.folder = options, folder
        self.boots = 0
        self.console: deque[str] = deque(maxlen=CONSOLE_LINES)
        self.shim_heap_bytes: int | None = None
        self.started_in_ms: float | None = None      # process start to `import main`, of this boot
        self._cache, self._events, self._clock = cache, events, clock
        self._firmware = firmware
        self._data = boards.load(options.board)
        self._heap_kib = options.heap_kib or HEAP_KIB[self._data["profile"]]
        self.board = Board(self._data, self.meter_log_path, clock(), mains=mains, time_factor=options.time_factor,
                           start_wh=options.meter_wh, hardware_and=options.hardware_and)
        self.station = Station(choosy=not options.configured)
        self.access_point = None if options.configured else AccessPoint()
        self._process = self._new_process()
        self._wire: Wire | None = None
        self._busy = asyncio.Lock()                  # one boot or power cut at a time
        self._rebooting = False
        self._rtc_offset_us = 0
        self._wdt_s: float | None = None             # the watchdog's patience, None while it is not started
        self._fed_s = 0.0
        self._limited_by: dict[int, str] = {}        # connector -> what the firmware says decides its current
        self._heap: asyncio.Future[int] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._wdt_timer: asyncio.TimerHandle | None = None
        self._state_timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    def _new_process(self) -> Process:
        if self.options.serial_port is None:
            return Process(self._console_line, self._process_ended)
        return ConsoleProcess(self._console_line, self._process_ended, lambda: self._spawn(self._restart(SOFT_RESET)),
                              self.options.serial_port, self._data["chip"])

    @property
    def serial_line(self) -> str | None:
        """What a program takes for the board's serial port, where it has one."""
        process = self._process
        return f"socket://127.0.0.1:{process.port}" if isinstance(process, ConsoleProcess) else None

    # -- files

    @property
    def image_path(self) -> Path:
        return self.folder / "flash.littlefs"

    def meter_log_path(self, connector_id: int) -> Path:
        return self.folder / f"meter-{connector_id}.jsonl"

    def meter_log(self, connector_id: int) -> list[LogEntry]:
        self.board.connector(connector_id)
        return MeterLog(self.meter_log_path(connector_id)).entries()

    def _write_flash(self) -> Path:
        """Bring firmware and settings into the image; the folder with the shims."""
        options = self.options
        settings = {
            "identity": options.identity, "url": options.url, "authorization_key": options.authorization_key.lower(),
            "board": options.board, "wifi_ssid": station.SSID, "wifi_password": station.PASSWORD,
            "written_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
        settings |= {name: value for name in ("vendor", "model") if (value := getattr(options, name)) is not None}
        files = dict(self._firmware or image.firmware_files(options.board, self._cache))
        if options.configured:
            files["/settings.json"] = image.settings_json(settings)
        elif self.image_path.exists():   # what its page has written
            kept = {name: image.read_file(self.image_path, name) for name in SET_UP_FILES}
            files |= {name: content for name, content in kept.items() if content is not None}
        if options.ca_der_base64:
            files["/ca.der"] = base64.b64decode(options.ca_der_base64)
        image.write_image(self.image_path, files)
        return image.shim_folder(self._cache)

    # -- life

    async def start(self) -> None:
        self._shims = await asyncio.to_thread(self._write_flash)
        await self.power(True)

    async def power(self, on: bool) -> None:
        """Switch it on, or cut its power in the middle of whatever it does."""
        async with self._busy:
            if on == self.board.powered:
                return
            if on:
                self._rtc_offset_us = -round(self._clock() * 1e6)   # the RTC starts at 2000-01-01
                self.board.power(True, self._clock())
                await self._boot(PWRON_RESET)
            else:
                self.board.power(False, self._clock())
                await self._halt()
            self._settle()
            self._state_changed()
            self._log("charge_point.power", on=on)

    async def close(self) -> None:
        async with self._busy:
            await self._halt()
            await self._process.close()
            for timer in (self._timer, self._state_timer):
                if timer:
                    timer.cancel()
            for task in self._tasks:
                task.cancel()
            await self.station.close()
            if self.access_point:
                self.access_point.close()
            self.board.close()

    async def _boot(self, cause: int) -> None:
        now_s = self._clock()
        wire = self._wire = Wire()
        uarts = self.board.boot(now_s)
        self.started_in_ms = None
        self._limited_by.clear()
        unique = hashlib.sha256(self.options.identity.encode()).digest()
        rtc_s, rtc_us = divmod(self._rtc_offset_us, 1_000_000)
        stalls = self.options.stalls
        for cell, value in {
            Cell.RSSI: RSSI_DBM, Cell.RESET_CAUSE: cause, Cell.RTC_S: rtc_s, Cell.RTC_US: rtc_us,
            Cell.TLS_MS: TLS_STALL_MS if stalls and self.options.url.startswith("wss:") else 0,
            Cell.STALL_MS: ERASE_STALL_MS if stalls else 0, Cell.WORST_MS: WORST_ERASE_STALL_MS if stalls else 0,
            Cell.WORST_EVERY: WORST_EVERY if stalls else 0,
            # a locally administered address: 02:…
            Cell.UNIQUE_HI: 0x020000 | int.from_bytes(unique[:2]), Cell.UNIQUE_LO: int.from_bytes(unique[2:5]),
        }.items():
            wire.set(cell, value)
        self.station.boot(wire)
        if self.access_point:
            wire.set(Cell.AP_PORT, self.access_point.port)
        for number, uart in enumerate(uarts):
            wire.set(Cell.UART_FD + number, uart.chip_socket.fileno())
        self._tell_cells()
        if cause != SOFT_RESET:
            self._process.hard_reset()
        await self._process.start(self._shims, self._heap_kib, self.image_path, wire.chip_socket.fileno(),
                                  [*(uart.chip_socket.fileno() for uart in uarts), *self.board.buses.chip_fds()])
        self.boots += 1
        self._booted_s = now_s
        loop = asyncio.get_running_loop()
        loop.add_reader(wire.socket, self._settle)
        for uart in uarts:
            loop.add_reader(uart.socket, self._settle)

    async def _halt(self) -> None:
        """End the program this instant; its servers hear nothing of it."""
        self.station.halt()
        if self.access_point:
            self.access_point.halt()
        if self._wdt_timer:
            self._wdt_timer.cancel()
        self._wdt_timer = self._wdt_s = None
        wire, self._wire = self._wire, None
        if wire:
            loop = asyncio.get_running_loop()
            loop.remove_reader(wire.socket)
            for uart in self.board.uarts:
                loop.remove_reader(uart.socket)
        await self._process.kill()
        if wire:
            wire.close()

    async def _restart(self, cause: int) -> None:
        async with self._busy:
            if not self.board.powered:
                return
            self._rebooting = True
            try:
                self._log("charge_point.reset", cause=cause)
                await self._halt()
                await self._boot(cause)
            finally:
                self._rebooting = False
            self._settle()
            self._state_changed()

    # -- between chip and board

    def _settle(self) -> None:
        """Take what the chip did, let time pass for the parts, tell the chip what it sees now, sleep until the next."""
        wire = self._wire
        changed = False
        if wire:
            for frame in wire.receive():
                if frame.kind >= Kind.RESET and frame.kind not in OF_THE_BOARD:
                    self._own_frame(frame)
                else:
                    self.board.apply(frame)
                    changed |= frame.kind is Kind.DUTY or self.board.is_lamp(frame)
        changed |= self.board.advance(self._clock())
        if wire is self._wire:
            self._tell_cells()
        if changed:
            self._state_changed()
        if self._timer:
            self._timer.cancel()
        wait_s = max(0.0, self.board.due_s() - self._clock())
        if wire and wire.behind:
            wait_s = min(wait_s, 0.02)
        self._timer = asyncio.get_running_loop().call_later(wait_s, self._settle)

    def _tell_cells(self) -> None:
        if self._wire:
            for cell, value in self.board.signals().items():
                self._wire.set(cell, value)
            self._wire.flush()

    def _own_frame(self, frame: Frame) -> None:
        if frame.kind is Kind.RESET:
            self._spawn(self._restart(frame.value))
        elif frame.kind is Kind.WDT_START:
            self._wdt_s = frame.value / 1000
            self._fed_s = frame.at_s
            self._guard()
        elif frame.kind is Kind.WDT_FEED:
            self._fed_s = frame.at_s
        elif frame.kind is Kind.RTC_SET:
            self._rtc_offset_us = frame.value
        elif frame.kind is Kind.CONNECT:
            ssid, _, password = frame.payload.decode().partition("\0")
            self.station.turn(True, (ssid, password))
        elif frame.kind is Kind.DISCONNECT:
            self.station.turn(False)
        elif frame.kind is Kind.ACCESS_POINT and self.access_point:
            self.access_point.apply(frame)
            self._state_changed()
        elif frame.kind is Kind.RESOLVE:
            self._spawn(self.station.resolve(frame.payload.decode(), frame.value))
        elif frame.kind is Kind.HEAP and frame.index == 1:
            self.shim_heap_bytes = frame.value
            self.started_in_ms = round((frame.at_s - self._booted_s) * 1000, 1)
        elif frame.kind is Kind.HEAP and self._heap and not self._heap.done():
            self._heap.set_result(frame.value)

    def _guard(self) -> None:
        """The task watchdog: a program that does not feed it is reset."""
        if self._wdt_s is None or self._wire is None:
            return
        left_s = self._fed_s + self._wdt_s - self._clock()
        if left_s <= 0:
            self._log("charge_point.watchdog")
            self._spawn(self._restart(WDT_RESET))
        else:
            self._wdt_timer = asyncio.get_running_loop().call_later(left_s, self._guard)

    def _spawn(self, work: Awaitable[Any]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # -- what people do; a connector is named by its number

    def plug(self, connector_id: int, car: Plug) -> None:
        connector = self.board.connector(connector_id)
        if connector.car:
            raise Conflict(f"connector {connector_id} has a car already")
        model = Model(car.battery_kwh, car.soc, car.max_a, car.phases, car.reaction_ms / 1000, car.dc_max_kw)
        connector.plug(model, self._clock(), car.cable_a)
        self._acted("car.plugged", connector_id=connector_id)

    def unplug(self, connector_id: int) -> None:
        connector = self.board.connector(connector_id)
        if connector.car is None:
            raise Conflict(f"connector {connector_id} has no car")
        connector.unplug(self._clock())
        self._acted("car.unplugged", connector_id=connector_id)

    def set_car(self, connector_id: int, car: SetCar) -> None:
        connector = self.board.connector(connector_id)
        if car.state == "A":
            if connector.car:
                self.unplug(connector_id)
            return
        swap = {name: value for name in ("battery_kwh", "soc", "max_a", "phases", "dc_max_kw")
                if (value := getattr(car, name)) is not None}
        now_s = self._clock()
        if connector.car is None or swap:
            connector.plug(_changed(connector, swap), now_s, connector.cable_a or 32)
        assert connector.car
        connector.car.hold(None if car.state == "auto" else car.state, now_s)
        connector.settle(now_s)
        self._acted("car.held", connector_id=connector_id, state=car.state)

    def tap(self, uid: str) -> None:
        self.board.tap(uid, self._clock())
        self._acted("card.tapped", id_tag=log.short(uid.upper()))

    def press_stop(self, connector_id: int) -> None:
        self.board.connector(connector_id)
        if not (self.board.panel and self.board.panel.press(connector_id, self._clock())):
            raise Conflict(f"connector {connector_id} has no stop button")
        self._acted("stop_button.pressed", connector_id=connector_id)

    def set_fault(self, connector_id: int, kind: str, on: bool, mode: str | None = None) -> None:
        connector = self.board.connector(connector_id)
        self.board.set_fault(connector, kind, on, mode, self._clock())
        self._acted("fault.set" if on else "fault.cleared", connector_id=connector_id, kind=kind)

    def clear_all(self, connector_id: int) -> None:
        connector = self.board.connector(connector_id)
        for kind in sorted(connector.faults | self.board.faults):
            self.set_fault(connector_id, kind, False)

    def set_link(self, up: bool, how: Cut = Cut.SILENT) -> None:
        self.station.set_link(up, how)
        self._acted("link.up" if up else "link.down", how=None if up else str(how))

    async def live_heap_bytes(self) -> int:
        """Heap in use right after a collection, shims included."""
        if not (self._wire and self._process.running and self.started_in_ms is not None):
            raise Conflict("the program does not run")
        self._heap = asyncio.get_running_loop().create_future()
        self._wire.set(Cell.HEAP_PROBE, 0)
        self._wire.set(Cell.HEAP_PROBE, 1)
        self._wire.flush()
        try:
            async with asyncio.timeout(HEAP_PROBE_TIMEOUT_S):
                return await self._heap
        except TimeoutError:
            raise Conflict("the program reads no inputs") from None
        finally:
            self._heap = None
            if self._wire:
                self._wire.set(Cell.HEAP_PROBE, 0)

    def _acted(self, event: str, **fields: Any) -> None:
        self._settle()
        self._state_changed()
        self._log(event, **fields)

    # -- telling

    def _log(self, event: str, **fields: Any) -> None:
        _log.info(event, charge_point=self.options.identity, **fields)

    def _console_line(self, line: str) -> None:
        self.console.append(line)
        if match := DECIDED.fullmatch(line):
            self._limited_by[int(match[1])] = match[2]
            self._state_changed()
        with (self.folder / "console.log").open("a") as file:
            file.write(line + "\n")
        self._events.emit("console", self.options.identity, line=line)

    def _process_ended(self) -> None:
        if self._wire:   # nobody ended it: `main` has returned, the chip would be at its prompt, its pins as they were
            self._log("charge_point.program_ended")
            self._state_changed()

    def _state_changed(self) -> None:
        if self._state_timer is None and self._events.heard:
            self._state_timer = asyncio.get_running_loop().call_later(STATE_EVENT_S, self._emit_state)

    def _emit_state(self) -> None:
        self._state_timer = None
        state = self.as_json()
        del state["console"]
        self._events.emit("charge_point", self.options.identity, state=state)

    def as_json(self) -> dict[str, Any]:
        board = self.board
        connectors = [
            connector.as_json() | {
                "lamps": board.lamps(connector.connector_id),
                "faults": sorted(connector.faults | board.faults),
                "limited_by": self._limited_by.get(connector.connector_id),
                "possible_faults": board.possible_faults(connector),
                "events": connector.latencies.as_json(),
            }
            for connector in board.connectors
        ]
        return {
            "identity": self.options.identity,
            "as_of_us": round(self._clock() * 1e6),   # answers and events overtake each other: the later one is true
            "board": self.options.board,
            "url": self.options.url,
            "process": "rebooting" if self._rebooting else "running" if self._process.running else "stopped",
            "powered": board.powered,
            "link": self.station.link,
            "access_point": self.access_point.as_json() if self.access_point else None,
            "pid": self._process.pid,
            "boots": self.boots,
            "time_factor": self.options.time_factor,
            "stalls": self.options.stalls,
            "heap": {"limit_kib": self._heap_kib, "shim_bytes": self.shim_heap_bytes},
            "started_in_ms": self.started_in_ms,
            "serial_line": self.serial_line,
            "reader": None if board.reader is None else {
                "card": board.reader.card.hex().upper() if board.reader.card else None,
                "connected": board.reader.connected,
            },
            "emergency_stop": "estop" in board.faults,
            "panel": None if board.panel is None else board.panel.as_json(),
            "pins": board.pins(),
            "connectors": connectors,
            "events": self._latest_events(),
            "console": list(self.console)[-SHOWN_LINES:],
        }

    def _latest_events(self) -> dict[str, float | None]:
        """The first connector's, or the one's that has any: a board with one connector is the common case."""
        told = [connector.latencies.as_json() for connector in self.board.connectors]
        return next((events for events in told if any(value is not None for value in events.values())), told[0])


def _changed(connector: Connector, swap: dict[str, Any]) -> Model:
    """The plugged car, or a new one, with some properties swapped; its battery goes on where it stood."""
    car = connector.car
    return replace(replace(car.model, soc=car.soc) if car else Model(), **swap)
