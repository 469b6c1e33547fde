"""What a driver is charging at this moment, as the app shows it: in full at each request, and again at each change."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from csms.api import shown_prices
from csms.api.charge_points import look
from csms.api.deps import Anyone, CurrentLogin, Db, Parts, Wired
from csms.api.events import still_is
from csms.api.live import Looks, chunks
from csms.domain import price_words
from csms.domain.battery import Battery, in_words
from csms.domain.charge_limits import ChargeLimit
from csms.domain.transactions import Session
from csms.store import charge_points, ev_needs, transactions
from csms.store.charge_points import ChargePointView

router = APIRouter(prefix="/api/user/charging", tags=["account"])

_MOST = 20
_CHANGES = (b"TransactionStarted", b"MeterSample", b"RunningCost", b"LimitReached", b"ReservationChanged")


@dataclass(frozen=True, slots=True)
class Charging:
    """One running session. None where nobody knows; the battery's figures are measured, or reckoned and called so."""

    transaction_id: int
    charge_point: str
    charge_point_name: str
    connector_id: int
    code: str  # the connector's
    status: str  # the connector's, OCPP's word
    reachable: bool  # False: what is shown may be old
    started_at: datetime
    minutes: int
    energy_wh: int
    power_w: int | None
    cost_cents: int  # so far
    cost_text: str
    currency: str
    price_text: str  # of what holds there now; the session keeps the price of its start
    soc_percent: int | None
    soc_measured: bool
    soc_text: str  # "62 %", "about 62 %", or nothing
    target_soc_percent: int | None
    limit: ChargeLimit | None  # one's own; reached: the charge point is being told to stop
    minutes_left: int | None  # until the target, at the present power


@router.get("")
async def charging(of: Wired, db: Db, by: Anyone) -> Sequence[Charging]:
    """One's running sessions, newest first: one, as a rule, or none."""
    return await _of_user(of, db, by.id)


@router.get("/events")
async def events(of: Wired, by: CurrentLogin) -> StreamingResponse:
    """`event: Charging`: that list as `running`, at each change and at first; `event: TransactionEnded`: its bill."""
    listener = of.live.join(by.user, own=True)

    async def now() -> bytes:
        async with of.database.read() as db:
            running = {"running": await _of_user(of, db, by.user.id)}
        return b"event: Charging\ndata: %s\n\n" % msgspec.json.encode(running)

    async def stream() -> AsyncIterator[bytes]:
        changed = False
        looks = Looks(of.ticks_s)
        try:
            async for chunk in chunks(listener):
                if of.clock() >= by.expires_at:
                    return
                if looks.due(chunk) and not await still_is(of, by):
                    return
                if chunk.startswith((b":", b"retry")):
                    yield chunk
                    changed = True  # with the time that has passed
                elif b"\nevent: TransactionEnded\n" in chunk:
                    yield chunk
                    changed = True
                else:
                    changed = changed or any(b"\nevent: %s\n" % kind in chunk for kind in _CHANGES)
                if changed and listener.queue.empty():  # of samples that wait one behind the other, the newest
                    changed = False
                    yield await now()
        finally:
            of.live.leave(listener)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


async def _of_user(of: Parts, db: AsyncConnection, user_id: int) -> Sequence[Charging]:
    sessions, _ = await transactions.sessions(db, state="active", owned_by=user_id, limit=_MOST, offset=0)
    if not sessions:
        return []
    price = of.settings.default_price_cents_per_kwh
    names = sorted({session.charge_point for session in sessions})
    views = await charge_points.views(db, price, identities=names, **look(of))
    prices = await shown_prices.look_up(of, db, views)
    by_name = {view.identity: view for view in views}
    now = of.clock()
    found = []
    for session in sessions:
        view = by_name[session.charge_point]
        battery = await ev_needs.battery(db, session.transaction_id, of.settings.usual_target_percent)
        text = prices.of(view, session.connector_id).text
        found.append(_charging(session, view, battery, text, of.settings.currency, now))
    return found


def _charging(
    session: Session, view: ChargePointView, battery: Battery | None, price_text: str, currency: str, now: datetime
) -> Charging:
    connector = next(c for c in view.connectors if c.connector_id == session.connector_id)
    return Charging(
        transaction_id=session.transaction_id,
        charge_point=view.identity,
        charge_point_name=view.name,
        connector_id=session.connector_id,
        code=connector.code,
        status=connector.status,
        reachable=view.online,
        started_at=session.started_at,
        minutes=max(0, int((now - session.started_at).total_seconds() // 60)),
        energy_wh=session.energy_wh,
        power_w=session.power_w,
        cost_cents=session.cost_cents,
        cost_text=price_words.money(session.cost_cents, currency),
        currency=currency,
        price_text=price_text,
        soc_percent=None if battery is None else battery.soc_percent,
        soc_measured=battery is not None and battery.measured,
        soc_text="" if battery is None else in_words(battery),
        target_soc_percent=None if battery is None else battery.target_soc_percent,
        limit=session.limit,
        minutes_left=None if battery is None else battery.minutes_left,
    )
