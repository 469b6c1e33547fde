"""An MFRC522 card reader on SPI, register by register, and an ISO 14443-3 type A card as its antenna hears it.

NXP MFRC522 rev 3.9: §8.1.2 (SPI), §9 (registers), §10.3 (commands). Cards: ISO/IEC 14443-3 §6.3 to §6.5: states,
cascade levels, BCC, CRC_A. Time is handed in; an answer takes its bits' time, a vain wait the chip's own timer.
"""
from dataclasses import dataclass

SELECT = (0x93, 0x95, 0x97)
CASCADE_TAG = 0x88
_ATQA = {4: 0x0004, 7: 0x0044, 10: 0x0084}
_SAK_COMPLETE, _SAK_CASCADE = 0x08, 0x04
_REQA, _WUPA, _HLTA = 0x26, 0x52, 0x50
IDLE, READY, ACTIVE, HALT = "idle", "ready", "active", "halt"

_COMMAND, _COM_IRQ, _DIV_IRQ, _ERROR, _FIFO, _FIFO_LEVEL = 0x01, 0x04, 0x05, 0x06, 0x09, 0x0A
_CONTROL, _BIT_FRAMING, _TX_CONTROL, _CRC_HIGH, _CRC_LOW = 0x0C, 0x0D, 0x14, 0x21, 0x22
_MODE, _TX_ASK, _T_MODE, _T_PRESCALER, _RELOAD_HIGH, _RELOAD_LOW, _VERSION = 0x11, 0x15, 0x2A, 0x2B, 0x2C, 0x2D, 0x37
_IDLE, _CALC_CRC, _TRANSCEIVE, _SOFT_RESET = 0x0, 0x3, 0xC, 0xF
_TX_IRQ, _RX_IRQ, _IDLE_IRQ, _ERROR_IRQ, _TIMER_IRQ, _CRC_IRQ = 0x40, 0x20, 0x10, 0x02, 0x01, 0x04
FIFO_BYTES = 64
BIT_S = 1 / 106_000
FRAME_DELAY_S = 91e-6   # between a command and its answer, ISO/IEC 14443-3 §6.2.1
CLOCK_HZ = 13_560_000
VAIN_S = 0.4             # nothing but vain requests for longer than a driver looks for a card


def crc_a(data: bytes) -> bytes:
    """CRC_A, low byte first; ISO/IEC 14443-3 annex B."""
    crc = 0x6363
    for byte in data:
        byte ^= crc & 0xFF
        byte ^= byte << 4 & 0xFF
        crc = crc >> 8 ^ byte << 8 ^ byte << 3 ^ byte >> 4
    return crc.to_bytes(2, "little")


class Card:
    """A card in the field; `answer` is what it says to a frame, None for nothing."""

    def __init__(self, uid: bytes) -> None:
        if len(uid) not in _ATQA:
            raise ValueError("a UID has 4, 7 or 10 bytes")
        self.uid, self.state = uid, IDLE
        self._after_halt = False
        self._level = 0

    def parts(self) -> list[bytes]:
        """The UID in cascade levels of four bytes."""
        rest, parts = self.uid, []
        while len(rest) > 4:
            parts.append(bytes([CASCADE_TAG]) + rest[:3])
            rest = rest[3:]
        return [*parts, rest]

    def answer(self, data: bytes, bits: int) -> bytes | None:
        if bits == 7 and data in (bytes([_REQA]), bytes([_WUPA])):
            return self._request(data[0])
        if bits % 8 == 0 and self.state == READY and len(data) >= 2 and data[0] == SELECT[self._level]:
            return self._select(data)
        if self.state == ACTIVE and data == bytes([_HLTA, 0]) + crc_a(bytes([_HLTA, 0])):
            self.state, self._after_halt = HALT, True
            return None
        self._fall_back()
        return None

    def _request(self, code: int) -> bytes | None:
        if self.state == IDLE or (self.state == HALT and code == _WUPA):
            self.state, self._level = READY, 0
            return _ATQA[len(self.uid)].to_bytes(2, "little")
        if self.state != HALT:
            self._fall_back()
        return None

    def _select(self, data: bytes) -> bytes | None:
        part = self.parts()[self._level]
        check = part[0] ^ part[1] ^ part[2] ^ part[3]
        if data[1] == 0x20 and len(data) == 2:
            return part + bytes([check])
        whole = bytes([SELECT[self._level], 0x70]) + part + bytes([check])
        if data != whole + crc_a(whole):
            self._fall_back()
            return None
        last = self._level == len(self.parts()) - 1
        self._level += 1
        if last:
            self.state = ACTIVE
        sak = bytes([_SAK_COMPLETE if last else _SAK_CASCADE])
        return sak + crc_a(sak)

    def _fall_back(self) -> None:
        """What it does not understand sends it back to where it came from, unheard."""
        if self.state != HALT:
            self.state = HALT if self._after_halt else IDLE


@dataclass
class _Pending:
    due_s: float
    answer: bytes | None


class Mfrc522:
    lsb_first = False

    def __init__(self) -> None:
        self.card: bytes | None = None
        self.connected = True
        self.spoils: str | None = None    # noise: all it tells; half, crc: what its cards answer, as in a weak field
        self.vain_looks = 0
        self._vain_since_s: float | None = None
        self.frames = 0                   # sent on the air
        self._in_field: Card | None = None
        self._gone_s: float | None = None
        self.power_on()

    def power_on(self) -> None:
        self._registers = bytearray(64)
        self._registers[_COMMAND], self._registers[_TX_CONTROL] = 0x20, 0x80
        self._registers[_COM_IRQ], self._registers[_VERSION] = 0x14, 0x92
        self._fifo = bytearray()
        self._pending: _Pending | None = None
        self._address: int | None = None
        self._field_off()

    def _field_off(self) -> None:
        if self.card:
            self._in_field = Card(self.card)   # without a field a card forgets

    def hold(self, uid: bytes, now_s: float, for_s: float) -> None:
        self._in_field = Card(uid)
        self.card, self._gone_s = uid, now_s + for_s

    def due_s(self) -> float | None:
        return self._gone_s

    def advance(self, now_s: float) -> None:
        if self._gone_s is not None and self._gone_s <= now_s:
            self.card = self._in_field = self._gone_s = None

    # -- SPI

    def select(self, selected: bool, at_s: float) -> None:
        self._address = None

    def exchange(self, data: bytes, at_s: float) -> bytes:
        """The first byte is an address; of a read each further one too, and each answer is the one asked for before."""
        self.advance(at_s)
        self._settle(at_s)
        answer = bytearray()
        for byte in data:
            said = 0
            if self._address is None:
                self._address = byte
            elif self._address & 0x80:
                said = self._read(self._address >> 1 & 0x3F)
                self._address = byte
            else:
                self._write(self._address >> 1 & 0x3F, byte, at_s)
            answer.append(said)
        if not self.connected:
            return b"\xff" * len(data)
        return bytes(byte ^ 0x5A for byte in answer) if self.spoils == "noise" else bytes(answer)

    def _read(self, register: int) -> int:
        if register == _FIFO:
            return self._fifo.pop(0) if self._fifo else 0
        if register == _FIFO_LEVEL:
            return len(self._fifo)
        return self._registers[register]

    def _write(self, register: int, value: int, at_s: float) -> None:
        if register == _FIFO:
            if len(self._fifo) < FIFO_BYTES:
                self._fifo.append(value)
        elif register == _FIFO_LEVEL:
            if value & 0x80:
                self._fifo.clear()
        elif register in (_COM_IRQ, _DIV_IRQ):   # bit 7: set the others that are 1, else clear them
            bits = value & 0x7F
            self._registers[register] = (
                self._registers[register] | bits if value & 0x80 else self._registers[register] & ~bits)
        elif register == _COMMAND:
            self._command(value & 0x0F, value)
        elif register not in (_ERROR, _VERSION, _CRC_HIGH, _CRC_LOW):
            self._registers[register] = value
            if register == _BIT_FRAMING and value & 0x80:
                self._send(at_s)
            elif register == _TX_CONTROL and not value & 3:
                self._field_off()

    def _command(self, command: int, value: int) -> None:
        if command == _SOFT_RESET:
            self.power_on()
            self._registers[_COMMAND] = 0x20
            return
        self._registers[_COMMAND] = value & 0x3F
        if command == _IDLE:
            self._pending = None
        elif command == _CALC_CRC:
            crc = crc_a(bytes(self._fifo))
            self._fifo.clear()
            self._registers[_CRC_LOW], self._registers[_CRC_HIGH] = crc
            self._registers[_DIV_IRQ] |= _CRC_IRQ

    def _send(self, at_s: float) -> None:
        """StartSend: what lies in the FIFO goes on the air, if the chip is in Transceive and set up for such cards."""
        if self._registers[_COMMAND] & 0x0F != _TRANSCEIVE:
            return
        self.frames += 1
        last_bits = self._registers[_BIT_FRAMING] & 7
        data = bytes(self._fifo)
        self._fifo.clear()
        bits = len(data) * 8 - (8 - last_bits if last_bits else 0)
        on_air = (self._registers[_TX_CONTROL] & 3 == 3 and self._registers[_TX_ASK] & 0x40
                  and self._registers[_MODE] & 3 == 1)   # both drivers; 100 % ASK; CRC preset 6363
        answer = self._in_field.answer(data, bits) if self._in_field and on_air else None
        sent_s = at_s + bits * BIT_S
        if answer is not None:
            if self.spoils == "crc":
                answer = answer[:-1] + bytes([answer[-1] ^ 0x10])
            elif self.spoils == "half":
                answer = answer[:len(answer) // 2]
            self._pending = _Pending(sent_s + FRAME_DELAY_S + len(answer) * 9 * BIT_S, answer)
            self._vain_since_s = None
        else:
            if bits == 7:
                self._count_vain(at_s)
            self._pending = _Pending(sent_s + self._timer_s(), None)
        self._registers[_COM_IRQ] |= _TX_IRQ

    def _count_vain(self, at_s: float) -> None:
        if self._vain_since_s is None:
            self._vain_since_s = at_s
        elif at_s - self._vain_since_s >= VAIN_S:
            self._vain_since_s = at_s
            self.vain_looks += 1

    def _timer_s(self) -> float:
        if not self._registers[_T_MODE] & 0x80:   # TAuto: it starts by itself at the end of a transmission
            return float("inf")
        prescaler = (self._registers[_T_MODE] & 0x0F) << 8 | self._registers[_T_PRESCALER]
        reload = self._registers[_RELOAD_HIGH] << 8 | self._registers[_RELOAD_LOW]
        return (prescaler * 2 + 1) * (reload + 1) / CLOCK_HZ

    def _settle(self, now_s: float) -> None:
        pending = self._pending
        if pending is None or pending.due_s > now_s:
            return
        self._pending = None
        self._registers[_ERROR] = 0
        if pending.answer is None:
            self._registers[_COM_IRQ] |= _TIMER_IRQ
        else:
            self._fifo[:] = pending.answer
            self._registers[_CONTROL] &= 0xF8   # the last byte is whole
            self._registers[_COM_IRQ] |= _RX_IRQ
