"""The same card on every reader: driver and part meet on their wires, and whole UIDs come out of all of them alike."""
import asyncio
import copy
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hardware.bench import board as boards
from hardware.bench import image
from hardware.bench.charge_point import ChargePoint
from hardware.bench.mfrc522 import Mfrc522
from hardware.bench.orders import Options
from hardware.bench.world import CACHE, World
from tests.hardware.bench.chips import KEY, Bench
from tests.hardware.bench.waiting import Until

SPI = {"id": 1, "sck": 12, "mosi": 11, "miso": 8, "cs": 10}
I2C = {"id": 0, "scl": 4, "sda": 5, "freq": 400_000}
READERS: dict[str, dict[str, Any]] = {
    "pn532_uart": {"driver": "pn532", "uart": 1, "tx": 38, "rx": 39, "baud": 115200},
    "pn532_i2c": {"driver": "pn532", "i2c": I2C},
    "pn532_spi": {"driver": "pn532", "spi": SPI},
    "mfrc522_spi": {"driver": "mfrc522", "spi": SPI},
}
# What a charge point does with its reader: reads, tells a card once, tells when it fails and when it is back.
PROGRAM = """
import asyncio, binascii
WIRES = %r
async def main():
    data = {"reader": WIRES}
    if "uart" in WIRES:
        from firmware.board_parts import _reader as made   # which has no bus
        reader = made(WIRES)
    else:
        from firmware.panel.parts import build
        reader = build(data, "reader")
    last, failed = None, False
    while True:
        try:
            uid = await reader.read_uid(300)
            if failed:
                print("back")
            failed = False
        except Exception as error:
            if not failed:
                print("failed", error)
            failed = True
            await asyncio.sleep_ms(50)
            continue
        if uid is not None and uid != last:
            print("card", binascii.hexlify(uid).decode().upper())
        last = uid
        await asyncio.sleep_ms(20)
asyncio.run(main())
"""


def uids() -> list[str]:
    """Of every length, with zeros at either end, and whatever else comes: the same ones in each run."""
    chance = random.Random(14443)
    made = ["00000001", "01000000", "00A1B2C3D4E5F6", "04A1B2C3D4E500", "00000000000000000001", "04010203040506070800"]
    for length in (4, 7, 10) * 4:
        uid = bytes(chance.randrange(256) for _ in range(length))
        if uid[0] != 0x88 and uid[3] != 0x88 and (length < 10 or uid[6] != 0x88):   # the cascade tag
            made.append(uid.hex().upper())
    return made


Start = Callable[[str], Awaitable[ChargePoint]]


@pytest.fixture
def with_reader(world: World, monkeypatch: pytest.MonkeyPatch, bench: Bench) -> Start:
    """A chip that runs PROGRAM on a board with this reader."""
    load = boards.load

    async def start(name: str) -> ChargePoint:
        def changed(board: str) -> dict[str, Any]:
            data = copy.deepcopy(load(board))
            data.pop("panel", None)
            data["reader"] = READERS[name]
            return data

        monkeypatch.setattr(boards, "load", changed)
        files = image.firmware_files("bench_panel", CACHE)
        files["/main.py"] = (PROGRAM % READERS[name]).encode()
        options = Options(identity=name, url="ws://127.0.0.1:9/ocpp", authorization_key=KEY, board="bench_panel",
                          stalls=False)
        return await world.add(options, firmware=files)

    return start


async def on_all(with_reader: Start, play: Callable[[ChargePoint], Awaitable[None]]) -> None:
    """The same with every reader; side by side, as each waits much and works little."""
    chips = [await with_reader(name) for name in READERS]
    await asyncio.gather(*(play(chip) for chip in chips))


async def test_every_card_gives_the_same_id_tag_on_every_reader(with_reader: Start, until: Until) -> None:
    async def play(chip: ChargePoint) -> None:
        expected: list[str] = []
        for uid in uids():
            chip.board.tap(uid, time.monotonic(), held_s=60)
            chip._settle()
            expected.append(f"card {uid}")
            await until(lambda: expected[-1] in chip.console, evidence=lambda: list(chip.console))
        assert [line for line in chip.console if line.startswith("card")] == expected

    await on_all(with_reader, play)


async def test_a_card_that_stays_is_one_tap_and_two_taps_are_two(with_reader: Start, until: Until) -> None:
    async def play(chip: ChargePoint) -> None:
        reader = chip.board.reader
        assert reader
        for count in (1, 2):
            chip.board.tap("04A1B2C3D4E5F6", time.monotonic(), held_s=0.7)   # several looks long
            chip._settle()
            await until(lambda: reader.card is None)
            vain = reader.vain_looks
            await until(lambda vain=vain: reader.vain_looks >= vain + 2)   # type: ignore[misc]  # one may have begun
            cards = [line for line in chip.console if line.startswith("card")]
            assert cards == ["card 04A1B2C3D4E5F6"] * count, list(chip.console)

    await on_all(with_reader, play)


async def test_a_reader_that_fails_says_so_and_works_again(with_reader: Start, until: Until) -> None:
    async def play(chip: ChargePoint) -> None:
        reader = chip.board.reader
        assert reader
        await until(lambda: reader.vain_looks)
        # Unplugged, or its wires swapped; or garbage, half of each frame. The MFRC522 has registers, no frames.
        modes = ("silent", "noise") if isinstance(reader.chip, Mfrc522) else ("silent", "noise", "half")
        for count, mode in enumerate(modes, 1):
            chip.set_fault(1, "reader", True, mode)
            await until(lambda count=count: sum(line.startswith("failed reader") for line in chip.console) == count,
                        evidence=lambda: list(chip.console))
            chip.set_fault(1, "reader", False)
            await until(lambda count=count: list(chip.console).count("back") == count,
                        evidence=lambda: list(chip.console))
        chip.board.tap("04A1B2C3", time.monotonic(), held_s=60)
        chip._settle()
        await until(lambda: "card 04A1B2C3" in chip.console, evidence=lambda: list(chip.console))
        assert {line for line in chip.console if line.startswith("card")} == {"card 04A1B2C3"}

    await on_all(with_reader, play)


async def test_a_wrong_checksum_never_becomes_a_card(with_reader: Start, until: Until) -> None:
    async def play(chip: ChargePoint) -> None:
        reader = chip.board.reader
        assert reader
        part = reader.chip
        if isinstance(part, Mfrc522):   # its cards' checksums: below
            return
        await until(lambda: reader.vain_looks)
        chip.set_fault(1, "reader", True, "crc")
        chip.board.tap("04A1B2C3", time.monotonic(), held_s=60)
        chip._settle()
        await until(lambda: part.spoilt >= 3)
        assert not [line for line in chip.console if line.startswith("card")]
        chip.set_fault(1, "reader", False)
        await until(lambda: "card 04A1B2C3" in chip.console, evidence=lambda: list(chip.console))

    await on_all(with_reader, play)


@pytest.mark.parametrize("spoils", ["crc", "half"])
async def test_a_card_in_a_weak_field_is_read_whole_or_not_at_all(
        with_reader: Start, until: Until, spoils: str) -> None:
    """Each answer of the card arrives with its last byte wrong, or as its half: BCC and CRC_A must notice."""
    chip = await with_reader("mfrc522_spi")
    assert chip.board.reader
    part = chip.board.reader.chip
    assert isinstance(part, Mfrc522)
    part.spoils = spoils
    chip.board.tap("04A1B2C3D4E5F6", time.monotonic(), held_s=60)
    chip._settle()
    sent = part.frames
    await until(lambda: part.frames >= sent + 20)
    assert not chip.console
    part.spoils = None
    await until(lambda: list(chip.console) == ["card 04A1B2C3D4E5F6"], evidence=lambda: list(chip.console))
