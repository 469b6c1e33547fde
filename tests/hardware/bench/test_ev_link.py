"""The EV link of a DC connector against pymodbus, and the car behind it."""
import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient

from hardware.bench import board as boards
from hardware.bench.board import Board
from hardware.bench.car import Model
from hardware.bench.connector import Connector
from hardware.bench.dc_car import DcCar, share_taken
from hardware.bench.ev_link import EvLink
from hardware.bench.mains import Mains
from hardware.bench.meter import ANSWER_DELAY_S, crc16, sealed
from hardware.bench.register_map import Values, encoded
from tests.hardware.bench.test_connector import beat

MAP = boards.load("bench_dc")["ev_link"]
CAR: Values = {"soc": 40.2, "battery_capacity": 60_000, "voltage": 371.2, "current": -1.5, "temperature": -5.5,
               "power_request": 98_500}
NO_CAR: Values = dict.fromkeys(CAR)


def ask(part: EvLink, body: bytes) -> bytes:
    part.hear(sealed(body), 0)
    return part.speak(ANSWER_DELAY_S)


# -- against pymodbus

@pytest.fixture
async def client() -> AsyncIterator[AsyncModbusTcpClient]:
    """A link behind a transparent serial server: RTU frames in a TCP stream."""
    part = EvLink(11, MAP, lambda: CAR)

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(256):
            part.hear(data, 0)
            if part.due_s() is not None:
                writer.write(part.speak(1))
        writer.close()

    server = await asyncio.start_server(carry, "127.0.0.1", 0)
    client = AsyncModbusTcpClient(
        "127.0.0.1", port=server.sockets[0].getsockname()[1], framer=FramerType.RTU, timeout=0.3, retries=0)
    assert await client.connect()
    yield client
    client.close()
    server.close()


@pytest.mark.parametrize(("name", "kind", "order", "scale", "expected"), [
    ("soc", "UINT16", "big", 0.1, 40.2), ("battery_capacity", "UINT32", "big", 1, 60_000),
    ("voltage", "UINT16", "big", 0.1, 371.2), ("current", "INT16", "big", 0.1, -1.5),
    ("temperature", "INT16", "big", 0.1, -5.5), ("power_request", "FLOAT32", "little", 1000, 98_500),
])
async def test_pymodbus_reads_what_the_car_says(
        client: AsyncModbusTcpClient, name: str, kind: str, order: str, scale: float, expected: float) -> None:
    count = 1 if kind.endswith("16") else 2
    answer = await client.read_input_registers(MAP["registers"][name]["address"], count=count, device_id=11)
    read = client.convert_from_registers(
        answer.registers, client.DATATYPE[kind], word_order=order)   # type: ignore[arg-type]
    assert isinstance(read, int | float)
    assert read * scale == pytest.approx(expected)


async def test_pymodbus_understands_its_refusals(client: AsyncModbusTcpClient) -> None:
    for register in (0x00FF, 0x0107):   # one before and one after what there is
        answer = await client.read_input_registers(register, count=2, device_id=11)
        assert answer.isError()
        assert answer.exception_code == 2
    assert (await client.read_holding_registers(0x0100, count=1, device_id=11)).exception_code == 1
    too_many = struct.pack(">BBHH", 11, 4, 0x0100, 126)   # it would not ask for them
    assert ask(EvLink(11, MAP, lambda: CAR), too_many)[1:3] == b"\x84\x03"


# -- the wire

def test_without_a_car_its_registers_hold_what_nobody_can_mean() -> None:
    answer = ask(EvLink(11, MAP, lambda: NO_CAR), struct.pack(">BBHH", 11, 4, 0x0100, 8))
    assert not crc16(answer)
    assert struct.unpack(">HIHhh", answer[3:15]) == (0xFFFF, 0xFFFFFFFF, 0xFFFF, 0x7FFF, 0x7FFF)
    low, high = struct.unpack(">HH", answer[15:19])
    (request,) = struct.unpack(">f", struct.pack(">HH", high, low))
    assert request != request


def test_a_register_that_is_too_small_holds_its_most() -> None:
    assert encoded({"type": "u16", "unit": "Wh"}, 60_000_000) == [0xFFFF]
    assert encoded({"type": "s16", "unit": "A", "scale": 0.1}, -9999) == [0x8000]


@pytest.mark.parametrize(("mode", "answers"), [("silent", False), ("garbage", True), ("exception", True)])
def test_a_faulty_link_tells_nothing(mode: str, answers: bool) -> None:
    part = EvLink(11, MAP, lambda: CAR)
    part.mode = mode
    answer = ask(part, struct.pack(">BBHH", 11, 4, 0x0100, 8))
    assert bool(answer) == answers
    assert not answer or crc16(answer) or answer[1] & 0x80


def test_another_units_frame_is_met_with_silence() -> None:
    assert ask(EvLink(11, MAP, lambda: CAR), struct.pack(">BBHH", 1, 4, 0x0100, 8)) == b""


# -- the car

def feeding(model: Model, offer_a: float = 80.0) -> DcCar:
    car = DcCar(model)
    duty = offer_a / 60 if offer_a <= 51 else offer_a / 250 + 0.64
    car.see(duty, False, 0)
    car.advance(1)
    car.see(duty, True, 2)
    car.advance(3)
    return car


def test_nearly_full_it_asks_for_less_and_less() -> None:
    requests = [feeding(Model(soc=soc, dc_max_kw=100)).request_w for soc in (0, 45, 60, 75, 90, 99.9)]
    assert requests[:2] == [100_000, 100_000]
    assert requests == sorted(requests, reverse=True)
    assert requests[3:5] == [pytest.approx(50_000), pytest.approx(26_000)]
    assert feeding(Model(soc=100)).request_w == 0


@given(offer_a=st.floats(6, 80), soc=st.floats(0, 99.9), dc_max_kw=st.floats(5, 300))
def test_it_takes_no_more_than_it_is_offered_nor_than_it_asks_for(offer_a: float, soc: float, dc_max_kw: float) -> None:
    car = feeding(Model(soc=soc, dc_max_kw=dc_max_kw), offer_a)
    amperes = car.current_a(3)
    assert amperes[0] == amperes[1] == amperes[2] <= offer_a + 0.05
    battery_w = 3 * 230 * amperes[0] * 0.95
    assert battery_w <= car.request_w + 3 * 230 * 0.05
    assert car.current_a(1) == car.current_a(0) == (0, 0, 0)
    assert car.fed_a(3 * 230 * amperes[0]) * car.open_v == pytest.approx(battery_w)


@given(st.floats(0, 100))
def test_the_curve_never_rises(soc: float) -> None:
    assert 1 >= share_taken(soc) >= share_taken(min(100, soc + 1)) >= 0.1 - 1e-9


def test_what_it_is_fed_fills_and_warms_it() -> None:
    car = feeding(Model(battery_kwh=60, soc=20))
    volts = car.open_v
    car.absorb(30_000)
    assert car.soc == pytest.approx(20 + 30 * 0.95 / 60 * 100)
    assert car.temperature_c == pytest.approx(20 + 28_500 * 0.04 / 120)
    assert car.open_v > volts
    car.absorb(60_000)
    assert (car.soc, car.state, car.current_a(3)) == (100, "B", (0, 0, 0))


# -- in its connector

@pytest.fixture
def board(tmp_path: Path) -> Board:
    board = Board(boards.load("bench_dc"), lambda number: tmp_path / f"meter-{number}.jsonl", 0.0, mains=Mains())
    board.power(True, 0.0)
    return board


def charge(connector: Connector, model: Model, duty: float = 0.8) -> None:
    connector.plug(model, 0.5)
    connector.drive_pilot(duty, 1)
    connector.advance(2)
    connector.heartbeat(True, 2)
    connector.command(True, 2)
    beat(connector, 2, 10)


def test_mains_and_battery_agree_but_for_what_the_module_loses(board: Board) -> None:
    connector = board.connectors[0]
    link = connector.ev_link
    assert link
    assert ask(link, bytes([11, 16, 2, 0, 0, 1, 2]) + struct.pack(">H", 331)) == sealed(bytes([11, 16, 2, 0, 0, 1]))
    charge(connector, Model(battery_kwh=60, soc=30, dc_max_kw=100))
    told = link.told()
    assert connector.as_json()["car"]["current_a"] == [48, 48, 48]   # 33.1 kW, whatever the pilot says
    assert told["voltage"] is not None
    assert told["current"] is not None
    assert told["voltage"] * told["current"] == pytest.approx(connector.meter.power_w * 0.95)
    assert told["soc"] == pytest.approx(30 + connector.meter.energy_wh * 0.95 / 600)
    assert told["battery_capacity"] == 60_000
    assert told["power_request"] == 100_000
    connector.unplug(11)
    assert set(link.told().values()) == {None}
    other = board.connectors[1].ev_link
    assert other
    assert set(other.told().values()) == {None}


def test_a_module_draws_what_it_was_told_and_nothing_with_a_steady_pilot(board: Board) -> None:
    connector = board.connectors[0]
    link = connector.ev_link
    assert link
    charge(connector, Model(battery_kwh=60, soc=30, dc_max_kw=200))
    assert connector.meter.power_w == 0
    for kilowatts, amperes in ((69.0, 100), (103.5, 150), (34.5, 50)):
        ask(link, bytes([11, 16, 2, 0, 0, 1, 2]) + struct.pack(">H", round(kilowatts * 10)))
        assert connector.as_json()["car"]["current_a"] == [amperes] * 3
    for wrong in (bytes([11, 16, 2, 1, 0, 1, 2, 0, 9]), bytes([11, 16, 2, 0, 0, 2, 4, 0, 9, 0, 9])):
        assert ask(link, wrong)[1:3] == bytes([0x90, 2])
    assert connector.as_json()["car"]["current_a"] == [50] * 3
    connector.drive_pilot(1.0, 11)
    connector.advance(12)
    assert connector.meter.power_w == 0
    connector.power(False, 13)
    assert link.limit_w == 0


def test_the_link_is_on_the_meters_bus_or_on_its_own(board: Board, tmp_path: Path) -> None:
    board.boot(0)
    assert [len(uart.parts) for uart in board.uarts] == [0, 1, 4]
    data = boards.load("bench_dc")
    own = {**data, "reader": None, "ev_link": {**MAP, "bus": {"uart": 1, "tx": 4, "rx": 5, "de": 9, "baud": 9600}}}
    other = Board(own, lambda number: tmp_path / f"other-{number}.jsonl", 0.0, mains=Mains())
    other.boot(0)
    assert [len(uart.parts) for uart in other.uarts] == [0, 2, 2]
    assert other.uarts[1].driver is not other.uarts[2].driver
    for each in (board, other):
        each.close()


def test_only_a_connector_with_a_link_can_have_it_fail(board: Board, tmp_path: Path) -> None:
    assert "ev_link" in board.possible_faults(board.connectors[0])
    board.set_fault(board.connectors[0], "ev_link", True, "garbage", 1)
    links = [each.ev_link for each in board.connectors]
    assert [link.mode for link in links if link] == ["garbage", "ok"]
    board.set_fault(board.connectors[0], "ev_link", False, None, 1)
    assert [link.mode for link in links if link] == ["ok", "ok"]
    plain = Board(boards.load("bench"), lambda number: tmp_path / f"plain-{number}.jsonl", 0.0, mains=Mains())
    assert "ev_link" not in plain.possible_faults(plain.connectors[0])
    assert plain.connectors[0].as_json()["ev_link"] is None
