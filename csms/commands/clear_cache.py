"""ClearCache (OCPP 1.6 §5.4). Rejected means that there is no cache."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import ClearCache


async def clear_cache(bus: InProcessBus, identity: str) -> str:
    return (await call(bus, identity, ClearCache())).status
