import asyncio
import struct
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient

from hardware.bench.meter import ANSWER_DELAY_S, Meter, MeterLog, crc16, float32, sealed

VOLTS = (230.0, 230.0, 230.0)


@pytest.fixture
def log(tmp_path: Path) -> MeterLog:
    return MeterLog(tmp_path / "meter.jsonl")


def ask(meter: Meter, body: bytes, now_s: float = 0) -> bytes:
    meter.hear(sealed(body), now_s)
    return meter.speak(now_s + ANSWER_DELAY_S)


def read_input(meter: Meter, register: int, count: int = 2) -> bytes:
    return ask(meter, struct.pack(">BBHH", meter.unit, 4, register, count))


def value(answer: bytes) -> float:
    return float(struct.unpack_from(">f", answer, 3)[0])


# -- against pymodbus

@pytest.fixture
async def bus(log: MeterLog) -> AsyncIterator[tuple[Meter, AsyncModbusTcpClient]]:
    """A meter behind a transparent serial server: RTU frames in a TCP stream."""
    meter = Meter("sdm630", 7, log, 0, start_wh=123_456)
    meter.flow(VOLTS, (16.0, 10.0, 0.0), 0)
    meter.refresh(1)

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


@pytest.mark.parametrize(("register", "expected"), [
    (0x0000, 230.0), (0x0006, 16.0), (0x0008, 10.0), (0x000C, 3680.0), (0x0030, 26.0), (0x0034, 5980.0), (0x0046, 50.0),
])
async def test_pymodbus_reads_what_flows(
        bus: tuple[Meter, AsyncModbusTcpClient], register: int, expected: float) -> None:
    _, client = bus
    answer = await client.read_input_registers(register, count=2, device_id=7)
    assert client.convert_from_registers(answer.registers, client.DATATYPE.FLOAT32) == pytest.approx(expected)


async def test_pymodbus_reads_the_energy_register_in_kwh(bus: tuple[Meter, AsyncModbusTcpClient]) -> None:
    meter, client = bus
    answer = await client.read_input_registers(0x0048, count=2, device_id=7)
    kwh = client.convert_from_registers(answer.registers, client.DATATYPE.FLOAT32)
    assert isinstance(kwh, float)
    assert round(kwh * 1000) == meter.register_wh == 123_457   # 5.98 kW for a second are 1.66 Wh


async def test_pymodbus_understands_its_refusals(bus: tuple[Meter, AsyncModbusTcpClient]) -> None:
    _, client = bus
    for register, count, code in ((0x0001, 2, 2), (0x1000, 2, 2), (0x0000, 3, 3), (0x0000, 100, 3)):
        answer = await client.read_input_registers(register, count=count, device_id=7)
        assert answer.isError()
        assert answer.exception_code == code
    assert (await client.read_coils(0, count=1, device_id=7)).exception_code == 1


async def test_pymodbus_reads_its_address_from_the_holding_registers(bus: tuple[Meter, AsyncModbusTcpClient]) -> None:
    _, client = bus
    answer = await client.read_holding_registers(0x0014, count=2, device_id=7)
    assert client.convert_from_registers(answer.registers, client.DATATYPE.FLOAT32) == 7


# -- the wire

def test_another_units_frame_is_met_with_silence(log: MeterLog) -> None:
    assert ask(Meter("sdm630", 1, log, 0), struct.pack(">BBHH", 2, 4, 0, 2)) == b""


def test_a_broken_checksum_is_met_with_silence(log: MeterLog) -> None:
    meter = Meter("sdm630", 1, log, 0)
    meter.hear(struct.pack(">BBHH", 1, 4, 0, 2) + b"\x00\x00", 0)
    assert meter.due_s() is None


def test_the_checksum_is_the_standards_own() -> None:
    assert crc16(b"123456789") == 0x4B37   # CRC-16/MODBUS check value
    assert crc16(sealed(b"\x02\x07")) == 0


@pytest.mark.parametrize("model", ["sdm120", "sdm230"])
def test_a_single_phase_meter_tells_its_power_in_its_own_register(log: MeterLog, model: str) -> None:
    meter = Meter(model, 1, log, 0)
    meter.flow(VOLTS, (10.0, 0.0, 0.0), 0)
    meter.refresh(1)
    assert value(read_input(meter, 0x000C)) == pytest.approx(2300)


@pytest.mark.parametrize(("mode", "answers"), [("silent", False), ("garbage", True), ("exception", True)])
def test_a_faulty_meter_gives_no_reading(log: MeterLog, mode: str, answers: bool) -> None:
    meter = Meter("sdm630", 1, log, 0)
    meter.mode = mode
    answer = read_input(meter, 0x0048)
    assert bool(answer) == answers
    assert not answer or crc16(answer) or answer[1] & 0x80


# -- measuring

def test_registers_change_once_a_second_only(log: MeterLog) -> None:
    meter = Meter("sdm630", 1, log, 0)
    meter.flow(VOLTS, (16.0, 16.0, 16.0), 0.2)
    assert not meter.refresh(0.9)
    assert value(read_input(meter, 0x0034)) == 0
    assert meter.refresh(1.0)
    assert value(read_input(meter, 0x0034)) == pytest.approx(11040)


def test_the_register_goes_on_where_its_log_ended(log: MeterLog) -> None:
    meter = Meter("sdm630", 1, log, 0, start_wh=1000)
    meter.flow(VOLTS, (32.0, 32.0, 32.0), 0)
    meter.refresh(3600)
    again = Meter("sdm630", 1, log, 9999)
    assert again.energy_wh == pytest.approx(1000 + 22_080)
    assert again.register_wh == meter.register_wh


def test_a_torn_line_in_the_log_is_passed_over(log: MeterLog, tmp_path: Path) -> None:
    Meter("sdm630", 1, log, 0, start_wh=5)
    with (tmp_path / "meter.jsonl").open("a") as file:
        file.write('{"at": "2026')
    meter = Meter("sdm630", 1, MeterLog(tmp_path / "meter.jsonl"), 0)
    assert meter.register_wh == 5
    assert [entry.register_wh for entry in log.entries()] == [5, 5]


flow = st.tuples(st.floats(0.001, 3000), st.floats(200, 250), st.floats(0, 63), st.integers(1, 3))   # s, V, A, phases
flows = st.lists(flow, min_size=1, max_size=30)


@given(flows=flows, start_wh=st.integers(0, 8_000_000), factor=st.sampled_from([1.0, 60.0]))
def test_the_log_is_the_integral_of_what_flowed_in_whole_wh(
        tmp_path_factory: pytest.TempPathFactory, flows: list[tuple[float, float, float, int]], start_wh: int,
        factor: float) -> None:
    log = MeterLog(tmp_path_factory.mktemp("meter") / "log.jsonl")
    meter = Meter("sdm630", 1, log, 0, start_wh=start_wh, time_factor=factor, wall_clock=lambda: datetime.now(UTC))
    now_s, expected_wh = 0.0, float(start_wh)
    for seconds, volts, amperes, phases in flows:
        currents = tuple(amperes if phase < phases else 0.0 for phase in range(3))
        meter.flow((volts,) * 3, currents, now_s)
        while meter.refresh_due_s() <= now_s + seconds:
            meter.refresh(meter.refresh_due_s())
            if meter.refresh_due_s() < now_s + seconds - 2:   # the quiet middle of a long flow changes nothing
                meter.refresh(now_s + seconds - 1)
        now_s += seconds
        expected_wh += volts * amperes * phases * seconds / 3600 * factor
    meter.flow(VOLTS, (0.0, 0.0, 0.0), now_s)
    meter.refresh(now_s + 1)
    entries = log.entries()
    assert entries[-1].energy_wh == pytest.approx(expected_wh, rel=1e-9, abs=1e-6)
    assert all(later.register_wh - earlier.register_wh >= 0 for earlier, later in pairwise(entries))
    assert all(abs(entry.energy_wh - entry.register_wh) <= 1.5 for entry in entries if entry.energy_wh < 8_000_000)


@given(st.integers(0, 8_388_607))
def test_every_whole_wh_survives_the_float_register(energy_wh: int) -> None:
    assert round(float32(energy_wh / 1000) * 1000) == energy_wh
