"""Every Modbus driver against its part on the wire: a reading is whole and right, or an error."""
import asyncio
import copy
from typing import Any

import pytest

from hardware.bench import board as boards
from hardware.bench import ev_link, image
from hardware.bench.charge_point import ChargePoint, Plug
from hardware.bench.orders import Options
from hardware.bench.world import CACHE, World
from tests.hardware.bench.chips import KEY, Bench
from tests.hardware.bench.waiting import Until

METER_MAP = {"read": "holding", "registers": {
    "energy": {"address": 0x10, "type": "u32", "scale": 0.001, "unit": "kWh"},
    "power": {"address": 0x20, "type": "f32", "unit": "W", "words": "low_first"},
    "voltage_l1": {"address": 0x30, "type": "u16", "scale": 0.1, "unit": "V"},
    "current_l1": {"address": 0x31, "type": "u32", "scale": 0.001, "unit": "A"}}}
PARTS = ("sdm120", "sdm230", "sdm630", "pzem004t", "map", "ev_link")
# What a charge point does with them: reads over and over, tells what changed. A part that is told a limit is told one.
PROGRAM = """
import asyncio
from firmware import board_parts
from firmware.boards.bench_dc import BOARD
KIND, METER_MAP = %r, %r
async def main():
    bus = board_parts._bus(BOARD["meter_bus"])
    if KIND == "ev_link":
        part = board_parts._ev_links(BOARD, bus)[0]
    else:
        part = board_parts._meter({"meter_map": METER_MAP}, {"meter": {"driver": KIND, "unit": 1}}, bus)
    told = None
    while True:
        try:
            if KIND == "ev_link":
                await part.tell(905, 3)
            await part.read()
            now = "soc %%d" %% part.soc_percent if KIND == "ev_link" else "energy %%d" %% part.energy_wh
        except Exception as error:
            now = "failed %%s" %% error
        if now != told:
            print(now)
        told = now
        await asyncio.sleep_ms(20)
asyncio.run(main())
"""
SAID = {"swapped": "silent", "half": "garbled", "crc": "garbled", "garbage": "garbled", "silent": "silent",
        "exception": "refused, code"}


async def with_part(world: World, kind: str, monkeypatch: pytest.MonkeyPatch) -> ChargePoint:
    load = boards.load

    def changed(board: str) -> dict[str, Any]:
        data = copy.deepcopy(load(board))
        if kind != "ev_link":
            first = data["connectors"][0]
            first["meter"] = {"driver": kind, "unit": 1}
            first["phases"] = 3 if kind == "sdm630" else 1
            data["meter_map"] = METER_MAP
        return data

    with monkeypatch.context() as patched:
        patched.setattr(boards, "load", changed)
        files = image.firmware_files("bench_dc", CACHE)
        files["/main.py"] = (PROGRAM % (kind, METER_MAP)).encode()
        return await world.add(Options(
            identity=kind, url="ws://127.0.0.1:9/ocpp", authorization_key=KEY, board="bench_dc", stalls=False,
            meter_wh=1000), firmware=files)


async def test_whatever_is_wrong_on_its_wires_a_part_is_read_rightly_or_not_at_all(
        world: World, bench: Bench, until: Until, monkeypatch: pytest.MonkeyPatch) -> None:
    async def play(kind: str, chip: ChargePoint) -> None:
        fault, right = ("ev_link", "soc 42") if kind == "ev_link" else ("meter", "energy 1000")
        chip.plug(1, Plug(soc=42))
        for mode in ev_link.MODES:
            chip.set_fault(1, fault, False)
            await until(lambda: list(chip.console)[-1:] == [right], evidence=lambda: (kind, list(chip.console)))
            chip.set_fault(1, fault, True, mode)
            failed = f"failed unit {11 if kind == 'ev_link' else 1} {SAID[mode]}"
            await until(lambda failed=failed: list(chip.console)[-1].startswith(failed),
                        evidence=lambda: (kind, list(chip.console)))
        assert {line for line in chip.console if not line.startswith("failed")} == {right}, list(chip.console)
        link = chip.board.connector(1).ev_link
        assert link
        assert kind != "ev_link" or link.limit_w == 62_400

    chips = [(kind, await with_part(world, kind, monkeypatch)) for kind in PARTS]
    await asyncio.gather(*(play(kind, chip) for kind, chip in chips))
