"""RAM and flash of the firmware in the lean heap of 200 kB: live heap on the bench, compiled code, a message's garbage.

    .venv/bin/python docs/benchmarks/firmware_memory.py

The live heap is what is in use right after a collection, on the 64-bit unix port: objects take about twice the room
they take on the chip. The shims are what replaces the chip's own C code; without them is the firmware's part.
"""
import ast
import asyncio
import contextlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from charge_points import CARD, ChargePoint, bench, central_system, certificate
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from hardware.bench.image import FIRMWARE, firmware_files
from hardware.bench.process import interpreter

BOARD = "bench"
HEAP_KIB = 200
PROBES, PROBE_EVERY_S = 8, 0.4   # so that samples, statuses and lamps fall between them
MESSAGE_BYTES = (100, 1024, 4096)
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


@dataclass
class Heap:
    name: str
    probes: list[dict[str, int]]

    def __str__(self) -> str:
        live, least = (pick(probe["live_bytes"] for probe in self.probes) for pick in (max, min))
        shims = self.probes[0]["shim_bytes"]
        share = 100 * live / (HEAP_KIB * 1024)
        return f"| {self.name} | {least:,} to {live:,} | {live - shims:,} | {share:.0f} % |"


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


def loaded_once(modules: list[str]) -> set[str]:
    """Modules that main.py names as strings: what it drops after the start, and what on_demand() loads for one use.

    `import` statements hold no strings; another string completes "firmware.ocpp.", the board "firmware.boards.".
    """
    tree = ast.parse((FIRMWARE / "main.py").read_text())
    words = {node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    words |= {"firmware.boards." + BOARD}
    stems = {word for word in words if word.startswith("firmware.") and word.endswith(".")}
    words |= {stem + word for stem in stems for word in words}
    return words & set(modules)


def code_table() -> list[str]:
    with tempfile.TemporaryDirectory() as cache:
        files = {path: code for path, code in firmware_files(BOARD, Path(cache)).items() if path.endswith(".mpy")}
    sizes = {str(PurePosixPath(path).with_suffix(""))[1:].replace("/", "."): len(code) for path, code in files.items()}
    once = loaded_once(list(sizes))
    lines = ["| compiled module (.mpy) | bytes | in RAM |", "|---|--:|---|"]
    lines += [f"| {name} | {sizes[name]:,} | {'while it is used' if name in once else 'always'} |"
              for name in sorted(sizes, key=lambda name: (name in once, -sizes[name]))]
    lines += [f"| **{len(chosen)} modules** | **{sum(sizes[name] for name in chosen):,}** | {title} |"
              for title, chosen in (("always", set(sizes) - once), ("while it is used", once))]
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


async def measure() -> None:
    heaps, shim_bytes = await live_heaps()
    print(f"Live heap of {HEAP_KIB * 1024:,} bytes, of which the shims and the interpreter's start take {shim_bytes:,} "
          f"({PROBES} probes each)\n")
    print("| state | live bytes | without shims, highest | of the heap |")
    print("|---|--:|--:|--:|")
    print("\n".join(str(heap) for heap in heaps))
    print("\n" + "\n".join(code_table()))
    print("\n" + "\n".join(await garbage()))


if __name__ == "__main__":
    asyncio.run(asyncio.wait_for(measure(), 120))
