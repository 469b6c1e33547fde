"""The card reader's chip under Adafruit's drivers, on both of its lines, and against the bench's own reader."""
from itertools import pairwise

import pytest
from adafruit_pn532.i2c import PN532_I2C
from adafruit_pn532.uart import PN532_UART
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware.bench.pn532 import ACK, NACK, SYNTAX_ERROR, Pn532, frame
from tests.wokwi.simulation import Simulation
from tests.wokwi.wiring import I2cBus, SerialPort, alone

WAKE = b"\x55\x55" + bytes(14)
SAM = frame(b"\xd4\x14\x01\x14\x01")
LIST = frame(b"\xd4\x4a\x01\x00")
CARDS = {1: "04A1B2C3D4E5F6", 2: "04DEADBEEF0102", 3: "A1B2C3D4", 4: "04010203040506070809", 5: "085C3E91"}


@pytest.fixture
def simulation() -> Simulation:
    return alone("pn532", {"4": "RX", "23": "TX", "21": "SDA", "22": "SCL"})


@pytest.fixture
def port(simulation: Simulation) -> SerialPort:
    return SerialPort(simulation, "esp:4", "esp:23", 115200)


@pytest.fixture
def awake(port: SerialPort) -> SerialPort:
    port.write(WAKE + SAM)
    assert port.hear(0.1) == ACK + frame(b"\xd5\x15")
    return port


# -- Adafruit's drivers

@pytest.fixture(params=["uart", "i2c"])
def driver(request: pytest.FixtureRequest, simulation: Simulation) -> PN532_UART | PN532_I2C:
    if request.param == "uart":
        return PN532_UART(SerialPort(simulation, "esp:4", "esp:23", 115200))
    return PN532_I2C(I2cBus(simulation, "esp:22", "esp:21"))


def test_adafruits_drivers_find_the_chip(driver: PN532_UART | PN532_I2C) -> None:
    assert driver.firmware_version == (0x32, 1, 6, 7)


@pytest.mark.parametrize("card", [1, 3])
def test_adafruits_drivers_read_a_card(simulation: Simulation, driver: PN532_UART | PN532_I2C, card: int) -> None:
    driver.SAM_configuration()
    simulation.control("chip", card=card)
    assert bytes(driver.read_passive_target(timeout=5)).hex().upper() == CARDS[card]


def test_adafruits_drivers_see_no_card_where_none_is(driver: PN532_UART | PN532_I2C) -> None:
    driver.SAM_configuration()
    assert driver.read_passive_target(timeout=0.1) is None


def test_adafruits_drivers_wake_it_from_power_down(driver: PN532_UART | PN532_I2C) -> None:
    assert driver.power_down()
    assert driver.firmware_version == (0x32, 1, 6, 7)


def test_unplugged_it_does_not_even_acknowledge_its_address(simulation: Simulation) -> None:
    simulation.control("chip", fault=1)
    with pytest.raises(OSError, match="no such device"):
        simulation.i2c("esp:22", "esp:21", 0x24, read=1)


# -- the wire itself

@pytest.mark.parametrize("card", CARDS)
def test_a_card_is_told_with_all_its_bytes(simulation: Simulation, awake: SerialPort, card: int) -> None:
    simulation.control("chip", card=card)
    awake.write(LIST)
    answer = awake.hear(0.2)
    length = len(CARDS[card]) // 2
    assert answer[-2 - length : -2].hex().upper() == CARDS[card]
    assert answer[-3 - length] == length
    reader = Pn532()
    reader.hold(bytes.fromhex(CARDS[card]), 0, for_s=9)
    reader.hear(WAKE + SAM, 0)
    reader.speak(0.1)
    reader.hear(LIST, 1)
    assert answer == reader.speak(1.002) + reader.speak(1.1)


def test_a_card_that_comes_later_is_told_when_it_comes(simulation: Simulation, awake: SerialPort) -> None:
    awake.write(LIST)
    assert awake.hear(1) == ACK
    simulation.control("chip", card=3)
    assert awake.hear(0.1) == frame(b"\xd5\x4b\x01\x01\x00\x04\x08\x04\xa1\xb2\xc3\xd4")


def test_an_acknowledgement_from_the_host_ends_the_wait(simulation: Simulation, awake: SerialPort) -> None:
    awake.write(LIST)
    assert awake.hear(0.01) == ACK
    awake.write(ACK)
    simulation.control("chip", card=1)
    assert awake.hear(1) == b""


def test_an_answer_comes_after_its_acknowledgement_and_not_at_once(simulation: Simulation, awake: SerialPort) -> None:
    awake.write(frame(b"\xd4\x02"))
    moments = []
    while len(moments) < 19:
        if awake.hear(0.00005):
            moments.append(simulation.now_s)
    assert max(later - earlier for earlier, later in pairwise(moments)) > 0.001


def test_answering_garbage_it_is_heard_and_not_understood(simulation: Simulation, awake: SerialPort) -> None:
    simulation.control("chip", fault=2)
    awake.write(frame(b"\xd4\x02"))
    heard = awake.hear(0.1)
    assert len(heard) > 6
    assert ACK not in heard


# -- against the bench's part: what is put on the wire is the same, whatever was said to either

commands = st.sampled_from([
    frame(b"\xd4\x02"), SAM, LIST, frame(b"\xd4\x32\x05\xff\x01\x02"), frame(b"\xd4\x4a\x01\x03"),
    frame(b"\xd4\x52\x00"), frame(b"\xd4\x99"), frame(b"\xd5\x02"), frame(b"\xd4"), frame(b"\xd4\x4a\x03\x00"), ACK,
    NACK, LIST[:-2] + b"\x01\x00", b"\x00\x00\xff\x05", b"\xff\x00\x13", WAKE, frame(b"\xd4\x16\x20"),
    frame(bytes(range(200, 240))),
])


@settings(max_examples=20)
@given(said=st.lists(commands, max_size=6), card=st.sampled_from([0, 1, 3, 4]))
def test_it_answers_as_the_benchs_reader_does(said: list[bytes], card: int) -> None:
    simulation = alone("pn532", {"4": "RX", "23": "TX"}, card=card)
    port = SerialPort(simulation, "esp:4", "esp:23", 115200)
    reader = Pn532()
    if card:
        reader.hold(bytes.fromhex(CARDS[card]), 0, for_s=1000)
    for number, data in enumerate([WAKE, SAM, *said], 1):
        port.write(data)
        reader.hear(data, number)
        expected = b""
        while (due_s := reader.due_s()) is not None and due_s <= number + 0.9:
            expected += reader.speak(due_s)
        assert port.hear(1) == expected


def test_an_unknown_command_is_a_syntax_error(awake: SerialPort) -> None:
    awake.write(frame(b"\xd4\x99"))
    assert awake.hear(1) == ACK + SYNTAX_ERROR
