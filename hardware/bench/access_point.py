"""The WiFi that a charge point without settings opens itself, as a phone beside it sees it."""
import socket
from typing import Any

from hardware.bench.wire import Frame

HOST = "127.0.0.1"


class AccessPoint:
    """The port is kept from its first boot on, so that its page has one address: bound here, listened on there."""

    def __init__(self) -> None:
        self.ssid = self.password = ""
        self.on = False
        self._held = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._held.bind((HOST, 0))

    @property
    def port(self) -> int:
        return int(self._held.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/"

    def apply(self, frame: Frame) -> None:
        self.on = bool(frame.value)
        self.ssid, _, self.password = frame.payload.decode().partition("\0")

    def halt(self) -> None:
        self.on = False

    def as_json(self) -> dict[str, Any] | None:
        return {"ssid": self.ssid, "url": self.url} if self.on else None

    def close(self) -> None:
        self._held.close()
