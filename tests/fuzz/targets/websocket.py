"""The WebSocket parser (firmware/net/websocket.py) against a second, plain reading of RFC 6455.

A case: one byte that cuts the stream into pieces, then what the server sends. A message that begins with `[` is taken
piece by piece, as ocpp/link.py takes a list.
"""
from tests.fuzz.chip import IS_CHIP, run   # first: it makes the rest importable

from firmware.net.websocket import WebSocket, WebSocketError

MOST, MOST_TAKEN, FIRST = 8192, 81_920, 512


class Stream:
    """What the server sends, in pieces of 1 to 16 bytes or whole, now and then woken for nothing, as TLS does."""

    def __init__(self, data, cut):
        self.data, self.at, self.cut, self.turn = data, 0, cut, 0
        self.sent = bytearray()
        self.out_buf = b""

    async def readinto(self, view):
        self.turn += 1
        if self.cut & 64 and self.turn % 5 == 0:
            return None
        left = len(self.data) - self.at
        count = min(len(view), left, (1 + (self.cut + self.turn) % 16) if self.cut & 128 else left)
        view[:count] = self.data[self.at:self.at + count]
        self.at += count
        return count

    def write(self, data):
        self.sent.extend(data)

    async def drain(self):
        pass

    def close(self):
        pass


class Taker:
    """Whoever takes a message while it arrives; `closed` when the rest of it never comes."""

    def __init__(self):
        self.data, self.closed = bytearray(), False

    async def feed(self, view):
        assert len(view) <= FIRST, "a piece too long"
        assert not self.closed
        self.data.extend(view)

    def close(self):
        self.closed = True


def check(data):
    cut, data = data[0] if data else 0, data[1:]
    messages, code, answers = expected(data)
    stream = Stream(data, cut)
    socket, takers = WebSocket(stream, stream), []

    def take(head):
        if bytes(head[:1]) != b"[":
            return None
        takers.append(Taker())
        return takers[-1]

    socket.take = take
    got, end = run(receive_all(socket, len(messages) + 1))
    assert got == messages, ("messages", len(got), len(messages))
    taken = len([message for message in messages if message[:1] == b"["])
    assert [taker.closed for taker in takers] in ([False] * taken, [False] * taken + [True]), "left open, or closed"
    if code == 1009 and end == 1006:   # too long, but the stream ended before there was enough to tell whose it is
        assert stream.at == len(data)
        answers.pop()
    else:
        assert end == code, ("close code", end, code)
    assert sent_frames(stream.sent) == answers, ("answers", bytes(stream.sent), answers)


async def receive_all(socket, most):
    got = []
    try:
        while len(got) <= most:
            message = await socket.receive()
            got.append(bytes(message.data if hasattr(message, "feed") else message))
            assert IS_CHIP or len(socket._in) <= MOST   # the chip's firmware has shorter names
    except WebSocketError as error:
        return got, error.code
    raise AssertionError("more messages than were sent")


def expected(data):
    """(text messages, code of the end, frames that must have been answered) of a server's bytes."""
    messages, answers = [], []
    at, message, fragments = 0, b"", False
    asked = False   # whether it is to be taken, which its first 512 bytes tell

    def end(code, told=True):
        if told:
            answers.append((8, code.to_bytes(2, "big")))
        return messages, code, answers

    while True:
        if at + 2 > len(data):
            return end(1006, False)
        first, second = data[at], data[at + 1]
        at += 2
        opcode, length = first & 15, second & 127
        if first & 0x70 or second & 0x80:
            return end(1002)
        if opcode >= 8:
            if length > 125 or not first & 0x80:
                return end(1002)
            if at + length > len(data):
                return end(1006, False)
            body = data[at:at + length]
            at += length
            if opcode == 9:
                answers.append((10, body))
            elif opcode == 8:
                answers.append((8, body[:2] if length > 1 else b""))
                return messages, int.from_bytes(body[:2], "big") if length > 1 else 1005, answers
            elif opcode != 10:
                return end(1002)
            continue
        if opcode != (0 if fragments else 1):
            return end(1003 if opcode == 2 else 1002)
        if length > 125:
            width = 2 if length == 126 else 8
            if at + width > len(data):
                return end(1006, False)
            length = int.from_bytes(data[at:at + width], "big")
            at += width
        if not asked and len(message) + length > FIRST and length <= MOST_TAKEN:
            if at + FIRST - len(message) > len(data):
                return end(1006, False)
            asked = (message + data[at:at + 1])[:1] == b"["
        if len(message) + length > (MOST_TAKEN if asked else MOST):
            return end(1009)
        if at + length > len(data):
            return end(1006, False)
        message += data[at:at + length]
        at += length
        fragments = not first & 0x80
        if not fragments:
            messages.append(message)
            message, asked = b"", False


def sent_frames(sent):
    """[(opcode, body)] of what a client sent; every frame whole, masked and final."""
    frames, at = [], 0
    while at < len(sent):
        assert sent[at] & 0xF0 == 0x80, "not one final frame"
        assert sent[at + 1] & 0x80, "not masked"
        length = sent[at + 1] & 127
        assert length < 126, "a control frame that is long"
        mask = sent[at + 2:at + 6]
        body = bytes(sent[at + 6 + i] ^ mask[i & 3] for i in range(length))
        frames.append((sent[at] & 15, body))
        at += 6 + length
    return frames
