"""The PN532 on I2C and on SPI against the driver that many readers are run by; time really passes."""
import time
from collections.abc import Callable
from types import TracebackType

import pytest
from adafruit_pn532.adafruit_pn532 import PN532
from adafruit_pn532.i2c import PN532_I2C
from adafruit_pn532.spi import PN532_SPI

from hardware.bench.buses import reversed_bits
from hardware.bench.pn532 import ACK, Pn532, frame
from hardware.bench.pn532_buses import ADDRESS, Pn532OnI2c, Pn532OnSpi

SAM = frame(b"\xd4\x14\x01\x14\x01")


class I2c:
    """What busio's I2C offers."""

    def __init__(self, part: Pn532OnI2c) -> None:
        self.part = part

    def try_lock(self) -> bool:
        return True

    def unlock(self) -> None:
        pass

    def writeto(self, address: int, data: bytes, *, start: int = 0, end: int | None = None, stop: bool = True) -> None:
        if address != ADDRESS:
            raise OSError(121, "nobody there")
        if data[start:end]:
            self.part.written(bytes(data[start:end]), time.monotonic())

    def readfrom_into(self, address: int, data: bytearray, *, start: int = 0, end: int | None = None) -> None:
        size = len(data[start:end])
        data[start : start + size] = self.part.read(size, time.monotonic())


class Spi:
    """What busio's SPI offers: the highest bit first, as most can do nothing else."""

    def __init__(self, part: Pn532OnSpi) -> None:
        self.part = part

    def try_lock(self) -> bool:
        return True

    def unlock(self) -> None:
        pass

    def configure(self, **_: object) -> None:
        pass

    def write(self, data: bytes, **_: object) -> None:
        self.part.exchange(reversed_bits(bytes(data)), time.monotonic())

    def readinto(self, data: bytearray, **_: object) -> None:
        data[:] = reversed_bits(self.part.exchange(bytes(len(data)), time.monotonic()))

    def write_readinto(self, out: bytes, data: bytearray, **_: object) -> None:
        data[:] = reversed_bits(self.part.exchange(reversed_bits(bytes(out)), time.monotonic()))


class Select:
    """What digitalio's pin offers, as a chip select."""

    def __init__(self, part: Pn532OnSpi) -> None:
        self._part, self._level = part, True

    def switch_to_output(self, value: bool = True) -> None:
        self.value = value

    @property
    def value(self) -> bool:
        return self._level

    @value.setter
    def value(self, level: bool) -> None:
        if level != self._level:
            self._level = level
            self._part.select(not level, time.monotonic())

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.value = True


def on_i2c(chip: Pn532) -> PN532:
    return PN532_I2C(I2c(Pn532OnI2c(chip)))


def on_spi(chip: Pn532) -> PN532:
    part = Pn532OnSpi(chip)
    return PN532_SPI(Spi(part), Select(part))


BUSES = pytest.mark.parametrize("bus", [on_i2c, on_spi])


@BUSES
def test_adafruits_driver_finds_the_chip(bus: Callable[[Pn532], PN532]) -> None:
    assert bus(Pn532()).firmware_version == (0x32, 1, 6, 7)


@BUSES
@pytest.mark.parametrize("uid", ["00A1B2C3", "04A1B2C3D4E5F6"])
def test_adafruits_driver_reads_a_card(bus: Callable[[Pn532], PN532], uid: str) -> None:
    chip = Pn532()
    driver = bus(chip)
    driver.SAM_configuration()
    chip.hold(bytes.fromhex(uid), time.monotonic(), for_s=5)
    assert bytes(driver.read_passive_target(timeout=2)).hex().upper() == uid


@BUSES
def test_adafruits_driver_sees_no_card_where_none_is(bus: Callable[[Pn532], PN532]) -> None:
    driver = bus(Pn532())
    driver.SAM_configuration()
    assert driver.read_passive_target(timeout=0.1) is None


# -- the wire itself


def test_on_i2c_each_read_begins_with_the_status_and_gives_one_frame() -> None:
    """UM0701-02 §6.2.4: 01 when ready, then the frame from its first byte."""
    part = Pn532OnI2c(Pn532())
    part.written(SAM, 0)
    assert part.read(1, 0) == b"\x00"
    assert part.read(1, 0.002) == b"\x01"
    assert part.read(7, 0.002) == b"\x01" + ACK
    assert part.read(1, 0.002) == b"\x00"
    answer = frame(b"\xd5\x15")
    assert part.read(1 + len(answer) + 2, 0.1) == b"\x01" + answer + b"\x00\x00"


def test_on_spi_a_read_goes_on_while_it_is_selected() -> None:
    """UM0701-02 §6.2.5: 02 asks for the status, 01 writes, 03 reads; the lowest bit first."""
    part = Pn532OnSpi(Pn532())
    part.select(True, 0)
    part.exchange(b"\x01" + SAM, 0)
    part.select(False, 0)
    part.select(True, 0.002)
    assert part.exchange(b"\x02\x00", 0.002) == b"\x00\x01"
    part.select(False, 0.002)
    part.select(True, 0.002)
    assert part.exchange(b"\x03" + bytes(3), 0.002) + part.exchange(bytes(3), 0.002) == b"\x00" + ACK
    part.select(False, 0.002)
    part.select(True, 0.1)
    assert part.exchange(b"\x03" + bytes(9), 0.1) == b"\x00" + frame(b"\xd5\x15")


def test_bits_are_turned_within_their_byte() -> None:
    assert reversed_bits(b"\x01\x02\x03\x80\xf0") == b"\x80\x40\xc0\x01\x0f"
