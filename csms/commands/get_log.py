"""GetLog (OCPP 1.6 security whitepaper N01): the security log, or the diagnostics log with a request id."""

from datetime import datetime

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import GetLog, GetLogResult, LogParameters, LogType


async def get_log(
    bus: InProcessBus,
    identity: str,
    kind: LogType,
    request_id: int,
    location: str,
    *,
    oldest_at: datetime | None = None,
    latest_at: datetime | None = None,
    retries: int = 3,
    retry_interval_s: int = 60,
) -> GetLogResult:
    parameters = LogParameters(location, oldest_at, latest_at)
    return await call(bus, identity, GetLog(parameters, kind, request_id, retries, retry_interval_s), type=kind)
