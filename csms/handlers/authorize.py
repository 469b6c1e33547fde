"""Authorize (OCPP 1.6 §4.1)."""

from sqlalchemy.ext.asyncio import AsyncConnection

from csms.handlers import permission
from csms.handlers.arrival import Arrival
from ocppj import log
from ocppj.v16 import Authorize, AuthorizeResult

_log = log.get(__name__)


async def handle(msg: Authorize, arrival: Arrival, db: AsyncConnection) -> AuthorizeResult:
    judged = await permission.judge(db, msg.id_tag, arrival)
    status = judged.verdict.status
    _log.info("card.judged", charge_point=arrival.identity, id_tag=log.short(msg.id_tag), status=status)
    return AuthorizeResult(judged.id_tag_info)
