"""How long a charge point takes from power to able to charge: virtual charge points in the lean heap, stalls on.

    .venv/bin/python docs/benchmarks/boot_time.py [--boots 10]

From the moment the power comes: until its program runs, until the central system has heard that connector 1 is
Available, and until a car that is plugged and a card that is tapped at that moment are offered current. The first boot
has an empty flash, the others find what the one before left. Exit status 1 when a median over ws is beyond the target.
Over wss the handshake alone takes the four seconds that the bench lets it take.
"""
import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from pathlib import Path

from charge_points import CARD, Central, NotReached, central_system, certificate, until

from hardware.bench.charge_point import ChargePoint, Options, Plug
from hardware.bench.world import World

TARGET_MS = 5000
KEY = "00112233445566778899aabbccddeeff00112233"


class Row:
    def __init__(self, name: str, target_ms: int | None) -> None:
        self.name, self.target_ms, self.times_ms = name, target_ms, list[float]()

    @property
    def met(self) -> bool:
        return self.target_ms is None or (bool(self.times_ms) and statistics.median(self.times_ms) <= self.target_ms)

    def __str__(self) -> str:
        if not self.times_ms:
            return f"| {self.name} | 0 | | | {self.target_ms or ''} | MISSED |"
        verdict = "" if self.target_ms is None else "met" if self.met else "MISSED"
        return (f"| {self.name} | {len(self.times_ms)} | {statistics.median(self.times_ms):.0f} "
                f"| {max(self.times_ms):.0f} | {self.target_ms or ''} | {verdict} |")


async def one_boot(charge_point: ChargePoint, central: Central, rows: list[Row]) -> None:
    identity = charge_point.options.identity
    central.status.pop(identity, None)
    charge_point.started_in_ms = None
    began = time.perf_counter()
    await charge_point.power(True)
    times_ms = []
    for reached in (lambda: charge_point.started_in_ms is not None,
                    lambda: central.status.get(identity) == "Available"):
        await until(f"{identity}: boot", reached, within_s=60)
        times_ms.append((time.perf_counter() - began) * 1000)
    charge_point.plug(1, Plug())
    charge_point.tap(CARD)
    await until(f"{identity}: offer", lambda: charge_point.board.connector(1).duty < 1)
    times_ms.append((time.perf_counter() - began) * 1000)
    for row, took_ms in zip(rows, times_ms, strict=True):
        row.times_ms.append(took_ms)
    charge_point.unplug(1)
    await until(f"{identity}: Available again", lambda: central.status.get(identity) == "Available")
    reader = charge_point.board.reader
    await until(f"{identity}: card gone", lambda: reader and reader.card is None)   # held on, it is no new tap
    await charge_point.power(False)


async def boots(folder: Path, secure: bool, count: int, rows: list[Row]) -> None:
    tls, authority = certificate(folder) if secure else (None, None)
    async with central_system(tls) as (central, url), World(folder / f"world-{secure:d}") as world:
        options = Options(identity="WSS" if secure else "WS", url=url, authorization_key=KEY, board="bench",
                          heap_kib=200, stalls=True, ca_der_base64=authority)
        charge_point = await world.add(options)
        await charge_point.power(False)
        charge_point.image_path.unlink()   # adding it has booted it: begin with an empty flash
        charge_point._write_flash()
        for _ in range(count):
            await one_boot(charge_point, central, rows)


def main() -> int:
    parser = argparse.ArgumentParser(description="From power to able to charge.")
    parser.add_argument("--boots", type=int, default=10, help="of each kind")
    options = parser.parse_args()
    table: list[Row] = []
    broken = ""
    with tempfile.TemporaryDirectory() as name:
        for secure in (False, True):
            scheme, target_ms = ("wss", None) if secure else ("ws", TARGET_MS)
            rows = [Row(f"{scheme}: power to `import main`", None),
                    Row(f"{scheme}: power to Available told", target_ms),
                    Row(f"{scheme}: power to plug and tap answered with an offer", target_ms)]
            table += rows
            try:
                asyncio.run(boots(Path(name), secure, options.boots, rows))
            except (NotReached, TimeoutError) as error:
                broken = str(error)
    print("| milliseconds, stalls on | boots | median | max | target (median) | |\n|---|--:|--:|--:|--:|---|")
    print("\n".join(str(row) for row in table))
    if broken:
        print(f"BROKEN OFF: {broken}")
    return 0 if not broken and all(row.met for row in table) else 1


if __name__ == "__main__":
    sys.exit(main())
