"""Heartbeat (OCPP 1.6 §4.6): it sets the charge point's clock. That it came is noted for every message alike."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers.arrival import Arrival
from ocppj.v16 import Heartbeat, HeartbeatResult


async def handle(msg: Heartbeat, arrival: Arrival, db: AsyncConnection) -> HeartbeatResult:
    return HeartbeatResult(arrival.received_at)
