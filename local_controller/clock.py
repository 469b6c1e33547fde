"""The controller's time: the system's where that can be trusted, else one that goes on from where it last was.

A Pi without a real-time clock starts at any time until NTP answers, which it never does while the link is cut. Such a
time is marked (`spans` of messages) and repaired by an offset once the time is learnt: from the kernel, or from the
CSMS. The rows stay as they were confirmed. No charge point is told a time earlier than one it was told before.
"""

import asyncio
import ctypes
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from sqlite3 import Connection

import msgspec
from msgspec import Raw

from local_controller.errors import SiteError
from local_controller.payloads import Wire, try_read, utc, with_field
from local_controller.store import Store
from local_controller.tables import EPOCH
from ocppj import log

SAVE_EVERY_S = 60.0
LEASE = timedelta(seconds=2 * SAVE_EVERY_S)  # what may be told until the next save, one save missed
PLAUSIBLE = timedelta(days=1)  # a central system that is further off than a trusted clock is not believed
_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronized
_log = log.get(__name__)


class _Saved(msgspec.Struct, frozen=True):
    at: datetime  # not before this can it be now
    told: datetime  # no time later than this was told to a charge point


class _Told(Wire):
    current_time: datetime | None = None


def system_is_trusted(goes_on: bool) -> bool:
    """Whether something keeps the system's clock: a time server since boot, or a real-time clock whose time `goes_on`
    from where it last was (a dead battery begins anew)."""
    try:
        if 0 <= ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(512)) != _TIME_ERROR:
            return True
    except (OSError, AttributeError):
        pass
    return goes_on and any(Path("/sys/class/rtc").glob("rtc*"))


class Clock:
    """Call it for the time now. `system` and `monotonic_s` are injected by tests and by the campaign."""

    def __init__(
        self,
        *,
        system: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic_s: Callable[[], float] = time.monotonic,
        trusts: Callable[[bool], bool] = system_is_trusted,
    ) -> None:
        self._system, self._monotonic_s, self._trusts = system, monotonic_s, trusts
        self.trusted = True
        self._ahead: timedelta | None = None  # of `monotonic_s`; None: the system's time is taken
        self._told: dict[str, datetime] = {}  # charge point: the latest time it was told
        self._floor = EPOCH
        self._store: Store | None = None

    def __call__(self) -> datetime:
        if self._ahead is None:
            return self._system()
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=self._monotonic_s()) + self._ahead

    async def start(self, store: Store) -> None:
        """Before anything is recorded: take up where the last run ended."""
        self._store = store
        rows = await store.read("SELECT value FROM settings WHERE name = 'clock'")
        saved = msgspec.json.decode(rows[0][0], type=_Saved) if rows else _Saved(EPOCH, EPOCH)
        goes_on = self._system() >= saved.at
        # What was told after the last save is known from the lease alone; a clock that went on is past it, but may yet
        # be set back in this life.
        unsaved = saved.at + LEASE
        self._floor = max(saved.told, min(unsaved, self._system()) if goes_on else unsaved)
        self.trusted = self._trusts(goes_on)
        if not self.trusted:
            self._go_on_from(max(saved.at, saved.told, self._system()))
            await store.write(_open_span)
            _log.warning("clock.untrusted", at=self().isoformat(), why="no real-time clock, and no time server yet")
        await self._save()

    async def run(self) -> None:
        """Save the time now and then; runs until cancelled."""
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            if not self.trusted and self._trusts(self._system() >= self()):
                await self._learn(self._system(), "the system")
                if self.trusted:
                    self._ahead = None  # it is kept from now on
            try:
                await self._save()
            except (SiteError, sqlite3.Error) as problem:
                _log.error("clock.not_saved", error=problem)

    async def heard(self, at: datetime) -> None:
        """The CSMS says that it is `at`."""
        if not self.trusted and utc(at) > EPOCH:
            await self._learn(utc(at), "the central system")

    def tell(self, identity: str, answer: Raw) -> Raw:
        """The answer to a BootNotification or a Heartbeat, with a currentTime that is not before the last one told."""
        told = try_read(_Told, answer)
        if told is None or told.current_time is None:
            return answer
        at, latest = utc(told.current_time), self._told.get(identity, self._floor)
        if at < latest:
            return with_field(answer, "currentTime", wire_time(latest))
        if not self.trusted or abs(at - self()) < PLAUSIBLE:
            self._told[identity] = at
        return answer

    def _go_on_from(self, at: datetime) -> None:
        self._ahead = at - datetime.fromtimestamp(0, UTC) - timedelta(seconds=self._monotonic_s())

    async def _learn(self, at: datetime, source: str) -> None:
        assert self._store is not None  # started
        before, off = self._ahead, at - self()
        self._go_on_from(at)  # nothing runs between this and the job: what is written before has the time from before
        offset_ms = round(off.total_seconds() * 1000)
        try:
            await self._store.write(lambda db: _close_span(db, offset_ms))
        except (SiteError, sqlite3.Error) as problem:
            self._ahead = before  # it is told again
            _log.error("clock.not_learnt", error=problem)
            return
        self.trusted = True
        _log.info("clock.learnt", at=at.isoformat(), off_by_s=off.total_seconds(), source=source)

    async def _save(self) -> None:
        assert self._store is not None
        now = self()
        told = max(self._told.values(), default=self._floor)
        # Untrusted, the next run has no better time than this one's: it begins where this one could at most have been.
        saved = _Saved(now, max(told, self._floor) if self.trusted else max(told, self._floor, now + LEASE))
        stored = msgspec.json.encode(saved).decode()
        await self._store.write(
            lambda db: db.execute(
                "INSERT INTO settings (name, value) VALUES ('clock', ?)"
                " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (stored,),
            )
        )


def wire_time(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _open_span(db: Connection) -> None:
    """What is recorded from here on has a time that is not trusted. That of a run which ended without learning the time
    stays so: nobody knows how long the power was off after it."""
    [(last,)] = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'messages'").fetchall()
    db.execute("UPDATE spans SET last_seq = ? WHERE last_seq IS NULL", (last,))
    db.execute("INSERT OR REPLACE INTO spans (first_seq) VALUES (?)", (last + 1,))  # one that stayed empty goes


def _close_span(db: Connection, offset_ms: int) -> None:
    [(last,)] = db.execute("SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'messages'").fetchall()
    db.execute("UPDATE spans SET last_seq = ?, offset_ms = ? WHERE last_seq IS NULL", (last, offset_ms))
