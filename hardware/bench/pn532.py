"""A PN532 card reader on its high-speed UART, with the cards held before it.

Frames as in the PN532 User Manual UM0701-02 §6.2.1 (normal information, ACK, NACK, error), commands §7. Knows no UART:
bytes come in by hear(), answers fall due at due_s(). Cards are ISO 14443-3 type A with 4-, 7- or 10-byte UIDs.
"""
from collections import deque

ACK = bytes.fromhex("0000FF00FF00")
NACK = bytes.fromhex("0000FFFF0000")
SYNTAX_ERROR = bytes.fromhex("0000FF01FF7F8100")
ACK_DELAY_S = 0.001
ANSWER_DELAY_S = 0.003
DETECT_S = 0.02         # from a card in the field to its answer: anticollision and selection
RETRY_S = 0.03          # one vain round of InListPassiveTarget
MAX_BUFFER = 300

_GET_FIRMWARE_VERSION, _SAM_CONFIGURATION, _POWER_DOWN = 0x02, 0x14, 0x16
_RF_CONFIGURATION, _IN_LIST_PASSIVE_TARGET, _IN_RELEASE, _IN_DESELECT = 0x32, 0x4A, 0x52, 0x44
_CASCADES = {4: 0x0004, 7: 0x0044, 10: 0x0084}   # SENS_RES by UID length, ISO/IEC 14443-3 §6.5.2
_SAK = {4: 0x08, 7: 0x00, 10: 0x00}


def frame(data: bytes) -> bytes:
    """A normal information frame around TFI and data."""
    return b"\x00\x00\xff" + bytes([len(data), -len(data) & 0xFF]) + data + bytes([-sum(data) & 0xFF, 0])


class Pn532:
    def __init__(self) -> None:
        self.card: bytes | None = None
        self.connected = True            # a person may pull its plug
        self.spoils: str | None = None   # noise: it answers garbage; half: half of each frame; crc: a wrong checksum
        self.spoilt = 0                  # frames with a wrong checksum
        self.vain_looks = 0              # looks for a card that found none
        self._gone_s: float | None = None
        self._seen_s = 0.0
        self._reset()

    def _reset(self) -> None:
        self._awake = False              # after power-up it sleeps until the line wakes it, UM0701-02 §6.3.2.3
        self._configured = False
        self._buffer = bytearray()
        self._outbox: deque[tuple[float, bytes]] = deque()
        self._last = b""
        self._waiting_since_s: float | None = None
        self._retries = 0xFF             # MxRtyPassiveActivation: for ever

    def power_on(self) -> None:
        self._reset()

    def hold(self, uid: bytes, now_s: float, for_s: float) -> None:
        """Hold a card before the reader."""
        if len(uid) not in _CASCADES:
            raise ValueError("a UID has 4, 7 or 10 bytes")
        self.card, self._seen_s, self._gone_s = uid, now_s, now_s + for_s

    def hear(self, data: bytes, now_s: float) -> None:
        if not self.connected:
            return
        self._buffer += data
        if not self._awake:
            if 0x55 not in self._buffer:
                self._buffer.clear()
                return
            self._awake = True
        while self._next_frame(now_s):
            pass
        if len(self._buffer) > MAX_BUFFER:
            self._buffer.clear()

    def due_s(self) -> float | None:
        moments = [self._outbox[0][0]] if self._outbox else []
        if self._waiting_since_s is not None:
            if self.card is not None:
                moments.append(max(self._waiting_since_s, self._seen_s) + DETECT_S)
            if self._retries != 0xFF:
                moments.append(self._waiting_since_s + (1 + self._retries) * RETRY_S)
        if self._gone_s is not None:
            moments.append(self._gone_s)
        return min(moments, default=None)

    def speak(self, now_s: float) -> bytes:
        if self._waiting_since_s is not None:
            self._look(self._waiting_since_s, now_s)
        if self._gone_s is not None and self._gone_s <= now_s:
            self.card = self._gone_s = None
        said = b""
        while self._outbox and self._outbox[0][0] <= now_s:
            said += self._spoilt(self._outbox.popleft()[1])
        return said if self.connected else b""

    def _spoilt(self, frame: bytes) -> bytes:
        if self.spoils == "noise":
            return bytes(byte ^ 0x5A for byte in frame)
        if self.spoils == "half":
            return frame[:len(frame) // 2]
        if self.spoils == "crc" and frame not in (ACK, NACK):
            self.spoilt += 1
            return frame[:-2] + bytes([frame[-2] ^ 0x10]) + frame[-1:]   # before the postamble
        return frame

    def _next_frame(self, now_s: float) -> bool:
        """Take one frame from the buffer; False when none is complete."""
        start = self._buffer.find(b"\x00\xff")
        if start < 0:
            del self._buffer[: max(0, len(self._buffer) - 1)]   # wake-up preamble and noise
            return False
        body = self._buffer[start + 2 :]
        if len(body) < 2:
            return False
        length, check = body[0], body[1]
        if (length, check) in ((0x00, 0xFF), (0xFF, 0x00)):
            del self._buffer[: start + 4]
            self._control(ack=length == 0, now_s=now_s)
            return True
        if (length + check) & 0xFF or length == 0:
            del self._buffer[: start + 2]   # not a frame: look on behind it
            return True
        if len(body) < length + 3:
            return False
        data = bytes(body[2 : 2 + length])
        valid = (sum(data) + body[2 + length]) & 0xFF == 0
        del self._buffer[: start + 2 + 3 + length]
        if valid:
            self._command(data, now_s)
        return True   # a bad checksum is met with silence: the host sends again

    def _control(self, ack: bool, now_s: float) -> None:
        if ack:   # the host gives its command up, §6.2.1.3
            self.vain_looks += self._waiting_since_s is not None
            self._waiting_since_s = None
            self._outbox.clear()
        elif self._last:
            self._outbox.append((now_s + ANSWER_DELAY_S, self._last))

    def _command(self, data: bytes, now_s: float) -> None:
        self._waiting_since_s = None   # a new command ends the running one
        self._outbox.clear()
        self._outbox.append((now_s + ACK_DELAY_S, ACK))
        if data[0] != 0xD4 or len(data) < 2:
            return self._answer_raw(SYNTAX_ERROR, now_s)
        command, args = data[1], data[2:]
        if command == _GET_FIRMWARE_VERSION:
            return self._answer(command, bytes([0x32, 1, 6, 7]), now_s)
        if command == _SAM_CONFIGURATION and args:
            self._configured = True
            return self._answer(command, b"", now_s)
        if command == _RF_CONFIGURATION and args:
            if args[0] == 5 and len(args) >= 4:
                self._retries = args[3]
            return self._answer(command, b"", now_s)
        if command == _IN_LIST_PASSIVE_TARGET and len(args) >= 2 and args[0] in (1, 2):
            if args[1] == 0 and self._configured:
                self._waiting_since_s = now_s + ANSWER_DELAY_S
                return None
            return self._answer(command, b"\x00", now_s)   # no other baud rate finds such a card
        if command in (_IN_RELEASE, _IN_DESELECT) and args:
            return self._answer(command, b"\x00", now_s)
        if command == _POWER_DOWN and args:
            self._answer(command, b"\x00", now_s)
            self._awake = False
            return None
        return self._answer_raw(SYNTAX_ERROR, now_s)

    def _look(self, since_s: float, now_s: float) -> None:
        if self.card is not None and now_s >= max(since_s, self._seen_s) + DETECT_S:
            length = len(self.card)
            target = b"\x01\x01" + _CASCADES[length].to_bytes(2, "big") + bytes([_SAK[length], length]) + self.card
            self._waiting_since_s = None
            self._outbox.append((now_s, self._keep(frame(b"\xd5\x4b" + target))))
        elif self._retries != 0xFF and now_s >= since_s + (1 + self._retries) * RETRY_S:
            self._waiting_since_s = None
            self.vain_looks += 1
            self._outbox.append((now_s, self._keep(frame(b"\xd5\x4b\x00"))))

    def _answer(self, command: int, data: bytes, now_s: float) -> None:
        self._answer_raw(frame(bytes([0xD5, command + 1]) + data), now_s)

    def _answer_raw(self, answer: bytes, now_s: float) -> None:
        self._outbox.append((now_s + ANSWER_DELAY_S, self._keep(answer)))

    def _keep(self, answer: bytes) -> bytes:
        self._last = answer
        return answer
