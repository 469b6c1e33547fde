"""What a charge point is answered while the CSMS is away. What has no answer here gets a CALLERROR."""

from collections.abc import Callable
from datetime import datetime

import msgspec
from msgspec import Raw

from local_controller.charge_point import ChargePoint
from local_controller.clock import wire_time

HEARTBEAT_S = 300
ASK_AGAIN_S = 60

Answer = Callable[[ChargePoint, datetime], Raw]


def boot(charge_point: ChargePoint, now: datetime) -> Raw:
    """Accepted, for it is one of ours; but what the CSMS last refused or kept waiting stays so."""
    before = charge_point.boot.verdict if charge_point.boot else None
    status = before.status if before else "Accepted"
    if status == "Accepted":
        interval_s = before.interval if before and before.interval > 0 else HEARTBEAT_S
    else:
        interval_s = ASK_AGAIN_S
    return Raw(msgspec.json.encode({"status": status, "currentTime": wire_time(now), "interval": interval_s}))


def heartbeat(charge_point: ChargePoint, now: datetime) -> Raw:
    return Raw(msgspec.json.encode({"currentTime": wire_time(now)}))


def nothing(charge_point: ChargePoint, now: datetime) -> Raw:
    return Raw(b"{}")
