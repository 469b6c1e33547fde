"""RemoteStartTransaction (OCPP 1.6 §5.11). Accepted means that it will try; StartTransaction says that it did."""

from csms.bus.in_process import InProcessBus
from csms.commands.call import call
from ocppj.v16 import RemoteStartTransaction


async def remote_start(bus: InProcessBus, identity: str, connector_id: int, id_tag: str) -> str:
    return (await call(bus, identity, RemoteStartTransaction(id_tag, connector_id))).status
