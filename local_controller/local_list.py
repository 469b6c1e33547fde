"""The local list: the CSMS's word on every card it knows, kept in versions for when it is away (OCPP 1.6 §3.5.2).

A list is brought in messages and changes as a whole: a full one that fills its message to the last place goes on in the
differential ones behind it, and counts when one comes that is not full, or none for a while. Until then, and if the
connection is lost in between, the list before it holds, in memory and on disk.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from sqlite3 import Connection

import msgspec

from local_controller.errors import SiteError
from local_controller.store import Store
from local_controller.tables import from_ms, to_ms
from ocppj import list_digest, log
from ocppj.errors import PropertyConstraintViolation
from ocppj.v16 import AuthorizationData, SendLocalList

MOST_TAGS = 150_000
MOST_A_MESSAGE = 2_000  # some 300 kB: a frame that keeps nobody waiting
SETTLE_S = 10.0  # after the last full message of a list that ends with it
SWEEP = 2_000  # rows of an old list that go in one commit
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of a card. `parent`: the group it belongs to."""

    status: str
    expires_at: datetime | None = None
    parent: str | None = None


class _Stored(msgspec.Struct, frozen=True):
    version: int = 0
    edition: int = 0
    at: datetime | None = None


@dataclass(slots=True)
class _Coming:
    """A list of which more may come."""

    stored: _Stored
    cards: dict[str, Verdict]
    settle: asyncio.TimerHandle | None = field(default=None)


class LocalList:
    """`gone` is called with the tags that left the list: nothing older may be believed of them;
    `changed` when another list holds."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._cards: dict[str, Verdict] = {}
        self._stored = _Stored()
        self._coming: _Coming | None = None
        self._same: dict[Verdict, Verdict] = {}  # most cards have the same one
        self._one_at_a_time = asyncio.Lock()
        self._digest: tuple[Mapping[str, Verdict], str] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.changed: Callable[[], None] = lambda: None
        self.gone: Callable[[Iterable[str]], None] = lambda tags: None

    async def load(self) -> None:
        rows = await self._store.read("SELECT value FROM settings WHERE name = 'local_list'")
        if rows:
            self._stored = msgspec.json.decode(rows[0][0], type=_Stored)
        for tag, status, expires_at, parent in await self._store.read(
            "SELECT id_tag, status, expires_at, parent FROM local_list WHERE edition = ?", (self._stored.edition,)
        ):
            self._cards[tag] = self._shared(Verdict(status, from_ms(expires_at) if expires_at else None, parent))
        self._run(self._sweep())

    async def close(self) -> None:
        self.interrupted()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def get(self, tag: str) -> Verdict | None:
        """By case-folded idTag."""
        return self._cards.get(tag)

    def __len__(self) -> int:
        return len(self._cards)

    @property
    def version(self) -> int:
        """As GetLocalListVersion tells it: what was accepted last."""
        return (self._coming.stored if self._coming else self._stored).version

    @property
    def at(self) -> datetime | None:
        """When it last changed."""
        return self._stored.at

    async def digest(self) -> str:
        cards = self._cards
        if self._digest is None or self._digest[0] is not cards:
            entries = [(tag, card.status, card.expires_at, card.parent) for tag, card in cards.items()]
            self._digest = cards, await asyncio.to_thread(list_digest.digest_of, entries)
        return self._digest[1]

    def interrupted(self) -> None:
        """The connection it came over is lost: what had come of a list that was not whole goes."""
        if self._coming is not None:
            _log.warning("local_list.interrupted", version=self._coming.stored.version, entries=len(self._coming.cards))
            self._drop()

    async def send(self, request: SendLocalList) -> str:
        """The status to answer; whatever it is but Accepted, the list is as it was."""
        entries = request.local_authorization_list or []
        if request.list_version < 1:
            raise PropertyConstraintViolation("listVersion must be positive: 0 means empty, -1 no list (errata 3.52)")
        tags = {entry.id_tag.casefold() for entry in entries}
        bare = any(entry.id_tag_info is None for entry in entries)
        full = request.update_type == "Full"
        if len(entries) > MOST_A_MESSAGE or len(tags) < len(entries) or (full and bare):
            _log.warning("local_list.refused", version=request.list_version, entries=len(entries))
            return "Failed"
        async with self._one_at_a_time:
            if not full and request.list_version <= self.version:
                return "VersionMismatch"
            try:
                return await self._take(request, entries, full=full)
            except (SiteError, sqlite3.Error) as problem:
                _log.error("local_list.not_kept", version=request.list_version, error=problem)
                self._drop()
                return "Failed"

    async def _take(self, request: SendLocalList, entries: list[AuthorizationData], *, full: bool) -> str:
        coming = None if full else self._coming
        if full:
            self._drop()
        whole = len(entries) < MOST_A_MESSAGE or (coming is None and not full)
        # a new list is written beside the one that holds, a change of that one into it
        edition = self._stored.edition if coming is None and not full else self._stored.edition + 1
        stored = _Stored(request.list_version, edition, self._clock())
        cards = dict(coming.cards if coming else {} if full else self._cards)
        changed, removed = self._apply(cards, entries)
        if len(cards) > MOST_TAGS:
            _log.warning("local_list.too_long", version=stored.version, entries=len(cards), most=MOST_TAGS)
            self._drop()
            return "Failed"
        gone = [tag for tag in self._cards if tag not in cards] if whole else []

        def job(db: Connection) -> None:
            if full:  # what an interrupted one may have left
                db.execute("DELETE FROM local_list WHERE edition = ?", (edition,))
            _write(db, edition, changed, removed)
            if whole:
                _settle(db, stored, gone)

        await self._store.write(job)
        if whole:
            self._settled(stored, cards, gone)
        else:
            self._wait_for_more(stored, cards)
        return "Accepted"

    def _apply(
        self, cards: dict[str, Verdict], entries: list[AuthorizationData]
    ) -> tuple[dict[str, Verdict], list[str]]:
        changed, removed = {}, []
        for entry in entries:
            tag, info = entry.id_tag.casefold(), entry.id_tag_info
            if info is None:
                removed.append(tag)
                cards.pop(tag, None)
            else:
                changed[tag] = cards[tag] = self._shared(Verdict(info.status, info.expiry_date, info.parent_id_tag))
        return changed, removed

    def _wait_for_more(self, stored: _Stored, cards: dict[str, Verdict]) -> None:
        if self._coming is not None and self._coming.settle is not None:
            self._coming.settle.cancel()
        self._coming = _Coming(stored, cards)
        self._coming.settle = asyncio.get_running_loop().call_later(SETTLE_S, lambda: self._run(self._settle_alone()))

    async def _settle_alone(self) -> None:
        """No more has come: it ended with a full message."""
        async with self._one_at_a_time:
            coming = self._coming
            if coming is None:
                return
            gone = [tag for tag in self._cards if tag not in coming.cards]
            try:
                await self._store.write(lambda db: _settle(db, coming.stored, gone))
            except (SiteError, sqlite3.Error) as problem:
                _log.error("local_list.not_kept", version=coming.stored.version, error=problem)
                self._drop()
                return
            self._settled(coming.stored, coming.cards, gone)

    def _settled(self, stored: _Stored, cards: dict[str, Verdict], gone: list[str]) -> None:
        self._drop()
        old_edition, self._stored, self._cards = self._stored.edition, stored, cards
        self.gone(gone)
        self.changed()
        _log.info("local_list.changed", version=stored.version, entries=len(cards))
        if stored.edition != old_edition:
            self._same = {card: card for card in cards.values()}
            self._run(self._sweep())

    def _drop(self) -> None:
        if self._coming is not None and self._coming.settle is not None:
            self._coming.settle.cancel()
        self._coming = None

    def _shared(self, verdict: Verdict) -> Verdict:
        return self._same.setdefault(verdict, verdict)

    def _run(self, work: object) -> None:
        task: asyncio.Task[None] = asyncio.create_task(work, name="local list")  # type: ignore[arg-type]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _sweep(self) -> None:
        """Rows of lists before this one, a few at a time: nobody's commit shall wait for all of them."""
        with contextlib.suppress(SiteError, sqlite3.Error):
            while True:
                edition = self._stored.edition
                if not await self._store.write(lambda db, edition=edition: _forget(db, edition)):  # type: ignore[misc]
                    return


def _write(db: Connection, edition: int, changed: Mapping[str, Verdict], removed: Iterable[str]) -> None:
    db.executemany(
        "INSERT OR REPLACE INTO local_list (edition, id_tag, status, expires_at, parent) VALUES (?, ?, ?, ?, ?)",
        [
            (edition, tag, card.status, to_ms(card.expires_at) if card.expires_at else None, card.parent)
            for tag, card in changed.items()
        ],
    )
    db.executemany("DELETE FROM local_list WHERE edition = ? AND id_tag = ?", [(edition, tag) for tag in removed])


def _settle(db: Connection, stored: _Stored, gone: Iterable[str]) -> None:
    """The list that counts, in one row; and what an older word said of the cards that left goes with them."""
    db.execute(
        "INSERT INTO settings (name, value) VALUES ('local_list', ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (msgspec.json.encode(stored).decode(),),
    )
    db.executemany("DELETE FROM id_tags WHERE id_tag = ?", [(tag,) for tag in gone])


def _forget(db: Connection, edition: int) -> int:
    """How many rows of older editions went."""
    cursor = db.execute(
        "DELETE FROM local_list WHERE (edition, id_tag) IN"
        " (SELECT edition, id_tag FROM local_list WHERE edition < ? LIMIT ?)",
        (edition, SWEEP),
    )
    return cursor.rowcount
