"""The controller's own connection to the CSMS, under its own identity: says that the site is there, and notices when
the CSMS is. Nothing of its charge points passes here; what the CSMS asks of it is in own_requests.py.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from datetime import datetime

import msgspec
from msgspec import Raw

from local_controller.payloads import BootAnswer, Wire, try_read
from ocppj import log
from ocppj.errors import CallErrorReceived, CallTimeout, ConnectionLost
from ocppj.frames import Call
from ocppj.peer import Peer

HEARTBEAT_S = 60.0
# As our server and others say it; nobody but another controller with our identity and key can have taken the place.
_REPLACED = re.compile("replaced|newer connection|another connection", re.IGNORECASE)
RIVAL_WAIT_S = 300.0  # two that take each other's place at once would leave nobody a working connection
_BOOT = {"chargePointVendor": "Bollard", "chargePointModel": "Local controller"}
_log = log.get(__name__)


class _Time(Wire):
    current_time: datetime


class OwnLink:
    """`up` and `down` are called when the CSMS comes and goes, `heard` with the time when it tells that, `answer`
    with what it asks."""

    def __init__(
        self,
        up: Callable[[], None],
        down: Callable[[], None],
        heard: Callable[[datetime], Awaitable[None]],
        answer: Callable[[Call], Awaitable[Raw]],
        clock: Callable[[], datetime],
    ) -> None:
        self.connected = False
        self.peer: Peer | None = None
        self.rival = False  # another one speaks under our identity
        self.introduced = asyncio.Event()  # the CSMS has accepted our BootNotification on this connection
        self.since = clock()
        self._up, self._down, self._heard, self._answer, self._clock = up, down, heard, answer, clock

    async def converse(self, csms: Peer) -> None:
        self.peer = csms
        self._turn(True)
        beat = asyncio.create_task(self._speak(csms), name="own heartbeat")
        try:
            await csms.serve(self._answer)
        finally:
            beat.cancel()
            self.introduced.clear()
            self.peer = None
            self._turn(False)
        self.rival = bool(_REPLACED.search(csms.end_reason))
        if self.rival:
            _log.error("own_link.rival", identity=csms.identity, why="another controller connects with this identity")
            await asyncio.sleep(RIVAL_WAIT_S)

    def _turn(self, connected: bool) -> None:
        self.connected, self.since = connected, self._clock()
        (self._up if connected else self._down)()

    async def _speak(self, csms: Peer) -> None:
        """Boot, then a heartbeat now and then: any CSMS expects it of whoever is connected."""
        action, payload, wait_s = "BootNotification", Raw(msgspec.json.encode(_BOOT)), HEARTBEAT_S
        while True:
            try:
                answer = await csms.call_raw(action, payload)
            except ConnectionLost:
                return
            except (CallTimeout, CallErrorReceived) as problem:
                _log.debug("own_link.unanswered", action=action, error=str(problem))
            else:
                if (time := try_read(_Time, answer)) is not None:
                    await self._heard(time.current_time)
                told = try_read(BootAnswer, answer)
                if told is not None and told.interval > 0:
                    wait_s = float(min(max(told.interval, 10), 3600))
                if told is None or told.status == "Accepted":
                    self.introduced.set()
                    action, payload = "Heartbeat", Raw(b"{}")
            await asyncio.sleep(wait_s)
