"""The WiFi of one charge point: it joins and leaves the network as the chip's own driver does, and finds names.

The driver keeps trying while its station is on; its state and its answers reach the program by the wire's cells. What
is sent passes the relay, which is the air between.
"""
import asyncio

from hardware.bench.relay import Cut, Relay
from hardware.bench.wire import Cell, Wire

ASSOCIATE_S = 0.3                                    # from connect() to an address
# network, ESP32 port
STAT_IDLE, STAT_CONNECTING, STAT_GOT_IP, STAT_NO_AP_FOUND, STAT_WRONG_PASSWORD = 1000, 1001, 1010, 201, 202
SSID, PASSWORD = "bench", "virtual-air"


class Station:
    def __init__(self, choosy: bool = False) -> None:
        """`choosy`: only who knows name and password joins; else whoever asks, as people name settings as they like."""
        self.relay = Relay()
        self._choosy = choosy
        self._wire: Wire | None = None               # to the running program
        self._on = False                             # the program has called connect()
        self._asked = (SSID, PASSWORD)               # with these
        self._answers = 0
        self._finds_names = True
        self._unnoticed = False                      # the link is down and the station does not know
        self._association: asyncio.TimerHandle | None = None

    @property
    def link(self) -> bool:
        return self.relay.up and self._finds_names

    def boot(self, wire: Wire) -> None:
        self._wire, self._on = wire, False
        wire.set(Cell.LINK, STAT_IDLE)

    def halt(self) -> None:
        """The chip has forgotten everything; its servers hear nothing of it."""
        self.relay.abandon()
        self._wire = None
        self._cancel()

    async def close(self) -> None:
        self._cancel()
        await self.relay.close()

    def turn(self, on: bool, asked: tuple[str, str] | None = None) -> None:
        self._on = on
        self._asked = asked or self._asked
        self._associate()

    def set_link(self, up: bool, how: Cut) -> None:
        self._finds_names = up or how is not Cut.NAMES
        if up:
            self.relay.restore()
        elif self._finds_names:
            self.relay.cut(how)
        was_unnoticed, self._unnoticed = self._unnoticed, not up and how in (Cut.WEAK, Cut.NAMES)
        if not (self._unnoticed or (up and was_unnoticed)):
            self._associate()

    async def resolve(self, host: str, port: int) -> None:
        """Tell the program, unless it is gone by then, the local port that leads to host:port; 0 when none is found."""
        wire = self._wire
        local_port = await self.relay.port_for(host, port) if self._finds_names else 0
        if wire and wire is self._wire:
            self._answers += 1
            wire.set(Cell.PORT, local_port)
            wire.set(Cell.ANSWERS, self._answers)
            wire.flush()

    def _associate(self) -> None:
        self._cancel()
        status = STAT_IDLE
        if self._on:
            ssid, password = self._asked
            if not self.relay.up or (self._choosy and ssid != SSID):
                status = STAT_NO_AP_FOUND
            elif self._choosy and password != PASSWORD:
                status = STAT_WRONG_PASSWORD
            else:
                status = STAT_CONNECTING
            if status == STAT_CONNECTING and self._wire:
                self._association = asyncio.get_running_loop().call_later(ASSOCIATE_S, self._tell, STAT_GOT_IP)
        self._tell(status)

    def _tell(self, status: int) -> None:
        if self._wire:
            self._wire.set(Cell.LINK, status)
            self._wire.flush()

    def _cancel(self) -> None:
        if self._association:
            self._association.cancel()
            self._association = None
