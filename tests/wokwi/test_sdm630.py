"""The meter's chip under pymodbus, and against the bench's own meter."""
import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient

from hardware.bench.mains import Mains
from hardware.bench.meter import Meter, MeterLog, crc16, sealed
from tests.wokwi.simulation import Simulation
from tests.wokwi.wiring import SerialPort, alone, current_frame

WIRES = {"17": "RX", "16": "TX", "18": "CT1", "19": "CT2"}
FLOW = (16.0, 10.0, 0.0)


class Bus:
    """The board's end of the Modbus, and what flows through the current transformers."""

    def __init__(self, **attrs: int) -> None:
        self.simulation: Simulation = alone("sdm630", WIRES, **attrs)
        self.port = SerialPort(self.simulation, "esp:17", "esp:16", attrs.get("baud", 9600))
        self._transformers = [SerialPort(self.simulation, f"esp:{pin}", "esp:0", 38400) for pin in (18, 19)]

    def flow(self, amperes: tuple[float, ...], unit: int = 1, factor: int = 1) -> None:
        self._transformers[unit - 1].write(current_frame(amperes, factor))

    def flow_for(self, amperes: tuple[float, ...], seconds: float, unit: int = 1, factor: int = 1) -> None:
        for _ in range(int(seconds)):
            self.flow(amperes, unit, factor)
            self.simulation.run(1)

    def ask(self, body: bytes) -> bytes:
        self.port.write(sealed(body))
        return self.port.hear(0.3)

    def value(self, register: int, unit: int = 1) -> float:
        answer = self.ask(struct.pack(">BBHH", unit, 4, register, 2))
        assert crc16(answer) == 0
        return float(struct.unpack_from(">f", answer, 3)[0])

    def register_wh(self, unit: int = 1) -> int:
        return round(self.value(0x0048, unit) * 1000)


# -- pymodbus

@pytest.fixture
async def client() -> AsyncIterator[AsyncModbusTcpClient]:
    """The chip behind a transparent serial server: RTU frames in a TCP stream."""
    bus = Bus(startWh=123_456)
    bus.flow_for(FLOW, 3)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(256):
            bus.flow(FLOW)   # it goes on flowing, whatever is asked
            bus.port.write(data)
            writer.write(bus.port.hear(0.3))
        writer.close()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    client = AsyncModbusTcpClient(
        "127.0.0.1", port=server.sockets[0].getsockname()[1], framer=FramerType.RTU, timeout=3, retries=0)
    assert await client.connect()
    yield client
    client.close()
    server.close()


@pytest.mark.parametrize(("register", "expected"), [
    (0x0000, 226.8), (0x0002, 228.0), (0x0004, 230.0), (0x0006, 16.0), (0x0008, 10.0), (0x000A, 0.0),
    (0x000C, 3628.8), (0x0030, 26.0), (0x0034, 5908.8), (0x0046, 50.0),
])
async def test_pymodbus_reads_what_flows(client: AsyncModbusTcpClient, register: int, expected: float) -> None:
    answer = await client.read_input_registers(register, count=2, device_id=1)
    assert client.convert_from_registers(answer.registers, client.DATATYPE.FLOAT32) == pytest.approx(expected)


async def test_pymodbus_reads_the_energy_register_in_kwh(client: AsyncModbusTcpClient) -> None:
    answer = await client.read_input_registers(0x0048, count=2, device_id=1)
    kwh = client.convert_from_registers(answer.registers, client.DATATYPE.FLOAT32)
    assert isinstance(kwh, float)
    assert round(kwh * 1000) == 123_460   # 5.91 kW for three seconds are 4.92 Wh


async def test_pymodbus_understands_its_refusals(client: AsyncModbusTcpClient) -> None:
    for register, count, code in ((0x0001, 2, 2), (0x1000, 2, 2), (0x0000, 3, 3), (0x0000, 100, 3)):
        answer = await client.read_input_registers(register, count=count, device_id=1)
        assert answer.isError()
        assert answer.exception_code == code
    assert (await client.read_coils(0, count=1, device_id=1)).exception_code == 1


async def test_pymodbus_reads_its_address_from_the_holding_registers(client: AsyncModbusTcpClient) -> None:
    answer = await client.read_holding_registers(0x0014, count=2, device_id=1)
    assert client.convert_from_registers(answer.registers, client.DATATYPE.FLOAT32) == 1


# -- measuring

def test_what_flowed_is_counted_to_the_watt_hour() -> None:
    bus = Bus(startWh=1000)
    bus.flow_for((16.0, 16.0, 16.0), 120)
    bus.flow((0.0, 0.0, 0.0))
    bus.simulation.run(2)
    assert bus.register_wh() == 1000 + int(3 * 16 * 226.8 * 120 / 3600)


def test_a_time_factor_makes_energy_of_less_time() -> None:
    bus = Bus()
    bus.flow_for((10.0, 0.0, 0.0), 36, factor=100)
    assert bus.register_wh() == pytest.approx(2280, abs=2)   # 228 V, 10 A, an hour's 36 seconds


def test_registers_change_once_a_second_only() -> None:
    bus = Bus()
    bus.simulation.run(0.1)
    bus.flow((16.0, 0.0, 0.0))
    assert bus.value(0x0006) == 0
    bus.simulation.run(0.6)
    assert bus.value(0x0006) == 16


def test_a_transformer_that_says_nothing_any_more_measures_nothing() -> None:
    bus = Bus()
    bus.flow((16.0, 16.0, 16.0))
    bus.simulation.run(10)
    assert bus.value(0x0034) == 0
    assert bus.register_wh() < 20


def test_a_garbled_frame_of_the_transformer_is_passed_over() -> None:
    bus = Bus()
    broken = bytearray(current_frame((16.0, 16.0, 16.0)))
    broken[2] ^= 1
    bus._transformers[0].write(bytes(broken))
    bus.simulation.run(2)
    assert bus.value(0x0034) == 0


def test_two_meters_on_one_bus_measure_each_its_own() -> None:
    bus = Bus(units=2)
    bus.flow((16.0, 0.0, 0.0), unit=1)
    bus.flow((0.0, 8.0, 8.0), unit=2)
    bus.simulation.run(1.5)
    assert bus.value(0x0006, unit=1) == 16
    assert bus.value(0x0008, unit=2) == 8


def test_a_single_meter_does_not_answer_for_a_second() -> None:
    assert Bus(units=1).ask(struct.pack(">BBHH", 2, 4, 0, 2)) == b""


# -- the wire

def test_an_answer_needs_silence_behind_the_request() -> None:
    bus = Bus()
    request = sealed(struct.pack(">BBHH", 1, 4, 0, 2))
    bus.port.write(request[:4])
    bus.simulation.run(0.01)   # more than 3.5 characters: two fragments, no request
    bus.port.write(request[4:])
    assert bus.port.hear(0.3) == b""


@pytest.mark.parametrize("baud", [2400, 9600, 115200])
def test_it_answers_at_the_rate_of_its_bus(baud: int) -> None:
    bus = Bus(baud=baud)
    assert len(bus.ask(struct.pack(">BBHH", 1, 4, 0, 2))) == 9


def test_at_another_rate_than_the_programs_nothing_is_understood() -> None:
    simulation = alone("sdm630", WIRES, baud=2400)
    port = SerialPort(simulation, "esp:17", "esp:16", 9600)
    port.write(sealed(struct.pack(">BBHH", 1, 4, 0, 2)))
    assert port.hear(0.5) == b""


@pytest.mark.parametrize(("fault", "answers"), [(1, False), (2, True), (3, True)])
def test_a_faulty_meter_gives_no_reading(fault: int, answers: bool) -> None:
    bus = Bus(fault=fault)
    answer = bus.ask(struct.pack(">BBHH", 1, 4, 0x0048, 2))
    assert bool(answer) == answers
    assert not answer or crc16(answer) or answer[1] & 0x80


def test_a_frozen_meter_goes_on_counting_unseen() -> None:
    bus = Bus(startWh=500)
    bus.simulation.control("chip", fault=4)
    bus.flow_for((16.0, 16.0, 16.0), 60)
    assert bus.register_wh() == 500
    bus.simulation.control("chip", fault=0)
    bus.simulation.run(1.1)
    assert bus.register_wh() > 670


# -- against the bench's part: byte for byte the same answer

@settings(max_examples=40)
@given(unit=st.integers(1, 3), function=st.sampled_from([3, 4, 4, 4, 1, 6, 16]), start=st.integers(0, 0x190),
       count=st.integers(0, 84), fault=st.sampled_from(["ok", "ok", "silent", "garbage", "exception"]))
def test_it_answers_as_the_benchs_meter_does(
        tmp_path_factory: pytest.TempPathFactory, unit: int, function: int, start: int, count: int, fault: str) -> None:
    bus = Bus(units=1)
    bus.flow(FLOW)
    bus.simulation.run(1.5)
    log = MeterLog(Path(tmp_path_factory.mktemp("meter")) / "log")
    meter = Meter("sdm630", 1, log, 0)
    meter.flow(Mains().voltage_v(FLOW), FLOW, 0.0029)
    meter.refresh(1)
    meter.mode = fault
    bus.simulation.control("chip", fault=["ok", "silent", "garbage", "exception"].index(fault))
    body = struct.pack(">BBHH", unit, function, start, count)
    meter.hear(sealed(body), 1.5)
    expected = meter.speak(2)
    bus.port.write(sealed(body))
    assert bus.port.hear(0.4) == expected
