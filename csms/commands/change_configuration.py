"""ChangeConfiguration (OCPP 1.6 §5.3). Accepted means that the value holds, RebootRequired that it will."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import ChangeConfiguration


async def change_configuration(bus: InProcessBus, identity: str, key: str, value: str) -> str:
    return (await call(bus, identity, ChangeConfiguration(key, value), key=key, value=value)).status
