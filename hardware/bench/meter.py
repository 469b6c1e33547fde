"""An Eastron SDM energy meter: measures what flows, refreshes its registers once a second, answers Modbus RTU.

Registers: Eastron's protocol documents of SDM630 Modbus V2, SDM230, SDM120: input registers, IEEE 754 big-endian, two
words each.
Frames: MODBUS over Serial Line V1.02 §2.5.1, Application Protocol V1.1b3 §6.3, §6.4, §7. Its log is the judge of
every bill: one line a refresh that changed something, in whole Wh as read over the bus.
"""
import json
import math
import struct
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

REFRESH_S = 1.0
ANSWER_DELAY_S = 0.02      # the real parts take 20 to 50 ms
_READ_HOLDING, _READ_INPUT = 0x03, 0x04
_ILLEGAL_FUNCTION, _ILLEGAL_ADDRESS, _ILLEGAL_VALUE = 1, 2, 3
MAX_REGISTERS = 80         # "40 parameters" in the protocol documents
LAST_INPUT = {"sdm120": 0x0158, "sdm230": 0x018E, "sdm630": 0x0184}
LAST_HOLDING = 0x0046


def crc16(data: bytes) -> int:
    """Modbus CRC, serial line §6.2.2."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def as_heard(data: bytes, mode: str) -> bytes:
    """What a slave hears of a request: with A and B swapped every bit is the other one."""
    return bytes(byte ^ 0xFF for byte in data) if mode == "swapped" else data


def as_said(answer: bytes, mode: str) -> bytes:
    """What of an answer gets on the line."""
    if mode == "garbage":
        return bytes(byte ^ 0xA5 for byte in answer)
    if mode == "half":
        return answer[:len(answer) // 2]
    return answer[:-1] + bytes([answer[-1] ^ 0x10]) if mode == "crc" else answer


def sealed(body: bytes) -> bytes:
    return body + struct.pack("<H", crc16(body))


def float32(value: float) -> float:
    """The value as the register can hold it."""
    return float(struct.unpack(">f", struct.pack(">f", value))[0])


@dataclass(frozen=True, slots=True)
class LogEntry:
    at: str               # UTC, ISO 8601
    register_wh: int
    energy_wh: float      # the integral behind the register
    power_w: float
    current_a: tuple[float, ...]


class MeterLog:
    """Append-only, one JSON object a line. A torn last line, as a killed bench leaves it, is passed over."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text() if path.exists() else ""
        if text and not text.endswith("\n"):
            with path.open("a") as file:
                file.write("\n")

    def append(self, entry: LogEntry) -> None:
        with self._path.open("a") as file:
            file.write(json.dumps(asdict(entry)) + "\n")

    def entries(self) -> list[LogEntry]:
        if not self._path.exists():
            return []
        found = []
        for line in self._path.read_text().splitlines():
            try:
                fields = json.loads(line)
            except ValueError:
                continue
            found.append(LogEntry(**{**fields, "current_a": tuple(fields["current_a"])}))
        return found


class Meter:
    def __init__(self, model: str, unit: int, log: MeterLog, now_s: float, *, start_wh: float = 0,
                 time_factor: float = 1.0, wall_clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.model, self.unit = model, unit
        self.phases = 1 if model in ("sdm120", "sdm230", "pzem004t") else 3
        self.mode = "ok"   # or one of ev_link.MODES, or "frozen"
        self._log, self._wall_clock = log, wall_clock
        self._factor = time_factor
        past = log.entries()
        self._energy_wh = past[-1].energy_wh if past else float(start_wh)
        self._flow_v = self._flow_a = (0.0,) * self.phases
        self._flowed_until_s = now_s
        self._refresh_s = now_s
        self._logged: tuple[float, float] | None = None
        self._outbox: list[tuple[float, bytes]] = []
        self._refresh(now_s)

    # -- measuring

    def flow(self, voltage_v: Sequence[float], current_a: Sequence[float], now_s: float) -> None:
        """What flows from now on, per phase of this meter."""
        self.integrate(now_s)
        self._flow_v = tuple(voltage_v[: self.phases])
        self._flow_a = tuple(current_a[: self.phases])

    def integrate(self, now_s: float) -> float:
        """Count what has flowed since the last call; returns it in Wh."""
        passed_s = max(0.0, now_s - self._flowed_until_s)
        self._flowed_until_s = max(now_s, self._flowed_until_s)
        flowed_wh = self.power_w * passed_s / 3600 * self._factor
        self._energy_wh += flowed_wh
        return flowed_wh

    @property
    def power_w(self) -> float:
        return sum(v * a for v, a in zip(self._flow_v, self._flow_a, strict=True))

    @property
    def energy_wh(self) -> float:
        return self._energy_wh

    def refresh_due_s(self) -> float:
        return self._refresh_s

    def refresh(self, now_s: float) -> bool:
        """Refresh the registers if a second has gone by; whether it did."""
        if now_s < self._refresh_s:
            return False
        self.integrate(now_s)
        self._refresh(now_s)
        return True

    def _refresh(self, now_s: float) -> None:
        self._refresh_s = now_s + REFRESH_S if now_s - self._refresh_s > REFRESH_S else self._refresh_s + REFRESH_S
        if self.mode == "frozen":
            return
        self.register_wh = self._counted_wh()
        self._shown_v, self._shown_a, self._shown_w = self._flow_v, self._flow_a, self.power_w
        if self._logged != (self._energy_wh, self._shown_w):
            self._logged = (self._energy_wh, self._shown_w)
            at = self._wall_clock().isoformat(timespec="milliseconds").replace("+00:00", "Z")
            self._log.append(LogEntry(at, self.register_wh, self._energy_wh, round(self._shown_w, 3), self._shown_a))

    def _counted_wh(self) -> int:
        """What the register says, which a meter's own steps make less than what has flowed."""
        self._kwh = float32(math.floor(self._energy_wh + 1e-6) / 1000)
        return round(self._kwh * 1000)

    # -- answering

    def hear(self, data: bytes, now_s: float) -> None:
        data = as_heard(data, self.mode)
        if self.mode == "silent" or len(data) < 8 or data[0] != self.unit or crc16(data):
            return   # another unit's frame, or noise: a slave is silent then
        answer = self._answer(data[1], data[2:-2])
        self._outbox.append((now_s + ANSWER_DELAY_S, as_said(answer, self.mode)))

    def due_s(self) -> float | None:
        return self._outbox[0][0] if self._outbox else None

    def speak(self, now_s: float) -> bytes:
        said = b""
        while self._outbox and self._outbox[0][0] <= now_s:
            said += self._outbox.pop(0)[1]
        return said

    def _answer(self, function: int, body: bytes) -> bytes:
        if function not in (_READ_HOLDING, _READ_INPUT):
            return self._refuse(function, _ILLEGAL_FUNCTION)
        if len(body) != 4:
            return self._refuse(function, _ILLEGAL_VALUE)
        start, count = struct.unpack(">HH", body)
        last = LAST_INPUT[self.model] if function == _READ_INPUT else LAST_HOLDING
        if self.mode == "exception":
            return self._refuse(function, _ILLEGAL_ADDRESS)
        if not 2 <= count <= MAX_REGISTERS or count % 2:
            return self._refuse(function, _ILLEGAL_VALUE)
        if start % 2 or start + count > last + 2:
            return self._refuse(function, _ILLEGAL_ADDRESS)
        values = self._inputs() if function == _READ_INPUT else self._holdings()
        words = b"".join(struct.pack(">f", values.get(address, 0.0)) for address in range(start, start + count, 2))
        return sealed(bytes([self.unit, function, len(words)]) + words)

    def _refuse(self, function: int, code: int) -> bytes:
        return sealed(bytes([self.unit, function | 0x80, code]))

    def _holdings(self) -> dict[int, float]:
        return {0x0012: 1.0, 0x0014: float(self.unit), 0x001C: 2.0}   # stop bits, node, baud code 2 = 9600

    def _inputs(self) -> dict[int, float]:
        """Unity power factor: an on-board charger's is above 0.99, and energy is active energy."""
        v, a = self._shown_v, self._shown_a
        values = {0x0046: 50.0, 0x0048: self._kwh, 0x0156: self._kwh}
        for phase in range(self.phases):
            step = 2 * phase
            values[0x0000 + step] = v[phase]
            values[0x0006 + step] = a[phase]
            values[0x000C + step] = values[0x0012 + step] = v[phase] * a[phase]
            values[0x001E + step] = 1.0
        if self.model == "sdm630":
            values |= {
                0x002A: sum(v) / 3, 0x002E: sum(a) / 3, 0x0030: sum(a), 0x0034: self._shown_w, 0x0038: self._shown_w,
                0x003E: 1.0, 0x0054: self._shown_w, 0x0180: self._kwh,
            }
        return values
