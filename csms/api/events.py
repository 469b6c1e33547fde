"""The live stream (Server-Sent Events): `event: <type>`, `data: <json>`, with the fields of the resources."""

from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.responses import StreamingResponse

from csms.api.deps import CurrentLogin, Wired
from csms.api.live import chunks
from csms.domain.errors import NotFound
from csms.store import users

router = APIRouter(tags=["events"])


@router.get("/api/events")
async def events(of: Wired, by: CurrentLogin) -> StreamingResponse:
    """A driver hears of their own sessions, an operator of everything. Ends with the login, at the latest."""
    listener = of.live.join(by.user)

    async def stream() -> AsyncIterator[bytes]:
        try:
            async for chunk in chunks(listener):
                if of.clock() >= by.expires_at or (chunk.startswith(b":") and not await _still_is(of, by)):
                    return
                yield chunk
        finally:
            of.live.leave(listener)

    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(stream(), media_type="text/event-stream", headers=headers)


async def _still_is(of: Wired, by: CurrentLogin) -> bool:
    """Looked up at each sign of life: an account may be gone, or be no operator's any more."""
    async with of.database.ask() as db:
        try:
            return (await users.find(db, by.user.id)).role == by.user.role
        except NotFound:
            return False
