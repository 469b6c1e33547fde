import time
from collections.abc import Iterator

import pytest
from adafruit_pn532.uart import PN532_UART

from hardware.bench.pn532 import ACK, NACK, SYNTAX_ERROR, Pn532, frame
from tests.hardware.bench.serial_line import SerialLine

WAKE = b"\x55\x55" + bytes(14)
SAM = frame(b"\xd4\x14\x01\x14\x01")
LIST = frame(b"\xd4\x4a\x01\x00")


@pytest.fixture
def reader() -> Pn532:
    """Awake and configured."""
    reader = Pn532()
    reader.hear(WAKE + SAM, 0)
    assert said(reader, 0.1) == ACK + frame(b"\xd5\x15")
    return reader


def said(reader: Pn532, until_s: float) -> bytes:
    heard = b""
    while (due_s := reader.due_s()) is not None and due_s <= until_s:
        heard += reader.speak(due_s)
    return heard


# -- against the driver that many readers are run by

@pytest.fixture
def line() -> Iterator[tuple[Pn532, PN532_UART]]:
    part = Pn532()
    with SerialLine(part) as serial:
        yield part, PN532_UART(serial)


def test_adafruits_driver_finds_the_chip(line: tuple[Pn532, PN532_UART]) -> None:
    _, driver = line
    assert driver.firmware_version == (0x32, 1, 6, 7)


@pytest.mark.parametrize("uid", ["04A1B2C3", "04A1B2C3D4E5F6"])
def test_adafruits_driver_reads_a_card(line: tuple[Pn532, PN532_UART], uid: str) -> None:
    part, driver = line
    part.hold(bytes.fromhex(uid), time.monotonic(), for_s=5)
    assert bytes(driver.read_passive_target(timeout=2)).hex().upper() == uid


def test_adafruits_driver_sees_no_card_where_none_is(line: tuple[Pn532, PN532_UART]) -> None:
    _, driver = line
    assert driver.read_passive_target(timeout=0.1) is None


def test_adafruits_driver_wakes_it_from_power_down(line: tuple[Pn532, PN532_UART]) -> None:
    _, driver = line
    assert driver.power_down()
    assert driver.firmware_version == (0x32, 1, 6, 7)


# -- the wire itself

def test_it_sleeps_until_the_line_wakes_it() -> None:
    reader = Pn532()
    reader.hear(SAM, 0)
    assert said(reader, 1) == b""


@pytest.mark.parametrize("uid", ["04A1B2C3", "04A1B2C3D4E5F6", "04A1B2C3D4E5F6070809"])
def test_a_card_is_told_with_all_its_bytes(reader: Pn532, uid: str) -> None:
    reader.hold(bytes.fromhex(uid), 1, for_s=1)
    reader.hear(LIST, 1)
    answer = said(reader, 1.5)
    assert answer.startswith(ACK)
    length = len(uid) // 2
    assert answer[-2 - length : -2].hex().upper() == uid
    assert answer[-3 - length] == length


def test_a_card_that_comes_later_is_told_when_it_comes(reader: Pn532) -> None:
    reader.hear(LIST, 1)
    assert said(reader, 2) == ACK
    reader.hold(bytes.fromhex("04A1B2C3"), 3, for_s=1)
    assert said(reader, 3.5) == frame(b"\xd5\x4b\x01\x01\x00\x04\x08\x04\x04\xa1\xb2\xc3")


def test_a_card_is_gone_when_its_time_is_over(reader: Pn532) -> None:
    reader.hold(bytes.fromhex("04A1B2C3"), 1, for_s=1)
    assert said(reader, 2.5) == b""
    assert reader.card is None


def test_an_acknowledgement_from_the_host_ends_the_wait(reader: Pn532) -> None:
    reader.hear(LIST, 1)
    reader.hear(ACK, 2)
    reader.hold(bytes.fromhex("04A1B2C3"), 3, for_s=1)
    assert said(reader, 3.5) == b""


def test_a_not_acknowledgement_brings_the_last_answer_again(reader: Pn532) -> None:
    reader.hear(NACK, 1)
    assert said(reader, 2) == frame(b"\xd5\x15")


def test_an_unknown_command_is_a_syntax_error(reader: Pn532) -> None:
    reader.hear(frame(b"\xd4\x99"), 1)
    assert said(reader, 2) == ACK + SYNTAX_ERROR


def test_a_broken_checksum_is_met_with_silence(reader: Pn532) -> None:
    broken = bytearray(LIST)
    broken[-2] ^= 1
    reader.hear(bytes(broken), 1)
    assert said(reader, 2) == b""


def test_frames_may_come_byte_by_byte_after_noise(reader: Pn532) -> None:
    for byte in b"\xff\x13\x00\x00" + frame(b"\xd4\x02"):
        reader.hear(bytes([byte]), 1)
    assert said(reader, 2) == ACK + frame(b"\xd5\x03\x32\x01\x06\x07")


def test_with_few_retries_it_says_that_no_card_came(reader: Pn532) -> None:
    reader.hear(frame(b"\xd4\x32\x05\xff\x01\x02"), 1)
    said(reader, 1.5)
    reader.hear(LIST, 2)
    assert said(reader, 3) == ACK + frame(b"\xd5\x4b\x00")


def test_unplugged_it_is_silent(reader: Pn532) -> None:
    reader.connected = False
    reader.hear(frame(b"\xd4\x02"), 1)
    assert said(reader, 2) == b""
