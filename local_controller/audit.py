"""Whether the books are whole: the running hashes against the rows here, and the transactions against the CSMS's rows.

`check` walks the chains of one database file, alone. `Audit` does that in the running controller and compares with the
CSMS, now and then and when asked; what it found is kept and shown. Design: NOTES.md, "Proof of completeness".
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import msgspec
from msgspec import Raw

from local_controller import books, chain
from local_controller.charge_point import ChargePoint
from local_controller.payloads import Wire, try_read
from local_controller.store import Store
from ocppj import log
from ocppj.errors import CallErrorReceived, CallTimeout, ConnectionLost
from ocppj.peer import Peer
from ocppj.transaction_facts import FACTS, HEAD, VENDOR, Asked, Facts, Head, TransactionFacts, head_of

FIRST_AFTER_S, EVERY_S = 120.0, 6 * 3600.0
PER_QUESTION = 20  # transactions; each may have some hundred samples
SETTLE_S = 2.0  # a message may just be on its way when the books differ
MOST_FINDINGS = 100
ENDLESS = 2**62
_log = log.get(__name__)


class Finding(msgspec.Struct, frozen=True):
    """`where` in words a person can look for: "message 12", "transaction 7 of the central system"."""

    charge_point: str
    where: str
    what: str


class Result(msgspec.Struct, frozen=True):
    at: datetime
    messages: int  # walked here
    transactions: int  # compared with the CSMS
    not_compared: list[str]  # charge points the CSMS could not or would not be asked about
    findings: list[Finding]


class _Transferred(Wire):
    status: str
    data: str | None = None


class NotCompared(Exception):
    """The CSMS does not speak of its books, or cannot be asked now."""


def check(path: Path) -> tuple[int, list[Finding]]:
    """How many messages, and what is wrong with them."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        db.execute("BEGIN")  # one picture, while the controller goes on writing
        known = {row[0]: row[1:] for row in db.execute(_HEADS)}
        findings: list[Finding] = []
        count = 0
        for charge_point in sorted({*known, *(name for (name,) in db.execute(_NAMES))}):
            if charge_point not in known:
                findings.append(Finding(charge_point, "all messages", "the running hash is gone"))
                continue
            walk = _Walk(charge_point, *known[charge_point])
            findings += walk.through(db.execute(_ROWS, (charge_point,)))
            count += walk.count
        return count, findings[:MOST_FINDINGS]


class _Walk:
    """Along one charge point's messages. After a fault it goes on from what the row itself says, so that one is one."""

    def __init__(
        self, charge_point: str, confirmed: int, confirmed_head: bytes, delivered_head: bytes, *forgotten: Any
    ) -> None:
        self.count = 0
        self._charge_point = charge_point
        self._confirmed, self._confirmed_head, self._delivered_head = confirmed, confirmed_head, delivered_head
        self._number, self._head, self._north = forgotten
        self._whole = True  # no gap since the last delivered row

    def through(self, rows: Iterator[Any]) -> Iterator[Finding]:
        for number, action, ours, payload, received_at, confirmed_head, delivered_at, delivered_head, csms_id in rows:
            self.count += 1
            yield from self._place(number)
            linked = chain.confirmed(self._head, number, action, ours, payload, received_at)
            if number == self._number + 1 and linked != confirmed_head:
                yield self._found(f"message {number}", f"was changed after it was confirmed ({action})")
            self._number, self._head = max(number, self._number), confirmed_head
            if delivered_at is not None and delivered_at > 0 and delivered_head is None:
                yield self._found(f"message {number}", "is marked as delivered, but never was")
            elif delivered_head is not None:
                outgoing = chain.sent(action, payload, ours, csms_id)
                if delivered_at is None:
                    yield self._found(f"message {number}", "was delivered, but is marked as waiting")
                elif self._whole and chain.delivered(self._north, number, action, outgoing) != delivered_head:
                    yield self._found(f"message {number}", "is not what was delivered: its id was changed")
                self._north, self._whole = delivered_head, True
        yield from self._end()

    def _place(self, number: int) -> Iterator[Finding]:
        if number > self._number + 1:
            missing = f"{self._number + 1}" if number == self._number + 2 else f"{self._number + 1} to {number - 1}"
            self._whole = False
            yield self._found(f"message {missing}", "was deleted")
        elif number <= self._number:
            yield self._found(f"message {number}", "stands in another's place, or was put back")

    def _end(self) -> Iterator[Finding]:
        if self._number < self._confirmed:
            yield self._found(f"message {self._number + 1} to {self._confirmed}", "was deleted (the newest ones)")
        elif self._number > self._confirmed:
            yield self._found(f"message {self._confirmed + 1} to {self._number}", "was put in; it was never confirmed")
        elif self._head != self._confirmed_head:
            yield self._found(f"message {self._number}", "does not end the running hash of what was confirmed")
        elif self._whole and self._north != self._delivered_head:
            yield self._found("the newest deliveries", "do not end the running hash of what was delivered")

    def _found(self, where: str, what: str) -> Finding:
        return Finding(self._charge_point, where, what)


class Audit:
    """`result` is the last one, also from before a restart."""

    def __init__(
        self,
        store: Store,
        path: Path,
        charge_points: dict[str, ChargePoint],
        found: Callable[[], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._store, self._path, self._charge_points = store, path, charge_points
        self._found, self._clock = found, clock
        self._due = asyncio.Event()
        self.result: Result | None = None

    async def load(self) -> None:
        self.result = await last(self._store)

    def make(self) -> None:
        self._due.set()

    async def run(self) -> None:
        wait_s = FIRST_AFTER_S
        while True:
            try:
                await asyncio.wait_for(self._due.wait(), wait_s)
            except TimeoutError:
                pass
            self._due.clear()
            wait_s = EVERY_S
            try:
                await self.once()
            except Exception as problem:  # the next one may succeed, and the books are as they are
                _log.error("audit.failed", error=repr(problem))

    async def once(self) -> Result:
        messages, findings = await asyncio.to_thread(check, self._path)
        transactions, not_compared = 0, []
        for charge_point in list(self._charge_points.values()):
            try:
                compared, differing = await self._compare(charge_point)
            except (NotCompared, CallTimeout, CallErrorReceived, ConnectionLost) as why:
                _log.info("audit.not_compared", charge_point=charge_point.identity, why=str(why))
                not_compared.append(charge_point.identity)
                continue
            transactions += compared
            findings += differing
        result = Result(self._clock(), messages, transactions, not_compared, findings[:MOST_FINDINGS])
        for finding in result.findings:
            _log.error("audit.found", charge_point=finding.charge_point, where=finding.where, what=finding.what)
        _log.info(
            "audit.done", messages=messages, transactions=transactions, not_compared=len(not_compared),
            findings=len(result.findings),
        )  # fmt: skip
        stored = msgspec.json.encode(result).decode()
        await self._store.write(lambda db: _save(db, stored))
        self.result = result
        self._found()
        return result

    async def _compare(self, charge_point: ChargePoint) -> tuple[int, list[Finding]]:
        """How many transactions both have, and where the books differ."""
        identity = charge_point.identity
        ids = await self._store.examine(lambda db: books.ended(db, identity))
        if not ids:
            return 0, []
        north = charge_point.north
        if north is None or not charge_point.introduced.is_set():
            raise NotCompared("not connected")
        heads = await self._store.read(
            "SELECT confirmed, confirmed_head, delivered, delivered_head FROM heads WHERE charge_point = ?", (identity,)
        )
        count, findings, after = 0, [], ids[0] - 1
        for place in range(0, len(ids), PER_QUESTION):
            page = ids[place : place + PER_QUESTION]
            newest = place + PER_QUESTION >= len(ids)  # then also what only the CSMS has
            told = {"confirmed": _told(*heads[0][:2]), "delivered": _told(*heads[0][2:])} if heads else {}
            asked = Asked(after + 1, ENDLESS if newest else page[-1], **told)
            after = page[-1]
            if not await self._agree(north, identity, asked):
                await asyncio.sleep(SETTLE_S)
                findings += await self._differences(north, identity, asked)
            count += len(page)
        return count, findings

    async def _agree(self, north: Peer, identity: str, asked: Asked) -> bool:
        head = msgspec.json.decode(await _ask(north, HEAD, asked), type=Head)
        ours = await self._ours(identity, asked, head.aside)
        return (head.transactions, head.head) == (len(ours), head_of(ours))

    async def _differences(self, north: Peer, identity: str, asked: Asked) -> list[Finding]:
        facts = msgspec.json.decode(await _ask(north, FACTS, asked), type=Facts)
        theirs = {one.transaction_id: one for one in facts.transactions}
        ours = {one.transaction_id: one for one in await self._ours(identity, asked, facts.aside)}
        findings = []
        for number in sorted({*theirs, *ours}):
            what = _difference(ours.get(number), theirs.get(number))
            if what is not None:
                findings.append(Finding(identity, f"transaction {number} of the central system", what))
        return findings

    async def _ours(self, identity: str, asked: Asked, aside: int) -> list[TransactionFacts]:
        rows = await self._store.examine(lambda db: books.facts(db, identity, asked.first, asked.last))
        return [row for row in rows if row.transaction_id < aside]


def _difference(here: TransactionFacts | None, there: TransactionFacts | None) -> str | None:
    if here is None or there is None:
        return "is missing here" if here is None else "is missing there"
    if here == there:
        return None
    parts = [
        f"{name}: {getattr(here, name)} here, {getattr(there, name)} there"
        for name in TransactionFacts.__struct_fields__
        if getattr(here, name) != getattr(there, name)
    ]
    return "; ".join(parts)


async def _ask(north: Peer, message: str, asked: Asked) -> str:
    request = {"vendorId": VENDOR, "messageId": message, "data": msgspec.json.encode(asked).decode()}
    answer = try_read(_Transferred, await north.call_raw("DataTransfer", Raw(msgspec.json.encode(request))))
    if answer is None or answer.status != "Accepted" or answer.data is None:
        raise NotCompared(f"the central system answered {answer.status if answer else 'what cannot be read'}")
    return answer.data


def _told(count: int, head: bytes) -> str:
    return f"{count} {head.hex()}"


async def last(store: Store) -> Result | None:
    """What the last audit of the running controller found."""
    rows = await store.read("SELECT value FROM settings WHERE name = 'audit'")
    return msgspec.json.decode(rows[0][0], type=Result) if rows else None


def _save(db: Connection, stored: str) -> None:
    db.execute(
        "INSERT INTO settings (name, value) VALUES ('audit', ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (stored,),
    )


_NAMES = "SELECT DISTINCT charge_point FROM messages"
_HEADS = (
    "SELECT charge_point, confirmed, confirmed_head, delivered_head, forgotten, forgotten_head,"
    " forgotten_delivered_head FROM heads"
)
_ROWS = (
    "SELECT m.number, m.action, m.transaction_id, m.payload, m.received_at, m.confirmed_head, m.delivered_at,"
    " m.delivered_head, t.csms_id FROM messages m"
    " LEFT JOIN transactions t ON t.id = m.transaction_id AND t.charge_point = m.charge_point"
    " WHERE m.charge_point = ? ORDER BY m.seq"
)
