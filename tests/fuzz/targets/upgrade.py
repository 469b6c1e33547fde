"""The server's answer to the upgrade (firmware/net/handshake.py): taken only if it is one, and never too long.

A case: a byte that cuts the stream, then the answer; `@ACCEPT@` in it stands for the right key.
"""
from tests.fuzz.chip import run   # first: it makes the rest importable

import binascii
import hashlib

from firmware.net import handshake
from firmware.net.websocket import WebSocketError
from tests.fuzz.targets.websocket import Stream

LONGEST_ANSWER = 1024


class Server(Stream):
    def write(self, data):
        request = data.encode() if isinstance(data, str) else bytes(data)
        at = request.find(b"Sec-WebSocket-Key: ") + 19
        key = request[at:at + 24] + b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        self.accept = binascii.b2a_base64(hashlib.sha1(key).digest())[:-1]
        self.data = self.data.replace(b"@ACCEPT@", self.accept)


def check(data):
    server = Server(bytes(data[1:]), data[0] if data else 0)
    try:
        run(handshake._upgrade(server, "host", 80, "/ocpp/CP1", b"CP1:secret", "ocpp1.6"))
    except handshake.Refused as error:
        assert error.status != 101 and 0 <= error.retry_after_s <= 3600, error.retry_after_s
    except (WebSocketError, ValueError):
        pass
    else:
        taken = server.data[:server.at]
        head = taken.decode().lower()
        assert head.startswith("http/1.") and " 101" in head[:20]
        assert server.accept in taken and "ocpp1.6" in head and "websocket" in head
    assert server.at <= LONGEST_ANSWER
