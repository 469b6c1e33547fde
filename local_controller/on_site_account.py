"""Who pays for charges that are started at this controller's page: the CSMS says it on the controller's own connection.

DataTransfer of `org.bollard`, OnSiteAccount, data {"idTag", "name", "status"}: a card that belongs to that account and
was made for this page, what the page calls the account, and the verdict on the card; an idTag of null: nobody pays. It
is said after each boot and on each change, and kept over a restart: the page starts charges while the CSMS is away.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from local_controller.authorization import Authorization
from local_controller.payloads import IdTagInfo, Wire, try_read
from local_controller.store import Store
from ocppj import log
from ocppj.v16 import DataTransfer, DataTransferResult

VENDOR, MESSAGE = "org.bollard", "OnSiteAccount"
MOST_NAMES = 20  # of accounts before: charges of theirs may still run, and be shown with a name
_SETTING = "on_site_account"
_log = log.get(__name__)


class _Told(Wire):
    id_tag: Annotated[str, Meta(min_length=1, max_length=20)] | None
    name: Annotated[str, Meta(max_length=250)] = ""
    status: Annotated[str, Meta(max_length=20)] = "Accepted"


class _Kept(msgspec.Struct):
    id_tag: str | None = None
    names: dict[str, str] = {}  # by idTag, oldest first


class OnSiteAccount:
    """`changed` is called when another one pays."""

    def __init__(
        self, store: Store, authorization: Authorization, clock: Callable[[], datetime], changed: Callable[[], None]
    ) -> None:
        self._store, self._authorization, self._clock, self._changed = store, authorization, clock, changed
        self._kept = _Kept()

    async def load(self) -> None:
        rows = await self._store.read("SELECT value FROM settings WHERE name = ?", (_SETTING,))
        if rows:
            self._kept = msgspec.json.decode(rows[0][0], type=_Kept)

    @property
    def id_tag(self) -> str | None:
        return self._kept.id_tag

    @property
    def name(self) -> str | None:
        return None if self._kept.id_tag is None else self._kept.names[self._kept.id_tag]

    @property
    def names(self) -> dict[str, str]:
        """Of the accounts whose charges were started here lately, by idTag."""
        return self._kept.names

    async def take(self, transfer: DataTransfer) -> DataTransferResult:
        """Answered once it is on disk."""
        if transfer.vendor_id.lower() != VENDOR:
            return DataTransferResult("UnknownVendorId")
        if transfer.message_id != MESSAGE:
            return DataTransferResult("UnknownMessageId")
        told = try_read(_Told, (transfer.data or "").encode())
        if told is None:
            _log.warning("on_site.unreadable", why="data shall be an object of idTag, name and status")
            return DataTransferResult("Rejected")
        before = self._kept
        names = {tag: name for tag, name in before.names.items() if tag != told.id_tag}
        if told.id_tag is not None:
            names[told.id_tag] = told.name
        kept = _Kept(told.id_tag, dict(list(names.items())[-MOST_NAMES:]))
        if kept != before:
            await self._store.write(lambda db: db.execute(_SAVE, (_SETTING, msgspec.json.encode(kept).decode())))
            self._kept = kept
            _log.info("on_site.account", id_tag=log.short(told.id_tag or ""), name=told.name)
        now = self._clock()
        if before.id_tag is not None and before.id_tag != kept.id_tag:
            self._authorization.remember(before.id_tag, IdTagInfo("Blocked"), now)
        if told.id_tag is not None:  # it may be gone from the cache, and the list may bring it later
            self._authorization.remember(told.id_tag, IdTagInfo(told.status), now)
        self._changed()
        return DataTransferResult("Accepted")

    def why_not(self) -> str | None:
        """Why nothing can be started for this account; None if it can."""
        if self._kept.id_tag is None:
            return "the central system has not said whose account pays for charges started here"
        status = self._authorization.decide(self._kept.id_tag, self._clock()).status
        return None if status == "Accepted" else f"the card of {self.name} for this page is refused: {status}"

    def json(self) -> dict[str, Any]:
        return {"name": self.name, "why_not": self.why_not(), "names": self.names}


_SAVE = (
    "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
)
