"""Tells a charge point the settings of the house once its BootNotification has been accepted.

A local controller says a BootNotification again whenever it reconnects, so a charge point may be told what it does
already. What comes of it is a line in the log and nothing more: charging does not hang on these settings.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from csms.bus.in_process import InProcessBus
from csms.commands.change_configuration import change_configuration
from csms.domain.errors import CommandFailed
from ocppj import log

_log = log.get(__name__)
# First it gets the answer to its BootNotification, through a controller too, and tells how its connectors are.
_GRACE_S = 1.0


class AfterBoot:
    """`settings`: configuration keys of OCPP and their values, asked for each time; `own`: those that differ from one
    to the next.
    """

    def __init__(
        self,
        bus: InProcessBus,
        settings: Callable[[], Mapping[str, str]],
        own: Callable[[str], Awaitable[Mapping[str, str]]] | None = None,
    ) -> None:
        self._bus = bus
        self._settings = settings
        self._own = own
        self._telling: dict[str, asyncio.Task[None]] = {}

    def booted(self, identity: str) -> None:
        """Returns at once. Whoever boots again meanwhile is told from the start."""
        if not self._settings() and self._own is None:
            return
        if (before := self._telling.get(identity)) is not None:
            before.cancel()
        task = asyncio.create_task(self._tell(identity), name=f"after boot {identity}")
        self._telling[identity] = task
        task.add_done_callback(lambda done: self._forget(identity, done))

    def connected(self, identity: str) -> None:
        """Something of it was changed: say it again, if it is there. Who is away is told after its next boot."""
        self.booted(identity)

    async def close(self) -> None:
        tasks = list(self._telling.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _forget(self, identity: str, done: asyncio.Task[None]) -> None:
        if self._telling.get(identity) is done:
            del self._telling[identity]

    async def _tell(self, identity: str) -> None:
        await asyncio.sleep(_GRACE_S)
        try:
            own = await self._own(identity) if self._own is not None else {}
        except Exception as error:
            _log.error("after_boot.failed", charge_point=identity, error=repr(error))
            own = {}
        for key, value in {**self._settings(), **own}.items():
            try:
                await change_configuration(self._bus, identity, key, value)
            except CommandFailed:
                pass  # call() has told the log
            except Exception as error:
                _log.error("after_boot.failed", charge_point=identity, key=key, error=repr(error))
