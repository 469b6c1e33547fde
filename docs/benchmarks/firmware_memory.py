"""RAM and flash of the firmware in the lean heap of 200 kB: live heap on the bench, compiled code, a message's garbage.

    .venv/bin/python docs/benchmarks/firmware_memory.py

The live heap is what is in use right after a collection, on the 64-bit unix port: objects take about twice the room
they take on the chip. The shims are what replaces the chip's own C code; without them is the firmware's part.

The full load of a profile comes over OCPP, each part of it where the charge point says that it has the feature: the
local list, the cache (by cards on the reader), charging profiles, messages that wait in the queue, one long frame.
"""
import argparse
import ast
import asyncio
import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any

from charge_points import CARD, ChargePoint, bench, central_system, certificate
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from hardware.bench.image import FIRMWARE, firmware_files
from hardware.bench.process import interpreter

BOARD = "bench"
HEAP_KIB = 200
PROBES, PROBE_EVERY_S = 8, 0.4   # so that samples, statuses and lamps fall between them
CHUNK = 40   # entries of a local list in one message, which stays below 8 kB so
SAMPLES_S = 2   # MeterValues a connector and second while the queue is filled
MESSAGE_BYTES = (100, 1024, 4096)
TABLE_BEGINS, TABLE_ENDS = "<!-- modules: firmware_memory.py --modules writes this table -->", "<!-- end of modules -->"
PACKAGE_BYTES = 80   # an empty __init__.py is smaller
WITH_LOCK, WITH_TWO = "always, where a socket has a lock", "always, with two connectors"
ONLY_WHERE = {   # modules that not every board of a profile has: (lean, full)
    "firmware.cable_lock": (WITH_LOCK, WITH_LOCK),
    "firmware.drivers.lock": (WITH_LOCK, WITH_LOCK),
    "firmware.log_lines": ("–", "always"),
    "firmware.ocpp.shared_station": ("–", "always, with shared_max_a"),
    "firmware.sharing": ("–", WITH_TWO),
    **{f"firmware.{name}": ("–", "always, with EV links")
       for name in ("ev_link", "ev_link_wiring", "drivers.ev_link", "drivers.modbus_write", "ocpp.ev_link_values")},
    **{f"firmware.setup.{name}": ("while it is set up",) * 2
       for name in ("access_point", "adoption", "console", "dns", "page", "request", "settings")},
    "firmware.register_map_check": ("one use, with a register map",) * 2,
    "firmware.drivers.register_map": ("always, with a register map",) * 2,
    "firmware.drivers.meter_map": ("always, with such a meter",) * 2,
    **{f"firmware.{name}": ("–", f"always, with {part}") for name, part in (
        ("panel.shown", "a panel"), ("panel.content", "a panel"), ("drivers.ssd1306", "this display"),
        ("drivers.hd44780", "this display"), ("drivers.mfrc522", "this reader"),
        ("drivers.pn532_buses", "a PN532 on I2C or SPI"), ("drivers.leds", "plain LEDs"),
        ("drivers.meter_s0", "such a meter"))},
    **{f"firmware.{name}": ("–", "one use, with such parts") for name in ("panel.check", "panel.parts")},
    "firmware.panel.wiring": ("–", "one use, with a panel"),
    "firmware.panel.qr_code": ("–", "one use, with an SSD1306"),
    "firmware.energy_check": ("one use, with such parts",) * 2,
    "firmware.energy_parts": ("one use, with such parts",) * 2,
    "firmware.evse.bolt": (WITH_LOCK, WITH_LOCK),
    **{f"firmware.evse.{name}": (f"always, with {what}",) * 2 for name, what in (
        ("cable", "a plug's resistor"), ("phases", "a phase contactor"), ("residual_test", "a test coil"),
        ("start_delay", "BollardStartDelay"), ("voltage", "bounds of voltage"))},
    "firmware.ocpp.switched_phases": ("always, with a phase contactor",) * 2,
    "firmware.ocpp.ev_link_keys": ("–", "one use, with EV links"),
    "firmware.ocpp.ev_needs": ("–", "one use, with EV links"),
}
GARBAGE = """
import asyncio, gc
from firmware.net import handshake
async def main():
    ws = await handshake.connect("URL", "CP1", b"CP1:secret", "ocpp1.6", None)
    for size in SIZES:
        text = "x" * size
        for _ in range(2):
            await ws.send(lambda: (text,))
            await ws.receive()
        gc.collect()
        gc.disable()
        before = gc.mem_alloc()
        await ws.send(lambda: (text,))
        sent = gc.mem_alloc()
        await ws.receive()
        print(size, sent - before, gc.mem_alloc() - sent)
        gc.enable()
asyncio.run(main())
"""


@dataclass(frozen=True)
class Profile:
    """What a charge point of this profile holds at most, and what of its heap may be in use then."""
    board: str
    heap_kib: int
    connectors: int
    listed: int
    cached: int
    charging_profiles: int
    queued: int
    goal_bytes: int


LEAN = Profile("bench", HEAP_KIB, 1, listed=100, cached=50, charging_profiles=4, queued=200, goal_bytes=140_000)
FULL = Profile("esp32_s3_devkitc_1", 2048, 2, listed=500, cached=200, charging_profiles=16, queued=200,
               goal_bytes=600_000)


@dataclass
class Heap:
    name: str
    probes: list[dict[str, int]]
    heap_kib: int = HEAP_KIB

    def live_bytes(self, pick: Callable[[Iterable[int]], int] = max, shims: bool = True) -> int:
        return pick(probe["live_bytes"] for probe in self.probes) - (0 if shims else self.probes[0]["shim_bytes"])

    def __str__(self) -> str:
        least, live, without = self.live_bytes(min), self.live_bytes(), self.live_bytes(shims=False)
        share = 100 * live / (self.heap_kib * 1024)
        return f"| {self.name} | {least:,} to {live:,} | {without:,} | {share:.0f} % |"


async def probed(name: str, charge_point: ChargePoint) -> Heap:
    probes = []
    for _ in range(PROBES):
        await asyncio.sleep(PROBE_EVERY_S)
        probes.append(await charge_point.heap())
    return Heap(name, probes)


async def live_heaps() -> tuple[list[Heap], int]:
    """Idle and charging, over ws and wss; and what the shims took."""
    heaps = []
    async with bench() as (on, folder):
        tls, ca = certificate(folder)
        for scheme, options in (("ws", {}), ("wss", {"ca_der_base64": ca})):
            async with central_system(tls if scheme == "wss" else None) as (central, url):
                charge_point = await on.add(scheme, central, url, heap_kib=HEAP_KIB, **options)
                heaps.append(await probed(f"idle, {scheme}", charge_point))
                await charge_point.act("plug")
                await charge_point.until_status("Preparing")
                await charge_point.act("tap", uid=CARD)
                await charge_point.until_status("Charging")
                heaps.append(await probed(f"charging, {scheme}", charge_point))
                await charge_point.remove()
    return heaps, heaps[0].probes[0]["shim_bytes"]


async def loaded_heaps(profile: Profile) -> list[Heap]:
    """Charging on all connectors over wss, then with each part of the load on top of the one before."""
    heaps = []
    async with bench() as (on, folder):
        tls, ca = certificate(folder)
        async with central_system(tls) as (central, url):
            charge_point = await on.add("loaded", central, url, heap_kib=profile.heap_kib, board=profile.board,
                                        ca_der_base64=ca)

            async def now(name: str) -> None:
                probes = (await probed(name, charge_point)).probes
                heaps.append(Heap(f"{profile.board}: {name}", probes, profile.heap_kib))

            has = {row["key"]: row["value"]
                   for row in (await charge_point.ask("GetConfiguration", {}))["configurationKey"]}
            features = has["SupportedFeatureProfiles"].split(",")
            await configure(charge_point, MeterValueSampleInterval="0", LocalPreAuthorize="false")
            for n in range(1, profile.connectors + 1):
                await charge_point.act("plug", n)
                await charge_point.until_status("Preparing", connector_id=n)
                await charge_point.act("tap", n, uid=card(n))
                await charge_point.until_status("Charging", connector_id=n)
                await charge_point.until_card_gone()
            await now("charging, wss")
            if "LocalAuthListManagement" in features:
                await fill_list(charge_point, profile.listed)
                await now(f"+ {profile.listed} in the local list")
            if (await charge_point.ask("ClearCache", {}))["status"] == "Accepted":
                for i in range(profile.cached):
                    await charge_point.act("tap", uid=card(1000 + i))
                    await charge_point.until_card_gone()
                    await asyncio.sleep(0.4)   # its turn is over: the reader has looked once without a card
                await now(f"+ {profile.cached} in the cache")
            if "SmartCharging" in features:
                for i in range(profile.charging_profiles):
                    answer = await charge_point.ask("SetChargingProfile", charging_profile(i, has))
                    if answer["status"] != "Accepted":
                        raise SystemExit(f"charging profile {i} was {answer['status']}")
                await now(f"+ {profile.charging_profiles} charging profiles")
            await fill_queue(charge_point, profile)
            await now(f"+ {profile.queued} messages in the queue")
            await charge_point.ask("DataTransfer", {"vendorId": "x", "data": "y" * 8100})
            await now("+ a frame of 8 kB")
            await charge_point.remove()
    return heaps


def card(number: int) -> str:
    return f"04{number:012X}"


async def configure(charge_point: ChargePoint, **values: str) -> None:
    for key, value in values.items():
        answer = await charge_point.ask("ChangeConfiguration", {"key": key, "value": value})
        if answer["status"] not in ("Accepted", "NotSupported"):
            raise SystemExit(f"{key}={value} was {answer['status']}")


async def fill_list(charge_point: ChargePoint, count: int) -> None:
    entries = [{"idTag": card(2000 + i), "idTagInfo": {"status": "Accepted", "parentIdTag": f"GROUP{i % 9}",
                                                       "expiryDate": "2099-01-01T00:00:00Z"}} for i in range(count)]
    for version, first in enumerate(range(0, count, CHUNK), 1):
        answer = await charge_point.ask("SendLocalList", {
            "listVersion": version, "updateType": "Differential" if first else "Full",
            "localAuthorizationList": entries[first:first + CHUNK]})
        if answer != {"status": "Accepted"}:
            raise SystemExit(f"SendLocalList from {first} was answered {answer}")


def charging_profile(i: int, has: dict[str, str]) -> dict[str, Any]:
    periods = [{"startPeriod": 600 * n, "limit": 16.0 - n % 5, "numberPhases": 3}
               for n in range(int(has["ChargingScheduleMaxPeriods"]))]
    levels = int(has["ChargeProfileMaxStackLevel"]) + 1
    whole = i >= levels
    return {"connectorId": 0 if whole else 1, "csChargingProfiles": {
        "chargingProfileId": i + 1, "stackLevel": i % levels, "chargingProfileKind": "Absolute",
        "chargingProfilePurpose": "ChargePointMaxProfile" if whole else "TxDefaultProfile",
        "chargingSchedule": {"chargingRateUnit": "A", "startSchedule": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                             "chargingSchedulePeriod": periods}}}


async def fill_queue(charge_point: ChargePoint, profile: Profile) -> None:
    """MeterValues that nobody answers; the link itself is kept alive by requests that are."""
    charge_point.central.silent_on.add("MeterValues")
    await configure(charge_point, MeterValueSampleInterval="1", ClockAlignedDataInterval="1")
    for _ in range(-(-profile.queued // (SAMPLES_S * profile.connectors * 5))):
        await asyncio.sleep(5)
        await charge_point.ask("GetConfiguration", {"key": ["HeartbeatInterval"]})
    await configure(charge_point, MeterValueSampleInterval="0", ClockAlignedDataInterval="0")


def loaded_once(modules: list[str]) -> set[str]:
    """Modules that others name as strings: what is dropped after the start, and what on_demand() loads.

    `import` statements hold no strings; device.py has those of ocpp/ by their last word.
    """
    words = {"firmware.boards." + BOARD}
    for path in FIRMWARE.rglob("*.py"):
        texts = {node.value for node in ast.walk(ast.parse(path.read_text()))
                 if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        words |= texts | {f"firmware.{text}" for text in texts}
        if path.name == "device.py":
            words |= {f"firmware.ocpp.{word}" for text in texts for word in text.split()}
    return words & set(modules) - {"firmware.net.websocket", "firmware.store.id_tags"}   # build.py only names these


def module_bytes() -> dict[str, int]:
    """Compiled size of each module, with BOARD as the one board file."""
    with tempfile.TemporaryDirectory() as cache:
        files = {path: code for path, code in firmware_files(BOARD, Path(cache)).items() if path.endswith(".mpy")}
    sizes = {str(PurePosixPath(path).with_suffix(""))[1:].replace("/", "."): len(code) for path, code in files.items()}
    return {name: size for name, size in sizes.items() if size > PACKAGE_BYTES}


def code_table() -> list[str]:
    """Of firmware/README.md: each module, its compiled bytes, and how long it stays in RAM in either profile."""
    sizes = module_bytes()
    once = loaded_once(list(sizes))
    stays = {name: ONLY_WHERE.get(name, ("one use",) * 2 if name in once else ("always",) * 2) for name in sizes}
    lines = ["| module | `.mpy` bytes | lean | full |", "|---|--:|---|---|"]
    lines += [f"| `{name.removeprefix('firmware.')}` | {sizes[name]:,} | {lean} | {full} |"
              for name, (lean, full) in sorted(stays.items(), key=lambda row: (row[1][0] == "one use", -sizes[row[0]]))]
    for word in ("always", "one use"):
        chosen = [[name for name in sizes if stays[name][profile].startswith(word)] for profile in (0, 1)]
        lines.append(f"| **{word}** | | " + " | ".join(
            f"**{sum(sizes[name] for name in names):,}** in {len(names)}" for names in chosen) + " |")
    return lines


async def garbage() -> list[str]:
    """What one text message leaves on the heap, sent and received."""
    async def echo(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):   # the program ends without a close frame
            async for message in connection:
                await connection.send(message)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, code in firmware_files(BOARD, folder / "cache").items():
            file = folder / path[1:]
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(code)
        async with serve(echo, "127.0.0.1", 0, subprotocols=["ocpp1.6"],  # type: ignore[list-item]
                         compression=None) as server:
            port = next(iter(server.sockets)).getsockname()[1]
            program = GARBAGE.replace("URL", f"ws://127.0.0.1:{port}/ocpp").replace("SIZES", str(MESSAGE_BYTES))
            process = await asyncio.create_subprocess_exec(
                interpreter(), "-X", f"heapsize={HEAP_KIB}k", "-c", program, stdout=asyncio.subprocess.PIPE,
                env={**os.environ, "MICROPYPATH": f"{folder}:.frozen"})
            try:
                printed, _ = await asyncio.wait_for(process.communicate(), 30)
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
    if process.returncode:
        raise SystemExit(f"the WebSocket program ended with {process.returncode}")
    rows = [line.split() for line in printed.decode().splitlines()]
    return ["| message, bytes | garbage sent | garbage received |", "|--:|--:|--:|",
            *(f"| {size} | {sent} | {received} |" for size, sent, received in rows)]


async def measure(short: bool) -> None:
    heaps, shim_bytes = await live_heaps()
    goals = []
    for profile in () if short else (LEAN, FULL):
        loaded = await loaded_heaps(profile)
        heaps += loaded
        with_shims, without = loaded[-1].live_bytes(), loaded[-1].live_bytes(shims=False)
        goals.append(f"{profile.board}, fully loaded: {without:,} bytes live without shims ({with_shims:,} with them), "
                     f"of at most {profile.goal_bytes:,}: " + ("kept" if without <= profile.goal_bytes else "NOT KEPT"))
    print(f"Live heap of {HEAP_KIB * 1024:,} bytes, of which the shims and the interpreter's start take {shim_bytes:,} "
          f"({PROBES} probes each)\n")
    print("| state | live bytes | without shims, highest | of the heap |")
    print("|---|--:|--:|--:|")
    print("\n".join(str(heap) for heap in heaps))
    print("\n" + "\n".join([*goals, "", *code_table()]))
    print("\n" + "\n".join(await garbage()))


def write_table(readme: Path) -> None:
    before, _, rest = readme.read_text().partition(TABLE_BEGINS)
    readme.write_text(before + TABLE_BEGINS + "\n\n" + "\n".join(code_table()) + "\n\n" + TABLE_ENDS
                      + rest.partition(TABLE_ENDS)[2])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--short", action="store_true", help="without the full loads, which take some minutes")
    parser.add_argument("--modules", action="store_true", help="only the table of modules, into firmware/README.md")
    options = parser.parse_args()
    if options.modules:
        write_table(FIRMWARE / "README.md")
    else:
        asyncio.run(asyncio.wait_for(measure(options.short), 900))
