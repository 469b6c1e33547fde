"""A charge point of a few lines on a bare WebSocket: shares no code with the product."""
import base64
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from websockets.sync.client import ClientConnection, connect


@contextmanager
def charge_point(url: str, identity: str, key: str) -> Iterator[ClientConnection]:
    credentials = base64.b64encode(f"{identity}:{key}".encode()).decode()
    with connect(f"{url}/{identity}", subprotocols=["ocpp1.6"], proxy=None,   # type: ignore[list-item]
                 additional_headers={"Authorization": f"Basic {credentials}"}) as socket:
        yield socket


def call(socket: ClientConnection, action: str, **payload: Any) -> Any:
    """Send one CALL and return the payload of its CALLRESULT; calls from the other side are answered politely."""
    message_id = uuid.uuid4().hex
    socket.send(json.dumps([2, message_id, action, payload]))
    while True:
        frame = json.loads(socket.recv(timeout=15))
        if frame[0] == 2:
            socket.send(json.dumps([4, frame[1], "NotSupported", "", {}]))
        elif frame[1] == message_id:
            assert frame[0] == 3, frame
            return frame[2]


def now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
