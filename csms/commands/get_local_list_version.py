"""GetLocalListVersion (OCPP 1.6 §5.10). 0: the list is empty; -1: there are no lists there."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import GetLocalListVersion


async def get_local_list_version(bus: InProcessBus, identity: str) -> int:
    return (await call(bus, identity, GetLocalListVersion())).list_version
