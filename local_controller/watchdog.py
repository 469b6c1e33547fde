"""Tells systemd that the controller is up and alive (sd_notify(3), Type=notify with WatchdogSec).

Alive means that the loop turns and the database answers: one that hangs is started anew. Without systemd
nothing happens.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping

from ocppj import log

ANSWER_S = 10.0
_log = log.get(__name__)


class Watchdog:
    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        usec = environment.get("WATCHDOG_USEC", "")
        mine = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        self._every_s = int(usec) / 1e6 / 3 if usec.isdecimal() and mine else 0.0

    def tell(self, *lines: str) -> None:
        """READY=1, STATUS=…, STOPPING=1 and their like."""
        if not self._address:
            return
        address = f"\0{self._address[1:]}" if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
                out.connect(address)
                out.send("\n".join(lines).encode())
        except OSError as problem:
            _log.warning("watchdog.untold", error=problem)

    async def run(self, alive: Callable[[], Awaitable[object]]) -> None:
        """Say so as long as `alive` answers; runs until cancelled."""
        while self._every_s:
            try:
                await asyncio.wait_for(alive(), ANSWER_S)
            except Exception as problem:
                _log.error("watchdog.not_alive", error=repr(problem))
            else:
                self.tell("WATCHDOG=1")
            await asyncio.sleep(self._every_s)
