"""One's own inbox, which notices reach one and how, and the browsers that take push messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import etags
from csms.api.deps import Anyone, Db, Limit, Offset, Parts, RowId, Wired
from csms.api.forms import Form
from csms.api.pagination import Paged
from csms.domain.errors import NotFound, Unusable
from csms.domain.notices import DEFAULT_LOW_BALANCE_CENTS, DEFAULT_SOC_PERCENT, NoticeKind, Ways
from csms.notify.pusher import Pusher
from csms.notify.web_push import BadKey, read_keys
from csms.store import notices, pushes
from csms.store.notices import InboxNotice, Thresholds
from csms.store.pushes import Subscription
from csms.store.users import User
from ocppj import log

_log = log.get(__name__)
router = APIRouter(tags=["notifications"])

_Base64Url = r"^[A-Za-z0-9_-]+={0,2}$"


@dataclass(frozen=True, slots=True)
class Marked:
    read: int


@dataclass(frozen=True, slots=True)
class Settings:
    soc_percent: int | None  # told of when the battery reaches it; null: never
    low_balance_cents: int | None  # told of when less is left; null: never
    ways: dict[NoticeKind, Ways]


class WaysForm(Form):
    inbox: bool
    email: bool
    push: bool


class SettingsForm(Form):
    """Kinds that are left out stay as they are."""

    soc_percent: Annotated[int, Field(ge=1, le=100)] | None = DEFAULT_SOC_PERCENT
    low_balance_cents: Annotated[int, Field(ge=0, le=10_000_000)] | None = DEFAULT_LOW_BALANCE_CENTS
    ways: dict[NoticeKind, WaysForm] = Field(default_factory=dict)


class BrowserKeys(Form):
    p256dh: Annotated[str, StringConstraints(min_length=80, max_length=100, pattern=_Base64Url)]
    auth: Annotated[str, StringConstraints(min_length=20, max_length=30, pattern=_Base64Url)]


class BrowserForm(BaseModel):
    """As a browser's PushSubscription says it, with whatever else it says."""

    model_config = ConfigDict(extra="ignore")

    endpoint: Annotated[str, StringConstraints(min_length=10, max_length=1000, pattern=r"^https?://[!-~]+$")]
    keys: BrowserKeys


@dataclass(frozen=True, slots=True)
class PushKey:
    public_key: str  # base64url, for PushManager.subscribe's applicationServerKey


@router.get("/api/notifications")
async def inbox(
    paged: Paged, db: Db, by: Anyone, unread: bool = False, limit: Limit = 50, offset: Offset = 0
) -> Sequence[InboxNotice]:
    """One's own, newest first."""
    page, total = await notices.inbox(db, by.id, limit, offset, unread=unread)
    paged(total, limit, offset)
    return page


@router.post("/api/notifications/read")
async def read_all(of: Wired, by: Anyone) -> Marked:
    """Mark all as read."""
    return Marked(await of.writer.write(lambda db: notices.read_all(db, by.id, of.clock())))


@router.post("/api/notifications/{notification_id}/read")
async def read(notification_id: RowId, of: Wired, by: Anyone) -> InboxNotice:
    """Mark one as read."""
    return await of.writer.write(lambda db: notices.read(db, by.id, notification_id, of.clock()))


@router.get("/api/notifications/settings")
async def settings(response: Response, of: Wired, db: Db, by: Anyone) -> Settings:
    found = await _settings(db, of, by)
    response.headers["ETag"] = etags.tag(found)
    return found


@router.put("/api/notifications/settings")
async def change(
    form: SettingsForm, response: Response, of: Wired, by: Anyone, if_match: etags.IfMatch = None
) -> Settings:
    """Which kinds reach one, on which ways, and from when on the battery and the credit are worth a word."""
    chosen = {kind: Ways(ways.inbox, ways.email, ways.push) for kind, ways in form.ways.items()}

    async def work(db: AsyncConnection) -> Settings:
        etags.must_match(if_match, etags.tag(await _settings(db, of, by)))
        await notices.set_thresholds(db, by.id, Thresholds(form.soc_percent, form.low_balance_cents))
        await notices.choose(db, by.id, chosen)
        return await _settings(db, of, by)

    changed = await of.writer.write(work)
    response.headers["ETag"] = etags.tag(changed)
    return changed


@router.get("/api/push-key")
async def push_key(of: Wired) -> PushKey:
    """What a page subscribes with (VAPID)."""
    return PushKey(_pusher(of).vapid.public_key)


@router.get("/api/push-subscriptions")
async def browsers(db: Db, by: Anyone) -> Sequence[Subscription]:
    return await pushes.of_user(db, by.id)


@router.post("/api/push-subscriptions", status_code=201)
async def subscribe(form: BrowserForm, of: Wired, by: Anyone) -> Subscription:
    """Push messages to this browser. What JSON.stringify(subscription) gives is taken as it is."""
    if not _pusher(of).takes(form.endpoint):
        raise Unusable("this endpoint is at no push service that is known here (setting push_hosts)")
    try:
        read_keys(form.keys.p256dh, form.keys.auth)
    except BadKey as error:
        raise Unusable(str(error)) from None

    async def work(db: AsyncConnection) -> Subscription:
        return await pushes.subscribe(db, by.id, form.endpoint, form.keys.p256dh, form.keys.auth, of.clock())

    made = await of.writer.write(work)
    _log.info("push.subscribed", subscription=made.subscription_id, user=by.id)
    return made


@router.delete("/api/push-subscriptions/{subscription_id}", status_code=204)
async def unsubscribe(subscription_id: RowId, of: Wired, by: Anyone) -> None:
    await of.writer.write(lambda db: pushes.unsubscribe(db, by.id, subscription_id))


def _pusher(of: Parts) -> Pusher:
    if of.pusher is None:
        raise NotFound("there are no push messages here")
    return of.pusher


async def _settings(db: AsyncConnection, of: Parts, by: User) -> Settings:
    wanted = await notices.thresholds(db, by.id, of.settings.soc_notice_percent)
    return Settings(wanted.soc_percent, wanted.low_balance_cents, await notices.all_ways(db, by.id))
