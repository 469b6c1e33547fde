"""Makes notices of what the outbox tells, and of what nobody tells: time that runs out, charge points that are silent.

Never in the way of charging: it writes after the commit that it speaks of, in a write of its own. Sent once: what has
been noted is known by its key, so that an event that is told again after a crash changes nothing; and the outbox keeps
an event until it is noted here (`noted_id`).
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import msgspec
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import languages
from csms.domain import notices as words
from csms.domain.errors import NotFound
from csms.domain.events import (
    Alert,
    ConnectorStatus,
    CreditExhausted,
    MeterSample,
    Notified,
    ProblemReported,
    TransactionEnded,
    TransactionStarted,
)
from csms.domain.languages import Language
from csms.domain.notice_words import FOOTER
from csms.domain.notices import Notice, Told
from csms.notify.retries import Emptied
from csms.store import car_words, charge_points, ev_needs, ledger, mails, notices, outbox, pushes, users
from csms.store.database import Database
from csms.store.notices import Silent
from csms.store.outbox import OutboxRow
from csms.store.writer import WriteFailed, Writer
from csms.store.zones import zone
from ocppj import log

_log = log.get(__name__)
_BATCH = 20  # a commit; its statements run in place, and sockets wait meanwhile
_RETRY_S = 1.0
_LOOK_EVERY_S = 10.0
_MAIL_USEFUL = timedelta(days=1)
_PUSH_USEFUL = timedelta(hours=4)
_MAILS_AN_HOUR = 30  # to one person; a site whose power fails has many faults
_SILENT_FOR_GOOD = timedelta(days=1)  # later than that nobody needs to be told
_KNOWN_SOCS = 10_000


class Notifier:
    """Asked for each time: `offline_after_s`, 0: nobody is told of charge points that are silent; `soc_percent`, of who
    has not said another one.
    """

    def __init__(
        self,
        database: Database,
        writer: Writer,
        currency: str,
        public_url: str,
        mailer: Emptied | None,
        pusher: Emptied | None,
        offline_after_s: Callable[[], int],
        soc_percent: Callable[[], int] = lambda: words.DEFAULT_SOC_PERCENT,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        ticks_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database, self._writer = database, writer
        self._currency, self._public_url = currency, public_url.rstrip("/")
        self._mailer, self._pusher = mailer, pusher
        self._offline_after_s, self._soc_percent = offline_after_s, soc_percent
        self._clock, self._ticks_s = clock, ticks_s
        self._since = clock()
        # No bound: a row can only be born by a commit of the same writer that takes these in.
        self._waiting: deque[OutboxRow] = deque()
        self._taken_id = 0
        self._news = asyncio.Event()
        self._told_soc: dict[int, None] = {}  # transactions whose driver was told of the battery
        self._mailed_s: dict[int, deque[float]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def noted_id(self) -> int:
        """Events up to this one are not needed any more."""
        return self._waiting[0].id - 1 if self._waiting else self._taken_id

    def take(self, rows: Sequence[OutboxRow]) -> None:
        """What the outbox relay tells, in order."""
        self._waiting.extend(row for row in rows if _may_matter(row))
        if rows:
            self._taken_id = rows[-1].id
        if self._waiting:
            self._news.set()

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._note_for_ever(), name="notices"),
            asyncio.create_task(self._look_for_ever(), name="notices of time"),
        ]

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def look(self) -> None:
        """Note what time has brought: reservations about to end, charge points that stay silent, batteries that must be
        as full as wanted by their driver's word.
        """
        now = self._clock()
        async with self._database.read() as db:
            expiring = await notices.expiring(db, now)
            silent = await self._silent(db, now)
            full = await self._reckoned_full(db)
        found: list[tuple[int, Notice]] = [
            (r.user_id, words.reservation_expiring(r.reservation_id, r.charge_point, r.connector_id, r.expires_at, now))
            for r in expiring
        ]
        found += full
        if not found and not silent:
            return

        async def work(db: AsyncConnection) -> None:
            for user_id, notice in found:
                await self._tell(db, user_id, notice)
            for notice, site_id in silent:
                for user_id in await notices.operators_of(db, site_id=site_id):
                    await self._tell(db, user_id, notice)

        await self._write(work)
        for _, notice in full:
            assert notice.transaction_id is not None
            self._knows_full(notice.transaction_id)

    async def _note_for_ever(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            while self._waiting:
                batch = [self._waiting[at] for at in range(min(_BATCH, len(self._waiting)))]
                try:
                    await self._note_batch(batch)
                except WriteFailed as error:  # the disk's fault: they wait
                    _log.error("notices.not_written", error=str(error))
                    await asyncio.sleep(_RETRY_S)
                    continue
                for _ in batch:
                    self._waiting.popleft()

    async def _note_batch(self, batch: Sequence[OutboxRow]) -> None:
        async def together(db: AsyncConnection) -> None:
            for row in batch:
                await self._note(db, row)

        try:
            await self._write(together)
            return
        except WriteFailed:
            raise
        except Exception as error:
            _log.warning("notices.one_by_one", error=repr(error))
        for row in batch:
            try:
                await self._write(partial(self._note, row=row))
            except WriteFailed:
                raise
            except Exception as error:  # one that cannot be understood holds up no other
                _log.error("notice.failed", outbox=row.id, type=row.type, error=repr(error))

    async def _write(self, work: Callable[[AsyncConnection], Awaitable[None]]) -> None:
        await self._writer.write(work)
        for channel in (self._mailer, self._pusher):
            if channel is not None:
                channel.poke()

    async def _note(self, db: AsyncConnection, row: OutboxRow) -> None:
        driver, data = row.user_id, row.data.encode()
        match row.type:
            case "TransactionStarted" if driver is not None:
                begun = msgspec.json.decode(data, type=TransactionStarted)
                await self._tell(db, driver, words.started(begun))
                await self._watch_balance(db, driver, begun.transaction_id, begun.charge_point, None)
            case "TransactionEnded" if driver is not None:
                over = msgspec.json.decode(data, type=TransactionEnded)
                self._told_soc.pop(over.transaction_id, None)
                await self._tell(db, driver, words.ended(over, self._currency))
                await self._watch_balance(db, driver, over.transaction_id, over.charge_point, over.cost_cents)
            case "CreditExhausted" if driver is not None:
                out = msgspec.json.decode(data, type=CreditExhausted)
                notice = words.credit_used_up(out.transaction_id, out.charge_point, out.connector_id)
                await self._tell(db, driver, notice)
            case "MeterSample" if driver is not None:
                await self._watch_battery(db, driver, msgspec.json.decode(data, type=MeterSample))
            case "ConnectorStatus":
                status = msgspec.json.decode(data, type=ConnectorStatus)
                fault = words.faulted(status.charge_point, status.connector_id, status.error_code, status.status_at)
                await self._tell_operators(db, status.charge_point, fault)
            case "ProblemReported":
                said = msgspec.json.decode(data, type=ProblemReported)
                problem = words.problem(said.problem_id, said.charge_point, said.connector_id, said.kind, said.text)
                await self._tell_operators(db, said.charge_point, problem)
            case "Alert":
                alert = msgspec.json.decode(data, type=Alert)
                await self._tell_operators(
                    db, alert.charge_point, words.alert(row.id, alert.charge_point, alert.kind, alert.text)
                )

    async def _watch_battery(self, db: AsyncConnection, driver: int, sample: MeterSample) -> None:
        if sample.soc_percent is None or sample.transaction_id in self._told_soc:
            return
        wanted = (await notices.thresholds(db, driver, self._soc_percent())).soc_percent
        if wanted is None or sample.soc_percent < wanted:
            return
        self._knows_full(sample.transaction_id)
        where = (sample.charge_point, sample.connector_id, sample.transaction_id)
        await self._tell(db, driver, words.soc_reached(*where, sample.soc_percent))

    def _knows_full(self, transaction_id: int) -> None:
        if len(self._told_soc) >= _KNOWN_SOCS:
            self._told_soc.pop(next(iter(self._told_soc)))
        self._told_soc[transaction_id] = None

    async def _reckoned_full(self, db: AsyncConnection) -> list[tuple[int, Notice]]:
        """Of cars that do not say it themselves: those the samples tell of."""
        said = []
        for transaction_id, driver, charge_point, connector_id in await car_words.running(db):
            if transaction_id in self._told_soc:
                continue
            wanted = (await notices.thresholds(db, driver, self._soc_percent())).soc_percent
            battery = await ev_needs.battery(db, transaction_id)
            if wanted is None or battery is None or battery.measured or (battery.soc_percent or 0) < wanted:
                continue
            where = (charge_point, connector_id, transaction_id)
            said.append((driver, words.soc_reached(*where, battery.soc_percent or 0, measured=False)))
        return said

    async def _watch_balance(
        self, db: AsyncConnection, driver: int, transaction_id: int, charge_point: str, cost_cents: int | None
    ) -> None:
        """Tell who begins with little, and who had enough until this session's cost was booked."""
        least = (await notices.thresholds(db, driver)).low_balance_cents
        if least is None:
            return
        left_cents = None if cost_cents is None else await ledger.balance_after_charge(db, driver, transaction_id)
        if left_cents is None:
            left_cents = await ledger.balance_cents(db, driver)
        had_enough = cost_cents is None or left_cents + cost_cents >= least
        if left_cents < least and had_enough:
            notice = words.low_balance(transaction_id, charge_point, left_cents, self._currency)
            await self._tell(db, driver, notice)

    async def _tell_operators(self, db: AsyncConnection, charge_point: str, notice: Notice) -> None:
        for user_id in await notices.operators_of(db, identity=charge_point):
            await self._tell(db, user_id, notice)

    async def _tell(self, db: AsyncConnection, user_id: int, notice: Notice) -> None:
        by = await notices.ways(db, user_id, notice.kind)
        if not by.any:
            return
        try:
            who = await users.find(db, user_id)
        except NotFound:  # somebody has left meanwhile
            return
        now, language = self._clock(), languages.of(who.language)
        name = None
        if notice.charge_point is not None and notice.kind not in words.FOR_OPERATORS:
            name = await charge_points.shown_name(db, notice.charge_point)
        told = notice.told(language, name)
        notice_id = await notices.add(db, user_id, notice, told, now, in_inbox=by.inbox)
        if notice_id is None:
            return
        if by.inbox:
            where = (notice.charge_point, notice.transaction_id)
            event = Notified(notice_id, notice.kind.value, told.title, told.text, *where, now)
            await outbox.add(db, event, user_id)
        if by.email and self._mailer is not None and self._may_mail(user_id):
            await mails.add(db, who.email, told.title, self._body(told, language), now, _MAIL_USEFUL)
        if by.push and self._pusher is not None:
            await pushes.add(db, user_id, _payload(notice_id, notice, told), now, _PUSH_USEFUL)
        _log.info("notice.made", notice=notice_id, kind=notice.kind.value, user=user_id)

    def _may_mail(self, user_id: int) -> bool:
        now_s = self._ticks_s()
        mailed = self._mailed_s.setdefault(user_id, deque(maxlen=_MAILS_AN_HOUR))
        if len(mailed) == _MAILS_AN_HOUR and now_s - mailed[0] < 3600:
            _log.warning("notice.not_mailed", user=user_id, why="too many in an hour")
            return False
        mailed.append(now_s)
        return True

    def _body(self, told: Told, language: Language) -> str:
        where = f"\n{self._public_url}/\n" if self._public_url else ""
        return f"{told.text}\n{where}\n{FOOTER[language]}\n"

    async def _silent(self, db: AsyncConnection, now: datetime) -> list[tuple[Notice, int]]:
        """What to say of charge points that have been away for long enough, and of which site."""
        after = timedelta(seconds=self._offline_after_s())
        if not after or now - self._since < after:
            return []  # just started: they are still on their way back
        away = await notices.silent(db, now - _SILENT_FOR_GOOD)
        reached = await notices.sites_reached(db, now)
        sites: dict[int, list[Silent]] = {}
        said: list[tuple[Notice, int]] = []
        for each in away:
            if each.via_site and each.site_id not in reached:
                sites.setdefault(each.site_id, []).append(each)
            elif now - each.last_seen_at >= after:
                said.append((words.offline(each.identity, each.last_seen_at, zone(each.time_zone)), each.site_id))
        for site_id, members in sites.items():
            last = max(member.last_seen_at for member in members)
            if now - last >= after:
                place = (members[0].site, site_id, len(members))
                said.append((words.site_offline(*place, last, zone(members[0].time_zone)), site_id))
        return said

    async def _look_for_ever(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await self.look()
            except Exception as error:
                _log.error("notices.not_looked", error=repr(error))


_ALWAYS = frozenset({"TransactionStarted", "TransactionEnded", "CreditExhausted", "Alert", "ProblemReported"})


def _may_matter(row: OutboxRow) -> bool:
    """Told from the text: most events are meter samples, and most of those know nothing of the battery."""
    if row.type == "MeterSample":
        return row.user_id is not None and '"soc_percent":null' not in row.data
    if row.type == "ConnectorStatus":
        return '"status":"Faulted"' in row.data
    return row.type in _ALWAYS


def _payload(notice_id: int, notice: Notice, told: Told) -> str:
    """What the page's service worker shows."""
    said = {"id": notice_id, "kind": notice.kind.value, "title": told.title, "text": told.text[:1000]}
    return msgspec.json.encode({**said, "transaction_id": notice.transaction_id}).decode()
