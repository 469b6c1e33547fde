"""Tells each site's controller who pays for charges started at its page: the idTag of that account's card, and a name.

By DataTransfer of `org.bollard`, OnSiteAccount, on the controller's own connection: after each of its boots, so after
each outage too, and when something of it has changed. What it was told last is compared, so it does not matter who
changed what, or how.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import msgspec

from csms.bus.in_process import InProcessBus
from csms.commands.data_transfer import data_transfer
from csms.domain.authorization import decide
from csms.domain.errors import CommandFailed
from csms.store import on_site
from csms.store.database import Database
from csms.store.on_site import OnSiteAccount, ToTell
from ocppj import log

_log = log.get(__name__)
VENDOR, MESSAGE = "org.bollard", "OnSiteAccount"
_AFTER_BOOT_S = 0.2  # the answer to the boot goes first


class OnSiteTeller:
    """`every_s`: how often to look beside that; 0: only after a boot and when told of a change."""

    def __init__(
        self,
        bus: InProcessBus,
        database: Database,
        every_s: float,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bus, self._database, self._clock = bus, database, clock
        self._every_s = every_s or None
        self._told: dict[str, str] = {}  # the data each controller has answered since its boot
        self._telling: dict[str, asyncio.Task[None]] = {}  # one each: a silent one holds up nobody else
        self._look_again: set[str] = set()  # of those, where something may have changed meanwhile
        self._look = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._keep(), name="on-site accounts")

    async def close(self) -> None:
        tasks = [] if self._task is None else [self._task, *self._telling.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def booted(self, identity: str) -> None:
        """This controller may have forgotten."""
        self._told.pop(identity, None)
        self._look.set()

    def changed(self) -> None:
        """Some account has, or its card."""
        self._look.set()

    async def _keep(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._every_s):
                    await self._look.wait()
                self._look.clear()
                await asyncio.sleep(_AFTER_BOOT_S)
            except TimeoutError:
                pass
            try:
                async with self._database.read() as db:
                    here = await on_site.to_tell(db)
            except Exception as error:  # the next look is soon
                _log.error("on_site.failed", error=repr(error))
                continue
            for one in here:
                if one.identity in self._telling:
                    self._look_again.add(one.identity)
                else:
                    told = asyncio.create_task(self._tell(one), name=f"on-site account {one.identity}")
                    self._telling[one.identity] = told
                    told.add_done_callback(partial(self._done, one.identity))

    def _done(self, identity: str, _: object) -> None:
        del self._telling[identity]
        if identity in self._look_again:
            self._look_again.remove(identity)
            self._look.set()

    async def _tell(self, one: ToTell) -> None:
        identity = one.identity
        try:
            data = self._data(one.account)
            if self._told.get(identity) == data:
                return
            answer = await data_transfer(self._bus, identity, VENDOR, MESSAGE, data)
        except CommandFailed:  # call() has told the log; the next look says it again
            return
        except Exception as error:
            _log.error("on_site.failed", controller=identity, error=repr(error))
            return
        self._told[identity] = data  # whatever it says: an older one does not know it, and will not the next time
        _log.info("on_site.told", controller=identity, status=answer.status)

    def _data(self, account: OnSiteAccount | None) -> str:
        told: dict[str, str | None] = {"idTag": None}
        if account is not None:
            verdict = decide(account.card, self._clock())
            told = {"idTag": account.card.id_tag, "name": account.name, "status": verdict.status}
        return msgspec.json.encode(told).decode()
