"""Authorize (OCPP 1.6 §4.1)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.domain import authorization
from csms.handlers.arrival import Arrival
from csms.store import cards
from ocppj import log
from ocppj.v16 import Authorize, AuthorizeResult, IdTagInfo

_log = log.get(__name__)


async def handle(msg: Authorize, arrival: Arrival, db: AsyncConnection) -> AuthorizeResult:
    verdict = authorization.decide(await cards.find(db, msg.id_tag), at=arrival.received_at)
    _log.info("card.judged", charge_point=arrival.identity, id_tag=log.short(msg.id_tag), status=verdict.status)
    return AuthorizeResult(IdTagInfo(verdict.status, verdict.expires_at))
