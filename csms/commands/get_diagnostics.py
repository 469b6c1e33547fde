"""GetDiagnostics (OCPP 1.6 §5.9). The answer names the file to come, or none when there is nothing to send."""

from datetime import datetime

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import GetDiagnostics


async def get_diagnostics(
    bus: InProcessBus,
    identity: str,
    location: str,
    *,
    start_at: datetime | None = None,
    stop_at: datetime | None = None,
    retries: int = 3,
    retry_interval_s: int = 60,
) -> str | None:
    request = GetDiagnostics(location, retries, retry_interval_s, start_at, stop_at)
    return (await call(bus, identity, request)).file_name
