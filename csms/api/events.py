"""The live stream (Server-Sent Events): `event: <type>`, `data: <json>`, with the fields of the resources."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from csms.api.deps import CurrentLogin, Wired
from csms.api.live import Looks, chunks
from csms.domain.errors import NotAuthenticated
from csms.store import logins, site_operators

router = APIRouter(tags=["events"])


@router.get("/api/events")
async def events(of: Wired, by: CurrentLogin, as_driver: bool = False) -> StreamingResponse:
    """A driver hears of their own sessions, an operator of their sites. Ends with the login, at the latest.

    A driver, and who asks to hear what one does, also hears how charge points are, once a second at most, as anybody
    may see them: `event: PlacesChanged`, with the changed ones as `places`.
    """
    as_driver = as_driver or by.user.role == "driver"
    listener = of.live.join(by.user, await _heard_of(of, by), own=as_driver, places=as_driver)

    async def stream() -> AsyncIterator[bytes]:
        looks = Looks(of.ticks_s)
        try:
            async for chunk in chunks(listener):
                if of.clock() >= by.expires_at:
                    return
                if looks.due(chunk):
                    if not await still_is(of, by):
                        return
                    listener.charge_points = await _heard_of(of, by)
                yield chunk + listener.waiting()  # hundreds a second are not as many writes
        finally:
            of.live.leave(listener)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


async def _heard_of(of: Wired, by: CurrentLogin) -> frozenset[str] | None:
    async with of.database.ask() as db:
        sites = await site_operators.sites_of(db, by.user.id, by.user.role)
        return None if sites is None else await site_operators.charge_points_of(db, sites)


async def still_is(of: Wired, by: CurrentLogin) -> bool:
    """Looked up time and again (live.Looks): somebody may have logged out, or be no operator any more."""
    async with of.database.ask() as db:
        try:
            now = await logins.holder(db, by.user.id, by.claims.version, by.claims.login_id)
            return now.role == by.user.role
        except NotAuthenticated:
            return False
