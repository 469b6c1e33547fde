"""GetConfiguration (OCPP 1.6 §5.8): some keys, or all of them."""

from collections.abc import Sequence

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import GetConfiguration, GetConfigurationResult


async def get_configuration(bus: InProcessBus, identity: str, keys: Sequence[str] = ()) -> GetConfigurationResult:
    return await call(bus, identity, GetConfiguration(list(keys) or None))
