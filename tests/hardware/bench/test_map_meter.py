"""Meters by a map of their registers, against pymodbus; their log has what they tell, in their own steps."""
import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient

from hardware.bench.map_meter import MapMeter, meter_of
from hardware.bench.meter import Meter, MeterLog, crc16, sealed

VOLTS = (230.0, 231.0, 232.0)
THREE_PHASES: dict[str, Any] = {
    "read": "holding",
    "registers": {
        "energy": {"address": 0, "type": "u32", "scale": 0.01, "unit": "kWh"},
        "power": {"address": 2, "type": "f32", "unit": "kW", "words": "low_first"},
        **{f"{kind}_l{i}": {"address": at + i, "type": "u16", "scale": 0.1, "unit": unit}
           for i in (1, 2, 3) for kind, at, unit in (("voltage", 9, "V"), ("current", 19, "A"))},
    },
}


def flowing(driver: str, folder: Path) -> Meter:
    """16, 10 and 5 A for an hour, as far as it has phases, from 123,456 Wh on."""
    log = MeterLog(folder / f"{driver}.jsonl")
    meter = meter_of({"driver": driver, "unit": 7}, {"meter_map": THREE_PHASES}, log, 0, start_wh=123_456)
    meter.flow(VOLTS, (16.0, 10.0, 5.0), 0)
    meter.refresh(3600)
    return meter


@pytest.fixture(params=["pzem004t", "map"])
async def bus(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[tuple[Meter, AsyncModbusTcpClient]]:
    meter = flowing(request.param, tmp_path)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(256):
            meter.hear(data, 0)
            if meter.due_s() is not None:
                writer.write(meter.speak(1))
        writer.close()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    client = AsyncModbusTcpClient(
        "127.0.0.1", port=server.sockets[0].getsockname()[1], framer=FramerType.RTU, timeout=0.3, retries=0)
    assert await client.connect()
    yield meter, client
    client.close()
    server.close()


async def test_pymodbus_reads_what_flows(bus: tuple[Meter, AsyncModbusTcpClient]) -> None:
    meter, client = bus
    kinds = client.DATATYPE
    if meter.model == "pzem004t":
        words = (await client.read_input_registers(0, count=10, device_id=7)).registers
        read = [client.convert_from_registers(words[at:at + 2], kinds.UINT32, word_order="little") for at in (1, 3, 5)]
        assert words[0] == 2300
        assert read == [16_000, 36_800, 123_456 + 3680] == [16_000, 36_800, meter.register_wh]
        assert words[7:] == [500, 100, 0]
        return
    words = (await client.read_holding_registers(0, count=4, device_id=7)).registers
    watts = 230 * 16 + 231 * 10 + 232 * 5
    assert client.convert_from_registers(words[:2], kinds.UINT32) == (123_456 + watts) // 10
    assert client.convert_from_registers(words[2:], kinds.FLOAT32, word_order="little") == pytest.approx(watts / 1000)
    assert (await client.read_holding_registers(10, count=3, device_id=7)).registers == [2300, 2310, 2320]
    assert (await client.read_holding_registers(20, count=3, device_id=7)).registers == [160, 100, 50]


async def test_pymodbus_understands_its_refusals(bus: tuple[Meter, AsyncModbusTcpClient]) -> None:
    meter, client = bus
    read = client.read_input_registers if meter.model == "pzem004t" else client.read_holding_registers
    assert (await read(100, count=1, device_id=7)).exception_code == 2
    meter.mode = "exception"
    assert (await read(0, count=1, device_id=7)).exception_code == 4


def test_the_judge_has_what_the_register_tells(tmp_path: Path) -> None:
    meter = flowing("map", tmp_path)
    assert meter.energy_wh == pytest.approx(130_606)
    assert meter.register_wh == 130_600   # in steps of 10 Wh
    (_, last) = MeterLog(tmp_path / "map.jsonl").entries()
    assert (last.register_wh, last.energy_wh) == (130_600, pytest.approx(130_606))
    again = meter_of({"driver": "map", "unit": 7}, {"meter_map": THREE_PHASES}, MeterLog(tmp_path / "map.jsonl"), 0)
    assert again.register_wh == 130_600
    assert isinstance(again, MapMeter)
    assert flowing("pzem004t", tmp_path).register_wh == 127_136


@pytest.mark.parametrize(("mode", "answers"), [("silent", False), ("garbage", True), ("exception", True)])
def test_a_faulty_one_gives_no_reading(tmp_path: Path, mode: str, answers: bool) -> None:
    meter = flowing("pzem004t", tmp_path)
    meter.mode = mode
    meter.hear(sealed(struct.pack(">BBHH", 7, 4, 0, 10)), 0)
    answer = meter.speak(1)
    assert bool(answer) == answers
    assert not answer or crc16(answer) or answer[1] & 0x80


def test_a_frozen_one_tells_what_it_told(tmp_path: Path) -> None:
    meter = flowing("pzem004t", tmp_path)
    meter.mode = "frozen"
    meter.refresh(7200)
    assert meter.register_wh == 127_136 < meter.energy_wh
