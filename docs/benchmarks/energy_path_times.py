"""The energy path's figures: what a tick costs, the worst gap between two ticks, contactor times as distributions.

    .venv/bin/python docs/benchmarks/energy_path_times.py [--tries 60]

Ticks are seen where they act: each writes one edge of the heartbeat while the contactor is closed, with its moment by
the chip's own clock. All of it under flood: the central system sends CALLs without pause. With stalls the link is wss
and is lost now and then, so that the car also leaves C in handshakes (4 s) and while flash is erased. Again with an
SSD1306 at 400 kHz and an HD44780 at 100 kHz, whose wires take the time their bits take. Exit status 1 when the program
alone took more than 100 ms, or the hardware AND did, or healthy hardware was called faulty.
"""
import argparse
import asyncio
import os
import random
import statistics
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from charge_points import CARD, Central, NotReached, central_system, certificate, until

from hardware.bench.charge_point import ChargePoint
from hardware.bench.orders import Options, Plug
from hardware.bench.process import interpreter
from hardware.bench.world import World

REPOSITORY = Path(__file__).resolve().parents[2]
KEY = "00112233445566778899aabbccddeeff00112233"
OPEN_MS = 100
SSD1306, HD44780 = "esp32_s3_devkitc_1", "bench_panel"
LEAN = ("bench", "bench")   # boards, side by side
DROP_EVERY_S = 12
QUANTILES = (0.5, 0.9, 0.99, 0.999)
TICK = """
    import gc
    from time import ticks_diff, ticks_us
    from firmware.evse.bolt import Bolt
    from firmware.evse.cable import Cable
    from firmware.evse.phases import Phases
    from firmware.evse.residual_test import ResidualTest, TestedLine
    from firmware.evse.safety import Line
    from firmware.evse.voltage import Voltage
    from tests.firmware.fake_connector import FakeAdc, FakePin, charging, plugged

    def cost(c):
        step, now_ms, pieces = c.controller.step, c.now_ms, []
        assert c.controller.charging and c.controller.fault is None
        gc.collect()
        for _ in range(20):
            began = ticks_us()
            for i in range(1000):
                step(now_ms)
            pieces.append(ticks_diff(ticks_us(), began))
        return min(pieces)

    class Lock:
        def is_locked(self): return True

    print(cost(charging()))
    adc, back, coil, line = FakeAdc(), FakePin(1), FakePin(), FakePin()
    adc.uv = 595000
    pin = FakePin()
    test = ResidualTest(coil, 1, line, 1, 100, 100)
    phases = Phases(pin, 1, back, 0, 2000)
    c = plugged(parts=[Bolt(Lock()), Cable(adc, 1000, 3300), Voltage(196, 264, 3), phases, test],
                residual=TestedLine(Line(line, 1), test))
    test.guards(c.controller.contactor)
    k = c.controller
    k.offer(160); k.permit(True); c.car = "C"
    for _ in range(500):
        back.level, line.level = 1 - pin.level, coil.level
        if k.charging:
            break
        c.tick()
    print(cost(c))
"""


DISPLAY = """
    import asyncio
    from time import ticks_diff, ticks_us
    import firmware.drivers.hd44780, firmware.drivers.ssd1306

    class Wire:
        def __init__(self, hertz): self.hertz, self.us = hertz, 0
        def writeto(self, address, data): self.us += (len(data) + 1) * 9_000_000 // self.hertz

    class Loop:
        "Other tasks have a turn here: a piece of work ends."
        async def sleep_ms(self, ms):
            global began
            pieces.append((wire.us, ticks_diff(ticks_us(), began)))
            wire.us, began = 0, ticks_us()

    def screen(n):
        return ("Charging", "%d.4 kW" % n, ["%d.34 kWh" % n, "%d min" % n, "About 64 % full", "%d.19 EUR" % n], "", [])

    for module, kind, hertz in ((firmware.drivers.ssd1306, "Ssd1306", 400_000),
                                (firmware.drivers.hd44780, "Hd44780", 100_000)):
        module.asyncio, shortest = Loop(), None
        for _ in range(50):   # the same pieces each time: the shortest of each is what it takes
            wire, pieces, began = Wire(hertz), [], ticks_us()
            display = getattr(module, kind)(wire, 0x3C)
            for n in range(5):
                asyncio.run(display.show(screen(n)))
            us = [cpu_us for _, cpu_us in pieces]
            shortest = [min(pair) for pair in zip(us, shortest or us)]
        print(max([wire_us for wire_us, _ in pieces]), max(shortest))
"""


@dataclass
class Series:
    name: str
    gaps_ms: list[float] = field(default_factory=list)
    closing_ms: list[float] = field(default_factory=list)
    command_off_ms: list[float] = field(default_factory=list)
    open_ms: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)


def told_by(program: str) -> list[int]:
    """The numbers that a program prints on this machine's interpreter."""
    path = os.pathsep.join((str(REPOSITORY), ".frozen"))
    done = subprocess.run([interpreter(), "-c", textwrap.dedent(program)], env={**os.environ, "MICROPYPATH": path},
                          capture_output=True, text=True, check=True)
    return [int(word) for word in done.stdout.split()]


def watch(charge_point: ChargePoint, series: Series) -> None:
    """Hear each edge of the heartbeat on its way to the board."""
    connector = charge_point.board.connector(1)
    hear, last = connector.heartbeat, [0.0]

    def edge(level: bool, at_s: float) -> None:
        if connector.chain.commanded and last[0]:
            series.gaps_ms.append((at_s - last[0]) * 1000)
        last[0] = at_s if connector.chain.commanded else 0.0
        hear(level, at_s)

    command = connector.command

    def commanded(on: bool, at_s: float) -> None:
        last[0] = 0.0
        command(on, at_s)

    connector.heartbeat, connector.command = edge, commanded   # type: ignore[method-assign]
    charge_point.board._on_level = charge_point.board._level_table()


async def one(central: Central, charge_point: ChargePoint, tries: int, series: Series, drop: bool) -> None:
    connector, identity = charge_point.board.connector(1), charge_point.options.identity
    await until(f"{identity} Available", lambda: central.status.get(identity) == "Available", 60)
    charge_point.plug(1, Plug())
    await until("Preparing", lambda: central.status.get(identity) == "Preparing")
    charge_point.tap(CARD)
    await until("closed", lambda: connector.contactor.closed)
    assert connector.car
    connector.car.hold("C", charge_point._clock())
    watch(charge_point, series)
    dropped_s = time.monotonic()
    for _ in range(tries):
        if drop and time.monotonic() - dropped_s > DROP_EVERY_S:
            await central.drop(identity)
            await asyncio.sleep(2)
            dropped_s = time.monotonic() + 4
        await asyncio.sleep(random.uniform(0.5, 1.5))
        connector.latencies.left_c_to_command_off_ms = connector.latencies.left_c_to_open_ms = None
        connector.car.hold("B", charge_point._clock())
        connector.settle(charge_point._clock())
        charge_point._settle()
        await until("open", lambda: connector.latencies.left_c_to_open_ms is not None, 15)
        await asyncio.sleep(0.15)
        connector.latencies.c_to_contactor_ms = None
        connector.car.hold("C", charge_point._clock())
        connector.settle(charge_point._clock())
        charge_point._settle()
        series.open_ms.append(connector.latencies.left_c_to_open_ms or 0.0)
        if connector.latencies.left_c_to_command_off_ms is not None:
            series.command_off_ms.append(connector.latencies.left_c_to_command_off_ms)
        await until("closed", lambda: connector.contactor.closed or central.status[identity] == "Faulted", 15)
        if central.status[identity] == "Faulted":
            series.wrong.append(next(line for line in reversed(charge_point.console) if "Faulted" in line))
            return
        if connector.latencies.c_to_contactor_ms is not None:
            series.closing_ms.append(connector.latencies.c_to_contactor_ms)


async def play(series: Series, tries: int, stalls: bool, hardware_and: bool, boards: Sequence[str] = LEAN) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tls, ca = certificate(folder) if stalls else (None, None)
        async with central_system(tls) as (central, url), World(folder) as world:
            charge_points = [await world.add(Options(
                identity=f"CP{number}", url=url, authorization_key=KEY, stalls=stalls, hardware_and=hardware_and,
                board=board, heap_kib=200 if boards is LEAN else None, ca_der_base64=ca))
                for number, board in enumerate(boards, 1)]
            for charge_point in charge_points:   # the flood begins when they are known
                await until("connected", lambda c=charge_point: c.options.identity in central.status, 60)
            async with central.flood(), asyncio.TaskGroup() as group:
                for charge_point in charge_points:
                    group.create_task(one(central, charge_point, tries // len(boards), series, stalls))


def row(name: str, values: list[float]) -> str:
    if len(values) < 2:
        return f"| {name} | {len(values)} |" + " |" * (len(QUANTILES) + 1)
    cuts = statistics.quantiles(values, n=1000, method="inclusive")
    told = [f"{cuts[round(q * 1000) - 1]:.1f}" for q in QUANTILES]
    return f"| {name} | {len(values):,} | " + " | ".join([*told, f"{max(values):.1f}"]) + " |"


def histogram(name: str, values: list[float], step_ms: int) -> str:
    """How many fall into each `step_ms`, as a line of text: 40–49: 12."""
    counts: dict[int, int] = {}
    for value in values:
        counts[int(value // step_ms)] = counts.get(int(value // step_ms), 0) + 1
    return f"{name}, ms: " + ", ".join(
        f"{number * step_ms}–{number * step_ms + step_ms - 1}: {counts[number]}" for number in sorted(counts))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tries", type=int, default=60, help="how often the car leaves C, in each series")
    options = parser.parse_args()
    lean_ns, all_ns = told_by(TICK)
    print(f"a tick while charging: {lean_ns / 1000:.1f} µs on a lean board, {all_ns / 1000:.1f} µs with all parts")
    pixels_wire_us, pixels_us, letters_wire_us, letters_us = told_by(DISPLAY)
    print(f"the longest piece of a display's work, in which no tick has a turn: SSD1306 {pixels_wire_us / 1000:.1f} ms"
          f" on the wire, {pixels_us} µs of this machine; HD44780 {letters_wire_us / 1000:.1f} ms, {letters_us} µs\n")
    alone, guarded = Series("stalls off"), Series("stalls on")
    pixels, letters = Series("stalls off, with an SSD1306"), Series("stalls off, with an HD44780")
    shown_guarded = Series("stalls on, with one of each")
    try:
        asyncio.run(play(alone, options.tries, stalls=False, hardware_and=False))
        asyncio.run(play(guarded, options.tries, stalls=True, hardware_and=True))
        asyncio.run(play(pixels, options.tries, stalls=False, hardware_and=False, boards=(SSD1306, SSD1306)))
        asyncio.run(play(letters, options.tries, stalls=False, hardware_and=False, boards=(HD44780, HD44780)))
        asyncio.run(play(shown_guarded, options.tries, stalls=True, hardware_and=True, boards=(SSD1306, HD44780)))
    except (NotReached, ExceptionGroup) as error:
        print("BROKEN OFF:", *(error.exceptions if isinstance(error, ExceptionGroup) else [error]))
        return 1
    print("| milliseconds | n | " + " | ".join(f"p{q * 100:g}" for q in QUANTILES) + " | max |")
    print("|---|--:|" + "--:|" * (len(QUANTILES) + 1))
    rows = [(f"between two ticks, {series.name}", series.gaps_ms)
            for series in (alone, pixels, letters, guarded, shown_guarded)]
    rows += [("C to contactor closed, debounce of 500 in it, stalls off", alone.closing_ms),
             ("C to contactor closed, stalls on", guarded.closing_ms),
             ("left C to command off, stalls off: the program alone", alone.command_off_ms),
             ("left C to command off, stalls off, with an SSD1306", pixels.command_off_ms),
             ("left C to command off, stalls off, with an HD44780", letters.command_off_ms),
             ("left C to command off, stalls on", guarded.command_off_ms),
             ("left C to contactor open, stalls off: the program alone", alone.open_ms),
             ("left C to contactor open, stalls on: hardware AND", guarded.open_ms + shown_guarded.open_ms)]
    print("\n".join(row(*each) for each in rows))
    print()
    print(histogram("left C to command off, the program alone", alone.command_off_ms, 10))
    print(histogram("C to contactor closed, stalls off", alone.closing_ms, 10))
    print(histogram("C to contactor closed, stalls on", guarded.closing_ms, 500))
    wrong = [line for series in (alone, guarded, pixels, letters, shown_guarded) for line in series.wrong]
    for line in wrong:
        print("WRONG FAULT:", line)
    alone_ms = alone.command_off_ms + pixels.command_off_ms + letters.command_off_ms
    guarded_ms = guarded.open_ms + shown_guarded.open_ms
    met = alone_ms and max(alone_ms) <= OPEN_MS and max(guarded_ms) <= OPEN_MS
    return 0 if met and not wrong else 1


if __name__ == "__main__":
    sys.exit(main())
