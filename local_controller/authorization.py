"""May this card charge while the CSMS is away: the last verdict seen on it decides, and a card never seen may not.

Fed by every IdTagInfo that passes (OCPP 1.6 §3.5.1), valid or not, and kept over a restart.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from sqlite3 import Connection

from local_controller.payloads import IdTagInfo, utc
from local_controller.store import Job, Store
from local_controller.tables import from_ms, to_ms

CAPACITY = 20_000  # strangers' cards are remembered too, so somebody could make up new ones for ever
# ConcurrentTx is about the moment, not about the card.
_VERDICTS = {"Accepted", "Blocked", "Expired", "Invalid"}
# A phone makes up a new UID at each tap: four bytes, the first one 08 (ISO 14443-3 §6.4.4).
_RANDOM_UID = re.compile(r"08[0-9a-f]{6}")


@dataclass(frozen=True, slots=True)
class Verdict:
    status: str
    expires_at: datetime | None


class Authorization:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._verdicts: dict[str, Verdict] = {}  # oldest first

    async def load(self) -> None:
        rows = await self._store.read("SELECT id_tag, status, expires_at FROM id_tags ORDER BY seen_at")
        self._verdicts = {tag: Verdict(status, from_ms(at) if at else None) for tag, status, at in rows}

    def remember(self, id_tag: str, info: IdTagInfo, now: datetime) -> None:
        tag = id_tag.casefold()  # idTags differ in case between makes, and mean the same card (errata 3.58)
        if info.status not in _VERDICTS or _RANDOM_UID.fullmatch(tag):
            return
        verdict = Verdict(info.status, utc(info.expiry_date) if info.expiry_date else None)
        unchanged = self._verdicts.pop(tag, None) == verdict
        self._verdicts[tag] = verdict
        forgotten = self._make_room()
        if not unchanged or forgotten:  # each write wears the SD card
            self._store.write_soon(_save(tag, verdict, now, forgotten))

    def decide(self, id_tag: str, now: datetime) -> str:
        """An AuthorizationStatus of OCPP."""
        verdict = self._verdicts.get(id_tag.casefold())
        if verdict is None:
            return "Invalid"
        if verdict.status == "Accepted" and verdict.expires_at is not None and verdict.expires_at <= now:
            return "Expired"
        return verdict.status

    def _make_room(self) -> list[str]:
        """What goes when it is full: the oldest that is not valid, else the oldest (errata 3.4)."""
        if len(self._verdicts) <= CAPACITY:
            return []
        invalid = (tag for tag, verdict in self._verdicts.items() if verdict.status != "Accepted")
        victim = next(invalid, None) or next(iter(self._verdicts))
        del self._verdicts[victim]
        return [victim]


def _save(tag: str, verdict: Verdict, now: datetime, forgotten: Iterable[str]) -> Job[None]:
    values = (tag, verdict.status, to_ms(verdict.expires_at) if verdict.expires_at else None, to_ms(now))

    def job(db: Connection) -> None:
        db.execute(
            "INSERT INTO id_tags (id_tag, status, expires_at, seen_at) VALUES (?, ?, ?, ?) ON CONFLICT (id_tag)"
            " DO UPDATE SET status = excluded.status, expires_at = excluded.expires_at, seen_at = excluded.seen_at",
            values,
        )
        for other in forgotten:
            db.execute("DELETE FROM id_tags WHERE id_tag = ?", (other,))

    return job
