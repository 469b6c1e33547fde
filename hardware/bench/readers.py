"""A board's card reader, whichever chip it is and whatever it is wired to, as people and the bench handle it."""
from collections.abc import Mapping
from typing import Any

from hardware.bench.buses import Buses
from hardware.bench.mfrc522 import Mfrc522
from hardware.bench.pn532 import Pn532
from hardware.bench.pn532_buses import ADDRESS, Pn532OnI2c, Pn532OnSpi


class Reader:
    def __init__(self, chip: Pn532 | Mfrc522, buses: Buses, on_bus: Pn532OnI2c | Pn532OnSpi | Mfrc522 | None) -> None:
        self.chip = chip
        self.on_uart = chip if on_bus is None and isinstance(chip, Pn532) else None
        self._buses, self._on_bus = buses, on_bus

    @property
    def card(self) -> bytes | None:
        return self.chip.card

    @property
    def connected(self) -> bool:
        return self.chip.connected

    @property
    def vain_looks(self) -> int:
        return self.chip.vain_looks

    def power_on(self) -> None:
        self.chip.power_on()

    def hold(self, uid: bytes, now_s: float, for_s: float) -> None:
        """Hold a card before it; ValueError for a UID that no card has."""
        self.chip.hold(uid, now_s, for_s)

    def connect(self, connected: bool, spoils: str | None = None) -> None:
        self.chip.connected, self.chip.spoils = connected, spoils
        if self._on_bus is not None:
            self._buses.plug(self._on_bus, connected)

    def due_s(self) -> float | None:
        """Of a reader on a UART the UART asks."""
        return self._on_bus.due_s() if self._on_bus else None

    def advance(self, now_s: float) -> None:
        if self._on_bus:
            self._on_bus.advance(now_s)


def reader_of(wires: Mapping[str, Any], buses: Buses) -> Reader:
    """The reader of a board file, on its UART, I2C or SPI."""
    if wires["driver"] == "mfrc522":
        rc522 = Mfrc522()
        buses.on_spi(wires["spi"], rc522)
        return Reader(rc522, buses, rc522)
    chip = Pn532()
    if "i2c" in wires:
        on_i2c = Pn532OnI2c(chip)
        buses.on_i2c(wires["i2c"], ADDRESS, on_i2c)
        return Reader(chip, buses, on_i2c)
    if "spi" in wires:
        on_spi = Pn532OnSpi(chip)
        buses.on_spi(wires["spi"], on_spi)
        return Reader(chip, buses, on_spi)
    return Reader(chip, buses, None)
