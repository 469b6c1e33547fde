"""May this card charge while the CSMS is away: its local list decides, then the last verdict seen on the card, then the
site's policy for cards nobody knows.

The verdicts are fed by every IdTagInfo that passes (OCPP 1.6 §3.5.1), valid or not, and kept over a restart. What is in
the local list is not among them (§3.5.3), and goes by the list even where the CSMS has just said otherwise.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from sqlite3 import Connection
from typing import Any

from local_controller.local_list import LocalList, Verdict
from local_controller.payloads import IdTagInfo, utc
from local_controller.store import Job, Store
from local_controller.tables import from_ms, to_ms
from ocppj import log

CAPACITY = 20_000  # strangers' cards are remembered too, so somebody could make up new ones for ever
# ConcurrentTx is about the moment, not about the card.
_VERDICTS = {"Accepted", "Blocked", "Expired", "Invalid"}
# A phone makes up a new UID at each tap: four bytes, the first one 08 (ISO 14443-3 §6.4.4).
_RANDOM_UID = re.compile(r"08[0-9a-f]{6}")
_log = log.get(__name__)


class Authorization:
    """`accept_unknown`: the policy; a card that is known as refused or expired stays so (§3.5.4)."""

    def __init__(self, store: Store, local_list: LocalList, *, accept_unknown: bool = False) -> None:
        self._store, self._list = store, local_list
        self._unknown = Verdict("Accepted" if accept_unknown else "Invalid")
        self._verdicts: dict[str, Verdict] = {}  # oldest first
        local_list.gone = self.forget

    async def load(self) -> None:
        rows = await self._store.read("SELECT id_tag, status, expires_at, parent FROM id_tags ORDER BY seen_at")
        self._verdicts = {tag: Verdict(status, from_ms(at) if at else None, of) for tag, status, at, of in rows}

    def remember(self, id_tag: str, info: IdTagInfo, now: datetime) -> None:
        tag = id_tag.casefold()  # idTags differ in case between makes, and mean the same card (errata 3.58)
        if info.status not in _VERDICTS or _RANDOM_UID.fullmatch(tag):
            return
        listed = self._list.get(tag)
        if listed is not None:
            if (info.status == "Accepted") != (_at(listed, now).status == "Accepted"):
                _log.warning("local_list.conflict", id_tag=log.short(id_tag), listed=listed.status, told=info.status)
            return
        verdict = Verdict(info.status, utc(info.expiry_date) if info.expiry_date else None, info.parent_id_tag)
        unchanged = self._verdicts.pop(tag, None) == verdict
        self._verdicts[tag] = verdict
        forgotten = self._make_room()
        if not unchanged or forgotten:  # each write wears the SD card
            self._store.write_soon(_save(tag, verdict, now, forgotten))

    def decide(self, id_tag: str, now: datetime) -> Verdict:
        """With an AuthorizationStatus of OCPP."""
        tag = id_tag.casefold()
        known = self._list.get(tag) or self._verdicts.get(tag)
        return self._unknown if known is None else _at(known, now)

    def forget(self, tags: Iterable[str]) -> None:
        """They left the local list, in whose commit their rows here went too."""
        for tag in tags:
            self._verdicts.pop(tag, None)

    def __len__(self) -> int:
        """Cards known beside the list."""
        return len(self._verdicts)

    async def clear(self) -> None:
        """ClearCache (§5.4): the list stays."""
        await self._store.write(lambda db: db.execute("DELETE FROM id_tags"))
        self._verdicts.clear()

    def _make_room(self) -> list[str]:
        """What goes when it is full: the oldest that is not valid, else the oldest (errata 3.4)."""
        if len(self._verdicts) <= CAPACITY:
            return []
        invalid = (tag for tag, verdict in self._verdicts.items() if verdict.status != "Accepted")
        victim = next(invalid, None) or next(iter(self._verdicts))
        del self._verdicts[victim]
        return [victim]


def id_tag_info(verdict: Verdict) -> dict[str, Any]:
    """As it is told to a charge point."""
    info: dict[str, Any] = {"status": verdict.status}
    if verdict.expires_at is not None:
        info["expiryDate"] = verdict.expires_at
    if verdict.parent is not None:
        info["parentIdTag"] = verdict.parent
    return info


def _at(verdict: Verdict, now: datetime) -> Verdict:
    if verdict.status == "Accepted" and verdict.expires_at is not None and verdict.expires_at <= now:
        return replace(verdict, status="Expired")
    return verdict


def _save(tag: str, verdict: Verdict, now: datetime, forgotten: Iterable[str]) -> Job[None]:
    expires_at = to_ms(verdict.expires_at) if verdict.expires_at else None
    values = (tag, verdict.status, expires_at, to_ms(now), verdict.parent)

    def job(db: Connection) -> None:
        db.execute(
            "INSERT INTO id_tags (id_tag, status, expires_at, seen_at, parent) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (id_tag) DO UPDATE SET status = excluded.status, expires_at = excluded.expires_at,"
            " seen_at = excluded.seen_at, parent = excluded.parent",
            values,
        )
        for other in forgotten:
            db.execute("DELETE FROM id_tags WHERE id_tag = ?", (other,))

    return job
