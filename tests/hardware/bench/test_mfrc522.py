"""The MFRC522's registers and the card before it, by their standards: NXP MFRC522 rev 3.9, ISO/IEC 14443-3."""
import pytest

from hardware.bench.mfrc522 import ACTIVE, HALT, IDLE, READY, Card, Mfrc522, crc_a

REQA, WUPA = b"\x26", b"\x52"
HLTA = bytes.fromhex("500057CD")


class Host:
    """Registers over SPI, byte by byte, with time passing."""

    def __init__(self, chip: Mfrc522) -> None:
        self.chip, self.now_s = chip, 1.0

    def exchange(self, data: bytes) -> bytes:
        self.chip.select(True, self.now_s)
        answer = self.chip.exchange(data, self.now_s)
        self.chip.select(False, self.now_s)
        self.now_s += 20e-6
        return answer

    def write(self, register: int, *values: int) -> None:
        self.exchange(bytes([register << 1, *values]))

    def read(self, register: int) -> int:
        return self.exchange(bytes([0x80 | register << 1, 0]))[1]

    def set_up(self) -> None:
        for register, value in ((0x2A, 0x80), (0x2B, 0xA9), (0x2C, 0x03), (0x2D, 0xE8), (0x15, 0x40), (0x11, 0x3D),
                                (0x14, 0x83)):
            self.write(register, value)

    def transceive(self, data: bytes, last_bits: int = 0) -> bytes | None:
        self.write(0x01, 0x00)
        self.write(0x04, 0x7F)
        self.write(0x0A, 0x80)
        self.write(0x09, *data)
        self.write(0x01, 0x0C)
        self.write(0x0D, 0x80 | last_bits)
        began_s = self.now_s
        while not (irq := self.read(0x04)) & 0x21:
            assert self.now_s - began_s < 0.1, "neither an answer nor the timer"
        return bytes(self.read(0x09) for _ in range(self.read(0x0A))) if irq & 0x20 else None


@pytest.fixture
def host() -> Host:
    host = Host(Mfrc522())
    host.set_up()
    return host


# ISO/IEC 14443-3 annex B gives these two, and HLTA's is in every book.
@pytest.mark.parametrize(("data", "crc"), [("0000", "A01E"), ("1234", "26CF"), ("5000", "57CD")])
def test_the_crc_is_the_standards(data: str, crc: str) -> None:
    assert crc_a(bytes.fromhex(data)).hex().upper() == crc


def test_a_version_and_registers_that_keep_what_they_are_told(host: Host) -> None:
    assert host.read(0x37) == 0x92
    assert host.read(0x2D) == 0xE8
    host.write(0x01, 0x0F)   # soft reset
    assert host.read(0x2D) == 0x00


def test_several_reads_in_one_go_each_answer_the_address_before(host: Host) -> None:
    """§8.1.2.1."""
    assert host.exchange(bytes([0x80 | 0x37 << 1, 0x80 | 0x2D << 1, 0])) == b"\x00\x92\xe8"


def test_the_crc_unit_counts_too(host: Host) -> None:
    host.write(0x09, 0x12, 0x34)
    host.write(0x01, 0x03)
    assert (host.read(0x22), host.read(0x21)) == (0x26, 0xCF)


@pytest.mark.parametrize(
    ("uid", "atqa", "levels"),
    [
        ("00A1B2C3", "0400", ["00A1B2C3"]),
        ("04A1B2C3D4E5F6", "4400", ["8804A1B2", "C3D4E5F6"]),
        ("04010203040506070809", "8400", ["88040102", "88030405", "06070809"]),
    ],
)
def test_a_card_tells_its_uid_in_cascade_levels(host: Host, uid: str, atqa: str, levels: list[str]) -> None:
    host.chip.hold(bytes.fromhex(uid), 1, for_s=60)
    assert host.transceive(REQA, 7) == bytes.fromhex(atqa)
    for code, level in zip((0x93, 0x95, 0x97), levels, strict=False):
        part = bytes.fromhex(level)
        check = bytes([part[0] ^ part[1] ^ part[2] ^ part[3]])
        assert host.transceive(bytes([code, 0x20])) == part + check
        ask = bytes([code, 0x70]) + part + check
        sak = b"\x08" if level == levels[-1] else b"\x04"
        assert host.transceive(ask + crc_a(ask)) == sak + crc_a(sak)


def test_without_a_card_the_timer_says_so_after_25_ms(host: Host) -> None:
    began_s = host.now_s
    assert host.transceive(WUPA, 7) is None
    assert 0.024 < host.now_s - began_s < 0.028


def test_without_its_field_no_card_answers(host: Host) -> None:
    host.chip.hold(bytes.fromhex("04A1B2C3"), 1, for_s=60)
    host.write(0x14, 0x80)
    assert host.transceive(REQA, 7) is None
    host.write(0x14, 0x83)
    assert host.transceive(REQA, 7) == b"\x04\x00"


def test_a_card_goes_when_its_time_is_over(host: Host) -> None:
    host.chip.hold(bytes.fromhex("04A1B2C3"), 1, for_s=0.001)
    host.now_s = 1.01
    assert host.transceive(REQA, 7) is None
    assert host.chip.card is None


def test_unplugged_the_line_reads_ones(host: Host) -> None:
    host.chip.connected = False
    assert host.read(0x37) == 0xFF


# -- the card's states, ISO/IEC 14443-3 figure 7


def selected(card: Card) -> None:
    assert card.answer(WUPA, 7)
    ask = b"\x93\x70" + card.uid + bytes([card.uid[0] ^ card.uid[1] ^ card.uid[2] ^ card.uid[3]])
    assert card.answer(ask + crc_a(ask), 72)


def test_a_halted_card_hears_only_the_wake_up() -> None:
    card = Card(bytes.fromhex("04A1B2C3"))
    selected(card)
    assert card.state == ACTIVE
    assert card.answer(HLTA, 32) is None
    assert card.state == HALT
    assert card.answer(REQA, 7) is None
    assert card.answer(WUPA, 7) is not None


def test_a_card_that_is_asked_while_it_is_active_falls_back_unheard() -> None:
    card = Card(bytes.fromhex("04A1B2C3"))
    selected(card)
    assert card.answer(WUPA, 7) is None
    assert card.state == IDLE
    assert card.answer(REQA, 7) is not None
    assert card.state == READY


@pytest.mark.parametrize("wrong", ["937004A1B2C3D5A1B2", "93700011223300A1B2", "957004A1B2C3D4", "26"])
def test_a_wrong_selection_is_met_with_silence(wrong: str) -> None:
    card = Card(bytes.fromhex("04A1B2C3"))
    card.answer(REQA, 7)
    assert card.answer(bytes.fromhex(wrong), 72) is None
    assert card.state == IDLE
