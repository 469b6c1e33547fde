"""What a charge point is answered while the CSMS is away. What has no answer here gets a CALLERROR."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Raw

from local_controller.authorization import Authorization, id_tag_info
from local_controller.charge_point import ChargePoint
from local_controller.clock import wire_time
from local_controller.payloads import AuthorizeRequest, Malformed, read
from ocppj import log
from ocppj.errors import FormationViolation

HEARTBEAT_S = 300
ASK_AGAIN_S = 60

Answer = Callable[[Authorization, ChargePoint, Raw, datetime], Raw]
_log = log.get(__name__)


def boot(cards: Authorization, charge_point: ChargePoint, payload: Raw, now: datetime) -> Raw:
    """Accepted, for it is one of ours; but what the CSMS last refused or kept waiting stays so."""
    before = charge_point.boot.verdict if charge_point.boot else None
    status = before.status if before else "Accepted"
    if status == "Accepted":
        interval_s = before.interval if before and before.interval > 0 else HEARTBEAT_S
    else:
        interval_s = ASK_AGAIN_S
    return Raw(msgspec.json.encode({"status": status, "currentTime": wire_time(now), "interval": interval_s}))


def heartbeat(cards: Authorization, charge_point: ChargePoint, payload: Raw, now: datetime) -> Raw:
    return Raw(msgspec.json.encode({"currentTime": wire_time(now)}))


def nothing(cards: Authorization, charge_point: ChargePoint, payload: Raw, now: datetime) -> Raw:
    return Raw(b"{}")


def authorize(cards: Authorization, charge_point: ChargePoint, payload: Raw, now: datetime) -> Raw:
    """By what the site knows of the card, which is more than a charge point's own list holds."""
    try:
        asked = read(AuthorizeRequest, payload)
    except Malformed as problem:
        raise FormationViolation(str(problem)) from None
    verdict = cards.decide(asked.id_tag, now)
    _log.info(
        "card.decided_here", charge_point=charge_point.identity, id_tag=log.short(asked.id_tag), status=verdict.status
    )
    return Raw(msgspec.json.encode({"idTagInfo": id_tag_info(verdict)}))
