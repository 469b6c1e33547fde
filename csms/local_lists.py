"""Keeps the local lists of charge points in step with the cards: looks now and then, and soon after a boot.

Cards are compared with what each charge point has accepted, so it does not matter who changed a card, or how.
"""

import asyncio
import hashlib
import time
from collections.abc import Callable
from datetime import UTC, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.bus.in_process import InProcessBus
from csms.commands.get_configuration import get_configuration
from csms.commands.get_local_list_version import get_local_list_version
from csms.commands.send_local_list import send_local_list
from csms.domain import local_list
from csms.domain.errors import CommandFailed
from csms.domain.local_list import Entries, Known, Limits, Update
from csms.store import charge_points, local_lists
from csms.store.database import Database
from csms.store.local_lists import LocalListView
from csms.store.writer import Writer
from ocppj import log
from ocppj.v16 import AuthorizationData, IdTagInfo

_log = log.get(__name__)
_AT_ONCE = 8
_AFTER_FAILURE_S = 600.0
_KEYS = ("LocalAuthListEnabled", "LocalAuthListMaxLength", "SendLocalListMaxLength")
NOT_SUPPORTED = "NotSupported"
DISABLED = "Disabled"


class LocalLists:
    """`every_s`: how often to look; 0: only when asked to. `most`: entries, whatever a charge point takes."""

    def __init__(
        self,
        bus: InProcessBus,
        database: Database,
        writer: Writer,
        every_s: float,
        most: int = 1000,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bus, self._database, self._writer = bus, database, writer
        self._every_s, self._most, self._clock = every_s, most, clock
        self._look = asyncio.Event()
        self._booted: set[str] = set()
        self._not_before_s: dict[str, float] = {}  # who failed
        self._locks: dict[str, asyncio.Lock] = {}  # one conversation about its list for each charge point
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._every_s:
            self._task = asyncio.create_task(self._keep(), name="local lists")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def booted(self, identity: str) -> None:
        self._booted.add(identity)
        self._not_before_s.pop(identity, None)
        self._look.set()

    async def sync(self, identity: str) -> LocalListView:
        """Bring this one's list in step now. Raises CommandFailed; what it refused is in the status."""
        async with self._locks.setdefault(identity, asyncio.Lock()):
            async with self._database.read() as db:
                found = await charge_points.find(db, identity)
                known, _ = await local_lists.find(db, found.id)
            limits, why_not = await self._limits(identity)
            there = -1 if limits is None else await get_local_list_version(self._bus, identity)
            async with self._database.read() as db:
                most = 0 if limits is None else min(limits.entries, self._most)
                wanted = await local_lists.wanted(db, found.site_id, most, self._clock())
                digest = await self._digest(db, found.site_id)
            if limits is None or there < 0:
                known, status = Known(0, {}), why_not or NOT_SUPPORTED
            else:
                known, status = await self._bring(identity, there, known, wanted, limits)
            done = digest if status in ("Accepted", NOT_SUPPORTED, DISABLED) else None
            at = self._clock()

            async def note(db: AsyncConnection) -> None:
                await local_lists.note(db, found.id, known, done, status, at)

            await self._writer.write(note)
            if done is None:
                self._not_before_s[identity] = time.monotonic() + _AFTER_FAILURE_S
            _log.info("local_list.synced", charge_point=identity, version=known.version, status=status)
            return LocalListView(known.version, len(known.entries), status, at)

    async def _limits(self, identity: str) -> tuple[Limits | None, str]:
        told = await get_configuration(self._bus, identity, _KEYS)
        values = {row.key: row.value or "" for row in told.configuration_key or ()}
        if "LocalAuthListEnabled" not in values:
            return None, NOT_SUPPORTED
        if values["LocalAuthListEnabled"].lower() != "true":
            return None, DISABLED
        entries = _count(values.get("LocalAuthListMaxLength"), 100)
        return Limits(entries, _count(values.get("SendLocalListMaxLength"), 20)), ""

    async def _bring(
        self, identity: str, there: int, known: Known | None, wanted: Entries, limits: Limits
    ) -> tuple[Known, str]:
        """What the charge point holds afterwards, as far as it has accepted it, and its last word."""
        status, now = "Accepted", known or Known(there, {})
        plan = list(local_list.updates(there, known, wanted, limits))
        while plan:
            update = plan.pop(0)
            status = await send_local_list(self._bus, identity, update.version, update.kind, _entries(update))
            if status == "VersionMismatch" and update.kind == "Differential":
                there = max(await get_local_list_version(self._bus, identity), update.version)
                plan = list(local_list.full(there + 1, wanted, limits))
            elif status == "Accepted":
                before = {} if update.kind == "Full" else now.entries
                kept = {tag: at for tag, at in before.items() if tag not in update.remove}
                now = Known(update.version, {**kept, **update.entries})
            else:
                break
        return now, status

    async def _keep(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._every_s):
                    await self._look.wait()
                self._look.clear()
                await asyncio.sleep(1.0)  # the answer to the boot goes first, and others that boot come along
            except TimeoutError:
                pass
            try:
                await self._look_at_all()
            except Exception as error:  # the next look is soon
                _log.error("local_lists.failed", error=repr(error))

    async def _look_at_all(self) -> None:
        booted, self._booted = self._booted, set()
        async with self._database.read() as db:
            here = await local_lists.connected(db)
            digests = {site: await self._digest(db, site) for site in {site for _, _, site, _ in here}}
        now_s = time.monotonic()
        behind = [
            identity
            for identity, _, site, digest in here
            if (identity in booted or digest != digests[site]) and self._not_before_s.get(identity, 0.0) <= now_s
        ]
        room = asyncio.Semaphore(_AT_ONCE)

        async def one(identity: str) -> None:
            async with room:
                try:
                    await self.sync(identity)
                except CommandFailed:  # call() has told the log
                    self._not_before_s[identity] = time.monotonic() + _AFTER_FAILURE_S

        await asyncio.gather(*(one(identity) for identity in behind))

    async def _digest(self, db: AsyncConnection, site_id: int) -> str:
        """Of all that may be in a list at this site."""
        wanted = await local_lists.wanted(db, site_id, self._most, self._clock())
        return hashlib.sha256(msgspec.json.encode(sorted(wanted.items()))).hexdigest()


def _entries(update: Update) -> list[AuthorizationData]:
    added = [AuthorizationData(tag, IdTagInfo("Accepted", at)) for tag, at in update.entries.items()]
    return added + [AuthorizationData(tag) for tag in update.remove]


def _count(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 7 else otherwise
