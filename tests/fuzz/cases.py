"""Cases made by structure, and how to spoil them: a generator and a mutator for each target, all from one `Random`."""
import json
import struct
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from urllib.parse import urlencode

from tests.fuzz.words import CALLS, CONF, HTTP, NOW, ODD, STORIES, Step

BOUNDARIES = (0, 1, 2, 8, 16, 62, 63, 64, 124, 125, 126, 127, 128, 511, 512, 513, 8191, 8192, 8193, 65535, 65536)


def spoil(random: Random, data: bytes) -> bytes:
    """One to four small damages, as a fuzzer without any knowledge does."""
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 3, 4))):
        at = random.randrange(len(out) + 1)
        match random.randrange(7):
            case 0 if out:
                out[at % len(out)] ^= 1 << random.randrange(8)
            case 1 if out:
                out[at % len(out)] = random.choice((0, 1, 0x7F, 0x80, 0xFE, 0xFF, random.randrange(256)))
            case 2:
                out[at:at] = random.randbytes(random.choice((1, 1, 2, 4, 16)))
            case 3:
                del out[at:at + random.choice((1, 1, 2, 4, 16, 200))]
            case 4:
                piece = out[at:at + random.randrange(1, 40)]
                to = random.randrange(len(out) + 1)
                out[to:to] = piece * random.choice((1, 1, 3))
            case 5:
                del out[at:]
            case _:
                out[at:at] = random.choice(WORDS)
    return bytes(out)


WORDS = (b'"', b"[", b"]", b"{", b"}", b":", b",", b"\\", b"\\u0000", b"null", b"true", b"-1", b"1e999", b"0.5",
         b"99999999999999999999", b"\xff\xfe", b"\xc3\xa9", b"\r\n", b"\x1e", b"[[[[[[[[", b"{\"a\":", b"\x00" * 8)


def websocket_frame(first: int, body: bytes, said: int | None = None, wide: int = 0) -> bytes:
    size = len(body) if said is None else said
    if size < 126 and not wide:
        return bytes((first, size)) + body
    if size < 65536 and wide < 2:
        return bytes((first, 126)) + struct.pack(">H", size) + body
    return bytes((first, 127)) + struct.pack(">Q", size & (1 << 64) - 1) + body


def websocket(random: Random) -> bytes:
    out = [bytes((random.randrange(256),))]
    for _ in range(random.randrange(1, 7)):
        body = random.randbytes(random.choice((0, 1, 5, 30, random.choice(BOUNDARIES) % 9000)))
        if random.random() < 0.3:   # one that is taken while it arrives
            body = b"[" + body * random.choice((1, 1, 1, 1, 12))
        wide = random.choice((0, 0, 0, 0, 1, 2))
        match random.randrange(9):
            case 0 | 1 | 2:
                out.append(websocket_frame(0x81, body, wide=wide))
            case 3 | 4:
                parts = [body[i::3] for i in range(3)]
                out.append(websocket_frame(0x01, parts[0], wide=wide))
                out.append(websocket_frame(0x89, body[:9]) if random.random() < 0.5 else b"")
                out.append(websocket_frame(0x00, parts[1]))
                out.append(websocket_frame(0x80, parts[2], wide=wide))
            case 5:
                out.append(websocket_frame(random.choice((0x89, 0x8A)), body[:random.choice((0, 4, 125, 126))]))
            case 6:
                close = struct.pack(">H", random.choice((1000, 1001, 1009, 4000, 0, 65535))) + body[:60]
                out.append(websocket_frame(0x88, close[:random.choice((0, 1, 2, 20))]))
            case 7:
                out.append(websocket_frame(random.randrange(256), body, wide=wide))
            case _:
                said = random.choice((*BOUNDARIES, 1 << 31, 1 << 63, (1 << 64) - 1))
                out.append(websocket_frame(0x81, body, said=said))
    return b"".join(out)


def upgrade(random: Random) -> bytes:
    status = random.choice(("101 Switching Protocols", "101", "401 Unauthorized", "429 Slow", "503", "1011 x", "abc"))
    headers = [("Upgrade", "websocket"), ("Connection", random.choice(("Upgrade", "keep-alive, Upgrade"))),
               ("Sec-WebSocket-Accept", "@ACCEPT@"), ("Sec-WebSocket-Protocol", "ocpp1.6"),
               ("Retry-After", random.choice(("5", "-1", "99999999999999999999", "Fri, 31 Dec 1999 23:59:59 GMT")))]
    random.shuffle(headers)
    chosen = headers if random.random() < 0.6 else headers[random.randrange(3):]
    lines = [f"HTTP/1.{random.choice('10')} {status}", *(f"{name}:{' ' * random.randrange(3)}{value}"
                                                          for name, value in chosen)]
    text = "\r\n".join(lines) + "\r\n" + "X: " + "y" * random.choice((0, 0, 10, 800, 2000)) + "\r\n\r\n"
    return bytes((random.randrange(256),)) + text.encode() + random.randbytes(random.randrange(4))


def sealed(body: bytes) -> bytes:
    """A Modbus frame with its CRC."""
    crc = 0xFFFF
    for byte in body:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return body + crc.to_bytes(2, "little")


def serial(random: Random) -> bytes:
    modbus = random.random() < 0.5
    out = [bytes((0 if modbus else 1,))]
    for _ in range(random.randrange(1, 12)):
        if modbus:
            words = struct.pack(">4H", *(random.randrange(65536) for _ in range(4)))
            body = random.choice((sealed(b"\x05\x04\x08" + words), sealed(b"\x05\x84\x02"),
                                  sealed(b"\x06\x04\x08" + words), random.randbytes(random.randrange(60))))
        else:
            uid = random.randbytes(random.choice((4, 7, 10, 5)))
            ack = b"\x00\x00\xff\x00\xff\x00"
            target = pn532_frame(b"\x4b\x01\x01\x00\x44\x00" + bytes((len(uid),)) + uid)
            body = random.choice((ack, ack + pn532_frame(b"\x15"), ack + target, target, ack + pn532_frame(b"\x4b\x00"),
                                  b"\x00\x00\xff\x01\xff\x7f\x81\x00", random.randbytes(random.randrange(80))))
        if random.random() < 0.3:
            body = spoil(random, body)
        body = body[:255]
        out.append(bytes((random.choice((0, 2, 30, 120, 255)), len(body))) + body)
    return b"".join(out)


def pn532_frame(data: bytes) -> bytes:
    data = b"\xd5" + data
    return b"\x00\x00\xff" + bytes((len(data), -len(data) & 0xFF)) + data + bytes((-sum(data) & 0xFF, 0))


def bent(random: Random, value: object) -> object:
    """The value with something in it that it should not hold."""
    if random.random() < 0.25 or not isinstance(value, (dict, list)) or not value:
        return random.choice(ODD)
    if isinstance(value, dict):
        name = random.choice(list(value))
        match random.randrange(4):
            case 0:
                return {k: v for k, v in value.items() if k != name}
            case 1:
                return {**value, random.choice(("extra", "idTag", "connectorId", "status", "type")): random.choice(ODD)}
            case _:
                return {**value, name: bent(random, value[name])}
    at = random.randrange(len(value))
    return [*value[:at], bent(random, value[at]), *value[at + 1:]]


def charge_point(random: Random) -> bytes:
    steps: list[Step] = list(random.choice(STORIES)) if random.random() < 0.4 else []
    for _ in range(random.randrange(0 if steps else 1, 9)):
        step: Step = random.choice(CALLS) if random.random() < 0.95 else random.choice(HTTP)
        at = random.choice((0, len(steps), random.randrange(len(steps) + 1)))
        steps.insert(at, bytes((random.randrange(14),)) if random.random() < 0.2 else step)
    gently = random.random() < 0.3   # hardly bent: what follows a word is only seen when the word is taken
    frames = [frame_of(random, step, number, 0.05 if gently else 0.5) for number, step in enumerate(steps)]
    board = random.choice((b"", b"", b"\x0e", b"\x0f", b"\x10"))
    return board + b"\x1e".join(frames)


def as_meant(story: tuple[Step, ...]) -> bytes:
    """Its steps, not bent by anything."""
    return b"\x1e".join(step if isinstance(step, bytes) else json.dumps([2, f"m{number}", *step]).encode()
                        for number, step in enumerate(story))


def frame_of(random: Random, step: Step, number: int, how_often: float) -> bytes:
    if isinstance(step, bytes):
        return spoil(random, step) if len(step) > 1 and random.random() < how_often / 2 else step
    deed = bytes((random.randrange(14),)) if random.random() < 0.3 else b""
    action, payload = step
    if deed == b"\x0c" and random.random() < 0.7:
        deed = b""   # a flash that is full refuses too much of the rest
    frame: object = [2, f"m{number}", action, payload]
    if random.random() < 0.2:
        frame = random.choice(([3, "@CALL@", random.choice(CONF)], [4, "@CALL@", "InternalError", "", {}]))
    if random.random() < how_often:
        frame = bent(random, frame)
    loose = random.random() < 0.2
    text = json.dumps(frame, ensure_ascii=random.random() < 0.5, separators=None if loose else (",", ":"))
    data = text.encode("utf-8", "replace")
    if random.random() < how_often / 3:
        data = spoil(random, data)
    if random.random() < 0.02:
        data = data[:-1] + random.choice((b",[]", b"[", b"{\"a\":", b"1,")) * 3000
    return deed + data


HELD: tuple[object, ...] = (   # what the files of /data and settings.json hold
    {"saved_s": 700_000_100, "running": [[1, 13, "A", "P", 700_000_000]]},
    {"unavailable": [1], "MeterValueSampleInterval": "30", "LocalPreAuthorize": "false"},
    {"identity": "CP1", "url": "wss://h/ocpp", "authorization_key": "0F" * 20, "board": "bench", "wifi_ssid": "s",
     "wifi_password": "p", "written_at": NOW},
    [700_000_100, [1, 4, 900_000_000, "R", ""], [0, 5, 900_000_000, "R", "P"]],   # OTHERS' reservations
)


def files(random: Random) -> bytes:
    which = random.randrange(18)
    if which in (4, 13, 14, 15, 17):
        return bytes((which,)) + random.randbytes(random.randrange(200))
    if which in (5, 6, 7, 16):
        held = bent(random, HELD[min(which - 5, 3)])
        text = json.dumps(bent(random, held) if random.random() < 0.3 else held, ensure_ascii=False)
        return bytes((which,)) + (spoil(random, text.encode()) if random.random() < 0.2 else text.encode())
    orders = bytearray((which,))
    for _ in range(random.choice((1, 1, 2, 3, 6))):
        value = random.choice((0, 1, 7, 32, 48, 57, 255, random.randrange(256)))
        orders += bytes((random.randrange(6), *random.randbytes(2), value))
    return bytes(orders)


def setup(random: Random) -> bytes:
    which, cut = random.randrange(4), random.randrange(256)
    if which == 1:
        labels = [random.randbytes(random.choice((1, 3, 20, 63))) for _ in range(random.randrange(4))]
        name = b"".join(bytes((len(label),)) + label for label in labels) + b"\0"
        sent = random.randbytes(2) + b"\1\0\0\1" + b"\0" * 6 + name + random.choice((b"\0\1\0\1", b"\0\x1c\0\1"))
    elif which == 2:
        sent = b"-----BEGIN CERTIFICATE-----\n" + b64encode(random.randbytes(90)) + b"\n-----END CERTIFICATE-----\n"
    else:
        values = {"wifi_ssid": "yard", "wifi_password": "12345678", "url": "wss://h:1/ocpp", "identity": "CP1",
                  "authorization_key": "0F" * 20, "token": "00" * 8, "controller": "pi.local", "code": "AB<CD"}
        body = urlencode(values | {random.choice(list(values)): str(random.choice(ODD))[:300]}).encode()
        method = random.choice(("POST", "POST", "POST", "GET", "HEAD"))
        host = random.choice(("192.168.4.1", "192.168.4.1:80", "192.168.4.1", "evil.example"))
        size = random.choice((len(body), len(body), len(body), 0, 99999, -1))
        filler = "X: " + "y" * random.choice((0, 10, 2000, 3000))
        sent = f"{method} / HTTP/1.1\r\nHost: {host}\r\nContent-Length: {size}\r\n{filler}\r\n\r\n".encode() + body
    return bytes((which, cut)) + sent


@dataclass(frozen=True)
class Target:
    name: str
    make: Callable[[Random], bytes]

    def check(self, data: bytes) -> None:
        module = __import__(f"tests.fuzz.targets.{self.name}", fromlist=["check"])
        module.check(data)

    def case(self, random: Random, kept: list[bytes]) -> bytes:
        """A fresh one by structure, or a spoilt one, most often of those that led somewhere new."""
        if random.random() < 0.4:
            return self.make(random)
        base = random.choice(kept) if kept and random.random() < 0.7 else self.make(random)
        return spoil(random, base)


TARGETS = {target.name: target for target in (
    Target("websocket", websocket), Target("upgrade", upgrade), Target("serial", serial),
    Target("charge_point", charge_point), Target("files", files), Target("setup", setup))}


def from_seed(name: str, seed: str, count: int) -> list[bytes]:
    """The same cases each time."""
    random = Random(f"{seed} {name}")
    return [TARGETS[name].case(random, []) for _ in range(count)]
