"""Keeps the local list of each site's controller in step with the cards: all of them, refused ones too, so that a site
whose link is cut decides as we would. A controller tells what it holds by one digest; what it said last is remembered
here, and whoever was forgotten gets a full list.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice

from csms.bus.in_process import InProcessBus
from csms.commands.get_configuration import get_configuration
from csms.commands.get_local_list_version import get_local_list_version
from csms.commands.send_local_list import send_local_list
from csms.domain.authorization import Verdict
from csms.domain.errors import CommandFailed, Offline
from csms.store import controllers, local_lists
from csms.store.database import Database
from ocppj import list_digest, log
from ocppj.v16 import AuthorizationData, IdTagInfo

_log = log.get(__name__)
_KEYS = ("LocalAuthListMaxLength", "SendLocalListMaxLength", list_digest.KEY)
_MOST_A_MESSAGE = 2_000

Cards = Mapping[str, Verdict]


class ControllerLists:
    """`every_s`: how often to look; 0: never."""

    def __init__(
        self,
        bus: InProcessBus,
        database: Database,
        every_s: float,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bus, self._database, self._every_s, self._clock = bus, database, every_s, clock
        self._here: set[str] = set()
        self._held: dict[str, tuple[int, Cards]] = {}  # version and content, as each controller has accepted them
        self._look = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if self._every_s:
            self._task = asyncio.create_task(self._keep(), name="controller lists")

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def booted(self, identity: str) -> None:
        """This controller is connected from now on."""
        self._here.add(identity)
        self._look.set()

    def changed(self) -> None:
        """Cards have: whoever is here shall know soon."""
        self._look.set()

    async def sync(self, identity: str) -> str:
        """Bring its list in step now; the last status it answered. Raises CommandFailed."""
        async with self._database.read() as db:
            known = await controllers.find(db, identity)
            if known is None:
                raise Offline(f"there is no controller {identity}")
            wanted = await local_lists.verdicts(db, known.site_id, self._clock())
        told = await get_configuration(self._bus, identity, _KEYS)
        values = {row.key: row.value or "" for row in told.configuration_key or ()}
        most = _count(values.get("LocalAuthListMaxLength"))
        if not most:
            return "NotSupported"
        step = min(_count(values.get("SendLocalListMaxLength")) or 100, _MOST_A_MESSAGE)
        if len(wanted) > most:
            _log.warning("controller_list.too_long", controller=identity, cards=len(wanted), most=most)
            wanted = _most_useful(wanted, most)
        there = await get_local_list_version(self._bus, identity)
        digest = await asyncio.to_thread(list_digest.digest_of, _rows(wanted))
        if values.get(list_digest.KEY) == digest:
            self._held[identity] = there, wanted
            return "Accepted"
        held = self._held.pop(identity, None)
        change = _change(held[1], wanted) if held is not None and held[0] == there else None
        if change is not None and len(change) <= step:
            status = await send_local_list(self._bus, identity, there + 1, "Differential", change)
            version = there + 1
        else:
            version, status = await self._send_all(identity, max(there, 0), wanted, step)
        if status == "Accepted":
            self._held[identity] = version, wanted
        _log.info("controller_list.synced", controller=identity, version=version, cards=len(wanted), status=status)
        return status

    async def _send_all(self, identity: str, version: int, wanted: Cards, step: int) -> tuple[int, str]:
        """A full list, and what does not fit into its message in differential ones behind it."""
        rows, status, first = iter(wanted.items()), "Accepted", True
        while (piece := [_entry(tag, verdict) for tag, verdict in islice(rows, step)]) or first:
            version += 1
            status = await send_local_list(self._bus, identity, version, "Full" if first else "Differential", piece)
            if status != "Accepted":
                break
            first = False
        return version, status

    async def _keep(self) -> None:
        while True:
            try:
                async with asyncio.timeout(self._every_s):
                    await self._look.wait()
                self._look.clear()
                await asyncio.sleep(1.0)  # the answer to the boot goes first
            except TimeoutError:
                pass
            for identity in tuple(self._here):
                try:
                    await self.sync(identity)
                except Offline:
                    self._here.discard(identity)
                except CommandFailed:  # call() has told the log; the next look is soon
                    pass
                except Exception as error:
                    _log.error("controller_list.failed", controller=identity, error=repr(error))


def _most_useful(wanted: Cards, most: int) -> dict[str, Verdict]:
    """A card that is not in the list is refused at most sites, so those that may charge come first."""
    ranked = sorted(wanted.items(), key=lambda item: (item[1].status != "Accepted", item[0]))
    return dict(ranked[:most])


def _change(before: Cards, wanted: Cards) -> list[AuthorizationData]:
    new = [_entry(tag, verdict) for tag, verdict in wanted.items() if before.get(tag) != verdict]
    return new + [AuthorizationData(tag) for tag in before if tag not in wanted]


def _entry(tag: str, verdict: Verdict) -> AuthorizationData:
    return AuthorizationData(tag, IdTagInfo(verdict.status, verdict.expires_at, verdict.parent_id_tag))


def _rows(wanted: Cards) -> Sequence[list_digest.Entry]:
    return [(tag, verdict.status, verdict.expires_at, verdict.parent_id_tag) for tag, verdict in wanted.items()]


def _count(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 8 else 0
